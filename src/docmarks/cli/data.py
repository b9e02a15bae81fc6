"""`docmarks data`: one function a subcommand."""

from __future__ import annotations

import typer

data = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
