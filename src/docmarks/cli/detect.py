"""`docmarks detect`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docmarks.errors import DocmarksError

if TYPE_CHECKING:
    from docmarks.marks import Page

STANDARD_OUTPUT = "-"


def detect(
    files: Annotated[list[Path], typer.Argument(help="PDF, TIFF, PNG, JPEG or WebP files, or folders of them.")],
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
        float | None, typer.Option(min=20, max=1200, help="Resolution for rendering PDFs [default: 150].")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="An exported model or run folder [default: the one that ships].")
    ] = None,
    pages: Annotated[str | None, typer.Option(help="Which pages, for example 1-3,7.")] = None,
    password: Annotated[str | None, typer.Option(help="Of encrypted PDFs.")] = None,
) -> None:
    """Finds the marks on documents: a line a page, and on request JSON, CSV, COCO, crops and annotated documents."""
    from docmarks.pages.collect import collect
    from docmarks.pages.selection import parse_pages
    from docmarks.results.detect_run import DetectRun
    from docmarks.results.output import Output
    from docmarks.runtime.detector import Detector
    from docmarks.runtime.pages import Wanted

    extras = {"--annotated": annotated, "--csv": csv, "--coco": coco, "--crops": crops}
    asked = [name for name, value in extras.items() if value]
    if asked and out in (None, STANDARD_OUTPUT):
        raise DocmarksError(f"{asked[0]} needs a folder to write into: add -o DIR")
    if pages is not None:
        parse_pages(pages)
    found = collect(files)
    detector = Detector.load(model)
    wanted = Wanted(None if labels is None else tuple(label.strip() for label in labels.split(",")), min_score)
    wanted.check(detector)
    piped = out == STANDARD_OUTPUT
    output = Output(Path(out), annotated, csv, coco, crops) if out is not None and not piped else None
    run = DetectRun(detector, wanted, output, pages, dpi, password, report=None if piped else _report, fail=_fail)
    if found.skipped and not piped:
        print(f"{found.skipped} other files in the folders are no documents")
    documents = run(found.files, _watched)
    if piped:
        import json

        print(json.dumps([document.model_dump() for document in documents], ensure_ascii=False))
    if run.failed:
        raise typer.Exit(1)


def _report(name: str, page: Page) -> None:
    counts = Counter(mark.label for mark in page.marks)
    told = ", ".join(f"{count} {label}" for label, count in sorted(counts.items())) or "no marks"
    print(f"{name}  page {page.number}: {told}  ({page.seconds:.2f} s)", flush=True)


def _fail(message: str) -> None:
    print(f"docmarks: {message}", file=sys.stderr)


class _Watched:
    """A bar over pages, of which each document adds its own when it is opened."""

    def __init__(self, files: int) -> None:
        from docmarks.cli.progress import bar

        self._bar = bar()
        self._task = self._bar.add_task("pages", total=files)
        self._opened = 0

    def __enter__(self) -> _Watched:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def opened(self, count: int) -> None:
        task = self._bar.tasks[0]
        # Until it is opened a document counts as one page.
        self._bar.update(self._task, total=(task.total or 0) - 1 + count)

    def advance(self, count: int = 1) -> None:
        self._bar.advance(self._task, count)


_watched = _Watched
