"""What an exported model says of itself, kept in the metadata of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

from pydantic import Field, ValidationError

from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole
from docmarks.model.config import ModelConfig
from docmarks.runtime.metadata import metadata, with_entry
from docmarks.runtime.size import USUAL, named
from docmarks.strict import Strict

KEY = "docmarks"
"""Name of the metadata entry."""

INFO, INFO_END, NET_END = b"<rt_info>", b"</rt_info>", b"</net>"
"""In OpenVINO's XML: around what is said of the network, and its end."""


class ModelSheet(Strict):
    """Travels with the weights, so that a file alone is enough to detect with.

    Attributes:
        name: Of the model.
        version: Of the model.
        config: Labels, input and selection, as in training.
        thresholds: Minimum score of each label, in the order of ``config.labels``.
        precision: "fp32" or "int8".
        thresholds_at: The same for pages seen at other sizes (``runtime.size.named``), where they were measured.
    """

    name: str
    version: str
    config: ModelConfig
    thresholds: tuple[float, ...]
    precision: str = "fp32"
    thresholds_at: dict[str, tuple[float, ...]] = Field(default_factory=dict)

    def minimum_scores(self, sizes: Sequence[float]) -> tuple[float, ...]:
        """Of pages seen at these sizes: theirs, or the usual ones where nobody has measured any."""
        return self.thresholds_at.get(named(sizes), self.thresholds)

    def with_minimum_scores(self, scores: Mapping[str, float], sizes: Sequence[float]) -> ModelSheet:
        """With others for pages seen at these sizes; labels that are not named keep theirs."""
        before = zip(self.config.labels, self.minimum_scores(sizes), strict=True)
        values = tuple(scores.get(label, old) for label, old in before)
        if tuple(sizes) == USUAL:
            return self.model_copy(update={"thresholds": values})
        return self.model_copy(update={"thresholds_at": self.thresholds_at | {named(sizes): values}})


def read_sheet(path: Path) -> ModelSheet:
    """The sheet of an exported model: ONNX, or OpenVINO's XML.

    Raises:
        DocmarksError: There is no such file, or it is no docmarks model.
    """
    try:
        entry = _xml_entry(path) if path.suffix == ".xml" else metadata(path.read_bytes()).get(KEY)
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such model file") from error
    except OSError as error:
        raise DocmarksError(f"{path}: cannot read the model ({error.strerror})") from error
    except (ValueError, ElementTree.ParseError) as error:
        raise DocmarksError(f"{path}: not a model file, or a damaged one; take another copy of it") from error
    if entry is None:
        raise DocmarksError(f"{path}: a model, but not one that docmarks exported; use `docmarks export`")
    try:
        return ModelSheet.model_validate_json(entry)
    except ValidationError as error:
        raise DocmarksError(f"{path}: made by another version of docmarks; export it again") from error


def write_sheet(path: Path, sheet: ModelSheet, target: Path | None = None) -> None:
    """Puts the sheet into an exported model; its network stays as it is.

    Args:
        path: The model, ONNX or OpenVINO's XML.
        sheet: What it is to say of itself.
        target: The file to write instead, of the same kind.

    Raises:
        DocmarksError: The model is damaged, or the file cannot be written.
    """
    target = target or path
    with whole(target, "check its folder") as part:
        try:
            part.write_bytes(_with_sheet(path, sheet.model_dump_json()))
        except (ValueError, ElementTree.ParseError) as error:
            raise DocmarksError(f"{path}: not a model file, or a damaged one; take another copy of it") from error


def _with_sheet(path: Path, text: str) -> bytes:
    if path.suffix != ".xml":
        return with_entry(path.read_bytes(), KEY, text)
    tree = ElementTree.parse(path)
    info = tree.getroot().find("./rt_info")
    if info is None:
        info = ElementTree.SubElement(tree.getroot(), "rt_info")
    entry = info.find(KEY)
    if entry is None:
        entry = ElementTree.SubElement(info, KEY)
    entry.set("value", text)
    # OpenVINO keeps what stood in the ONNX file: the sheet as it was before.
    for framework in info.iter("framework"):
        for stale in framework.findall(KEY):
            framework.remove(stale)
    for element in tree.iter():
        # Indentation: a seventh of the file.
        element.text, element.tail = (part if part and part.strip() else None for part in (element.text, element.tail))
    return ElementTree.tostring(tree.getroot(), encoding="utf-8", xml_declaration=True)


def _xml_entry(path: Path) -> str | None:
    data = path.read_bytes()
    # The network is a megabyte of XML, a tenth of a second; what is said of all of it stands at its end.
    start, end = data.rfind(INFO), data.rfind(INFO_END) + len(INFO_END)
    if 0 <= start < end and data[end:].strip() == NET_END:
        with suppress(ElementTree.ParseError):
            element = ElementTree.fromstring(data[start:end]).find(KEY)
            if element is not None:
                return element.get("value")
    element = ElementTree.fromstring(data).find(f"./rt_info/{KEY}")
    return None if element is None else element.get("value")
