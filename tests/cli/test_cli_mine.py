"""`docmarks mine` as a user calls it, with a model that takes black squares for stamps."""

import numpy as np
import pytest
from PIL import Image

from docmarks.data.coco_file import read
from sample_data import write_set


@pytest.fixture
def data(tmp_path):
    """Three letters with a black square each that is no stamp."""
    folder = write_set(tmp_path / "set", [(f"g{i}", (600, 600), (255, 255, 255), [], {}) for i in range(3)])
    for i, file in enumerate(sorted(folder.glob("*.png"))):
        image = np.asarray(Image.open(file)).copy()
        image[240 : 240 + 150, 180 + 10 * i : 330 + 10 * i] = 0
        Image.fromarray(image).save(file)
    return folder


def test_a_session(run, model, data, tmp_path, capsys):
    out = tmp_path / "mined"
    assert run("mine", model, data, "-o", out, "--label", "Black square") == 0
    told = capsys.readouterr().out
    assert told.startswith("3 boxes of Black square in 1 groups: look at ") and "--label-set" in told
    for i, page in enumerate(read(out).pages):
        (mark,) = page.page.marks
        assert mark.labels == ("Black square",)
        assert mark.box == pytest.approx((180 + 10 * i, 240, 330 + 10 * i, 390), abs=12)
    assert run("mine", model, data, "-o", out, "--documents", "4") == 0
    assert capsys.readouterr().out.startswith("0 boxes of Not a mark in 0 groups")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--without", "x"), "--without x: write numbers of the review"),
        (("--without", "7"), "--without 7: there are groups 1 to 1"),
        (("--label", "Stamp"), "--label Stamp: is a label of marks already"),
    ],
)
def test_a_mistake_is_one_line(run, model, data, tmp_path, capsys, options, message):
    assert run("mine", model, data, "-o", tmp_path / "mined", *options) == 2
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1 and not (tmp_path / "mined").exists()
