"""How much memory a training step takes, and how a run is made to fit into what there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from docmarks.errors import DocmarksError
from docmarks.model.detector import FasterRCNN
from docmarks.train.config import TrainConfig
from docmarks.train.device import Device
from docmarks.train.feed import Collate
from docmarks.train.resident import resident
from docmarks.train.samples.stream import Samples

GIB = 2**30
UNITS = {"": GIB, "g": 1000**3, "gb": 1000**3, "gib": GIB, "m": 1000**2, "mb": 1000**2, "mib": 2**20}

LOOKED_AT = 2
"""Samples that the need is estimated from."""

WORK = 2.0
"""Gradients of maps and workspace of convolutions, beside what is kept for the way back: rather more than less, since
a step that takes too much ends the run."""

KEPT = 1.3
"""On a processor what a step frees stays with the process (``docmarks.machine.heap``), in pieces: R50-FPN took 1.27
times as much of its own."""

SIZES = (1.0, 0.85, 0.7, 0.6, 0.5)
"""Times the size of the images, tried in turn."""


def keeps(config: TrainConfig, place: torch.device) -> bool:
    """Whether a training keeps what its steps free.

    Not on a GPU, and not with checkpointing: who checkpoints has less memory than time, and what is kept is a fifth
    more.
    """
    return place.type == "cpu" and not config.model.checkpointing


@dataclass(frozen=True)
class Need:
    """What a training takes, in bytes.

    Attributes:
        base: Whatever the number of images: this process as it is, gradients, the optimizer's moments, the average.
        image: For each image that goes through the network together with others.
    """

    base: float
    image: float

    def of(self, images: int) -> float:
        """So many images together."""
        return self.base + images * self.image


def parse_memory(text: str) -> float:
    """In bytes: "8GiB", "8 GB", "900MiB"; a number alone is GiB.

    Raises:
        DocmarksError: It is none of these.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text.lower())
    if match is None or match[2] not in UNITS or float(match[1]) == 0:
        raise DocmarksError(f"--max-memory {text}: write a size such as 8GiB or 900MiB")
    return float(match[1]) * UNITS[match[2]]


def need(config: TrainConfig, samples: Samples) -> Need:
    """Estimated from what autograd keeps of a few real samples; the largest of them counts.

    Args:
        config: The run.
        samples: Its samples.
    """
    device = Device.choose(config)
    model = FasterRCNN(config.model).to(device.place).train()
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    size = sum(p.numel() * p.element_size() for p in model.parameters())
    largest = 0
    for index in range(LOOKED_AT):
        batch = Collate(config.model.input)([(index, samples[index])])
        kept: dict[int, int] = {}

        def keep(tensor: torch.Tensor, kept: dict[int, int] = kept) -> torch.Tensor:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in weights:
                kept[storage.data_ptr()] = storage.nbytes()
            return tensor

        pixels = batch.images.to(device.place).float()
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), device.autocast():
            losses = model.losses(pixels, batch.targets, sizes=batch.sizes)
        largest = max(largest, sum(kept.values()) + pixels.nbytes)
        del losses
    # A gradient, two moments and the average of every weight; the weights too where they are not in this process.
    here = resident() if device.place.type == "cpu" else size
    pieces = KEPT if keeps(config, device.place) else 1.0
    return Need(here + 4 * size, largest * WORK * pieces)


def within(
    limit: float, config: TrainConfig, make: Callable[[TrainConfig], Samples]
) -> tuple[TrainConfig, Samples, str]:
    """The run so that it fits: first in more parts, then with checkpointing, then with smaller images.

    The images of a step stay as many as they were, so the learning rate stays right. Layers that learn statistics see
    a part at a time: where there are such, checkpointing comes before more parts.

    Args:
        limit: In bytes.
        config: The run.
        make: Its samples, given a configuration.

    Returns:
        The configuration, its samples, and what was chosen, in a line.

    Raises:
        DocmarksError: It does not fit at half the size.
    """
    least = float("inf")
    for times, checkpointing, split in ladder(config):
        tried = smaller(config, times)
        tried = tried.model_copy(update={"model": tried.model.model_copy(update={"checkpointing": checkpointing})})
        samples = make(tried)
        tried = samples.config
        found = need(tried, samples)
        least = min(least, found.of(1))
        for parts in range(tried.accumulate, tried.batch + 1 if split else tried.accumulate + 1):
            if tried.batch % parts == 0 and found.of(tried.batch // parts) <= limit:
                told = f"memory: about {found.of(tried.batch // parts) / GIB:.1f} GiB with accumulate {parts}"
                told += ", checkpointing" if checkpointing else ""
                told += f", images {times:g} times the size" if times < 1 else ""
                final = tried.model_copy(update={"accumulate": parts})
                samples.config = final
                return final, samples, told
    raise DocmarksError(
        f"--max-memory {limit / GIB:.1f} GiB: one image at a time, at half the size, takes about {least / GIB:.1f}; "
        "take a smaller network or more memory"
    )


def ladder(config: TrainConfig) -> Iterator[tuple[float, bool, bool]]:
    """(times the size, checkpointing, whether in more parts) in the order in which they are tried."""
    for times in SIZES:
        if not config.model.checkpointing:
            yield times, False, not config.learns_statistics
        yield times, True, True


def smaller(config: TrainConfig, times: float) -> TrainConfig:
    """The run on smaller images: sides are kept multiples of 32 for crops, whole pages are resized by less."""
    if times == 1:
        return config
    if config.view == "crops":
        sides = {key: max(64, round(getattr(config.crops, key) * times / 32) * 32) for key in ("width", "height")}
        return config.model_copy(update={"crops": config.crops.model_copy(update=sides)})
    resize = {
        "short_sides": tuple(round(side * times) for side in config.resize.short_sides),
        "long_side": round(config.resize.long_side * times),
    }
    return config.model_copy(update={"resize": config.resize.model_copy(update=resize)})
