"""A published model, from its address to a folder that detects."""

from __future__ import annotations

from pathlib import Path

import yaml

from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole
from docmarks.files.cache import VARIABLE, cache_folder
from docmarks.messages.nearest import did_you_mean
from docmarks.zoo.download import Watch, fetch
from docmarks.zoo.published import MODELS, Published


def published(name: str) -> Published:
    """The model of that name.

    Raises:
        DocmarksError: There is none; the nearest is named.
    """
    if name not in MODELS:
        hint = did_you_mean(name, MODELS, "see `docmarks weights list`")
        raise DocmarksError(f"{name}: no such published model; {hint}")
    return MODELS[name]


def pull(name: str, offline: bool = False, watch: Watch | None = None) -> tuple[Path, Path]:
    """Fetches a model into the cache.

    Returns:
        Its checkpoint and its configuration.

    Raises:
        DocmarksError: Unknown name, or it cannot be fetched.
    """
    model = published(name)
    folder = cache_folder() / name
    suffix = Path(model.urls[0]).suffix
    checkpoint = fetch(model.urls, folder / f"model{suffix}", model.sha256, offline, watch)
    config = folder / "config.yaml"
    if model.config_urls:
        fetch(model.config_urls, config, None, offline)
    else:
        with whole(config, f"set {VARIABLE}") as part:
            part.write_text(yaml.safe_dump(dict(model.settings)), encoding="utf-8")
    return checkpoint, config


def labels_of(model: Published, count: int) -> list[str]:
    """Names of its ``count`` classes, as far as they are known."""
    return [model.labels.get(i, f"class {i}") for i in range(count)]
