"""The `docmarks` command: finds the subcommand, loads only that one, and turns mistakes into one line."""

from __future__ import annotations

import importlib
import io
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

import docmarks
from docmarks.errors import DocmarksError, is_full_disk
from docmarks.messages.say import not_installed, say

COMMANDS: dict[str, tuple[str, str]] = {
    "detect": ("docmarks.cli.detect:detect", "Find the marks on documents."),
    "evaluate": ("docmarks.cli.evaluate:evaluate", "Measure a model on annotated pages."),
    "compare": ("docmarks.cli.compare:compare", "Compare models on the same pages."),
    "thresholds": ("docmarks.cli.thresholds:thresholds", "Store an evaluation's minimum scores in a model."),
    "train": ("docmarks.cli.train:train", "Train a detector on annotated pages."),
    "export": ("docmarks.cli.export:export", "Make a trained model ready for detect."),
    "data": ("docmarks.cli.data:data", "Check, count, split, merge and convert annotated pages."),
    "synth": ("docmarks.cli.synth:synth", "Make annotated pages from nothing."),
    "mine": ("docmarks.cli.mine:mine", "Collect what a model finds where nothing is."),
    "weights": ("docmarks.cli.weights:weights", "Bring models of Detectron2 and LayoutParser."),
    "inspect": ("docmarks.cli.inspect:inspect", "Draw what a model sees of a page."),
    "port-check": ("docmarks.cli.port_check:port_check", "Show where two models part."),
}
"""Name of a command to where it is and what it is for. A command is imported only when it is called."""


class Stopped(Exception):  # noqa: N818 - it is no error
    """Ctrl-C, with what is to be said of it."""


class Commands(TyperGroup):
    """Lets Ctrl-C through to us: typer would end the process without a word."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command that was called."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise Stopped(str(stop) or "interrupted") from stop


USAGE, SOME_FAILED, INTERRUPTED = 2, 1, 130
"""Exit codes."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments or os.environ.get("DOCMARKS_DEBUG", "0") not in ("", "0")
    arguments = [argument for argument in arguments if argument != "--debug"]
    _prepare_output(debug)
    _leave_out_the_converter()
    if arguments == ["--version"]:
        print(f"docmarks {docmarks.__version__}")
        return
    try:
        application(arguments[0] if arguments else None)(arguments, prog_name="docmarks")
    except DocmarksError as error:
        fail(str(error), USAGE, debug)
    except (Stopped, KeyboardInterrupt) as stop:
        fail(str(stop) or "interrupted", INTERRUPTED, debug)
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(SOME_FAILED)
    except ImportError as error:
        fail(not_installed(error), USAGE, debug)
    except Exception as error:
        if is_full_disk(error):
            fail("standard output: No space left on device; make room and run again", USAGE, debug)
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        fail(f"internal error ({what}); run again with --debug and please report it", USAGE, debug)


def _prepare_output(debug: bool) -> None:
    """One line for what is wrong, and no crash over a file name that this terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if not debug:
        # It remarks on every flaw of a PDF; what counts is told by us.
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def _leave_out_the_converter() -> None:
    """OpenVINO imports its model converter if it is there: half of its import's time, and no command needs it."""
    sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]


def fail(message: str, code: int, debug: bool) -> None:
    """One line on standard error, then the exit; with ``debug`` the exception goes on."""
    if debug:
        raise
    say(message)
    sys.exit(code)


def application(called: str | None) -> typer.Typer:
    """All commands by name and help; only the called one with its options."""
    app = typer.Typer(
        name="docmarks",
        help=docmarks.__doc__,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        cls=Commands,
    )
    app.callback()(_options)
    for name, (where, summary) in COMMANDS.items():
        function = load(where) if name == called else _unloaded
        if isinstance(function, typer.Typer):
            app.add_typer(function, name=name, help=summary)
        else:
            app.command(name, short_help=summary)(function)
    return app


def load(where: str) -> Callable[..., Any] | typer.Typer:
    """The function or group at "module:name"."""
    module, name = where.split(":")
    found: Callable[..., Any] | typer.Typer = getattr(importlib.import_module(module), name)
    return found


def _options(
    version: bool = typer.Option(False, "--version", help="Show the version."),
    debug: bool = typer.Option(False, "--debug", help="Show where an error came from."),
) -> None:
    pass


def _unloaded() -> None:
    pass
