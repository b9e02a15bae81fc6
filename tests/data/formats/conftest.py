"""Pages in code."""

import pytest
from PIL import Image

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.marks import Mark, Page


@pytest.fixture
def image():
    """Saves a white page."""

    def save(path, width=100, height=200, **options):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (width, height), 255).save(path, **options)
        return path

    return save


@pytest.fixture
def dataset(tmp_path, image):
    """Three pages of two documents with everything that our own form holds."""
    root = tmp_path / "own"
    files = [image(root / "images" / name) for name in ("a & b.png", "b.png", "sub/c.png")]
    both = Mark((10, 20, 40.5, 60), ("Date", "Stamp"))
    marks = [(both, Mark((1, 2, 3, 4), ("Signature",), ignore=True)), (Mark((0, 0, 100, 200), ("Barcode",)),), ()]
    full = frozenset({"Date", "Stamp", "Signature", "Barcode"})
    groups, parts = ("one", "one", "two"), ("train", "train", "val")
    pages = tuple(
        DatasetPage(files[i], Page(100, 200, 150.0, marks=marks[i]), groups[i], full, {"source_id": i}, parts[i])
        for i in range(3)
    )
    return Dataset(root, "three", pages, {"licence": "CC0"})
