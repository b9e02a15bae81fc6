"""The tables of docs/model-card.md, in Markdown, from what `docmarks evaluate -o` wrote for two models.

python benchmarks/model_card.py before/metrics.json after/metrics.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

ALL_SETS = "all sets"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path, help="metrics.json of the model that is replaced.")
    parser.add_argument("after", type=Path, help="metrics.json of the one that ships now.")
    args = parser.parse_args()
    before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (args.before, args.after))
    print("\n".join([*by_set(before, after), "", *by_threshold(after)]))


def by_set(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """A row a set and label: AP50 and AP before and after, F1 at the stored thresholds after."""
    rows = [
        "| set | label | pages | marks | AP50 before | AP50 | AP before | AP | F1 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    sets = [name for name in after["sets"] if name != ALL_SETS]
    for name in [*sets, ALL_SETS]:
        own, old = after["sets"][name], before["sets"].get(name, {"labels": {}})
        for label, now in own["labels"].items():
            was = old["labels"].get(label, {})
            f1 = own["at_thresholds"][label]["f1"]
            figures = [was.get("ap50"), now["ap50"], was.get("ap"), now["ap"], f1]
            rows.append(f"| {name} | {label} | {now['n_pages']} | {now['n_truth']} | {cells(figures)} |")
        means = [mean(one, key) for key in ("ap50", "ap") for one in (old, own)]
        rows.append(f"| {name} | mean | | | {cells(means)} | |")
    return rows


def by_threshold(after: dict[str, Any]) -> list[str]:
    """Precision, recall and F1 at the stored thresholds, all sets together."""
    rows = ["| label | threshold | precision | recall | F1 |", "|---|---|---|---|---|"]
    for label, now in after["at_thresholds"].items():
        rows.append(f"| {label} | {now['score']:.2f} | {cells([now['precision'], now['recall'], now['f1']])} |")
    return rows


def mean(result: dict[str, Any], name: str) -> float | None:
    figures: float | None = result.get("mean", {}).get(name)
    return figures


def cells(figures: list[float | None]) -> str:
    return " | ".join("" if one is None else f"{100 * one:.1f}" for one in figures)


if __name__ == "__main__":
    main()
