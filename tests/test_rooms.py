"""The rooms of CONTRIBUTING.md: each uses what stands above it there, never what stands below."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "docmarks"
ROWS = re.findall(r"^\| (`[^|]+`) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
FLOOR = {name.rstrip("/"): number for number, row in enumerate(ROWS) for name in re.findall(r"`([^`]+)`", row)}
DOOR = ("__init__.py", "__main__.py")
"""The way in from outside: it leads to every room."""


def rooms_of(module):
    """The rooms that a file imports from, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("docmarks."):
            part = node.module.split(".")[1]
            yield f"{part}.py" if (PACKAGE / f"{part}.py").exists() else part


def test_every_room_is_told():
    there = {path.name for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert there - set(DOOR) == FLOOR.keys()


@pytest.mark.parametrize("room", FLOOR)
def test_a_room_uses_what_stands_above_it(room):
    place = PACKAGE / room
    modules = [place] if place.is_file() else sorted(place.rglob("*.py"))
    below = {
        f"{module.relative_to(PACKAGE)} uses {other}"
        for module in modules
        for other in rooms_of(module)
        if FLOOR[other] > FLOOR[room]
    }
    assert modules and not below
