import pytest

from docmarks.messages.nearest import did_you_mean


@pytest.mark.parametrize(
    ("name", "told"),
    [("defualt", "did you mean default?"), ("coco-r5", "did you mean coco-r50?"), ("lease", "name a file")],
)
def test_the_nearest_of_what_is_known_is_named(name, told):
    assert did_you_mean(name, ["default", "coco-r50"], "name a file") == told


def test_how_alike_is_said():
    assert did_you_mean("sig", ["Signature"]) == "" and did_you_mean("sig", ["signature"], alike=0.4)
