"""`docmarks synth`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from docmarks.synth.made import MadePages

synth = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

FAMILIES: dict[str, tuple[int, str]] = {
    "lease": (2339, "Government leases; 2,339 pages have the published label counts, every combination."),
    "fcc": (2087, "Orders, invoices and political forms of broadcast stations: another look than the leases."),
    "letters": (1000, "Business letters and memos with their stamps and notes."),
    "forms": (1000, "Government forms, filled in by hand and by machine."),
    "ufo": (250, "Old case files: record cards, witnesses' reports, carbon copies."),
    "tapas": (355, "Typewritten papers of scholars and archives, corrected by hand."),
    "ucsf": (840, "Papers of an industry's archive: memos, reports, invoices, letters, all numbered."),
    "all-docs": (5871, "lease, fcc, tapas, ucsf (two batches) and ufo as one corpus."),
}
"""Name of a family to its number of pages unless told, and what it is."""

Out = Annotated[Path, typer.Option("-o", "--out", help="Folder for the data set.")]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only these kinds; letter, lease, form... [default: all].")
]
InkFolder = Annotated[Path | None, typer.Option("--ink", help="Folder of ink files [default: a hand of our own].")]
Paper = Annotated[
    Path | None,
    typer.Option("--backgrounds", help="Folder of blank pages, or data set of forms, to write on [default: print]."),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same pages.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; never changes a page [default: all cores].")]


@synth.command()
def make(
    out: Out,
    pages: Annotated[int, typer.Option(min=1, help="How many.")] = 100,
    seed: Seed = 0,
    kind: Kinds = None,
    ink: InkFolder = None,
    workers: Workers = None,
) -> None:
    """Makes pages of the general mix: all kinds of documents, with all kinds of marks."""
    _write(_general(kind, pages, seed, ink, zones=True), out, workers)


def _family_command(name: str, number: int, summary: str) -> None:
    def command(
        out: Out,
        pages: Annotated[int, typer.Option(min=1, help="How many; the label counts go with it.")] = number,
        seed: Seed = 0,
        ink: InkFolder = None,
        backgrounds: Paper = None,
        workers: Workers = None,
    ) -> None:
        _write(_family(name, pages, seed, ink, backgrounds), out, workers)

    synth.command(name, help=summary, short_help=summary)(command)


for _name, (_number, _summary) in FAMILIES.items():
    _family_command(_name, _number, _summary)


@synth.command()
def preview(
    family: Annotated[str | None, typer.Argument(help="lease, fcc... [default: the general mix].")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Picture to write (PNG or JPEG).")] = Path("preview.png"),
    pages: Annotated[int, typer.Option(min=1, help="How many.")] = 8,
    seed: Seed = 0,
    kind: Kinds = None,
    ink: InkFolder = None,
    backgrounds: Paper = None,
    beside: Annotated[
        Path | None,
        typer.Option("--beside", help="Data set; as many of its pages come beside, all without boxes."),
    ] = None,
) -> None:
    """Draws a contact sheet of made pages with their boxes."""
    from docmarks.errors import DocmarksError
    from docmarks.files.atomic import write_bytes
    from docmarks.synth import preview as sheets

    made: MadePages
    if family is None:
        if backgrounds is not None:
            raise DocmarksError("--backgrounds goes with a family of documents; name one, as in synth preview lease")
        made = _general(kind, pages, seed, ink)
    elif kind:
        raise DocmarksError("--kind is for the general mix; leave it out, or the family")
    else:
        made = _family(family, pages, seed, ink, backgrounds)
    sheet = sheets.contact_sheet(made) if beside is None else sheets.beside(made, beside, pages, seed)
    write_bytes(out, sheets.encoded(sheet, out.suffix))
    print(out)


def _write(pages: MadePages, out: Path, workers: int | None) -> None:
    from docmarks.cli.progress import count_bar
    from docmarks.machine.cores import cores
    from docmarks.synth.corpus import make_corpus

    dataset = make_corpus(pages, out, workers or cores(), count_bar)
    print(f"{out}: {len(dataset.pages)} pages, {sum(len(page.page.marks) for page in dataset.pages)} marks")


def _general(kinds: list[str] | None, pages: int, seed: int, ink: Path | None, zones: bool = False) -> MadePages:
    from docmarks.errors import DocmarksError
    from docmarks.synth.ink.library import InkLibrary
    from docmarks.synth.kinds import EVERY_KIND, KINDS
    from docmarks.synth.made import GeneralPages
    from docmarks.synth.page import SyntheticPages

    for kind in kinds or ():
        if kind not in EVERY_KIND:
            raise DocmarksError(f"--kind {kind}: no such kind of page; choose from {', '.join(EVERY_KIND)}")
    library = InkLibrary.of(ink)
    return GeneralPages(SyntheticPages(library, kinds or tuple(KINDS), zones=zones), pages, seed)


def _family(name: str, pages: int, seed: int, ink: Path | None, backgrounds: Path | None) -> MadePages:
    from docmarks.synth.family_pages import family_pages

    return family_pages(name, pages, seed, ink, backgrounds)
