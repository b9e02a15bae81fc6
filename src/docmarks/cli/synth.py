"""`docmarks synth`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from docmarks.synth.page import SyntheticPages

synth = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only these kinds; letter, lease, form... [default: all].")
]
InkFolder = Annotated[Path | None, typer.Option("--ink", help="Folder of ink files [default: a hand of our own].")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same pages.")]


@synth.command()
def make(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the data set.")],
    pages: Annotated[int, typer.Option(min=1, help="How many.")] = 100,
    seed: Seed = 0,
    kind: Kinds = None,
    ink: InkFolder = None,
) -> None:
    """Makes annotated pages: images and annotations.json. An interrupted run goes on where it stopped."""
    from docmarks.cli.progress import page_bar
    from docmarks.synth.corpus import make_corpus

    dataset = make_corpus(_pages(kind, ink, zones=True), pages, seed, out, lambda numbers: page_bar(list(numbers)))
    print(f"{out}: {len(dataset.pages)} pages, {sum(len(page.page.marks) for page in dataset.pages)} marks")


@synth.command()
def preview(
    out: Annotated[Path, typer.Option("-o", "--out", help="Picture to write (PNG).")] = Path("preview.png"),
    pages: Annotated[int, typer.Option(min=1, help="How many.")] = 8,
    seed: Seed = 0,
    kind: Kinds = None,
    ink: InkFolder = None,
) -> None:
    """Draws a contact sheet of made pages with their boxes."""
    from docmarks.results.atomic import write_bytes
    from docmarks.results.output import png_bytes
    from docmarks.synth.preview import contact_sheet

    write_bytes(out, png_bytes(contact_sheet(_pages(kind, ink), pages, seed)))
    print(out)


def _pages(kinds: list[str] | None, ink: Path | None, zones: bool = False) -> SyntheticPages:
    from docmarks.errors import DocmarksError
    from docmarks.synth.ink import InkLibrary
    from docmarks.synth.kinds import KINDS
    from docmarks.synth.page import SyntheticPages

    for kind in kinds or ():
        if kind not in KINDS:
            raise DocmarksError(f"--kind {kind}: no such kind of page; choose from {', '.join(KINDS)}")
    library = InkLibrary.load(ink) if ink else InkLibrary.builtin()
    return SyntheticPages(library, kinds or tuple(KINDS), zones=zones)
