"""Which layers of an int8 network go back to fp32, so that it loses no more than is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docmarks.errors import DocmarksError
from docmarks.export.int8_groups import Group, find_groups, int8_layers, put_back
from docmarks.export.int8_loss import Int8Loss, Loss, Watch

if TYPE_CHECKING:
    from openvino import Model

RANKED_PAGES = 20
"""Pages on which a layer's part in the loss is measured: those that lose most."""


@dataclass(frozen=True)
class Held:
    """An int8 network that loses no more than is allowed.

    Attributes:
        network: The network.
        back: What is in fp32 again.
        before: What it lost with all of them in int8.
        after: What it loses now.
    """

    network: Model
    back: tuple[Group, ...]
    before: Loss
    after: Loss


def hold(quantised: Model, exact: Model, loss: Int8Loss, max_drop: float, watch: Watch) -> Held:
    """Puts layers back, those that cost most first, until no data set loses more than ``max_drop`` points of AP.

    What a layer costs is what the network wins with that one alone in fp32, on the pages that lose most. Layers that
    share their rounded input go together.

    Args:
        quantised: Of ``exact``.
        exact: The fp32 network.
        loss: Measures a network on annotated pages.
        max_drop: Points of AP.
        watch: Shows the progress.

    Raises:
        DocmarksError: No layer could stay in int8.
    """
    before = now = loss.of(quantised, watch=watch)
    if before.worst <= max_drop:
        return Held(quantised, (), before, now)
    groups = find_groups(quantised)
    hardest = sorted(range(len(loss.pages)), key=lambda page: -before.by_page[page])[:RANKED_PAGES]
    pages = [loss.pages[page] for page in sorted(hardest)]
    left = []
    for group in watch(groups, f"int8 loses {before.worst:.1f} points of AP: which layers cost it"):
        one = loss.of(put_back(quantised, exact, [group]), pages)
        # Of equal worst sets the others decide.
        left.append((one.worst, sum(one.by_set.values())))
    ranked = [groups[i] for i in sorted(range(len(groups)), key=left.__getitem__)]
    network = quantised
    for count in watch(range(1, len(ranked) + 1), "layers back to fp32"):
        network = put_back(quantised, exact, ranked[:count])
        if not int8_layers(network):
            break
        now = loss.of(network)
        if now.worst <= max_drop:
            return Held(network, tuple(ranked[:count]), before, now)
    raise DocmarksError(
        f"int8 loses {before.worst:.1f} points of AP on {before.worst_set}, allowed are {max_drop:g}, and no layer of "
        "this model could stay in int8; use its model.onnx, calibrate on more pages, or allow more"
    )
