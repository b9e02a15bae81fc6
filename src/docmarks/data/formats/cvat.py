"""CVAT for images 1.1: one XML file.

After CVAT's own description of its XML (docs.cvat.ai, XML annotation format). Edges are pixels, rotation is clockwise
in degrees about the centre of a box.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

from docmarks.data.dataset import Dataset
from docmarks.data.files import relative
from docmarks.data.formats.holds import Holds, labels_of
from docmarks.data.formats.intake import Intake, Wanted, files_in, folder_of, hull, turned
from docmarks.data.formats.notes import Notes
from docmarks.data.formats.xml_file import child, read_xml, text_of, whole, write_xml
from docmarks.errors import DocmarksError
from docmarks.marks import Box, Mark

HOLDS = Holds(uncertain=True, split=True)

FILE = "annotations.xml"

UNCERTAIN = "uncertain"
"""Attribute of a box."""

LEFT_OUT = ("polyline", "points", "mask", "cuboid", "skeleton", "tag")


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """An XML file, or a folder with some.

    Raises:
        DocmarksError: A file is broken, of a video, or no CVAT file.
    """
    intake = Intake(folder_of(path), notes, wanted)
    for file in files_in(path, "*.xml"):
        tree = read_xml(file)
        if tree.tag != "annotations":
            raise DocmarksError(f"{file}: no CVAT file, its first element is {tree.tag}; give --from, or remove it")
        if tree.find("track") is not None:
            raise DocmarksError(f"{file}: annotations of a video; export them from CVAT as 'CVAT for images'")
        names = {text_of(task, "id"): text_of(task, "name") for task in tree.iterfind("meta/project/tasks/task")}
        intake.name = intake.name or text_of(tree, "meta/project/name") or text_of(tree, "meta/task/name")
        listed = [text_of(label, "name") for label in tree.iterfind("meta//labels/label")]
        intake.labels.update(dict.fromkeys(name for name in listed if name))
        images = list(tree.iterfind("image"))
        several = len({image.get("task_id") for image in images}) > 1
        for image in images:
            _read_page(image, intake, names if several else {})
    return intake.dataset()


def _read_page(image: Element, intake: Intake, tasks: dict[str, str]) -> None:
    name, task = image.get("name") or "", image.get("task_id")
    width, height = whole(image.get("width")), whole(image.get("height"))
    for shape in LEFT_OUT:
        intake.notes.add(f"{shape} annotations (left out)", name, len(image.findall(shape)))
    intake.add(
        name,
        (width, height) if width and height else None,
        lambda *_: [_mark(shape, name, intake) for shape in image if shape.tag in ("box", "polygon", "ellipse")],
        group=tasks.get(task, task) if tasks and task else "",
        part=image.get("subset") or "",
    )


def _mark(shape: Element, name: str, intake: Intake) -> Mark | None:
    label = shape.get("label") or ""
    where = f"{name}: {label}"
    attributes = {attribute.get("name"): attribute.text for attribute in shape.iterfind("attribute")}
    ignore = attributes.pop(UNCERTAIN, "") == "true"
    intake.notes.add("attributes of boxes (lost)", where, len(attributes))
    if shape.get("occluded") == "1":
        intake.notes.add("remarks that a box is occluded (lost)", where)
    if shape.tag != "box":
        intake.notes.add(f"{shape.tag} annotations (their upright box taken)", where)
    elif shape.get("rotation", "0") not in ("0", "0.0", "0.00"):
        intake.notes.add("rotated boxes (their upright box taken)", where)
    try:
        box: Box | tuple[None, ...] = _box(shape)
    except ValueError:
        box = (None,) * 4
    return intake.mark(box, [label], where, ignore=ignore)


def _box(shape: Element) -> Box:
    if shape.tag == "polygon":
        pairs = [pair.split(",") for pair in (shape.get("points") or "").split(";")]
        return hull((float(x), float(y)) for x, y in pairs)
    degrees = float(shape.get("rotation") or 0)
    if shape.tag == "ellipse":
        x, y, rx, ry = (float(shape.get(key) or "nan") for key in ("cx", "cy", "rx", "ry"))
        return turned((x - rx, y - ry, x + rx, y + ry), degrees, (x, y))
    left, top, right, bottom = (float(shape.get(key) or "nan") for key in ("xtl", "ytl", "xbr", "ybr"))
    return turned((left, top, right, bottom), degrees, ((left + right) / 2, (top + bottom) / 2))


def write(dataset: Dataset, target: Path) -> Path:
    """Writes one XML file; ``target`` is it, or its folder."""
    file = target if target.suffix.lower() == ".xml" else target / FILE
    root = Element("annotations")
    child(root, "version", "1.1")
    task = child(child(root, "meta"), "task")
    child(task, "name", dataset.name)
    child(task, "size", len(dataset.pages))
    child(task, "mode", "annotation")
    labels = child(task, "labels")
    for name in labels_of(dataset):
        label = child(labels, "label")
        child(label, "name", name)
        child(label, "type", "rectangle")
        attribute = child(child(label, "attributes"), "attribute")
        told = (("name", UNCERTAIN), ("mutable", "False"), ("input_type", "checkbox"), ("default_value", "false"))
        for tag, text in (*told, ("values", "false\ntrue")):
            child(attribute, tag, text)
    for number, page in enumerate(dataset.pages):
        size = {"width": page.page.width, "height": page.page.height}
        image = child(root, "image", id=number, name=relative(page.file, file.parent), **size)
        if page.part:
            image.set("subset", page.part)
        for mark in page.page.marks:
            edges = dict(zip(("xtl", "ytl", "xbr", "ybr"), map(repr, map(float, mark.box)), strict=True))
            box = child(image, "box", label=mark.label, source="manual", occluded=0, **edges, z_order=0)
            child(box, "attribute", "true" if mark.ignore else "false", name=UNCERTAIN)
    write_xml(root, file)
    return file
