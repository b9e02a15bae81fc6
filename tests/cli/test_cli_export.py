"""`docmarks export`: what it refuses, and the weights that ship."""

import pytest

from docmarks.cli.main import main
from docmarks.runtime.detector import Detector


def call(*arguments):
    """Exit code of the command."""
    try:
        main(["export", *(str(argument) for argument in arguments)])
    except SystemExit as stop:
        return stop.code or 0
    return 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["default"], "name a folder for the exported model with -o DIR"),
        (["default", "--max-drop", "0.5"], "--max-drop is for --int8"),
        (["default", "--int8", "--max-drop", "0.5"], "--int8 needs pages to calibrate on"),
        (["nowhere"], "nowhere"),
    ],
)
def test_mistakes_are_one_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert call(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_weights_that_ship(tmp_path, capsys):
    assert call("default", "-o", tmp_path / "gpu") == 0
    assert capsys.readouterr().out.split() == [
        str(tmp_path / "gpu" / f"model.{kind}") for kind in ("onnx", "safetensors")
    ]
    exact, ships = Detector.load(tmp_path / "gpu"), Detector.load()
    assert exact.sheet.config == ships.sheet.config and exact.sheet.precision == "fp32"
