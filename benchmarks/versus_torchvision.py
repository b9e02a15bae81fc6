"""Full-size Faster R-CNN with R50-FPN (and X101-FPN) against torchvision's, the same input, in turn, in one process.

python benchmarks/versus_torchvision.py --export

Random weights, made so that the networks do the work of trained ones: with plain ones the deltas of the proposals are
so wild that hardly any region is left for the second stage. Here the deltas are zero, so that proposals are anchors,
and the last normalisation of every residual branch has the weight 0.2, so that activations neither explode nor make all
scores alike; the best thousand anchors then lie all over the page. The same is done to torchvision's network. How many
regions each second stage got is in the table, and has to be about the same.

`--export` writes our R50 as `docmarks export` does, in fp32 and int8, and runs both in OpenVINO beside the others;
`--keep FOLDER` keeps the files. int8 is calibrated on a few random images, or on `--pages FOLDER`: for the speed it
makes no difference. `--exported model.onnx model.xml` runs files of `docmarks export`: an imported R50, for example.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models.detection import FasterRCNN as TheirRCNN
from torchvision.models.detection import fasterrcnn_resnet50_fpn

from docmarks.export.int8 import quantise, write_int8
from docmarks.export.int8_loss import unwatched
from docmarks.export.onnx_file import export_onnx
from docmarks.files.cache import VARIABLE
from docmarks.model.backbone import Bottleneck
from docmarks.model.config import AnchorConfig, BackboneConfig, InputConfig, ModelConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.fast import faster
from docmarks.pages.collect import collect
from docmarks.pages.document import open_document
from docmarks.runtime.prepare import prepare
from docmarks.runtime.session import Session, read_network
from docmarks.runtime.sheet import ModelSheet, read_sheet
from machine import facts, show

COCO = InputConfig(channels="bgr", mean=(103.53, 116.28, 123.675), std=(1.0, 1.0, 1.0), short_side=800, long_side=1333)
ANCHORS = AnchorConfig(sizes=((32.0,), (64.0,), (128.0,), (256.0,), (512.0,)))
BRANCH_WEIGHT = 0.2
SIZE, QUICK_SIZE = (1056, 800), (320, 256)
"""(height, width)."""
CALIBRATION_IMAGES, QUICK_IMAGES = 8, 1
ALIKE = 0.9
"""Of two second stages the one with fewer regions has at least this share of the other's."""

Run = Callable[[], int]
"""Sees the image; returns the number of regions of the second stage."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--export", action="store_true", help="also our R50 exported, in fp32 and int8")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the exported files stay")
    parser.add_argument("--pages", type=Path, metavar="FOLDER", help="page images to calibrate int8 on")
    parser.add_argument("--exported", type=Path, nargs="+", default=[])
    parser.add_argument("--no-x101", action="store_true", help="R50 alone")
    parser.add_argument("--quick", action="store_true", help="a small image, and no X101")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    height, width = QUICK_SIZE if args.quick else SIZE
    image = torch.rand(3, height, width)
    ours = full_size(50)
    runs: dict[str, Run] = {
        "torchvision R50-FPN": Theirs(image),
        "docmarks R50-FPN, plain": Ours(ours, image),
        "docmarks R50-FPN, fused": Ours(faster(ours), image),
    }
    if not (args.quick or args.no_x101):
        x101 = full_size(101, groups=32, width_per_group=8, stride_in_1x1=False)
        runs["docmarks X101-32x8d-FPN, fused"] = Ours(faster(x101), image)
    with tempfile.TemporaryDirectory() as temporary:
        os.environ[VARIABLE] = temporary  # no cache has a use for networks of random weights
        files = list(args.exported)
        if args.export:
            folder = args.keep or Path(temporary)
            count = QUICK_IMAGES if args.quick else CALIBRATION_IMAGES
            files += export(ours, folder, calibration(args.pages, count, (height, width)))
        for file in files:
            sheet = read_sheet(file)
            page = image[None, : sheet.config.input.n_channels].numpy() * 255
            runs[f"{sheet.name}, OpenVINO {sheet.precision}"] = partial(exported, Session(file, args.threads), page)
        times, busy_times, regions = in_turn(runs, 2 if args.quick else args.rounds)
    base = statistics.median(times["torchvision R50-FPN"])
    rows = [
        {
            "model": name,
            "regions": regions[name],
            "median s": statistics.median(t),
            "processor s": statistics.median(busy_times[name]),
            "torchvision's time over this": base / statistics.median(t),
        }
        for name, t in times.items()
    ]
    machine = facts("torch", "torchvision", "openvino", "nncf") | {
        "threads": args.threads,
        "input": f"{width}x{height}",
    }
    show("Seconds a page", rows, machine, args.json)
    made = [regions[name] for name in regions if not any(name.startswith(read_sheet(f).name) for f in args.exported)]
    assert min(made) >= ALIKE * max(made), f"second stages of unequal work: {regions}"


def in_turn(runs: dict[str, Run], rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]], dict[str, int]]:
    """Seconds and processor seconds (of all cores together) of each round, and regions; the first round is not counted.

    A busy moment hits all; if it lasts, the processor's seconds tell more.
    """
    times: dict[str, list[float]] = {name: [] for name in runs}
    busy_times: dict[str, list[float]] = {name: [] for name in runs}
    regions = {}
    with torch.inference_mode():
        for round_number in range(rounds + 1):
            for name, run in runs.items():
                began, busy_began = time.perf_counter(), time.process_time()
                regions[name] = run()
                if round_number:
                    times[name].append(time.perf_counter() - began)
                    busy_times[name].append(time.process_time() - busy_began)
    return times, busy_times, regions


class Theirs:
    """torchvision's network."""

    def __init__(self, image: Tensor) -> None:
        """``image``: ``[3, H, W]`` in 0..1, seen at its own size."""
        height, width = image.shape[1:]
        sides = {"min_size": min(height, width), "max_size": max(height, width)}
        self.network: TheirRCNN = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, **sides).eval()
        busy([m.bn3.weight for m in self.network.modules() if hasattr(m, "bn3")], self.network.rpn.head.bbox_pred)
        self.network.roi_heads.box_head.register_forward_pre_hook(self._count)
        self.image = image
        self.regions = 0

    def __call__(self) -> int:
        self.network([self.image])
        return self.regions

    def _count(self, module: nn.Module, inputs: Sequence[Tensor]) -> None:
        self.regions = len(inputs[0])


class Ours:
    """Our network in torch."""

    def __init__(self, network: FasterRCNN, image: Tensor) -> None:
        """``image``: ``[3, H, W]`` in 0..1."""
        self.network = network
        self.image = image[None] * 255

    def __call__(self) -> int:
        return len(self.network(self.image)[0])


def exported(session: Session, page: NDArray[np.float32]) -> int:
    """One run in OpenVINO."""
    return len(session(page)[0])


def full_size(depth: Literal[50, 101], **backbone: Any) -> FasterRCNN:
    """A network as Detectron2's zoo has them, with random weights that keep it busy."""
    config = ModelConfig(
        labels=tuple(f"class {i}" for i in range(80)),
        label_set="",
        head="softmax",
        input=COCO,
        backbone=BackboneConfig(depth=depth, res2_width=256, norm="frozen", **backbone),
        anchors=ANCHORS,
    )
    roi = config.roi.model_copy(update={"class_agnostic_boxes": False})
    network = FasterRCNN(config.model_copy(update={"roi": roi})).eval()
    busy(
        [m.conv3.get_buffer("1.weight") for m in network.modules() if isinstance(m, Bottleneck)],
        network.rpn_head.deltas,
    )
    return network


@torch.no_grad()
def busy(branch_weights: Sequence[Tensor], deltas: nn.Module) -> None:
    """Sets the weights of the branches' last normalisations and the deltas of the proposals; why, see above."""
    for weight in branch_weights:
        weight.fill_(BRANCH_WEIGHT)
    for values in deltas.parameters():
        values.zero_()


def export(network: FasterRCNN, folder: Path, images: Sequence[NDArray[np.float32]]) -> list[Path]:
    """The .onnx and the int8 .xml."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = network.config.labels
    sheet = ModelSheet(name="docmarks R50-FPN", version="", config=network.config, thresholds=(0.5,) * len(labels))
    files = [folder / "model.onnx", folder / "model.xml"]
    export_onnx(network, sheet, files[0])
    write_int8(quantise(read_network(files[0]), images, unwatched), sheet, files[1])
    return files


def calibration(pages: Path | None, count: int, size: tuple[int, int]) -> list[NDArray[np.float32]]:
    """Images ``[1, 3, H, W]`` in 0..255: random ones of one size, or pages as the network sees them."""
    if pages is None:
        rng = np.random.default_rng(1)
        return [rng.uniform(0, 255, (1, 3, *size)).astype(np.float32) for _ in range(count)]
    config = COCO.model_copy(update={"short_side": min(size), "long_side": max(size)})
    images = []
    for file in collect([pages]).files[:count]:
        with open_document(file) as document:
            images.append(prepare(document.page(1).pixels, config))
    return images


if __name__ == "__main__":
    main()
