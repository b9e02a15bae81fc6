"""Files with anything anywhere: read, or refused in one line."""

import cmath
import copy
import json
import math
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_data_formats_readers import labelme, region, vott

from docmarks.data.formats.find_image import ImageFinder, file_name
from docmarks.data.formats.formats import detect, read_as, write_as
from docmarks.data.formats.intake import hull, turned
from docmarks.errors import DocmarksError

VALID = {
    "coco": {
        "info": {"name": "x"},
        "images": [{"id": 1, "file_name": "a.png", "width": 100, "height": 200}],
        "categories": [{"id": 1, "name": "Date"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "labels": ["Date"]}],
    },
    "vott": vott("file:a.png"),
    "labelme": labelme(imagePath="a.png"),
    "label_studio": [{"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": [region(1)]}]}],
    "datumaro": {
        "categories": {"label": {"labels": [{"name": "Date"}]}},
        "items": [
            {"id": "a", "image": {"path": "a.png", "size": [200, 100]}}
            | {"annotations": [{"id": 0, "type": "bbox", "label_id": 0, "bbox": [1, 2, 3, 4], "attributes": {}}]}
        ],
    },
}

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.just(1e400),
    st.just("\0/../" + "x" * 300),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.text(max_size=4),
)


def places(value, at=()):
    """Every place in a value."""
    yield at
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*at, key))


@pytest.mark.parametrize("name", VALID)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_wrong_value_anywhere(tmp_path_factory, name, data):
    changed = copy.deepcopy(VALID[name])
    at = data.draw(st.sampled_from(sorted(places(changed), key=str)))
    wrong, inner = data.draw(anything), changed
    for key in at[:-1]:
        inner = inner[key]
    if at:
        inner[at[-1]] = wrong
    else:
        changed = wrong
    folder = tmp_path_factory.mktemp("set")
    (folder / "a.json").write_text(json.dumps(changed))
    with suppress(DocmarksError):
        detect(folder / "a.json")
    try:
        dataset = read_as(folder / "a.json", name)
    except DocmarksError as error:
        assert "\n" not in str(error)
    else:
        assert dataset.pages and all(page.page.width > 0 for page in dataset.pages)
        write_as(dataset, folder / "again.json", "docmarks")


def test_names_that_xml_cannot_hold_are_told(dataset, tmp_path):
    page = replace(dataset.pages[0], file=dataset.root / "a\x01.png")
    with pytest.raises(DocmarksError, match=r"XML cannot hold the character '\\x01'"):
        write_as(replace(dataset, pages=(page,)), tmp_path / "a.xml", "cvat")
    assert not list(tmp_path.glob("*.xml*"))


@pytest.mark.parametrize(
    "reference",
    [
        "my pages/a & b.png",
        "my pages/a &amp; b.png",
        "C:\\data\\my pages\\a & b.png",
        "file:///C:/data/my%20pages/a%20%26%20b.png",
        "https://host/my%20pages/a%20%26%20b.png?token=1",
        "/data/upload/12/0123abcd-a & b.png",
        "/data/local-files/?d=my%20pages%2Fa%20%26%20b.png",
        "a & b.png",
    ],
)
def test_paths_in_every_spelling(tmp_path, image, reference):
    image(tmp_path / "my pages" / "a & b.png")
    image(tmp_path / "other" / "c.png")
    assert ImageFinder(tmp_path)(reference) == tmp_path / "my pages" / "a & b.png"
    assert file_name(reference).endswith("a & b.png")


def test_of_two_images_alike_none_is_guessed(tmp_path, image):
    image(tmp_path / "one" / "a.png")
    image(tmp_path / "two" / "a.png")
    find = ImageFinder(tmp_path)
    assert find("x/two/a.png") == tmp_path / "two" / "a.png" and find("/elsewhere/a.png") is None
    assert find("nothing.png") is None and find("") is None and find("\0" * 3) is None


@given(st.floats(-360, 360), st.tuples(*[st.floats(0, 100)] * 4), st.tuples(st.floats(0, 100), st.floats(0, 100)))
def test_a_turned_box_holds_its_turned_corners(degrees, edges, pivot):
    box = (min(edges[::2]), min(edges[1::2]), max(edges[::2]), max(edges[1::2]))
    turn, centre = cmath.exp(1j * math.radians(degrees)), complex(*pivot)
    corners = [(complex(x, y) - centre) * turn + centre for x in box[::2] for y in box[1::2]]
    assert turned(box, degrees, pivot) == pytest.approx(hull((c.real, c.imag) for c in corners), abs=1e-6)
