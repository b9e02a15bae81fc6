from pathlib import Path

import pytest

from docmarks.errors import DocmarksError
from docmarks.runtime.model_file import model_file
from docmarks.weights import DEFAULT_MODEL


def test_the_model_that_ships_goes_by_its_name():
    assert model_file(None) == model_file(Path("default")) == DEFAULT_MODEL


@pytest.mark.parametrize(
    ("name", "hint"), [("defualt", "did you mean default"), ("runs/lease", "name an exported model")]
)
def test_a_model_that_is_not_there_is_told_with_the_nearest(name, hint):
    with pytest.raises(DocmarksError, match=f"{name}: no such model file; {hint}"):
        model_file(Path(name))
