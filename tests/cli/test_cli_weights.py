"""`docmarks weights reduce`."""

import pytest

from docmarks.train.checkpoint import read_checkpoint, write_tensors
from squares import square_pages
from tiny import square_finder, tiny_config


@pytest.fixture
def folder(tmp_path):
    square_pages(tmp_path / "data")
    tensors = {f"model.{name}": value for name, value in square_finder().state_dict().items()}
    write_tensors(tmp_path / "whole.safetensors", tensors, tiny_config(), {})
    return tmp_path


def test_a_checkpoint_becomes_one_of_fewer_filters(folder, run, capsys):
    small = folder / "small.safetensors"
    assert run("weights", "reduce", folder / "whole.safetensors", folder / "data", "-o", small, "--keep", "0.8") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [*(f"{name}: 8 filters of 16" for name in ("p2", "p3", "proposals")), str(small)]
    assert read_checkpoint(small).model.ranks.proposals == 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing.safetensors", "data", "-o", "small.safetensors"), "nothing.safetensors: no such checkpoint"),
        (("whole.safetensors", "nowhere", "-o", "small.safetensors"), "nowhere"),
        (("whole.safetensors", "data", "-o", "no/small.safetensors"), "no/small.safetensors: cannot be written"),
        (("whole.safetensors", "data", "-o", "small.safetensors", "--keep", "1.5"), "--keep"),
    ],
)
def test_mistakes_are_one_line(folder, run, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(folder)
    assert run("weights", "reduce", *arguments) == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and not (folder / "small.safetensors").exists()
