"""A small data set on disk, as a user would have one."""

import json

import numpy as np
from PIL import Image

from docmarks.data.coco_file import FILE


def write_set(folder, pages, name="mini", exhaustive=("Stamp", "Signature")):
    """``pages``: (group, size (w, h), paper colour, [(label or labels, (x, y, w, h), colour)], more image keys)."""
    folder.mkdir(parents=True, exist_ok=True)
    images, annotations = [], []
    for i, (group, size, paper, marks, more) in enumerate(pages, start=1):
        page = np.full((size[1], size[0], 3), paper, np.uint8)
        for labels, (x, y, w, h), colour in marks:
            page[y : y + h, x : x + w] = colour
            labels = [labels] if isinstance(labels, str) else list(labels)
            annotations.append({"id": len(annotations) + 1, "image_id": i, "labels": labels, "bbox": [x, y, w, h]})
        file = f"{i}.png"
        Image.fromarray(page).save(folder / file)
        images.append(
            {"id": i, "file_name": file, "width": size[0], "height": size[1], "group": group, "split": "train", **more}
        )
    info = {"name": name, "exhaustive": list(exhaustive)}
    (folder / FILE).write_text(
        json.dumps({"info": info, "images": images, "annotations": annotations, "categories": []})
    )
    return folder


def pages(count=4, size=(120, 160)):
    """Pages with a signature, a date, two checkboxes and a stamp that is a date."""
    marks = [
        ("Signature", (10, 100, 50, 20), (10, 10, 120)),
        ("Date", (70, 100, 30, 12), (20, 20, 20)),
        ("Filled Checkbox", (10, 40, 12, 12), (0, 0, 0)),
        ("Unfilled Checkbox", (30, 40, 12, 12), (90, 90, 90)),
        (("Date", "Stamp"), (60, 20, 40, 20), (200, 20, 30)),
    ]
    return [(f"g{i}", size, (250, 250, 245), marks, {}) for i in range(count)]
