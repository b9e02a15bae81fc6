"""The command run in this process, with a model that really finds something: black squares, which it calls stamps."""

import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.sheet import ModelSheet
from paper import save, square_pdf
from tiny import square_finder

SQUARE = (90, 120, 165, 195)
"""(left, top, right, bottom) of the square, in points, on every page made here."""


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    finder = square_finder()
    path = tmp_path_factory.mktemp("model") / "squares.onnx"
    export_onnx(finder, ModelSheet(name="squares", version="7", config=finder.config, thresholds=(0.5, 0.5)), path)
    return path


@pytest.fixture
def pdf():
    """Makes a PDF of 300 x 300 points with the square on every page."""

    def make(path, **options):
        path.write_bytes(square_pdf([(90, 120, 75, 75)], size=(300, 300), **options))
        return path

    return make


@pytest.fixture
def scan(tmp_path):
    """A page image at 144 dpi with the square."""
    page = Image.new("L", (600, 600), 255)
    page.paste(0, tuple(2 * v for v in SQUARE))
    return save(tmp_path / "scan.png", page, dpi=(144, 144))


@pytest.fixture
def run(model):
    """Exit code of the command; the square finder takes the place of the shipped model unless one is named."""

    def call(command, *arguments):
        named = [] if command != "detect" or "--model" in arguments else ["--model", model]
        try:
            main([str(argument) for argument in (command, *arguments, *named)])
        except SystemExit as stop:
            return stop.code or 0
        return 0

    return call
