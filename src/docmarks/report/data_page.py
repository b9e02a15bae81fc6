"""The numbers of a data set as one page to open in a browser, plots inside."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from docmarks.data.stats import Stats
from docmarks.report.template import template

Rows = list[list[object]]


def data_page(stats: Stats, name: str) -> str:
    """A self-contained HTML page.

    Args:
        stats: What to show.
        name: Of the data sets.
    """
    return template("data.html").render(
        name=name,
        pages=stats.pages.total(),
        boxes=sum(counts.total() for counts in stats.joined.values()),
        stats=stats,
        tables=list(_tables(stats)),
        plots=list(_plots(stats)),
    )


def _tables(stats: Stats) -> Iterator[tuple[str, list[str], Rows]]:
    parts = list(stats.joined)
    yield (
        "Parts",
        ["", *parts],
        [
            ["pages", *(stats.pages[part] for part in parts)],
            ["documents", *(stats.groups[part] for part in parts)],
            ["boxes", *(stats.joined[part].total() for part in parts)],
        ],
    )
    labels: Rows = [
        [name, *(stats.single[part][name] for part in parts), stats.exhaustive[name]] for name in stats.labels
    ]
    yield "Labels", ["label", *parts, "pages on which it is complete"], labels
    names = dict.fromkeys(name for counts in stats.joined.values() for name, _ in counts.most_common())
    joined: Rows = [[name, *(stats.joined[part][name] for part in parts)] for name in names]
    yield "Combinations", ["labels", *parts], joined
    sizes: Rows = [[f"{w} x {h}", n] for (w, h), n in stats.page_sizes.most_common(12)]
    yield "Page sizes", ["pixels", "pages"], sizes


def _plots(stats: Stats) -> Iterator[tuple[str, str]]:
    labels = stats.labels
    if not labels:
        return
    short, long = stats.resize
    title = f"Side of the boxes in pixels, pages resized to {short} (at most {long})"
    yield title, _svg(lambda axes: _sides(axes, stats, labels), len(labels))
    yield "Boxes a page", _svg(lambda axes: _boxes_a_page(axes, stats), 6)
    yield "Labels on one page", _svg(lambda axes: _together(axes, stats, labels), len(labels) + 3)


def _sides(axes: Axes, stats: Stats, labels: Sequence[str]) -> None:
    """One box plot a label: quartiles, whiskers at 5 and 95 %."""
    values = [stats.sizes[label].sides for label in reversed(labels)]
    axes.boxplot(values, orientation="horizontal", whis=(5, 95), showfliers=False, widths=0.6)
    axes.set_yticks(range(1, len(labels) + 1), [f"{label} ({len(stats.sizes[label].sides)})" for label in labels[::-1]])
    axes.set_xscale("log")
    axes.set_xticks(ticks := [5, 10, 20, 40, 80, 160, 320, 640], [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("square root of the area, pixels")


def _boxes_a_page(axes: Axes, stats: Stats) -> None:
    most = max(stats.boxes_a_page)
    edges = np.unique(np.concatenate([np.arange(0, 12), np.geomspace(12, max(13, most + 1), 8).round()]))
    counts, _ = np.histogram(list(stats.boxes_a_page.elements()), edges)
    names = [f"{a:.0f}" if b - a == 1 else f"{a:.0f}-{b - 1:.0f}" for a, b in itertools.pairwise(edges)]
    axes.bar(names, counts, color="#4a6fa5")
    axes.set_xlabel("boxes")
    axes.set_ylabel("pages")
    axes.tick_params(axis="x", rotation=60)


def _together(axes: Axes, stats: Stats, labels: Sequence[str]) -> None:
    """How many pages have boxes of both labels."""
    table = np.zeros((len(labels), len(labels)), int)
    place = {label: i for i, label in enumerate(labels)}
    for (a, b), n in stats.together["pages"].items():
        table[place[a], place[b]] = table[place[b], place[a]] = n
    axes.imshow(table, cmap="Blues")
    axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    for (row, column), n in np.ndenumerate(table):
        if n:
            colour = "white" if n > table.max() / 2 else "black"
            axes.text(column, row, str(n), ha="center", va="center", color=colour, fontsize=8)


def _svg(draw: Callable[[Axes], None], rows: int) -> str:
    """Draws into a figure of ``rows`` text lines; the SVG element alone."""
    # Text stays text: smaller, and found by the browser's search.
    with matplotlib.rc_context({"svg.fonttype": "none", "font.size": 10, "svg.hashsalt": "docmarks"}):
        figure = Figure(figsize=(9, max(2.5, 0.42 * rows + 1)), layout="constrained")
        draw(figure.add_subplot())
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
