"""VoTT 2: the JSON export of a project, or one JSON file an asset.

After microsoft/VoTT, ``src/models/applicationState.ts``: an asset has a size, a state (0 not visited, 1 visited,
2 tagged) and regions with ``tags`` and a ``boundingBox`` in pixels.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from docmarks.data.coco_file import load_json, save
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.holds import Holds, labels_of
from docmarks.data.formats.intake import Intake, Wanted, files_in, folder_of
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import Mark
from docmarks.pages.colours import colour

HOLDS = Holds(several=True)

VERSION = "2.2.0"

NOT_VISITED, VISITED, TAGGED = 0, 1, 2

PATTERNS = ("*.vott", "*-asset.json", "*-export.json")

RECTANGULAR = ("RECTANGLE", "SQUARE", "")


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """An export, or a folder with an export, a project and asset files.

    Raises:
        DocmarksError: A file is broken or not of VoTT.
    """
    root = folder_of(path)
    intake = Intake(root, notes, wanted)
    assets: dict[str, Any] = {}
    for file in files_in(path, *PATTERNS):
        data = load_json(file)
        if not isinstance(data, dict):
            raise DocmarksError(f"{file}: not a file of VoTT; give --from, or remove it")
        for tag in data.get("tags") or ():
            if isinstance(tag, dict) and isinstance(tag.get("name"), str):
                intake.labels.setdefault(tag["name"])
        intake.name = intake.name or str(data.get("name") or "")
        several = data.get("assets")
        # A project lists its assets without regions; the regions are in files of their own then.
        entries = list(several.values()) if isinstance(several, dict) else [data]
        for entry in entries:
            if isinstance(entry, dict) and isinstance(entry.get("asset"), dict):
                assets[str(entry["asset"].get("id") or entry["asset"].get("name"))] = entry
    for entry in assets.values():
        _read_page(entry, intake)
    return intake.dataset()


def _read_page(entry: dict[str, Any], intake: Intake) -> None:
    asset, regions = entry["asset"], entry.get("regions") or []
    size, name = asset.get("size") or {}, str(asset.get("name") or "")
    path = str(asset.get("path") or name)
    intake.add(
        path if intake.find(path) is not None else name,
        (size["width"], size["height"]) if {"width", "height"} <= size.keys() else None,
        lambda *_: [_mark(region, name, intake) for region in regions],
        looked_at=asset.get("state", TAGGED) != NOT_VISITED or bool(regions),
    )


def _mark(region: dict[str, Any], name: str, intake: Intake) -> Mark | None:
    tags = [str(tag) for tag in region.get("tags") or ()]
    where, box = f"{name}: {' + '.join(tags)}", region.get("boundingBox")
    if str(region.get("type") or "") not in RECTANGULAR:
        intake.notes.add(f"regions of the type {region['type']} (their upright box taken)", where)
    if isinstance(box, dict):
        try:
            left, top, width, height = (float(box[key]) for key in ("left", "top", "width", "height"))
        except (KeyError, TypeError, ValueError):
            return intake.mark((None,) * 4, tags, where)
        return intake.mark((left, top, left + width, top + height), tags, where)
    try:
        points = [(float(point["x"]), float(point["y"])) for point in region.get("points") or ()]
        xs, ys = zip(*points, strict=True)
    except (KeyError, TypeError, ValueError):
        return intake.mark((None,) * 4, tags, where)
    return intake.mark((min(xs), min(ys), max(xs), max(ys)), tags, where)


def write(dataset: Dataset, target: Path) -> Path:
    """Writes an export; ``target`` is its file, or its folder."""
    file = target if target.suffix.lower() == ".json" else target / f"{target.resolve().name}-export.json"
    assets = {}
    for page in dataset.pages:
        entry = _entry(page)
        assets[entry["asset"]["id"]] = entry
    tags = [{"name": name, "color": "#{:02x}{:02x}{:02x}".format(*colour(name))} for name in labels_of(dataset)]
    save({"name": dataset.name, "version": VERSION, "tags": tags, "assets": assets}, file)
    return file


def _entry(page: DatasetPage) -> dict[str, Any]:
    path = f"file:{page.file.absolute().as_posix()}"
    # VoTT calls an asset by the MD5 of its path; nothing is kept safe by it.
    identifier = hashlib.md5(path.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    regions = []
    for number, mark in enumerate(page.page.marks, start=1):
        left, top, right, bottom = mark.box
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        regions.append(
            {
                "id": f"{identifier[:8]}-{number}",
                "type": "RECTANGLE",
                "tags": list(mark.labels),
                "boundingBox": {"left": left, "top": top, "width": mark.width, "height": mark.height},
                "points": [{"x": x, "y": y} for x, y in corners],
            }
        )
    asset = {
        "format": page.file.suffix.lstrip("."),
        "id": identifier,
        "name": page.file.name,
        "path": path,
        "size": {"width": page.page.width, "height": page.page.height},
        "state": TAGGED if regions else VISITED,
        "type": 1,
    }
    return {"asset": asset, "regions": regions, "version": VERSION}
