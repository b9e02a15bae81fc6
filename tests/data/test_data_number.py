import pytest

from docmarks.data.number import is_number


@pytest.mark.parametrize("value", [0, -1.5, 10**300])
def test_a_number(value):
    assert is_number(value)


@pytest.mark.parametrize("value", [True, None, "1", [1], float("inf"), float("nan"), 10**400])
def test_no_number(value):
    assert not is_number(value)
