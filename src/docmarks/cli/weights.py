"""`docmarks weights`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

weights = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Out = Annotated[Path, typer.Option("-o", "--out", help="Folder for model.onnx and model.safetensors.")]


@weights.command("list")
def list_() -> None:
    """Lists the published models that can be pulled, with size and licence."""
    from rich.table import Table

    from docmarks.messages.console import wide_console
    from docmarks.zoo.published import MODELS

    table = Table("name", "MB", "what", "licence")
    for name, model in MODELS.items():
        table.add_row(name, str(model.megabytes), model.what, model.licence)
    wide_console().print(table)


@weights.command()
def pull(
    name: Annotated[str, typer.Argument(help="As `docmarks weights list` shows it.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Also import it into this folder.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Use the cache only.")] = False,
) -> None:
    """Fetches a published model (cache: DOCMARKS_CACHE), and imports it on request."""
    from docmarks.cli.byte_bar import byte_bar
    from docmarks.errors import DocmarksError
    from docmarks.zoo.import_model import import_published
    from docmarks.zoo.pull import published
    from docmarks.zoo.pull import pull as fetch

    model = published(name)
    if out is not None and model.backbone_only:
        raise DocmarksError(f"{name}: a backbone alone detects nothing; pull it without -o and train from it")
    with byte_bar(name) as watch:
        checkpoint, config = fetch(name, offline, watch)
    print(checkpoint)
    print(f"licence: {model.licence}")
    if out is not None:
        for message in import_published(model, checkpoint, config, out):
            print(message)
        print(out / "model.onnx")


@weights.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A checkpoint of Detectron2 or LayoutParser: .pkl or .pth.")],
    config: Annotated[Path, typer.Option(help="Its Detectron2 configuration (YAML).")],
    out: Out,
    labels: Annotated[str | None, typer.Option(help="Names of its classes, separated by commas.")] = None,
) -> None:
    """Turns a Detectron2 Faster R-CNN into a docmarks model; Detectron2 is not needed."""
    from docmarks.zoo.import_model import import_model

    names = None if labels is None else [label.strip() for label in labels.split(",")]
    for message in import_model(file, config, out, names):
        print(message)
    print(out / "model.onnx")
    print(out / "model.safetensors")


@weights.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A checkpoint or model: .pkl, .pth, .safetensors, .onnx, .xml.")],
    sha256: Annotated[str | None, typer.Option(help="What its SHA-256 must be.")] = None,
) -> None:
    """Reads a file whole, safely, and says what it holds."""
    from docmarks.zoo.verify import verify as run

    print(run(file, sha256))


@weights.command()
def reduce(
    run: Annotated[Path, typer.Argument(help="A run folder, a checkpoint (.safetensors), or default.")],
    data: Annotated[list[Path], typer.Argument(help="Data sets; their training pages show what is needed.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The checkpoint to write (.safetensors).")],
    keep: Annotated[float, typer.Option(min=0.5, max=1, help="So much of what the convolutions answer stays.")] = 0.97,
    n_pages: Annotated[int, typer.Option("--pages", min=1, help="How many pages are looked at.")] = 30,
) -> None:
    """Gives a trained network fewer filters where its answers need no more: quicker, to be exported or trained on."""
    from docmarks.cli.progress import page_bar
    from docmarks.export.calibration import calibration_pages
    from docmarks.export.reduce import reduce_checkpoint
    from docmarks.weights import weights_of

    images = [page.image for page in calibration_pages(data, n_pages)]
    for one in reduce_checkpoint(weights_of(run), page_bar(images), out, keep):
        filters = f"{one.filters} filters of {one.channels}" if one.filters else "as it was: fewer are no gain"
        print(f"{one.name}: {filters}")
    print(out)
