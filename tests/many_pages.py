"""A data set whose records are pages of one document, a black rectangle on each."""

import json

import numpy as np
from PIL import Image

from docmarks.data.coco_file import FILE
from paper import squares_pdf

BOXES_PT = ((30, 40, 60, 30), (150, 200, 90, 40), (60, 300, 45, 75))
"""On the pages of 300 x 400 points, (x, y, w, h)."""


def document_set(folder, kind):
    """In pixels at 144 dpi; ``kind``: "pdf" or "tif"."""
    folder.mkdir(parents=True)
    boxes = [[2 * v for v in box] for box in BOXES_PT]
    file = folder / f"doc.{kind}"
    if kind == "pdf":
        file.write_bytes(squares_pdf(BOXES_PT))
    else:
        pages = []
        for x, y, w, h in boxes:
            page = np.full((800, 600), 255, np.uint8)
            page[y : y + h, x : x + w] = 0
            pages.append(Image.fromarray(page))
        pages[0].save(file, save_all=True, append_images=pages[1:], dpi=(144, 144))
    shared = {"file_name": file.name, "width": 600, "height": 800, "dpi": 144, "group": "doc"}
    images = [{"id": n, "page": n, **shared} for n in (1, 2, 3)]
    marks = [
        {"id": n, "image_id": n, "category_id": 1, "labels": ["Stamp"], "bbox": box} for n, box in enumerate(boxes, 1)
    ]
    info = {"name": "docs", "exhaustive": ["Stamp"]}
    data = {"info": info, "images": images, "annotations": marks, "categories": [{"id": 1, "name": "Stamp"}]}
    (folder / FILE).write_text(json.dumps(data))
    return folder
