"""`docmarks data`: one function a subcommand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docmarks.cli.label_errors import label_errors
from docmarks.data.formats.formats import READABLE

data = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
data.command("label-errors")(label_errors)

Sets = Annotated[list[Path], typer.Argument(help="Data sets: folders with annotations.json.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write everything here.")]


@data.command()
def check(
    sets: Sets,
    fix: Annotated[bool, typer.Option("--fix", help="Make the safe changes; the first file is kept.")] = False,
    every: Annotated[bool, typer.Option("--all", help="List every finding, not a few of a kind.")] = False,
    images: Annotated[bool, typer.Option(help="Open the image files.")] = True,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes [default: one a core].")] = None,
    json_file: JsonFile = None,
) -> None:
    """Finds what would ruin a training run: each finding with its file, its box and its cure."""
    from docmarks.cli.progress import page_bar
    from docmarks.data.check.run import check
    from docmarks.data.check.run import fix as mend
    from docmarks.data.check.show import lines
    from docmarks.files.atomic import write_json

    report = check(sets, page_bar, workers, images)
    if json_file is not None:
        write_json(json_file, report.to_json())
    for line in lines(report, every):
        print(line)
    mended = mend(report) if fix else 0
    if fix:
        print(f"{mended} findings mended")
    if report.count("error") > (report.fixable("error") if fix else 0):
        raise typer.Exit(1)


@data.command()
def stats(
    sets: Sets,
    label_set: Annotated[str | None, typer.Option(help="Count in the labels of this set.")] = None,
    resize: Annotated[tuple[int, int], typer.Option(help="Short and long side of the network's input.")] = (832, 1088),
    html: Annotated[Path | None, typer.Option(help="Also write a page with plots here.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Counts labels, pages and box sizes."""
    from docmarks.data.coco_file import read
    from docmarks.data.show_stats import print_stats
    from docmarks.data.stats import stats
    from docmarks.files.atomic import write_json, write_text
    from docmarks.labels.label_set import LabelSet

    datasets = [read(folder) for folder in sets]
    if label_set is not None:
        chosen = LabelSet.load(label_set)
        datasets = [dataset.relabel(chosen) for dataset in datasets]
    found = stats(datasets, *resize)
    print_stats(found)
    if json_file is not None:
        write_json(json_file, found.to_json())
    if html is not None:
        from docmarks.report.data_page import data_page

        write_text(html, data_page(found, ", ".join(dataset.name for dataset in datasets)))
        print(html)


@data.command()
def split(
    sets: Sets,
    ratio: Annotated[str, typer.Option(help="train:test:val, or train:val.")] = "80:10:10",
    seed: Annotated[int, typer.Option(help="Another seed deals documents out otherwise.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Deal out anew what has a part already.")] = False,
) -> None:
    """Deals whole documents out to train, test and val, every label in its share; writes images[].split.

    Documents that have a part keep it: run it again after pages were added.
    """
    from docmarks.data.assign import assign, parse_shares
    from docmarks.data.raw import RawSet
    from docmarks.data.show_stats import print_parts

    loaded = [RawSet.load(folder) for folder in sets]
    dealt = assign(loaded, parse_shares(ratio), seed, again)
    for raw in loaded:
        raw.save()
    print_parts(loaded, dealt)


@data.command("label-set")
def label_set(
    folder: Annotated[Path, typer.Argument(help="Data set: folder with annotations.json.")],
    name: Annotated[str, typer.Argument(metavar="SET", help="default, v1, v2, ..., or a YAML file.")],
    explain: Annotated[bool, typer.Option("--explain", help="Show what each rule does to each combination.")] = False,
) -> None:
    """Counts the labels of a data set before and after a label set's rules."""
    from docmarks.data.coco_file import read
    from docmarks.data.show_stats import print_explained, print_label_set
    from docmarks.labels.label_set import LabelSet

    dataset, chosen = read(folder), LabelSet.load(name)
    print_label_set(dataset, chosen)
    if explain:
        print_explained(dataset, chosen)


@data.command()
def merge(
    sets: Sets,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the new data set; images are not copied.")],
) -> None:
    """Joins data sets with different labels fully annotated into one."""
    from docmarks.data.coco_file import FILE, read, write
    from docmarks.data.merge import merge, shared_groups
    from docmarks.errors import DocmarksError

    if (out / FILE).exists():
        raise DocmarksError(f"{out / FILE}: is there already; choose another -o")
    datasets = [read(folder) for folder in sets]
    merged = merge(datasets, out.name, out)
    write(merged, out / FILE)
    shared = shared_groups(datasets)
    if shared:
        print(f"{len(shared)} groups are in several sets and stay together, such as {next(iter(shared))}")
    print(f"{out / FILE}: {len(merged.pages)} pages, {sum(len(page.page.marks) for page in merged.pages)} marks")


@data.command()
def upright(
    folder: Annotated[Path, typer.Argument(metavar="DATA", help="Data set: folder with annotations.json.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the new data set; pages that change are copied.")],
) -> None:
    """Sets pages upright that lie on their side or upside down, makes pixels of faxes square, boxes with them."""
    from docmarks.cli.progress import page_bar
    from docmarks.data.coco_file import FILE, read, write
    from docmarks.data.upright import set_upright
    from docmarks.errors import DocmarksError
    from docmarks.runtime.upright import Upright

    if (out / FILE).exists():
        raise DocmarksError(f"{out / FILE}: is there already; choose another -o")
    right, count = set_upright(read(folder), out, Upright().quarters_of_page, page_bar)
    write(right, out / FILE)
    print(f"{out / FILE}: {len(right.pages)} pages, {count} of them set right")


@data.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="File or folder of annotations, or of pages.")],
    target: Annotated[Path, typer.Argument(metavar="DST", help="New folder; a file where the format is one.")],
    from_format: Annotated[
        str | None,
        typer.Option(
            "--from",
            help=f"{', '.join(READABLE)} [by content].",
        ),
    ] = None,
    to_format: Annotated[
        str | None,
        typer.Option("--to", help="One of these but the last two [default: by DST's ending, else docmarks]."),
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the images into DST.")] = False,
    exhaustive: Annotated[
        str | None, typer.Option(help="Labels that are fully annotated on every page, with commas; '' for none.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="What makes a document: 'folder', or a regular expression over image paths.")
    ] = None,
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Label Studio: take proposed boxes of tasks without annotation.")
    ] = False,
    images: Annotated[Path | None, typer.Option(help="Folder of the images, if they are not at or below SRC.")] = None,
    dpi: Annotated[float | None, typer.Option(min=1, help="Resolution of PDF pages [default: 150].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder, or over a file, that is there.")] = False,
) -> None:
    """Brings annotations from one format into another, and lists what is lost on the way."""
    from docmarks.cli.progress import page_bar
    from docmarks.data.convert import convert
    from docmarks.data.formats.intake import Wanted
    from docmarks.data.show_conversion import lines

    labels = None if exhaustive is None else [label.strip() for label in exhaustive.split(",") if label.strip()]
    done = convert(
        source,
        target,
        from_format,
        to_format,
        copy=copy,
        exhaustive=labels,
        group=group,
        force=force,
        wanted=Wanted(predictions, dpi, images, page_bar),
        watch=page_bar,
    )
    for line in lines(done):
        print(line)


@data.command()
def update(
    folder: Annotated[Path, typer.Argument(metavar="DATA", help="Data set: folder with annotations.json.")],
    correction: Annotated[
        Path, typer.Argument(metavar="CORRECTION", help="Its pages, or some of them, corrected: in any format.")
    ],
    from_format: Annotated[str | None, typer.Option("--from", help="Format of the correction [by content].")] = None,
) -> None:
    """Puts corrected pages back into their data set; the first file is kept."""
    from docmarks.data.check.run import keep
    from docmarks.data.convert import spell
    from docmarks.data.formats.formats import detect, read_as, said_by
    from docmarks.data.raw import RawSet
    from docmarks.data.update import BACKUP, update

    raw = RawSet.load(folder)
    form = from_format or detect(correction)
    corrected, _ = spell(read_as(correction, form))
    done = update(raw, corrected, said_by(correction, form))
    if done.changed:
        keep(raw.file, BACKUP)
        raw.save()
    print(
        f"{raw.file}: {done.changed} of {done.pages} pages changed; on them "
        f"{done.kept} marks as they were, {done.new} new, {done.gone} gone"
    )
    if done.passed_over:
        print(
            f"{done.passed_over} pages have no mark and nothing fully annotated: nobody has looked at them, left alone"
        )
