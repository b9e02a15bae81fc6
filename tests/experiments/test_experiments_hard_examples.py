"""From an evaluation of the training pages to a run that looks where the model erred."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from docmarks.data.coco_file import read
from docmarks.errors import DocmarksError
from docmarks.evaluate.mistakes import Mistake
from docmarks.experiments.hard_examples import read_mistakes, write_mistakes, written_mistakes
from docmarks.experiments.run import Request, resume, run
from docmarks.labels.label_set import LabelSet
from docmarks.train.checkpoint import read_checkpoint
from squares import small_run, square_pages


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Pages 0 to 7, of which 3 and 7 are for validation."""
    return square_pages(tmp_path_factory.mktemp("work") / "squares")


def predictions(path, *pages):
    """A stamp that is none on each of these pages, and the file that says so."""
    records = [
        {"file_name": f"page{i}.png", "label": "Stamp", "bbox": [1, 2, 4, 8], "score": 0.75, "set": "squares"}
        for i in pages
    ]
    path.write_text(json.dumps(records))
    return path


@pytest.fixture
def plan():
    """A run of squares that learns the default labels."""
    model = small_run().model.model_copy(update={"label_set": "default", "labels": LabelSet.load("default").labels})
    return small_run(model=model)


def test_mistakes_are_those_of_the_training_pages(data, plan, tmp_path):
    datasets = [read(data)]
    known = read_mistakes([predictions(tmp_path / "p.json", 0, 3)], datasets, plan)
    assert [file.name for file, _ in known] == ["page0.png"]  # page 3 is for validation, the others were not looked at
    ((wrong, missed),) = known.values()
    assert wrong == Mistake((1, 2, 5, 10), "Stamp", 0.75)
    assert missed.label == "Stamp" and missed.size == 1 and missed.box[2] - missed.box[0] == 24
    assert read_mistakes([], datasets, plan) == {}


def test_of_several_evaluations_the_last_counts(data, plan, tmp_path):
    one, two = predictions(tmp_path / "p.json", 0, 1), predictions(tmp_path / "q.json", 1, 2)
    records = json.loads(two.read_text())
    records[0]["score"] = 0.5
    two.write_text(json.dumps(records))
    known = read_mistakes([one, two], [read(data)], plan)
    assert {file.name: its[0].size for (file, _), its in known.items()} == {
        "page0.png": 0.75, "page1.png": 0.5, "page2.png": 0.75
    }  # fmt: skip


def test_validation_pages_alone_are_refused(data, plan, tmp_path):
    with pytest.raises(DocmarksError, match=r"p\.json: no mistake on a training page; make it with .*--part train"):
        read_mistakes([predictions(tmp_path / "p.json", 3, 7)], [read(data)], plan)


def test_a_run_keeps_them_and_goes_on_with_them(data, plan, tmp_path, monkeypatch):
    """The evaluation may be gone or another by then; bit for bit the run that nobody stopped, and not that without."""
    monkeypatch.setattr("docmarks.experiments.run.finish", lambda *arguments: None)
    settings = plan.model_dump(mode="json") | {"steps": 4, "checkpoint_every": 2, "hard_examples": {"share": 1.0}}
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps(settings))
    hard = predictions(tmp_path / "p.json", 0, 1, 2)
    request = Request(data=(data,), config_file=file, out=tmp_path / "whole", hard_examples=(hard,))
    run(request)
    run(Request(data=(data,), config_file=file, out=tmp_path / "without"))
    hard.unlink()
    assert written_mistakes(tmp_path / "whole" / "hard-examples.json").keys() == {
        (data.absolute() / f"page{i}.png", 1) for i in (0, 1, 2)
    }
    assert not (tmp_path / "without" / "hard-examples.json").exists()
    # The folder of a run that died before its first checkpoint.
    (tmp_path / "again").mkdir()
    for name in ("config.yaml", "data.json", "hard-examples.json"):
        (tmp_path / "again" / name).write_bytes((tmp_path / "whole" / name).read_bytes())
    resume(tmp_path / "again", {}, False, None, None)
    whole, again, without = (
        read_checkpoint(tmp_path / n / "last.safetensors").tensors for n in ("whole", "again", "without")
    )
    assert all(torch.equal(whole[key], again[key]) for key in whole)
    assert not all(torch.equal(whole[key], without[key]) for key in whole)


def test_what_is_written_is_read_again(tmp_path):
    known = {(Path("/a/b.png"), 2): (Mistake((1.5, 2.0, 3.0, 4.25), "Date", 0.5),), (Path("/a/c.pdf"), 1): ()}
    write_mistakes(known, tmp_path / "m.json")
    assert written_mistakes(tmp_path / "m.json") == known and written_mistakes(tmp_path / "none.json") == {}
    (tmp_path / "m.json").write_text('{"pages": [{"file": 1}]}')
    with pytest.raises(DocmarksError, match=r"m\.json: not the hard examples of a run; start a new one"):
        written_mistakes(tmp_path / "m.json")


def test_sets_taken_as_fully_annotated_have_mistakes_of_every_label(data, plan, tmp_path):
    dataset = read(data)
    partly = replace(dataset, pages=tuple(replace(page, exhaustive=frozenset()) for page in dataset.pages))
    file = predictions(tmp_path / "p.json", 0)
    with pytest.raises(DocmarksError, match="no mistake"):
        read_mistakes([file], [partly], plan)
    complete = plan.model_copy(update={"assume_exhaustive": (dataset.name,)})
    assert read_mistakes([file], [partly], complete) == read_mistakes([file], [dataset], plan)
