"""XML in and out. A document type is refused: entities in it can grow without end or name other files."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder, indent, tostring
from xml.parsers import expat

from docmarks.data.files import write_text
from docmarks.errors import DocmarksError

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 has no way to write (section 2.2)."""

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'

Value = str | int | float


def read_xml(file: Path) -> Element:
    """The root element.

    Raises:
        DocmarksError: The file is unreadable, broken, or declares a document type.
    """

    def refuse(*_: object) -> None:
        raise DocmarksError(f"{file}: has a document type (<!DOCTYPE), which is not read; remove that line")

    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(file.read_bytes(), True)
        return builder.close()
    except OSError as error:
        raise DocmarksError(f"{file}: cannot be read ({error.strerror}); check its permissions") from error
    except (expat.ExpatError, AssertionError) as error:
        raise DocmarksError(f"{file}: broken XML ({error}); export it again") from error


def write_xml(root: Element, file: Path, declared: bool = True) -> None:
    """Writes an element and all in it, indented.

    Args:
        root: The element.
        file: To write, in UTF-8.
        declared: The file begins with what it is; not everything that wants XML takes that.

    Raises:
        DocmarksError: The file cannot be written, or a name holds a character that XML cannot.
    """
    indent(root)
    text = tostring(root, encoding="unicode", xml_declaration=False)
    bad = FORBIDDEN.search(text)
    if bad is not None:
        shown = ascii(text[max(0, bad.start() - 30) : bad.start() + 10])
        raise DocmarksError(f"{file}: XML cannot hold the character {bad[0]!a} in {shown}; rename it")
    write_text(file, f"{DECLARATION if declared else ''}{text}\n")


def child(parent: Element, tag: str, text: Value | None = None, **attributes: Value) -> Element:
    """A new element in another."""
    element = Element(tag, {key: str(value) for key, value in attributes.items()})
    element.text = None if text is None else str(text)
    parent.append(element)
    return element


def text_of(parent: Element | None, path: str) -> str:
    """The text of the element at a path, without spaces around it; empty where there is none."""
    found = None if parent is None else parent.find(path)
    return "" if found is None or found.text is None else found.text.strip()


def whole(text: str | None) -> int:
    """A number of pixels, or 0 if it is none."""
    try:
        return int(float(text or 0))
    except (ValueError, OverflowError):
        return 0
