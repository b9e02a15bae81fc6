import json

import numpy as np
import pytest
from PIL import Image

from docmarks.data.coco_file import read, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.split import pages_of
from docmarks.errors import DocmarksError
from docmarks.experiments.out_of_sample import Training, fold_of, out_of_sample
from docmarks.marks import Detections, Mark, Page
from docmarks.train.config import CropConfig, InkConfig, TrainConfig, write_config
from tiny import LABELS, tiny_config


@pytest.fixture
def dataset(tmp_path):
    """Twelve pages of six documents, each with a black square."""
    pages = []
    for n in range(12):
        pixels = np.full((96, 96), 255, np.uint8)
        pixels[20 + n : 44 + n, 30:54] = 0
        Image.fromarray(pixels).save(tmp_path / f"{n}.png")
        mark = Mark((30.0, 20.0 + n, 54.0, 44.0 + n), ("Stamp",))
        page = Page(96, 96, marks=(mark,))
        pages.append(DatasetPage(tmp_path / f"{n}.png", page, f"document {n // 2}", frozenset(LABELS)))
    return Dataset(tmp_path, "squares", tuple(pages))


class Remembers:
    """Finds one box, whose left side says how many pages it was trained on."""

    labels, thresholds = LABELS, (0.5, 0.5)

    def __init__(self, n_pages):
        self.n_pages = n_pages

    def __call__(self, image):
        boxes = np.array([[self.n_pages, 0, 90, 90]], np.float32)
        return Detections(boxes, np.array([[0.1, 0.9]], np.float32), self.labels)


class Learns:
    def __init__(self):
        self.seen = []

    def __call__(self, folders, run):
        trained = [page for folder in folders for page in pages_of(read(folder), "train").pages]
        self.seen.append({page.group for page in trained})
        return Remembers(len(trained))


def test_every_page_is_judged_by_a_model_that_has_not_seen_its_document(dataset, tmp_path):
    learn = Learns()
    found = out_of_sample([dataset], 2, tmp_path / "out", learn)
    assert len(found) == 12 and found[0].labels == LABELS
    for page, one in zip(dataset.pages, found, strict=True):
        seen = learn.seen[fold_of(page, 2)]
        assert page.group not in seen and one.boxes[0, 0] == 2 * len(seen)
    assert set.union(*learn.seen) == {page.group for page in dataset.pages}


def test_what_is_finished_is_not_done_again(dataset, tmp_path):
    class Interrupted(Learns):
        def __call__(self, folders, run):
            if len(self.seen) == 1:
                raise KeyboardInterrupt
            return super().__call__(folders, run)

    with pytest.raises(KeyboardInterrupt):
        out_of_sample([dataset], 2, tmp_path / "out", Interrupted())
    second = Learns()
    found = out_of_sample([dataset], 2, tmp_path / "out", second)
    assert len(second.seen) == 1 and len(found) == 12
    assert len(out_of_sample([dataset], 2, tmp_path / "out", second)) == 12 and len(second.seen) == 1


@pytest.mark.parametrize("left", [0, 200])
def test_a_fold_whose_file_is_cut_off_is_told(dataset, tmp_path, left):
    out_of_sample([dataset], 2, tmp_path / "out", Learns())
    file = next((tmp_path / "out").rglob("predictions.npz"))
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(DocmarksError, match=r"predictions\.npz: not what was found on a fold.*; remove it"):
        out_of_sample([dataset], 2, tmp_path / "out", Learns())


def test_folds_of_other_annotations_are_not_taken(dataset, tmp_path):
    out_of_sample([dataset], 2, tmp_path / "out", Learns())
    fewer = Dataset(dataset.root, dataset.name, dataset.pages[:-1])
    with pytest.raises(DocmarksError, match="annotations have changed"):
        out_of_sample([fewer], 2, tmp_path / "out", Learns())
    with pytest.raises(DocmarksError, match="was trained in another way"):
        out_of_sample([dataset], 2, tmp_path / "out", Learns(), how="default 6")
    (tmp_path / "out" / "fold-1-of-2" / "predictions.npz").write_bytes(b"cut off")
    with pytest.raises(DocmarksError, match="remove it"):
        out_of_sample([dataset], 2, tmp_path / "out", Learns())


def test_too_few_documents(dataset, tmp_path):
    with pytest.raises(DocmarksError, match="6 documents do not fill 20 folds"):
        out_of_sample([dataset], 20, tmp_path / "out", Learns())


@pytest.mark.slow
def test_a_fold_is_really_trained(dataset, tmp_path):
    label_set = tmp_path / "two.yaml"
    label_set.write_text("name: two\nlabels: [Signature, Stamp]\n")
    config = TrainConfig(
        model=tiny_config(label_set=str(label_set)),
        steps=2,
        batch=2,
        workers=0,
        crops=CropConfig(width=96, height=96, page_long_side=(90, 100)),
        ink=InkConfig(decorate=0, forms=0, pages=0),
    )
    write_config(config, tmp_path / "config.yaml")
    write(dataset, tmp_path / "annotations.json")
    found = out_of_sample([read(tmp_path)], 2, tmp_path / "out", Training(tmp_path / "config.yaml"))
    assert [one.labels for one in found] == [LABELS] * 12
    run = tmp_path / "out" / "fold-1-of-2" / "run"
    assert json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])["step"] == 2
