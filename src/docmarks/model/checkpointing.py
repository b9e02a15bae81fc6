"""Gradient checkpointing: less memory for more time, the same gradients (Chen et al. 2016, arXiv 1604.06174)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TypeVar

from torch import nn
from torch.utils.checkpoint import checkpoint

T = TypeVar("T")
X = TypeVar("X")


def checkpointed(run: Callable[[X], T], x: X, module: nn.Module) -> T:
    """``run(x)`` of which only ``x`` and the result are kept; the rest is computed again on the way back.

    Args:
        run: What to do.
        x: Its input.
        module: Whose parameters and statistics it uses.
    """
    contexts = partial(_once_counted, module)
    found: T = checkpoint(run, x, use_reentrant=False, preserve_rng_state=False, context_fn=contexts)
    return found


def _once_counted(module: nn.Module) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
    """Contexts of the first computation and of the second: that one must not move the running statistics."""
    return nullcontext(), _statistics_at_rest(module)


@contextmanager
def _statistics_at_rest(module: nn.Module) -> Iterator[None]:
    norms = [part for part in module.modules() if isinstance(part, nn.BatchNorm2d)]
    before = [(norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm in norms:
        # The same operation as the first time, which checkpointing insists on, but of no effect.
        norm.momentum, norm.num_batches_tracked = 0.0, None
    try:
        yield
    finally:
        for norm, (momentum, count) in zip(norms, before, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, count
