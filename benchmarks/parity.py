"""How far our numbers lie from Detectron2's, stage by stage.

python benchmarks/parity.py REFERENCE_FOLDER

The folder holds `checkpoints/<variant>.pth` and `.yaml`, `images/<page>.png` and `golden/<variant>__<page>.npz`,
written by Detectron2 0.6 itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from docmarks.marks import Detections
from docmarks.model.batch import stack_images
from docmarks.model.pooler import poolable
from docmarks.runtime.detector import in_page_pixels
from docmarks.runtime.prepare import prepare
from docmarks.runtime.select import select
from docmarks.zoo.import_model import load_model
from machine import facts, show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = []
    for golden in sorted((args.folder / "golden").glob("*__page*.npz"))[: 1 if args.quick else None]:
        variant, page = golden.stem.split("__")
        rows.append(compare(args.folder, variant, page))
    show("Largest difference from Detectron2", rows, facts("torch", "torchvision"), args.json)
    batch = args.folder / "golden" / "r50_small__batch_of_3.npz"
    if batch.exists():
        show("One padded batch of three pages", compare_batch(args.folder, batch), facts("torch", "torchvision"), None)


@torch.no_grad()
def compare(folder: Path, variant: str, page: str) -> dict[str, object]:
    model, _ = load_model(folder / f"checkpoints/{variant}.pth", folder / f"checkpoints/{variant}.yaml")
    golden = np.load(folder / f"golden/{variant}__{page}.npz")
    picture = Image.open(folder / f"images/{page}.png").convert("RGB")
    height, width, _ = golden["resized_bgr_u8_shape"].tolist()
    resized = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))[:, :, ::-1]
    image = torch.from_numpy(np.ascontiguousarray(resized)).permute(2, 0, 1)[None].float()

    pyramid = model.pyramid(image)
    feature = logit = anchor = 0.0
    for level, name in enumerate(("p2", "p3", "p4", "p5", "p6")):
        step = int(golden[f"{name}_sample_stride"])
        ours = pyramid.levels[level][0, :, ::step, ::step].numpy()
        feature = max(feature, far(ours, golden[f"{name}_sample"]))
        rows, columns = pyramid.levels[level].shape[2:]
        step = int(golden[f"rpn_sample_stride_{name}"])
        ours = pyramid.logits[level][0].reshape(rows, columns, -1).permute(2, 0, 1)[:, ::step, ::step].numpy()
        logit = max(logit, far(ours, golden[f"rpn_objectness_{name}"]))
        anchor = max(anchor, far(pyramid.anchors[level].all()[:64].numpy(), golden[f"anchors_{name}_first64"]))
    proposals = model.propose(pyramid, [(height, width)])[0].numpy()
    nearest = np.abs(proposals[:, None] - golden["proposal_boxes"][None]).max(axis=2).min(axis=0)

    given = torch.from_numpy(golden["proposal_boxes"])
    index = torch.zeros(len(given), dtype=torch.int64)
    pooled = model.roi_heads.pooler(poolable(pyramid.levels, model.config.roi.sampling_ratio), given, index)
    logits, deltas = model.roi_heads.predictor(model.roi_heads.box_head(pooled))

    boxes, scores = (part.numpy() for part in model(image)[:2])
    found = in_page_pixels(select(boxes, scores, model.config), (width, height), picture.size)
    missed = missing(found, golden["det_boxes"], golden["det_scores"], golden["det_classes"])
    return {
        "model": variant,
        "page": page,
        "features p2..p6": f"{feature:.1e}",
        "anchors": f"{anchor:.1e}",
        "objectness": f"{logit:.1e}",
        "proposals not found within 0.05 px": int((nearest > 0.05).sum()),
        "pooled": f"{far(pooled[:8].numpy(), golden['box_pooled_first8']):.1e}",
        "class logits": f"{far(logits.numpy(), golden['cls_logits']):.1e}",
        "box deltas": f"{far(deltas.numpy(), golden['box_deltas']):.1e}",
        "detections": len(golden["det_boxes"]),
        "ours": len(found),
        "missed": missed,
    }


@torch.no_grad()
def compare_batch(folder: Path, file: Path) -> list[dict[str, object]]:
    model, _ = load_model(folder / "checkpoints/r50_small.pth", folder / "checkpoints/r50_small.yaml")
    golden = np.load(file)
    pages = sorted((folder / "images").glob("page?_*.png"))
    pictures = [Image.open(page).convert("RGB") for page in pages]
    tensors = [torch.from_numpy(prepare(np.asarray(picture), model.config.input))[0] for picture in pictures]
    images, sizes = stack_images(tensors, model.config.input)
    rows: list[dict[str, object]] = []
    for i, (boxes, scores) in enumerate(model.detect_batch(images, sizes)):
        height, width = sizes[i]
        seen = select(boxes.numpy(), scores.numpy(), model.config)
        found = in_page_pixels(seen, (width, height), pictures[i].size)
        theirs = (golden[f"det_{name}{i}"] for name in ("boxes", "scores", "classes"))
        count, missed = len(golden[f"det_boxes{i}"]), missing(found, *theirs)
        rows.append({"page": pages[i].stem, "detections": count, "ours": len(found), "missed": missed})
    return rows


def missing(found: Detections, boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray) -> int:
    """How many of the boxes have no partner of the same class, score and place among ours."""
    lost = 0
    for box, score, label in zip(boxes, scores, classes, strict=True):
        same = (np.abs(found.boxes - box).max(axis=1) < 0.05) & (np.abs(found.scores[:, label] - score) < 5e-4)
        lost += not same.any()
    return lost


def far(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.abs(ours - theirs).max())


if __name__ == "__main__":
    main()
