"""Writes tide.json: what TIDE's own package says of random pages. Needs tidecv, which the tests do not.

pip install tidecv && python tests/evaluate/reference/make_tide.py
"""

import json
from pathlib import Path

import numpy as np
from tidecv import TIDE, Data

CASES, PAGES = 24, 8


def boxes(rng, n):
    """``[n, 4]`` x, y, width, height on a coarse grid, so that equal overlaps occur."""
    return np.concatenate([rng.integers(0, 12, (n, 2)) * 10, rng.integers(2, 7, (n, 2)) * 10], axis=1)


def near(rng, box):
    """The box, a little off."""
    return np.maximum(box + rng.choice([-10, 0, 0, 0, 10], 4), [0, 0, 10, 10])


def case(seed):
    rng = np.random.default_rng(seed)
    n_labels = int(rng.integers(1, 5))
    # No two alike: of equal scores its order before and after mending is not the same.
    scores = iter(rng.permutation(np.arange(1, 1000)) / 1000)
    pages = []
    for _ in range(PAGES):
        truth = [[*map(int, box), int(rng.integers(n_labels))] for box in boxes(rng, int(rng.integers(0, 6)))]
        found = []
        for *box, label in truth:
            for _ in range(int(rng.integers(0, 4))):
                given = label if rng.random() < 0.7 else int(rng.integers(n_labels))
                found.append([*map(int, near(rng, np.array(box))), given, float(next(scores))])
        for box in boxes(rng, int(rng.integers(0, 4))):
            found.append([*map(int, box), int(rng.integers(n_labels)), float(next(scores))])
        ignored = [list(map(int, box)) for box in boxes(rng, 1)] if rng.random() < 0.3 else []
        pages.append({"truth": truth, "found": found, "ignored": ignored})
    return {"labels": n_labels, "pages": pages}


def judge(data):
    gt, predictions = Data("gt"), Data("predictions")
    for number, page in enumerate(data["pages"]):
        gt.add_image(number, str(number))
        predictions.add_image(number, str(number))
        for *box, label in page["truth"]:
            gt.add_ground_truth(number, label, box)
        for box in page["ignored"]:
            gt.add_ignore_region(number, -1, box)
        for *box, label, score in page["found"]:
            predictions.add_detection(number, label, score, box)
    tide = TIDE()
    run = tide.evaluate(gt, predictions, mode=TIDE.BOX)
    (main,), (special,) = (list(kinds.values()) for kinds in tide.get_all_errors().values())
    return {"ap": run.ap, **main, **special}, {kind.short_name: n for kind, n in run.count_errors().items()}


def main():
    cases = []
    for seed in range(CASES):
        data = case(seed)
        data["lost"], data["counts"] = judge(data)
        cases.append(data)
    Path(__file__).with_name("tide.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
