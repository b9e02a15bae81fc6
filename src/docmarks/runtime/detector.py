"""The detector: a page image in, marks out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.pages.page_image import Sizes
from docmarks.runtime.blank import BlankPages
from docmarks.runtime.cross_label_nms import CrossLabelNMS
from docmarks.runtime.fusion import fused
from docmarks.runtime.model_file import load_network, model_file
from docmarks.runtime.network import Network
from docmarks.runtime.pose import Pose
from docmarks.runtime.prepare import as_input, mode, prepare, working_size
from docmarks.runtime.resize import resize
from docmarks.runtime.select import select
from docmarks.runtime.sheet import ModelSheet, read_sheet
from docmarks.runtime.size import USUAL, check_sizes
from docmarks.runtime.tiles import SMALL, in_tiles, tiles
from docmarks.runtime.upright import Upright

MOST_TILES = 8
"""Times the size: beyond it a page takes a hundred times the work."""


class Detector:
    """An exported model, ready to run.

    Attributes:
        sheet: What the model says of itself.
        labels: Its K labels.
        thresholds: The minimum score of each at these sizes, stored with the model.
        tiles: Pages are also seen in parts, so many times as large; 1 for as a whole only.
        cross_nms: Suppression between labels, after everything else; None for none.
        sizes: Pages are seen so many times as large as the model was trained for; at each, if there are several.
        upright: Sets pages upright before they are looked at; None takes them as they lie.
    """

    def __init__(
        self,
        sheet: ModelSheet,
        session: Network,
        tiles: float = 1,
        cross_nms: CrossLabelNMS | None = None,
        sizes: Sequence[float] = USUAL,
        upright: Upright | None = None,
    ) -> None:
        """Composed by ``load``."""
        self.sheet = sheet
        self.session = session
        self.tiles = tiles
        self.cross_nms = cross_nms
        self.sizes = check_sizes(sizes)
        self.upright = upright
        self._blank = BlankPages()
        self.labels = sheet.config.labels
        self.thresholds = sheet.minimum_scores(self.sizes)

    @classmethod
    def load(
        cls,
        path: Path | None = None,
        threads: int | None = None,
        streams: int = 1,
        tiles: float = 1,
        cross_nms: CrossLabelNMS | None = None,
        sizes: Sequence[float] = USUAL,
        device: str = "cpu",
        network: Callable[[], Network] | None = None,
        auto_rotate: bool = True,
    ) -> Detector:
        """Loads an exported model: an ``.onnx`` or ``.xml`` file, a run folder that holds one, or the model that ships.

        Args:
            path: None takes the model that ships.
            threads: Cores to use; None takes all.
            streams: So many threads may call the detector at once; for many pages, as many as there are cores.
            tiles: Sees pages also in overlapping parts, so many times as large (``runtime.tiles``): finds marks that
                are too small on the whole page, for up to ``(tiles + 1) ** 2 + 1`` times the work.
            cross_nms: Suppression between labels that exclude each other.
            sizes: Sees pages so many times as large as the model was made for (``runtime.size``), for the square of it
                times the work; parts, too. Over 1 never larger than the page's own pixels. Of several, at each.
            device: "cpu" runs in OpenVINO; "cuda" runs an ``.onnx`` file in ONNX Runtime, on a GPU.
            network: Gives the file's network, loaded for that device and so many streams; None loads it here.
            auto_rotate: Looks which way up each page lies, and sets it upright first (``runtime.upright``); boxes are
                on the page as it lies.

        Raises:
            DocmarksError: There is no such file, it is no docmarks model, ``tiles`` is not between 1 and 8, a size
                not between 0.25 and 3, ``cross_nms`` names a label that the model does not have, or there is no such
                device here.
        """
        if not 1 <= tiles <= MOST_TILES:
            raise DocmarksError(f"tiles of {tiles:g} times the size: take a number between 1 and {MOST_TILES}")
        path = model_file(path, device)
        sheet = read_sheet(path)
        if cross_nms is not None:
            cross_nms.check(sheet.config.labels)
        loaded = load_network(path, device, threads, streams) if network is None else network()
        upright = Upright(threads=threads, streams=streams) if auto_rotate else None
        return cls(sheet, loaded, tiles, cross_nms, sizes, upright)

    @property
    def streams(self) -> int:
        """How many pages it works on at once."""
        return self.session.streams

    @property
    def name(self) -> str:
        """Of the model."""
        return self.sheet.name

    @property
    def version(self) -> str:
        """Of the model."""
        return self.sheet.version

    @property
    def label_set(self) -> str | LabelSet:
        """The label set of its labels: its name, or its rules."""
        return self.sheet.config.label_set

    @property
    def nms_iou(self) -> float:
        """Up to which boxes of one label are left on each other."""
        return self.sheet.config.roi.nms_iou

    @property
    def channels(self) -> str:
        """What the network sees: "grey", "rgb" or "bgr"."""
        return self.sheet.config.input.channels

    def working_size(self, width: int, height: int, size: float | None = None) -> tuple[int, int]:
        """(width, height) at which the network sees a page of this size; ``size``: None for the first of them."""
        return working_size(self.sheet.config.input, width, height, self.sizes[0] if size is None else size)

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Finds the marks on one page.

        Args:
            image: ``[H, W, 3]`` RGB or ``[H, W]`` grey.

        Returns:
            Detections in pixels of ``image``, down to the model's lowest score.

        Raises:
            DocmarksError: It is no such image.
        """
        if not (isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.ndim in (2, 3) and image.size):
            raise DocmarksError(
                "a page image is a NumPy array of uint8, [H, W] grey or [H, W, 3] RGB; convert it first"
            )
        if image.ndim == 3 and image.shape[2] != 3:
            raise DocmarksError(f"a page image of {image.shape[2]} channels; convert it to RGB or grey first")
        height, width = image.shape[:2]
        looks = self._looks(width, height)
        if self.tiles == 1:
            return self.on_looks([self._resized(image, seen) for seen in looks], width, height)
        pose = self._pose(self._resized(image, list(looks)[-1]))
        page = pose.straighten(image)
        found = self._as_one([self._in_parts(page, size) for size in looks.values()], pose)
        return as_it_lies(found, pose, (width, height), (width, height))

    def looks(self, width: int, height: int) -> Sizes:
        """(width, height) of every look at a page of this size, as ``on_looks`` takes them."""
        return tuple(self._looks(width, height))

    def on_looks(self, looks: Sequence[NDArray[np.uint8]], width: int, height: int) -> Detections:
        """Finds the marks on a page that was drawn in the sizes of ``looks``; parts of it are not searched.

        Args:
            looks: ``[h, w]`` for a network that sees grey, ``[h, w, 3]`` RGB for others.
            width: Of the page in pixels.
            height: Of the page in pixels.

        Returns:
            Detections in pixels of the page, as of ``__call__``.
        """
        pose = self._pose(looks[-1])
        return self._as_one([self._on_look(look, pose, (width, height)) for look in looks], pose)

    def _looks(self, width: int, height: int) -> dict[tuple[int, int], float]:
        """The sizes of all looks, by the width and height they come to; the first of ``sizes`` is the last."""
        # Two sizes may be the same one on a page of few pixels, which is not enlarged.
        return {self.working_size(width, height, size): size for size in reversed(self.sizes)}

    def _as_one(self, looks: list[Detections], pose: Pose) -> Detections:
        found = looks[0] if len(looks) == 1 else fused(looks, self.sheet.config)
        return replace(found if self.cross_nms is None else self.cross_nms(found), turned=pose.turned)

    def _pose(self, look: NDArray[np.uint8]) -> Pose:
        return Pose() if self.upright is None else self.upright(look)

    def _in_parts(self, image: NDArray[np.uint8], size: float) -> Detections:
        """At one size: the page, and its parts."""
        height, width = image.shape[:2]
        seen = self.working_size(width, height, size)
        return in_tiles(
            lambda part: self._at_once(part, size),
            image,
            tiles(width, height, seen, self.tiles),
            self.sheet.config,
            SMALL * width / seen[0],
        )

    def _at_once(self, image: NDArray[np.uint8], size: float) -> Detections:
        height, width = image.shape[:2]
        return self._on_look(self._resized(image, self.working_size(width, height, size)), Pose(), (width, height))

    def _resized(self, image: NDArray[np.uint8], seen: tuple[int, int]) -> NDArray[np.uint8]:
        return resize(image, seen, mode(self.sheet.config.input))

    def _on_look(self, look: NDArray[np.uint8], pose: Pose, page: tuple[int, int]) -> Detections:
        """In pixels of the page as it lies, whose (width, height) that is."""
        found = self._blank(pose.straighten(look), self._answer)
        return as_it_lies(found, pose, (look.shape[1], look.shape[0]), page)

    def _answer(self, look: NDArray[np.uint8]) -> Detections:
        """In pixels of the look."""
        boxes, scores = self.session(as_input(look, self.sheet.config.input))
        return select(boxes, scores, self.sheet.config)

    def prepare(self, image: NDArray[np.uint8], size: float | None = None) -> NDArray[np.float32]:
        """What the network sees of a page: ``[1, C, h, w]`` in 0..255; ``size``: None for the first of them."""
        return prepare(image, self.sheet.config.input, self.sizes[0] if size is None else size)


def as_it_lies(found: Detections, pose: Pose, seen: tuple[int, int], page: tuple[int, int]) -> Detections:
    """Detections on what was set upright as detections on the page as it lies.

    Args:
        found: Boxes in pixels of the straightened image.
        pose: That it was set upright by.
        seen: (width, height) of the image before.
        page: (width, height) of the page.
    """
    return in_page_pixels(replace(found, boxes=pose.back(found.boxes, seen)), seen, page)


def in_page_pixels(found: Detections, seen: tuple[int, int], page: tuple[int, int]) -> Detections:
    """Detections on the resized page as detections on the page: scaled, clipped, empty ones dropped.

    Args:
        found: Boxes in pixels of what the network saw.
        seen: (width, height) of that.
        page: (width, height) of the page.
    """
    factor = np.array([page[0] / seen[0], page[1] / seen[1]] * 2, dtype=np.float32)
    boxes = np.clip(found.boxes * factor, 0, np.array(page * 2, dtype=np.float32))
    kept = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    return replace(found, boxes=boxes[kept], scores=found.scores[kept])
