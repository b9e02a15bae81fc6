"""Each prediction into its kind, at the IoUs where one kind ends and the next begins; worked by hand."""

import pytest

from docmarks.evaluate.error_kinds import BOTH, CLASS, DUPLICATE, KINDS, LOCATION, NOTHING
from docmarks.evaluate.error_sorting import find_errors
from marked import LABELS, found, page

A = (0.0, 0.0, 40.0, 20.0)


def test_a_ground_truth_is_given_to_one_mended_prediction_only():
    predictions = found((A, {"Date": 0.9}), ((1, 0, 41, 20), {"Stamp": 0.8}))
    errors = find_errors([predictions], [page((A, "Signature"))], LABELS)
    assert errors.kind.tolist() == [0, 0] and errors.mendable.tolist() == [True, False]
    assert errors.unfound.tolist() == [1, 0, 0] and errors.missed.tolist() == [0, 0, 0]
    mended = KINDS[0].mend(errors)
    assert mended.label.tolist() == [0] and mended.right.tolist() == [True]


@pytest.mark.parametrize(
    ("box", "label", "kind"),
    [
        ((20, 0, 40, 20), "Signature", CLASS),  # IoU 1/2
        ((0, 0, 19, 20), "Signature", BOTH),  # 19/40
        ((0, 0, 19, 20), "Date", LOCATION),
        ((0, 0, 4, 20), "Date", LOCATION),  # 1/10 is near for its own label
        ((0, 0, 4, 20), "Signature", NOTHING),  # and nothing for another
        ((0, 0, 3, 20), "Date", NOTHING),
        (A, "Date", DUPLICATE),
    ],
)
def test_where_kinds_end(box, label, kind):
    predictions = found((A, {"Date": 0.9}), (box, {label: 0.5}))
    errors = find_errors([predictions], [page((A, "Date"))], LABELS)
    assert errors.correct.score.tolist() == pytest.approx([0.9]) and errors.kind.tolist() == [kind]
