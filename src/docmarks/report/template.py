"""The HTML templates of this room's pages; all of them extend ``base.html``."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, Template


def template(name: str) -> Template:
    """A template by its file's name; values are escaped."""
    environment = Environment(loader=PackageLoader("docmarks.report"), autoescape=True, trim_blocks=True)
    return environment.get_template(name)
