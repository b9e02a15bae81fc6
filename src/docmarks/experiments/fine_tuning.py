"""What a fine-tuning takes where nobody says: steps, learning rate, frozen stages."""

from __future__ import annotations

import math
from typing import Any

from docmarks.model.config import ModelConfig

STEPS_A_ROOT_PAGE = 20
FEWEST_STEPS, MOST_STEPS = 200, 4000

MANY_PAGES = 300
"""From so many training pages on there is enough to move the weights further."""


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
