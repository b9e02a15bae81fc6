"""Pairs counted by hand."""

from docmarks.evaluate.overlap import overlaps
from docmarks.runtime.cross_label_nms import CrossLabelNMS
from marked import LABELS, found, page

A, NEAR, FAR = (0.0, 0.0, 40.0, 20.0), (4.0, 0.0, 44.0, 20.0), (100.0, 0.0, 140.0, 20.0)  # NEAR: IoU 36/44
HALF = (20.0, 0.0, 60.0, 20.0)  # IoU 20/60 with A


def test_pairs_of_one_label_under_the_nms_threshold():
    predictions = found((A, {"Signature": 0.9}), (HALF, {"Signature": 0.8}), (FAR, {"Signature": 0.7}))
    assert dict(overlaps([predictions], [page()], LABELS, 0.5, 0.5).same) == {"Signature": 1}
    assert not overlaps([predictions], [page()], LABELS, 0.5, 0.3).same  # suppression would have taken it
    assert not overlaps([predictions], [page()], LABELS, 0.85, 0.5).same


def test_two_labels_on_one_area():
    predictions = found((A, {"Date": 0.9, "Stamp": 0.8}), (NEAR, {"Signature": 0.7}), (HALF, {"Stamp": 0.9}))
    counts = overlaps([predictions], [page((A, "Date", "Stamp"))], LABELS, 0.5, 0.5)
    # The date, the signature and the first stamp share an area; HALF has 24/56 of NEAR.
    assert dict(counts.cross) == {("Date", "Stamp"): 1, ("Signature", "Date"): 1, ("Signature", "Stamp"): 1}
    assert dict(counts.truth) == {("Date", "Stamp"): 1}
    assert dict(counts.same) == {"Stamp": 1}
    only = overlaps([predictions], [page(exhaustive=["Date", "Stamp"])], LABELS, 0.5, 0.5)
    assert dict(only.cross) == {("Date", "Stamp"): 1}  # nobody can judge the signature here


def test_before_and_after():
    predictions = found((A, {"Date": 0.9}), (NEAR, {"Signature": 0.7}))
    after = CrossLabelNMS({("Date", "Signature"): 0.5})(predictions)
    assert overlaps([predictions], [page()], LABELS, 0.5, 0.5).cross.total() == 1
    assert overlaps([after], [page()], LABELS, 0.5, 0.5).cross.total() == 0
    assert len(CrossLabelNMS({("Date", "Signature"): 0.5})(found())) == 0
