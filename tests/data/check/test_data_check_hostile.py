"""A file may hold anything anywhere: what is checked or dealt out is told or passed over, never the end of it."""

import copy
import json

import numpy as np
import pytest
from PIL import Image

from docmarks.data.assign import assign
from docmarks.data.check.run import check, fix
from docmarks.data.check.show import lines
from docmarks.data.coco_file import read
from docmarks.data.raw import LISTS, RawSet
from docmarks.errors import DocmarksError

SHARES = {"train": 0.8, "val": 0.1, "test": 0.1}

SET = {
    "info": {"name": "x", "exhaustive": ["Signature"]},
    "images": [
        {
            **{"id": 1, "file_name": "a.png", "width": 50, "height": 60, "dpi": 100, "page": 1, "group": "g"},
            **{"split": "val", "exhaustive": ["Signature"], "fields": [{"kind": "text", "bbox": [1, 2, 3, 4]}]},
        },
        {"id": 2, "file_name": "b.png", "width": 60, "height": 50},
    ],
    "annotations": [
        {"id": 1, "image_id": 1, "bbox": [1, 2, 30, 40], "labels": ["Filled Checkbox"], "scores": [0.5]},
        {"id": 2, "image_id": 1, "bbox": [1, 2, 30, 40], "category_id": 1, "uncertain": False},
    ],
    "categories": [{"id": 1, "name": "Signature"}],
}

WRONG = (None, -1, 0.5, "\0x", [["a"]], {}, float("inf"), 10**400)


def places(value, at=()):
    """Every place in a value, but for the lists that make it a COCO file."""
    if at and not (len(at) == 1 and at[0] in LISTS):
        yield at
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*at, key))


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: json.dumps(wrong)[:12])
def test_a_wrong_value_anywhere(tmp_path, wrong):
    grey = np.random.default_rng(0).integers(0, 255, (60, 50), np.uint8)
    for name in ("a.png", "b.png"):
        Image.fromarray(grey if name == "a.png" else grey.T).save(tmp_path / name)
    for at in places(SET):
        changed = copy.deepcopy(SET)
        inner = changed
        for key in at[:-1]:
            inner = inner[key]
        inner[at[-1]] = wrong
        (tmp_path / "annotations.json").write_text(json.dumps(changed))
        try:
            report = check([tmp_path], workers=1)
            assert all("\n" not in line for line in lines(report, every=True))
            fix(report)
            assign([RawSet.load(tmp_path)], SHARES, 0, False)
            read(tmp_path)
        except DocmarksError as error:
            assert "\n" not in str(error), at


def test_what_is_dealt_out_needs_no_identifier(tmp_path):
    data = {"images": [{"id": [1], "file_name": "a.png"}], "annotations": [{"image_id": {}}], "categories": []}
    assert assign([RawSet(tmp_path, data)], SHARES, 0, False) == {"train": 1}
