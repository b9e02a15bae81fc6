"""A data set of black squares in a folder, and a run that is small enough to be trained in a test."""

import json

import numpy as np
from PIL import Image

from docmarks.data.coco_file import FILE
from docmarks.train.config import CropConfig, InkConfig, TrainConfig, ValidationConfig
from tiny import tiny_config

RULES = "name: squares\nlabels: [Signature, Stamp]\n"


def square_pages(folder, count=8, name="squares"):
    """Pages of 96 x 96 with one square, a Stamp; every fourth is for validation."""
    folder.mkdir(parents=True, exist_ok=True)
    images, annotations = [], []
    for i in range(count):
        x, y = (int(v) for v in np.random.default_rng(i).integers(5, 60, 2))
        page = np.full((96, 96), 255, np.uint8)
        page[y : y + 24, x : x + 24] = 0
        Image.fromarray(page).save(folder / f"page{i}.png")
        part = "val" if i % 4 == 3 else "train"
        images.append({"id": i, "file_name": f"page{i}.png", "width": 96, "height": 96, "split": part})
        annotations.append({"id": i, "image_id": i, "labels": ["Stamp"], "bbox": [x, y, 24, 24]})
    info = {"name": name, "exhaustive": ["Stamp", "Signature"]}
    (folder / FILE).write_text(
        json.dumps({"info": info, "images": images, "annotations": annotations, "categories": []})
    )
    return folder


def small_run(**changes):
    """The configuration: crops of 96 x 96, two an optimizer step."""
    base = {
        "model": tiny_config(),
        "steps": 6,
        "batch": 2,
        "workers": 0,
        "warmup": 2,
        "checkpoint_every": 3,
        "device": "cpu",
        "crops": CropConfig(width=96, height=96, page_long_side=(96, 110)),
        "ink": InkConfig(decorate=0.0, forms=0.0, pages=0.0),
        "validation": ValidationConfig(loss_every=2, ap_every=3, pages=4, pictures=1),
    }
    return TrainConfig(**(base | changes))
