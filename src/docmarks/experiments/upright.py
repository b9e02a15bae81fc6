"""Trains the network that tells which way up a page lies: python -m docmarks.experiments.upright DATA... -o FILE.

Nobody labels anything: pages of data sets lie upright, and a crop turned by quarters is its own label. Validation
documents are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor
from torch.nn.functional import cross_entropy

from docmarks.data.coco_file import read
from docmarks.data.dataset import DatasetPage
from docmarks.data.split import split
from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import trace
from docmarks.files.atomic import whole
from docmarks.model.upright import UprightNetwork, turned_all_ways
from docmarks.train.sample_config import AugmentConfig, CacheConfig, CropConfig
from docmarks.train.samples.augment import Augment
from docmarks.train.samples.crops import Cropper
from docmarks.train.samples.page_cache import PageCache

CROPS = CropConfig(width=256, height=256, page_long_side=(700, 1450))
COPIES = AugmentConfig(skew=0.5, stretch=0.2, perspective=0.1, shape=0.2, bleed_through=0.05, spread=0.2, fax=0.05)

BATCH = 16
"""Crops a step; the network sees each in all four turns."""

RATE, WARM_UP, WEIGHT_DECAY, CLIP = 3e-3, 0.3, 0.02, 1.0

MEMORY = 6.0
"""GiB of pages that are kept."""

MOST = 900
"""Pages of one data set: decoding pages that do not fit the memory would take longer than training on them."""

LOSS_EVERY = 25

Pages = Sequence[Sequence[DatasetPage]]
"""Those of each data set."""

Watch = Callable[[Sequence[int]], Iterable[int]]


def training_pages(folders: Sequence[Path], rng: np.random.Generator) -> list[list[DatasetPage]]:
    """At most ``MOST`` training pages of each folder.

    Raises:
        DocmarksError: A folder is no data set, or none has a training page.
    """
    found = []
    for folder in folders:
        pages, _ = split(read(folder))
        found.append([pages.pages[i] for i in rng.permutation(len(pages.pages))[:MOST]])
    if not any(found):
        raise DocmarksError(f"{', '.join(map(str, folders))}: no training pages")
    return [pages for pages in found if pages]


class Crops:
    """Endless batches of upright crops, ``[BATCH, 1, 256, 256]``; a large set is drawn as often as its root says."""

    def __init__(self, pages: Pages, rng: np.random.Generator) -> None:
        """``pages`` lie upright."""
        self.pages, self.rng = pages, rng
        shares = np.sqrt([len(of_set) for of_set in pages])
        self.shares = shares / shares.sum()
        self.read = PageCache(CacheConfig(memory=MEMORY))
        self.cut, self.copy = Cropper(CROPS), Augment(COPIES, CROPS.min_visible)

    def __iter__(self) -> Iterator[Tensor]:
        """While one batch is learnt from, the next is cut."""
        with ThreadPoolExecutor(1) as pool:
            ahead = pool.submit(self._batch)
            while True:
                batch, ahead = ahead.result(), pool.submit(self._batch)
                yield batch

    def _batch(self) -> Tensor:
        return torch.from_numpy(np.stack([self._crop() for _ in range(BATCH)])[:, None].astype(np.float32))

    def _crop(self) -> np.ndarray:
        of_set = self.pages[self.rng.choice(len(self.pages), p=self.shares)]
        page, _ = self.read(of_set[int(self.rng.integers(len(of_set)))])
        crop, _, _ = self.cut(page, (), self.rng)
        return self.copy(crop, (), self.rng)[0]


def fit(crops: Iterable[Tensor], steps: int, watch: Watch, report: Callable[[str], None]) -> UprightNetwork:
    """Trains from nothing: AdamW, one cycle (Smith and Topin 2017, arXiv 1708.07120)."""
    network = UprightNetwork().train()
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=WEIGHT_DECAY)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps, pct_start=WARM_UP)
    losses, rights = [], []
    for step, batch in zip(watch(range(1, steps + 1)), crops, strict=False):
        pages, quarters = turned_all_ways(batch)
        logits = network(pages)
        loss = cross_entropy(logits, quarters)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        cycle.step()
        losses.append(float(loss.detach()))
        rights.append(float((logits.argmax(1) == quarters).float().mean()))
        if not np.isfinite(losses[-1]):
            raise DocmarksError(f"the loss is {losses[-1]} after step {step}: take fewer steps, or look at the pages")
        if step % LOSS_EVERY == 0:
            lately = slice(-LOSS_EVERY, None)
            report(f"step {step}  loss {np.mean(losses[lately]):.3f}  crops right {np.mean(rights[lately]):.1%}")
    return network.eval()


def write_upright(network: UprightNetwork, path: Path) -> None:
    """Writes the ONNX file: ``pages`` float32 ``[N, 1, H, W]`` in 0..255 to ``logits`` ``[N, 4]``."""
    with whole(path) as part:
        trace(network.eval(), torch.zeros(1, 1, 512, 384), part, "pages", {"logits": "batch"})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="data sets whose pages lie upright")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the .onnx file to write")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    torch.manual_seed(args.seed)
    crops = Crops(training_pages(args.data, rng), rng)
    bar = Console(stderr=True)
    network = fit(
        crops, args.steps, lambda steps: track(steps, "steps", console=bar), lambda line: print(line, flush=True)
    )
    write_upright(network, args.out)


if __name__ == "__main__":
    main()
