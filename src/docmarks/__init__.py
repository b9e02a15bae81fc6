"""docmarks finds the marks people leave on documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from docmarks.errors import DocmarksError

if TYPE_CHECKING:
    from docmarks.marks import Detections, Document, Mark, Page
    from docmarks.runtime.detector import Detector

__version__ = "0.1.0"
__all__ = ["Detections", "DocmarksError", "Document", "Mark", "Page", "detect", "load_detector"]


def __getattr__(name: str) -> object:
    """Loads the types when they are asked for: numpy is most of what importing this package would take."""
    if name in __all__:
        from docmarks import marks

        return getattr(marks, name)
    raise AttributeError(f"module 'docmarks' has no attribute {name!r}")


def load_detector(
    model: str | PathLike[str] | None = None,
    threads: int | None = None,
    streams: int = 1,
    tiles: float = 1,
    cross_nms: Mapping[tuple[str, str], float] | None = None,
    size: float | Sequence[float] = 1,
    device: str = "cpu",
    auto_rotate: bool = True,
) -> Detector:
    """A detector to keep and call on many documents or page images.

    Args:
        model: An exported model (.onnx or .xml) or a run folder; None and "default" take the model that ships.
        threads: Processor cores to use; None takes all.
        streams: So many threads may call it at once. 1 answers soonest; one a core gets most pages done.
        tiles: See pages also in overlapping parts, so many times as large, for marks too small on a whole page; 2 takes
            up to ten times as long.
        cross_nms: Labels that exclude each other: ``{("Signature", "Handwriting"): 0.5}`` takes the less confident of
            two boxes of these labels whose IoU is over 0.5.
        size: See pages so many times as large as the model was made for: 0.75 is `--fast`. Of several, see them at
            each and take the mean: (1, 1.25) is `--accurate`.
        device: "cpu", or "cuda" for an exported .onnx on a GPU.
        auto_rotate: Sets pages upright that lie on their side, upside down or crooked. Boxes are on pages as they lie.

    Raises:
        DocmarksError: The model cannot be loaded, or has no such label.
    """
    from docmarks.runtime.cross_label_nms import CrossLabelNMS
    from docmarks.runtime.detector import Detector

    between = None if cross_nms is None else CrossLabelNMS(cross_nms)
    sizes = size if isinstance(size, Sequence) else (size,)
    path = None if model is None else Path(model)
    return Detector.load(path, threads, streams, tiles, between, sizes, device, auto_rotate=auto_rotate)


def detect(
    path: str | PathLike[str],
    *,
    model: str | PathLike[str] | Detector | None = None,
    pages: str | None = None,
    dpi: float | None = None,
    password: str | None = None,
    labels: Sequence[str] | str | None = None,
    min_score: float | None = None,
) -> Document:
    """Finds the marks on every page of a PDF, TIFF, PNG, JPEG or WebP file.

    Args:
        path: The file.
        model: A detector, an exported model or a run folder; None takes the model that ships.
        pages: Which pages, for example "1-3,7"; None takes all.
        dpi: Resolution at which a PDF is rendered; None gives boxes in pixels at 150 and draws pages as the network
            needs them. Of an image, the one to take for its own.
        password: Of an encrypted PDF.
        labels: Only these labels, or this one.
        min_score: One minimum confidence for all labels; None takes the model's own, one a label.

    Returns:
        The document; ``document.pages[0].marks`` are the marks of its first page, most confident first.

    Raises:
        DocmarksError: In one line, what is wrong with the file or an argument.
    """
    from docmarks.pages.count import streams_for
    from docmarks.runtime.detector import Detector
    from docmarks.runtime.pages import Wanted, detect_document

    def load(n_pages: int) -> Detector:
        return model if isinstance(model, Detector) else load_detector(model, streams=streams_for(n_pages))

    # One label is a sequence as well: of its letters.
    only = (labels,) if isinstance(labels, str) else labels
    wanted = Wanted(None if only is None else tuple(only), min_score)
    return detect_document(load, Path(path), pages, dpi, password, wanted)
