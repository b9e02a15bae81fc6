import json

import pytest
from PIL import Image

from checkbox import cross, square
from docmarks.data.check.run import check


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
    # Nor does one that is not there, whatever size its record claims.
    images[0].update(width=0, height=0, file_name="gone.png")
    (tmp_path / "annotations.json").write_text(json.dumps(data))
    assert "empty filled checkbox" not in {one.kind for one in check([tmp_path]).findings}


@pytest.mark.parametrize("doubt", [{"uncertain": True}, {"iscrowd": 1}, {"visible_box": False}])
def test_of_squares_that_somebody_is_uncertain_of_nothing_is_told(tmp_path, doubt):
    Image.fromarray(square()).save(tmp_path / "empty.png")
    record = {"id": 7, "image_id": 1, "bbox": [40, 30, 20, 20], "category_id": 1}
    image = {"id": 1, "file_name": "empty.png", "width": 120, "height": 80}
    categories = [{"id": 1, "name": "Filled Checkbox"}]
    for annotation, told in ((record, True), (record | doubt, False)):
        data = {"images": [image], "annotations": [annotation], "categories": categories}
        (tmp_path / "annotations.json").write_text(json.dumps(data))
        assert ("empty filled checkbox" in {one.kind for one in check([tmp_path]).findings}) == told
