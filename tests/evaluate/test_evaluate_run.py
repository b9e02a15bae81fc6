"""A detector of a few lines runs over pages that are drawn here: it finds black rectangles, all of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.split import is_validation
from docmarks.errors import DocmarksError
from docmarks.evaluate.compare import compare, judged
from docmarks.evaluate.diagnose import diagnose
from docmarks.evaluate.run import choose, evaluate_detector
from docmarks.evaluate.slices import slices, worst_groups
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Detections, Mark, Page

BOX = (20.0, 30.0, 60.0, 50.0)


class FindsBlack:
    """The box around what is black, as a Signature (0.9) and a Stamp (0.3)."""

    labels = ("Signature", "Stamp")
    thresholds = (0.5, 0.5)

    def __call__(self, image):
        assert image.dtype == np.uint8 and image.shape[2] == 3
        down, across = np.nonzero(image[:, :, 0] < 50)
        if not len(down):
            return Detections(np.zeros((0, 4), np.float32), np.zeros((0, 2), np.float32), self.labels)
        box = [across.min(), down.min(), across.max() + 1, down.max() + 1]
        return Detections(np.array([box], np.float32), np.array([[0.9, 0.3]], np.float32), self.labels)


@pytest.fixture
def dataset(tmp_path):
    """Makes a set with a page for each of (group, something is drawn, marks)."""

    def make(*pages, name="made", exhaustive=LABELS):
        made = []
        for number, (group, drawn, marks) in enumerate(pages):
            pixels = np.full((100, 80), 255, np.uint8)
            if drawn:
                left, top, right, bottom = (int(v) for v in BOX)
                pixels[top:bottom, left:right] = 0
            file = tmp_path / f"{name}-{number}.png"
            Image.fromarray(pixels).save(file)
            made.append(DatasetPage(file, Page(80, 100, marks=tuple(marks)), group, frozenset(exhaustive)))
        return Dataset(tmp_path, name, tuple(made))

    return make


SIGNED = ("a", True, [Mark(BOX, ("Signature",))])


def test_figures_of_each_set_and_of_all(dataset):
    half = dataset(SIGNED, ("b", False, [Mark(BOX, ("Signature",))]), name="half")
    found = evaluate_detector(FindsBlack(), [dataset(SIGNED), half], "all")
    assert [result.name for result in found.results] == ["made", "half"]
    assert found.results[0].scores["Signature"].ap == 1 and "Stamp" not in found.results[0].scores
    # One of two truths: precision 1 up to recall 1/2, which is 51 of the 101 points.
    assert found.results[1].scores["Signature"].ap50 == pytest.approx(51 / 101)
    # Two of three: recall 2/3 covers 67 points.
    assert found.pooled.scores["Signature"].ap50 == pytest.approx(67 / 101)
    assert found.at_thresholds["Signature"].recall == pytest.approx(2 / 3)
    assert found.at_thresholds["Signature"].precision == 1


def test_what_the_annotators_had_not_to_box_is_not_counted(dataset):
    unlabelled = dataset(("a", True, []), exhaustive=["Stamp"], name="partial")
    found = evaluate_detector(FindsBlack(), [dataset(SIGNED), unlabelled], "all")
    assert found.pooled.scores["Signature"].ap == 1 and found.pooled.scores["Signature"].n_pages == 1
    assert found.false_per_empty_page()[1] == 0  # nobody said that the page has no signature


def test_a_dropped_label_neither_helps_nor_harms(dataset):
    printed = dataset(("a", True, [Mark(BOX, ("Name", "Printed"))]), SIGNED)
    assert evaluate_detector(FindsBlack(), [printed], "all").pooled.scores["Signature"].ap == 1


def test_marks_found_on_empty_pages(dataset):
    pages = [("a", True, []), ("b", False, []), ("c", False, []), SIGNED]
    found = evaluate_detector(FindsBlack(), [dataset(*pages)], "all")
    assert found.false_per_empty_page() == (pytest.approx(1 / 3), 3)


def test_marks_found_on_empty_pages_count_for_labels_that_are_complete_there(dataset):
    """Two pages are empty and complete, one is known for Stamp alone, one signed, one has an uncertain box."""
    partial = dataset(("d", True, []), exhaustive=["Stamp"], name="partial")
    unsure = ("e", True, [Mark((0.0, 0.0, 5.0, 5.0), ("Signature",), ignore=True)])
    pages = dataset(("a", True, []), ("b", False, []), SIGNED, unsure)
    found = evaluate_detector(FindsBlack(), [pages, partial], "all")
    counts = found.false_by_label()
    assert counts["Signature"] == (1, 2) and counts["Stamp"] == (0, 3)
    assert found.to_json()["false_on_empty_pages"]["Signature"] == {"marks": 1, "pages": 2}


def test_only_the_validation_documents(dataset):
    groups = [f"document {i}" for i in range(20)]
    wanted = [group for group in groups if is_validation(group)]
    made = dataset(*((group, True, [Mark(BOX, ("Signature",))]) for group in groups))
    found = evaluate_detector(FindsBlack(), [made])
    assert [page.group for page in found.pooled.pages] == wanted and 0 < len(wanted) < 20


def test_the_progress_sees_every_page(dataset):
    seen = []

    def progress(pages):
        for page in pages:
            yield page
            seen.append(page.group)

    evaluate_detector(FindsBlack(), [dataset(SIGNED), dataset(SIGNED, name="b")], "all", progress)
    assert seen == ["a", "a"]


def test_json_is_plain_and_complete(dataset):
    data = evaluate_detector(FindsBlack(), [dataset(SIGNED)], "all").to_json()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["sets"]["made"]["labels"] == data["sets"]["all sets"]["labels"]
    assert data["sets"]["made"]["pages"] == 1
    figures = data["sets"]["made"]["labels"]["Signature"]
    assert figures | {"ap": 1.0, "ap75": 1.0, "ap_10_40": 1.0, "ar1": 1.0, "n_truth": 1, "n_pages": 1} == figures
    assert figures["ap_medium"] is None and data["sets"]["made"]["mean"] == figures
    assert data["at_thresholds"]["Stamp"]["f1"] is None and data["false_per_empty_page"] == {"marks": None, "pages": 0}


def test_a_set_taken_as_complete_counts_what_is_wrong_on_its_pages(dataset):
    empty = dataset(("a", True, []), exhaustive={"Signature"})
    for names, n_empty in (((), 0), ((empty.name,), 1)):
        assert evaluate_detector(FindsBlack(), [empty], "all", complete=names).false_per_empty_page()[1] == n_empty


def test_a_set_taken_as_complete_is_so_for_labels_of_a_set_of_the_user_s_own(dataset):
    signed, own = dataset(("a", True, []), exhaustive={"Signature"}), LabelSet(name="own", labels=("Signature", "Logo"))
    (whole,) = choose([signed], own, "all", [signed.name])
    assert [page.exhaustive for page in whole.pages] == [{"Signature", "Logo"}]
    assert [page.exhaustive for page in choose([signed], own, "all")[0].pages] == [{"Signature"}]


def test_figures_at_the_thresholds_are_of_each_set(dataset):
    found = evaluate_detector(FindsBlack(), [dataset(SIGNED), dataset(("b", False, []), name="b")], "all")
    first, second = (found.at_thresholds_of(result)["Signature"] for result in found.results)
    assert first.f1 == 1 and second.f1 != second.f1
    assert found.to_json()["sets"]["made"]["at_thresholds"]["Signature"]["recall"] == 1


def test_sets_of_one_name_are_told_apart(dataset, tmp_path):
    one = dataset(SIGNED)
    names = [r.name for r in evaluate_detector(FindsBlack(), [one, replace(one, root=tmp_path / "b")], "all").results]
    assert names == [f"made ({tmp_path})", f"made ({tmp_path / 'b'})"]


def test_a_detector_may_name_another_label_set(dataset):
    class OfV1(FindsBlack):
        label_set = "v1"

    with pytest.raises(DocmarksError, match="label set v1: has no label Stamp"):
        evaluate_detector(OfV1(), [dataset(SIGNED)], "all")
    with pytest.raises(DocmarksError, match="v7: no such label set"):
        OfV1.label_set = "v7"
        evaluate_detector(OfV1(), [dataset(SIGNED)], "all")


def test_what_a_detector_leaves_on_each_other_is_told_with_its_figures(dataset):
    class Suppresses(FindsBlack):
        nms_iou = 0.7

    assert evaluate_detector(Suppresses(), [dataset(SIGNED)], "all").to_json()["nms_iou"] == 0.7
    assert evaluate_detector(FindsBlack(), [dataset(SIGNED)], "all").to_json()["nms_iou"] is None


def test_no_pages(dataset):
    with pytest.raises(DocmarksError, match=": no pages"):
        evaluate_detector(FindsBlack(), [dataset()], "all")
    group = next(f"g{i}" for i in range(99) if not is_validation(f"g{i}"))
    with pytest.raises(DocmarksError, match="no validation pages; take --part all"):
        evaluate_detector(FindsBlack(), [dataset((group, True, []))])
    with pytest.raises(ValueError, match="part is one of"):
        evaluate_detector(FindsBlack(), [dataset(SIGNED)], "half")


def test_what_nobody_was_asked_to_box_changes_no_figure(dataset):
    """Pages on which nothing is exhaustive: whatever is annotated or found there, every figure stays as it is."""
    known = [SIGNED] * 5 + [("b", False, [Mark(BOX, ("Signature",))]), ("c", True, []), ("d", False, [])]
    plain = evaluate_detector(FindsBlack(), [dataset(*known)], "all")
    silent = dataset(*known, ("e", True, []), ("f", True, [Mark((0, 0, 9, 9), ("Stamp",))]), ("g", False, []))
    silent = replace(
        silent, pages=(*silent.pages[:8], *(replace(page, exhaustive=frozenset()) for page in silent.pages[8:]))
    )
    more = evaluate_detector(FindsBlack(), [silent], "all")
    assert len(more.pooled.pages) == len(plain.pooled.pages) + 3

    def figures(found):
        data = found.to_json()
        assert data["best_thresholds"]["Signature"]["f1"] > 0 and data["curves"] and data["calibration"]
        for one in data["sets"].values():
            del one["pages"]
        parts = [one.to_json() | {"pages": 0} for one in slices(found) if one.by != "resolution"]
        return data, parts, diagnose(found), worst_groups(found)

    assert str(figures(replace(more, target_precision=0.8))) == str(figures(replace(plain, target_precision=0.8)))
    assert (more.counts_by_page()["wrong"][8:] == 0).all() and (more.counts_by_page()["missed"][8:] == 0).all()
    same = compare([judged(plain, "plain"), judged(more, "more")], resamples=20)
    assert same.n_pages == 8 and same.differences["ap"]["mean"]["more"].by.value == 0
