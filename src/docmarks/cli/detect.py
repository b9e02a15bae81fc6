"""`docmarks detect`."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docmarks.cli.seeing import Accurate, AutoRotate, CrossNMS, Fast, OnDevice, Tiles, Where, sizes_of
from docmarks.errors import DocmarksError
from docmarks.machine.heap import keep_freed_memory
from docmarks.messages.printable import printable
from docmarks.messages.say import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docmarks.cli.progress import DocumentBar, Quiet
    from docmarks.marks import Page
    from docmarks.runtime.cross_label_nms import CrossLabelNMS

STANDARD_OUTPUT = "-"


def detect(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE_OR_FOLDER...", help="PDF, TIFF, PNG, JPEG or WebP files, or folders of them."),
    ],
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", help="Folder for the results; - writes JSON to standard output."),
    ] = None,
    annotated: Annotated[
        bool, typer.Option("--annotated", help="Also the documents with their marks on them.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Also marks.csv.")] = False,
    coco: Annotated[bool, typer.Option("--coco", help="Also marks.coco.json.")] = False,
    crops: Annotated[bool, typer.Option("--crops", help="Also every mark as a PNG.")] = False,
    labels: Annotated[str | None, typer.Option(help="Only these labels, separated by commas.")] = None,
    min_score: Annotated[
        float | None, typer.Option(help="Minimum confidence [default: the model's own, one a label].")
    ] = None,
    dpi: Annotated[
        float | None,
        typer.Option(
            min=20,
            max=1200,
            help="Resolution for rendering PDFs [default: 150]; of an image, what to take for its own.",
        ),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="An exported model or run folder [default: the one that ships].")
    ] = None,
    tiles: Tiles = 1,
    cross_nms: CrossNMS = None,
    fast: Fast = False,
    accurate: Accurate = False,
    auto_rotate: AutoRotate = True,
    device: OnDevice = Where.cpu,
    pages: Annotated[str | None, typer.Option(help="Which pages, for example 1-3,7.")] = None,
    password: Annotated[str | None, typer.Option(help="Of encrypted PDFs.")] = None,
) -> None:
    """Finds the marks on documents: a line a page, and on request JSON, CSV, COCO, crops and annotated documents."""
    from docmarks.files.atomic import make_folder
    from docmarks.pages.collect import collect
    from docmarks.pages.count import count_pages, streams_for
    from docmarks.pages.selection import parse_pages
    from docmarks.runtime.ahead import load_ahead
    from docmarks.runtime.model_file import model_file

    extras = {"--annotated": annotated, "--csv": csv, "--coco": coco, "--crops": crops}
    extra = next((name for name, value in extras.items() if value), None)
    if extra and out in (None, STANDARD_OUTPUT):
        raise DocmarksError(f"{extra} needs a folder to write into: add -o DIR")
    sizes = sizes_of(fast, accurate)
    if pages is not None:
        parse_pages(pages)
    between = None if cross_nms is None else _between(cross_nms)
    piped = out == STANDARD_OUTPUT
    folder = Path(out) if out is not None and not piped else None
    found = collect(files, folder)
    streams = streams_for(count_pages(found.files, pages, password))
    keep_freed_memory()
    file = model_file(model, device.value)
    network = load_ahead(file, device.value, streams)
    # Imported while the network is being loaded; both take a third of a second.
    from docmarks.results.detect_run import DetectRun, Reading
    from docmarks.results.done_documents import DoneDocuments
    from docmarks.results.output import Output
    from docmarks.runtime.detector import Detector
    from docmarks.runtime.fingerprint import fingerprint
    from docmarks.runtime.pages import Wanted

    detector = Detector.load(
        file,
        streams=streams,
        tiles=tiles,
        cross_nms=between,
        sizes=sizes,
        device=device.value,
        network=network.result,
        auto_rotate=auto_rotate,
    )
    wanted = Wanted(None if labels is None else _names(labels), min_score)
    wanted.check(detector)
    with _watched(found.files, pages, password) as watched, ExitStack() as stack:
        output = None
        if folder is not None:
            asked = (sizes, tiles, between and sorted(between.table.items()), auto_rotate, wanted.labels, min_score)
            seen = {"model": fingerprint(file), "asked": [*asked, pages, dpi, annotated, crops]}
            make_folder(folder)
            done = stack.enter_context(DoneDocuments(folder, seen))
            output = Output(folder, annotated, csv, coco, crops, done)
        reading = Reading(pages, dpi, password)
        run = DetectRun(detector, wanted, output, reading, report=None if piped else _report, fail=say)
        if found.skipped and not piped:
            print(f"{found.skipped} other files in the folders are no documents")
        documents = run(found, watched)
    if run.resumed:
        print(f"{run.resumed} of the documents were done already, by a run that was interrupted")
    if piped:
        from docmarks.results.json_file import to_json_list

        print(to_json_list(documents))
    if run.failed:
        raise typer.Exit(1)


def _between(file: Path) -> CrossLabelNMS:
    # Imported for who asks for it: NumPy comes with it, and the network should begin to load before.
    from docmarks.runtime.cross_label_nms import CrossLabelNMS

    return CrossLabelNMS.load(file)


def _names(labels: str) -> tuple[str, ...]:
    names = tuple(label.strip() for label in labels.split(",") if label.strip())
    if not names:
        raise DocmarksError("--labels names no label; write for example --labels Signature,Date")
    return names


def _report(name: str, page: Page) -> None:
    counts = Counter(mark.label for mark in page.marks)
    told = ", ".join(f"{count} {label}" for label, count in sorted(counts.items())) or "no marks"
    turned = f", turned by {page.turned:g} degrees" if page.turned else ""
    print(f"{printable(name)}  page {page.number}: {told}  ({page.seconds:.2f} s{turned})", flush=True)


def _watched(files: Sequence[Path], pages: str | None, password: str | None) -> Quiet | DocumentBar:
    from docmarks.cli.progress import DocumentBar, Quiet

    if not sys.stderr.isatty():
        return Quiet()
    from docmarks.pages.count import pages_in

    return DocumentBar(files, lambda path: pages_in(path, pages, password))
