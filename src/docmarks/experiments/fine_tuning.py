"""What a fine-tuning takes where nobody says: the recipe, the network of the weights, steps, rate, frozen stages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from docmarks.model.config import ModelConfig

STEPS_A_ROOT_PAGE = 20
FEWEST_STEPS, MOST_STEPS = 200, 4000

MANY_PAGES = 300
"""From so many training pages on there is enough to move the weights further."""


NAMING_LABELS = frozenset({"labels", "label_set", "groups"})
"""Of a model's keys; one of them settles the others."""

Settings = Mapping[str, Any]


def over_recipe(own: Settings, recipe: Settings, model: ModelConfig, pages: int) -> dict[str, Any]:
    """A configuration's own keys over those of the recipe, what is chosen, and the network of the weights.

    Args:
        own: As they stand in the file.
        recipe: Likewise.
        model: Of the weights to start from.
        pages: As ``chosen``.
    """
    network = own.get("model", {})
    if isinstance(network, dict):
        network = over_network(network, model)
    return chosen(pages, model) | over(recipe, own) | {"model": network}


def over_network(own: Settings, model: ModelConfig) -> dict[str, Any]:
    """A ``model`` section's keys over those of the weights; one with another backbone is a network of its own."""
    network = model.model_dump()
    backbone = own.get("backbone", {})
    if isinstance(backbone, dict) and not backbone.items() <= network["backbone"].items():
        return dict(own)
    if NAMING_LABELS & own.keys():
        network = {key: value for key, value in network.items() if key not in NAMING_LABELS}
    return over(network, own)


def over(under: Settings, own: Settings) -> dict[str, Any]:
    """``own`` with what only ``under`` has, section by section."""
    found = dict(under)
    for key, value in own.items():
        below = found.get(key)
        found[key] = over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return found


def chosen(pages: int, model: ModelConfig) -> dict[str, Any]:
    """Defaults for a number of training pages.

    Steps grow with the square root of the pages, 200 at 100 and 894 at 2,000: few pages are seen more often, many
    fewer times; two cores take half an hour for 250 pages. A backbone with frozen normalisation comes from another's
    training on photographs, and keeps its stem and first stage, as Detectron2 fine-tunes.

    Args:
        pages: Training pages, of all sets.
        model: The network.
    """
    steps = min(max(round(STEPS_A_ROOT_PAGE * math.sqrt(pages)), FEWEST_STEPS), MOST_STEPS)
    return {
        "steps": steps,
        "learning_rate": 5e-4 if pages >= MANY_PAGES else 3e-4,
        "freeze": 2 if model.backbone.norm == "frozen" else 0,
    }
