import json

import numpy as np
import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.cli.synth import FAMILIES
from docmarks.synth.family import MIXTURES, Family, load_mixture, names


def run(*arguments):
    """Exit code of the command."""
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as error:
        return error.code or 0
    return 0


def test_the_command_line_knows_every_family_and_its_size():
    assert set(FAMILIES) == set(names())
    sizes = {name: (load_mixture(name) if name in MIXTURES else Family.load(name)).pages for name in names()}
    assert sizes == {name: size for name, (size, _) in FAMILIES.items()}


def test_a_family_and_the_general_mix(tmp_path, capsys):
    assert run("synth", "ufo", "--pages", 2, "--workers", 1, "-o", tmp_path / "ufo") == 0
    assert run("synth", "make", "--kind", "slip", "--pages", 2, "--workers", 1, "-o", tmp_path / "made") == 0
    out = capsys.readouterr().out
    for name, first in (("ufo", "ufo-0-00000.png"), ("made", "0-00000.png")):
        record = json.loads((tmp_path / name / "annotations.json").read_text())
        assert len(record["images"]) == 2 and record["images"][0]["file_name"] == f"images/{first}"
        assert f"2 pages, {len(record['annotations'])} marks" in out


def test_previews(tmp_path):
    sheet = tmp_path / "sheet.png"
    assert run("synth", "preview", "fcc", "--pages", 2, "-o", sheet) == 0
    assert Image.open(sheet).size == (960, 620)
    assert run("synth", "preview", "--kind", "slip", "--pages", 1, "-o", tmp_path / "sheet.jpg") == 0
    assert Image.open(tmp_path / "sheet.jpg").format == "JPEG"


def test_paper_is_written_on(tmp_path):
    paper = tmp_path / "paper"
    paper.mkdir()
    Image.fromarray(np.full((700, 500), 230, np.uint8)).save(paper / "sheet.png")
    command = ("synth", "letters", "--pages", 2, "--workers", 1, "--backgrounds", paper, "-o", tmp_path / "out")
    assert run(*command) == 0
    record = json.loads((tmp_path / "out" / "annotations.json").read_text())
    assert {image["background"] for image in record["images"]} == {"sheet.png:1"}
    assert "Filled Checkbox" not in record["images"][0]["exhaustive"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("preview", "leese"), "leese: no such family of documents; choose from"),
        (("preview", "lease", "--kind", "slip"), "--kind is for the general mix"),
        (("preview", "--backgrounds", "."), "name one, as in synth preview lease"),
        (("make", "--kind", "papyrus", "-o", "x"), "no such kind of page; choose from letter"),
        (("fcc", "--ink", "missing", "-o", "x"), "no such folder of ink files"),
        (("fcc", "--backgrounds", "missing", "-o", "x"), "no such folder of backgrounds"),
        (("preview", "ufo", "--pages", "1", "--beside", "missing"), "no such file; a data set is a folder"),
    ],
)
def test_mistakes_are_one_line(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert run("synth", *arguments) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and error.startswith("docmarks: ")
    assert not list(tmp_path.iterdir())
