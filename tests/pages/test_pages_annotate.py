import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.errors import DocmarksError
from docmarks.marks import Mark, Page
from docmarks.pages.annotate_image import annotate_image, caption
from docmarks.pages.annotate_pdf import annotate_pdf, to_user_space
from docmarks.pages.colours import COLOURS
from paper import annotation_rectangles, dark_box, encrypted, render, square_pdf


@given(
    x=st.integers(25, 150), y=st.integers(40, 200), w=st.integers(5, 40), h=st.integers(5, 60),
    rotation=st.sampled_from([0, 90, 180, 270]), crop=st.sampled_from([None, (20, 10, 260, 390)]),
)  # fmt: skip
@settings(max_examples=25)
def test_a_box_found_on_the_rendered_page_leads_back_to_the_ink(tmp_path_factory, x, y, w, h, rotation, crop):
    # The square is found where the viewer shows it, and must map to where the page's own coordinates put it.
    pdf = square_pdf([(x, y, w, h)], rotation=rotation, crop=crop)
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    path.write_bytes(pdf)
    seen = dark_box(render(pdf, dpi=144))
    page = Page(1, 1, 144.0, 1, (Mark(tuple(map(float, seen)), ("Stamp",), (0.5,)),))
    ((rectangle, contents),) = annotation_rectangles(annotate_pdf(path, [page]))[0]
    assert rectangle == pytest.approx([x, 400 - y - h, x + w, 400 - y], abs=0.51)
    assert contents == "Stamp 50%"


def test_user_space_of_a_hand_worked_box():
    # A page of 300 x 400, displayed at /Rotate 90: 400 wide, 300 high. Its lower left corner shows top left.
    assert to_user_space((0, 0, 40, 10), (0, 0, 300, 400), 90) == (0, 0, 10, 40)
    assert to_user_space((10, 20, 30, 50), (5, 5, 300, 400), 0) == (15, 350, 35, 380)


def test_annotations_are_listed_by_page_and_leave_the_rest_alone(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([(30, 40, 50, 20)], pages=2))
    mark = Mark((10, 10, 60, 40), ("Date", "Stamp"), (0.97, 0.8))
    pdf = annotate_pdf(tmp_path / "a.pdf", [Page(300, 400, 72.0, 2, (mark,))])
    first, second = annotation_rectangles(pdf)
    assert first == [] and second == [([10, 360, 60, 390], "Date 97% + Stamp 80%")]
    assert dark_box(render(pdf, 0)) == (30, 40, 80, 60)


def test_an_encrypted_pdf_is_annotated_with_its_password(tmp_path):
    (tmp_path / "a.pdf").write_bytes(encrypted(square_pdf([]), "secret"))
    pdf = annotate_pdf(
        tmp_path / "a.pdf", [Page(300, 400, 72.0, 1, (Mark((0, 0, 9, 9), ("Date",), (1.0,)),))], "secret"
    )
    assert len(annotation_rectangles(pdf)[0]) == 1


def test_a_pdf_that_cannot_be_annotated_is_named(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([]))
    mark = Mark((0, 0, 9, 9), ("Date",), (1.0,))
    with pytest.raises(DocmarksError, match=r"a\.pdf: the PDF cannot be annotated"):
        annotate_pdf(tmp_path / "a.pdf", [Page(300, 400, 72.0, 2, (mark,))])  # it has one page


def test_predictions_are_tinted_and_ground_truth_is_outlined():
    white = np.full((100, 100), 255, np.uint8)
    box = (20, 40, 80, 90)
    predicted = np.asarray(annotate_image(white, [Mark(box, ("Signature",), (0.9,))]))
    truth = np.asarray(annotate_image(white, [Mark(box, ("Signature",))]))
    assert tuple(predicted[40, 20]) == tuple(truth[40, 20]) == COLOURS["Signature"]
    assert tuple(truth[85, 70]) == (255, 255, 255)
    red, green, blue = predicted[85, 70]
    assert red > 240 > green and green == blue


def test_captions():
    assert caption(Mark((0, 0, 1, 1), ("Date", "Stamp"))) == "Date + Stamp"


def test_a_mark_at_the_edge_and_an_empty_one_are_drawn_without_fuss():
    page = np.full((20, 20), 255, np.uint8)
    marks = [Mark((-5, -5, 30, 30), ("Date",), (0.5,)), Mark((7, 7, 7, 7), ("Date",), (0.5,))]
    assert annotate_image(page, marks).size == (20, 20)


def test_a_caption_stays_on_the_page_and_can_be_read():
    white = np.full((100, 400), 255, np.uint8)
    drawn = np.asarray(annotate_image(white, [Mark((380, 50, 398, 60), ("Redaction",), (0.9,))]))
    yellow = (drawn == COLOURS["Redaction"]).all(axis=2)
    assert np.flatnonzero(yellow.any(axis=0))[0] < 360  # moved to the left of its box
    assert drawn[:50, :, :].max(axis=2).min() < 60  # black letters on yellow
