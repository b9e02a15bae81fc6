"""A training step of Faster R-CNN with R50-FPN against torchvision's, the same images, in turn, in one process.

Both start from random weights, freeze the stem and the first stage, keep batch normalisation frozen, draw 256 anchors
and 512 regions an image and keep 1,000 proposals an image, so both do the same work; SGD with momentum.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torchvision.models.detection import fasterrcnn_resnet50_fpn

from docmarks.model.targets import Targets
from docmarks.train.device import Device
from docmarks.train.freeze import freeze
from machine import facts, show
from versus_torchvision import full_size

CLASSES, BOXES = 80, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--fp32", action="store_true", help="fp32 alone: bf16 is slow where the processor emulates it.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    width, height = (256, 320) if args.quick else (800, 1056)
    device = torch.device(args.device)
    images = torch.rand(args.batch, 3, height, width, device=device)
    boxes = [random_boxes(width, height).to(device) for _ in range(args.batch)]
    runs = {
        "torchvision, fp32": torchvision_step(images, boxes, (width, height), None),
        "docmarks, fp32": our_step(images, boxes, None),
    }
    if not args.fp32:
        runs |= {
            "torchvision, bf16": torchvision_step(images, boxes, (width, height), torch.bfloat16),
            "docmarks, bf16": our_step(images, boxes, torch.bfloat16),
        }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_number in range((1 if args.quick else args.rounds) + 1):
        for name, run in runs.items():
            began = time.perf_counter()
            run()
            if device.type == "cuda":
                torch.cuda.synchronize()
            if round_number:
                times[name].append(time.perf_counter() - began)
    base = statistics.median(times["torchvision, fp32"])
    rows = [
        {
            "step": name,
            "images a second": args.batch / statistics.median(t),
            "torchvision's time over this": base / statistics.median(t),
        }
        for name, t in times.items()
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    machine = facts("torch", "torchvision") | {
        "threads": args.threads,
        "input": f"{args.batch} of {width}x{height}",
        "device": args.device,
        "peak of the process, GiB": round(peak, 2),
    }
    show("Training steps of R50-FPN", rows, machine, args.json)


def random_boxes(width: int, height: int) -> torch.Tensor:
    """``[BOXES, 4]``, 20 to 220 pixels a side."""
    corner = torch.rand(BOXES, 2) * torch.tensor([width - 230.0, height - 230.0])
    return torch.cat([corner, corner + 20 + 200 * torch.rand(BOXES, 2)], dim=1)


def fully_annotated(boxes: torch.Tensor, n_labels: int) -> Targets:
    """Boxes ``[N, 4]`` of one label after the other, on an image where all labels are known."""
    labels = torch.nn.functional.one_hot(torch.arange(len(boxes)) % n_labels, n_labels).float()
    known = torch.ones(n_labels, dtype=torch.bool)
    return Targets(boxes, labels.to(boxes.device), torch.zeros(0, 4, device=boxes.device), known.to(boxes.device))


def our_step(images: torch.Tensor, boxes: list[torch.Tensor], precision: torch.dtype | None) -> Callable[[], None]:
    """A step of ours, in the layout that the trainer takes here."""
    network = full_size(50)
    config = network.config
    # Per level, as torchvision: 1,000 before and after NMS.
    rpn = config.rpn.model_copy(update={"pre_nms_train": 1000, "post_nms_train": 1000})
    roi = config.roi.model_copy(update={"samples_per_image": 512})
    model = type(network)(config.model_copy(update={"rpn": rpn, "roi": roi})).train()
    layout = Device(images.device).layout
    model = model.to(images.device).to(memory_format=layout)
    freeze(model, 2)
    targets = [fully_annotated(of_image, CLASSES) for of_image in boxes]
    optimizer = sgd(model)

    def step() -> None:
        with torch.autocast(images.device.type, precision, enabled=precision is not None):
            losses = model.losses((images * 255).contiguous(memory_format=layout), targets)
        update(optimizer, losses)

    return step


def torchvision_step(
    images: torch.Tensor, boxes: list[torch.Tensor], size: tuple[int, int], precision: torch.dtype | None
) -> Callable[[], None]:
    """A step of its reference training."""
    model = fasterrcnn_resnet50_fpn(
        weights=None,
        weights_backbone=None,
        trainable_backbone_layers=3,
        min_size=min(size),
        max_size=max(size),
        norm_layer=None,
        rpn_pre_nms_top_n_train=1000,
        rpn_post_nms_top_n_train=1000,
        box_batch_size_per_image=512,
        num_classes=CLASSES + 1,
    )
    # Without pretrained weights it makes every layer trainable: the same layers are frozen by hand.
    for part in (model.backbone.body.conv1, model.backbone.body.layer1):
        part.requires_grad_(False)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval().requires_grad_(False)
    model.to(images.device)
    targets = [{"boxes": found, "labels": torch.arange(BOXES, device=found.device) % CLASSES + 1} for found in boxes]
    optimizer = sgd(model)

    def step() -> None:
        with torch.autocast(images.device.type, precision, enabled=precision is not None):
            losses = model(list(images), targets)
        update(optimizer, losses)

    return step


def sgd(model: torch.nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 1e-4, momentum=0.9)


def update(optimizer: torch.optim.Optimizer, losses: dict[str, torch.Tensor]) -> None:
    optimizer.zero_grad(set_to_none=True)
    torch.stack([value.float() for value in losses.values()]).sum().backward()
    optimizer.step()


if __name__ == "__main__":
    main()
