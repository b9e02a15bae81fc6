"""Suppression between labels, worked by hand."""

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.runtime.cross_label_nms import CrossLabelNMS
from marked import found

A, NEAR, FAR = (0.0, 0.0, 40.0, 20.0), (4.0, 0.0, 44.0, 20.0), (100.0, 0.0, 140.0, 20.0)  # NEAR: IoU 36/44


def test_cross_label_nms_takes_the_less_confident_of_a_named_pair():
    predictions = found((A, {"Date": 0.9, "Stamp": 0.8}), (NEAR, {"Signature": 0.7}), (FAR, {"Signature": 0.4}))
    kept = CrossLabelNMS({("Signature", "Date"): 0.5})(predictions)
    assert kept.boxes.tolist() == [list(A), list(FAR)]
    assert kept.scores == pytest.approx(np.array([[0, 0.9, 0.8], [0.4, 0, 0]]))
    assert len(CrossLabelNMS({("Signature", "Date"): 0.9})(predictions)) == 3  # their IoU is 36/44
    # A box with both labels of a pair keeps the better one.
    kept = CrossLabelNMS({("Stamp", "Date"): 0.5})(predictions)
    assert kept.scores[0] == pytest.approx([0, 0.9, 0])
    assert predictions.scores[0, 2] == np.float32(0.8)  # the input is as it was


def test_what_is_suppressed_suppresses_nothing():
    predictions = found((A, {"Date": 0.9}), (NEAR, {"Signature": 0.8}), ((8, 0, 48, 20), {"Stamp": 0.7}))
    kept = CrossLabelNMS({("Date", "Signature"): 0.5, ("Signature", "Stamp"): 0.5})(predictions)
    assert kept.scores.max(axis=0) == pytest.approx([0, 0.9, 0.7])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({("Signature", "Dat"): 0.5}, "has no label Dat"),
        ({("Date", "Date"): 0.5}, "twice in a pair"),
        ({("Date", "Stamp"): 1.5}, "give one from 0 to 1"),
    ],
)
def test_tables_that_mean_nothing(table, told):
    with pytest.raises(DocmarksError, match=told):
        CrossLabelNMS(table)(found())


def test_a_table_is_read_from_a_file(tmp_path):
    file = tmp_path / "pairs.yaml"
    file.write_text("- [Signature, Date, 0.5]\n- [Date, Stamp, 0.7]\n")
    assert CrossLabelNMS.load(file).table == {("Signature", "Date"): 0.5, ("Date", "Stamp"): 0.7}
    with pytest.raises(DocmarksError, match="cannot be read"):
        CrossLabelNMS.load(tmp_path / "none.yaml")
    for text in ("- [Signature, Date]", "5", "- [Signature, Date, much]", "- [", "", "[" * 9000):
        file.write_text(text)
        with pytest.raises(DocmarksError, match="not a table of pairs"):
            CrossLabelNMS.load(file)
    file.write_text("- [Signature, Date, 0.5]\n- [Date, Signature, 0.7]\n")
    with pytest.raises(DocmarksError, match="Date and Signature twice"):
        CrossLabelNMS.load(file)


def test_a_pair_exactly_at_the_threshold_stays_and_of_equal_scores_the_first():
    half = (0.0, 0.0, 20.0, 20.0)  # IoU 1/2 with A
    predictions = found((A, {"Date": 0.75}), (half, {"Stamp": 0.75}))
    assert len(CrossLabelNMS({("Stamp", "Date"): 0.5})(predictions)) == 2
    assert CrossLabelNMS({("Stamp", "Date"): 0.49})(predictions).boxes.tolist() == [list(A)]
