import json

import numpy as np
import pytest
from PIL import Image

from docmarks.data.check.run import check
from docmarks.data.check.squares import is_empty


def square(inside=None, paper=255):
    """A page with one printed square of 20 pixels at (40, 30); ``inside`` marks it."""
    page = np.full((80, 120), paper, np.uint8)
    page[30:50, 40:60] = paper - 200
    page[32:48, 42:58] = paper
    if inside is not None:
        inside(page)
    return page


def cross(page, grey=60):
    for i in range(12):
        page[34 + i, 44 + i] = page[34 + i, 55 - i] = grey


@pytest.mark.parametrize("paper", [255, 210])
def test_what_is_in_a_square(paper):
    box = (40, 30, 20, 20)
    assert is_empty(square(paper=paper), box)
    assert not is_empty(square(cross, paper), box)
    assert not is_empty(square(lambda page: cross(page, paper - 40), paper), box)  # a faint pencil
    assert not is_empty(square(lambda page: page[30:50, 40:60].fill(0), paper), box)


def test_a_box_that_is_no_square_says_nothing():
    page = square()
    assert not is_empty(page, (40, 30, 3, 3))  # too small to have a middle
    assert not is_empty(page, (500, 500, 20, 20))  # off the page
    assert not is_empty(page, (40, 30, 1e9, 1e9))


def test_empty_squares_that_are_called_filled_are_told(tmp_path):
    Image.fromarray(square()).save(tmp_path / "empty.png")
    Image.fromarray(square(cross)).save(tmp_path / "crossed.png")
    sizes = {"width": 120, "height": 80}
    images = [{"id": 1, "file_name": "empty.png", **sizes}, {"id": 2, "file_name": "crossed.png", **sizes}]
    box = [40, 30, 20, 20]
    annotations = [
        {"id": 7, "image_id": 1, "bbox": box, "category_id": 1},
        {"id": 8, "image_id": 2, "bbox": box, "category_id": 1},
        {"id": 9, "image_id": 1, "bbox": [70, 30, 20, 20], "category_id": 2},
    ]
    categories = [{"id": 1, "name": "Filled Checkbox"}, {"id": 2, "name": "Unfilled Checkbox"}]
    data = {"images": images, "annotations": annotations, "categories": categories}
    (tmp_path / "annotations.json").write_text(json.dumps(data))
    (found,) = (one for one in check([tmp_path]).findings if one.kind == "empty filled checkbox")
    assert found.severity == "warning" and found.where == "annotation 7" and not found.edits
    # Boxes drawn on a picture of another size say nothing of this one.
    images[0]["width"] = 240
    (tmp_path / "annotations.json").write_text(json.dumps(data))
    assert "empty filled checkbox" not in {one.kind for one in check([tmp_path]).findings}
