"""Pascal VOC: one XML file an image.

The layout of the VOC development kit (Everingham et al., 2010): ``Annotations/``, ``JPEGImages/``, and the parts as
lists of names in ``ImageSets/Main/``. ``difficult`` objects are left out of VOC's scores, as uncertain ones are here.
The kit's own files count pixels from 1; other tools write edges, and theirs are taken as they are.
"""

from __future__ import annotations

import math
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import distinct_stems, flat, read_text, relative, write_text
from docmarks.data.formats.holds import Holds
from docmarks.data.formats.intake import PARTS, Intake, Wanted, files_in, folder_of, turned
from docmarks.data.formats.notes import Notes
from docmarks.data.formats.xml_file import child, read_xml, text_of, whole, write_xml
from docmarks.errors import DocmarksError
from docmarks.marks import Mark

HOLDS = Holds(uncertain=True, split=True, declares=False)

ANNOTATIONS, IMAGES, LISTS = "Annotations", "JPEGImages", "ImageSets/Main"

KIT = "The VOC"
"""How ``source/database`` begins in the kit's own files."""

SHAPES = ("polygon", "robndbox", "segmentation")


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """A folder of XML files, at any depth, or one file.

    Raises:
        DocmarksError: A file is broken or no VOC annotation.
    """
    root = folder_of(path)
    intake = Intake(root, notes, wanted)
    files = files_in(path, "*.xml")
    parts = _parts(root)
    for file in wanted.watch(files):
        _read_page(file, intake, parts.get(file.stem, ""))
    return intake.dataset()


def _parts(root: Path) -> dict[str, str]:
    """Which part each image's name is in. ``trainval`` says nothing that ``train`` and ``val`` do not."""
    found: dict[str, str] = {}
    for file in sorted(root.rglob(f"{LISTS}/*.txt")):
        if file.stem in PARTS:
            found.update((line.strip(), file.stem) for line in read_text(file).splitlines() if line.strip())
    return found


def _read_page(file: Path, intake: Intake, part: str) -> None:
    tree = read_xml(file)
    if tree.tag != "annotation":
        raise DocmarksError(f"{file}: no VOC annotation, its first element is {tree.tag}; give --from, or remove it")
    width, height = (whole(text_of(tree, f"size/{side}")) for side in ("width", "height"))
    name = text_of(tree, "filename") or file.with_suffix(".jpg").name
    path = text_of(tree, "path")
    # The path is of the annotator's machine; if it leads nowhere here, the name beside the annotations counts.
    reference = path if path and intake.find(path, ("",)) is not None else intake.beside(file, name)
    first = 1.0 if text_of(tree, "source/database").startswith(KIT) else 0.0
    intake.add(
        reference,
        (width, height) if width and height else None,
        lambda *_: [_mark(element, intake, file, first) for element in tree.iter("object")],
        part=part,
    )


def _mark(element: Element, intake: Intake, file: Path, first: float) -> Mark | None:
    label, where = text_of(element, "name"), f"{file.name}: {text_of(element, 'name')}"
    for shape in SHAPES:
        if element.find(shape) is not None:
            intake.notes.add(f"{shape} outlines (their upright box taken)", where)
    for part in element.findall("part"):
        intake.notes.add("parts of objects (left out)", f"{where}: {text_of(part, 'name')}")
    for told in ("truncated", "occluded"):
        if text_of(element, told) not in ("", "0"):
            intake.notes.add(f"remarks that a box is {told} (lost)", where)
    ignore = text_of(element, "difficult") not in ("", "0")
    rotated = element.find("robndbox")
    if rotated is not None:
        try:
            x, y, w, h, angle = (float(text_of(rotated, key)) for key in ("cx", "cy", "w", "h", "angle"))
        except ValueError:
            return intake.mark((None,) * 4, [label], where)
        upright = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        return intake.mark(turned(upright, math.degrees(angle), (x, y)), [label], where, ignore=ignore)
    edges = [text_of(element, f"bndbox/{key}") for key in ("xmin", "ymin", "xmax", "ymax")]
    mark = intake.mark(edges, [label], where, ignore=ignore)
    if mark is None or not first:
        return mark
    left, top, right, bottom = mark.box
    return Mark((left - first, top - first, right, bottom), mark.labels, ignore=ignore)


def place(page: DatasetPage, name: PurePosixPath) -> PurePosixPath:
    """Where an image goes: the kit knows no folders below ``JPEGImages``."""
    return PurePosixPath(IMAGES, flat(name))


def write(dataset: Dataset, target: Path) -> Path:
    """Writes the kit's layout; returns the folder of the annotations."""
    lists: dict[str, list[str]] = {}
    for page, stem in zip(dataset.pages, distinct_stems([page.file for page in dataset.pages]), strict=True):
        write_xml(_annotation(page, target), target / ANNOTATIONS / f"{stem}.xml")
        if page.part:
            lists.setdefault(page.part, []).append(stem)
    for part, stems in lists.items():
        write_text(target / LISTS / f"{part}.txt", "".join(f"{stem}\n" for stem in stems))
    return target / ANNOTATIONS


def _annotation(page: DatasetPage, target: Path) -> Element:
    root = Element("annotation")
    inside = page.file.resolve().is_relative_to(target.resolve())
    child(root, "folder", page.file.parent.name)
    child(root, "filename", page.file.name)
    child(root, "path", relative(page.file, target) if inside else str(page.file))
    child(child(root, "source"), "database", "Unknown")
    size = child(root, "size")
    for side, value in (("width", page.page.width), ("height", page.page.height), ("depth", 3)):
        child(size, side, value)
    child(root, "segmented", 0)
    for mark in page.page.marks:
        edges = [int(edge) if edge == int(edge) else repr(float(edge)) for edge in mark.box]
        element = child(root, "object")
        child(element, "name", mark.label)
        child(element, "pose", "Unspecified")
        child(element, "truncated", 0)
        child(element, "difficult", int(mark.ignore))
        box = child(element, "bndbox")
        for key, edge in zip(("xmin", "ymin", "xmax", "ymax"), edges, strict=True):
            child(box, key, edge)
    return root
