"""The Python API."""

import numpy as np
import pytest

import docmarks
from paper import save, square_pdf


def test_types_and_functions_are_at_the_top():
    from docmarks import marks

    assert docmarks.Mark is marks.Mark and docmarks.Document is marks.Document
    assert all(getattr(docmarks, name) is not None for name in docmarks.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Marks'"):
        docmarks.Marks  # noqa: B018


def test_a_document_in_its_marks_out(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([(90, 120, 75, 20)], pages=3))
    detector = docmarks.load_detector("default", threads=1)
    found = docmarks.detect(str(tmp_path / "a.pdf"), model=detector, pages="2-", dpi=72, min_score=0.01)
    assert found.path == tmp_path / "a.pdf" and [page.number for page in found.pages] == [2, 3]
    page = found.pages[0]
    assert (page.width, page.height, page.dpi) == (300, 400, 72) and page.seconds > 0
    for mark in page.marks:
        assert 0 <= mark.box[0] <= mark.box[2] <= 300 and mark.score >= 0.01
    scores = [mark.score for mark in page.marks]
    assert scores == sorted(scores, reverse=True)
    for labels in (["Date"], "Date"):
        options = {"pages": "2", "dpi": 72, "min_score": 0.01, "labels": labels}
        fewer = docmarks.detect(tmp_path / "a.pdf", model=detector, **options)
        assert {label for mark in fewer.pages[0].marks for label in mark.labels} <= {"Date"}


def test_mistakes_are_told(tmp_path):
    scan = save(tmp_path / "a.png", np.full((40, 30), 255, np.uint8))
    detector = docmarks.load_detector(threads=1)
    for options, message in [
        ({"pages": "0"}, "not a list of pages"),
        ({"pages": "2"}, "has 1 page"),
        ({"labels": ["Stamps"]}, "did you mean Stamp"),
        ({"labels": "Stamps"}, "Stamps: the model has no such label; did you mean Stamp"),
        ({"min_score": -1}, "not between 0 and 1"),
        ({"dpi": -1}, "give a number over 0"),
    ]:
        with pytest.raises(docmarks.DocmarksError, match=message):
            docmarks.detect(scan, model=detector, **options)
    with pytest.raises(docmarks.DocmarksError, match="no such file"):
        docmarks.detect(tmp_path / "none.pdf", model=detector)
    with pytest.raises(docmarks.DocmarksError, match="no such model file"):
        docmarks.detect(scan, model=tmp_path / "none.onnx")
