from pathlib import Path

import numpy as np
import pytest

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.false_positives import false_positives, recurring, thumbnail
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark, Page

DEFAULT = LabelSet.load("default")
RNG = np.random.default_rng(0)
LOGO, SEAL = (np.where(RNG.random((20, 40)) < 0.3, 20, 240).astype(np.uint8) for _ in range(2))


def page(group, marks=(), exhaustive=("Stamp", "Signature")):
    return DatasetPage(Path(f"{group}.png"), Page(200, 200, marks=tuple(marks)), group, frozenset(exhaustive))


def scan(what=LOGO, at=(50, 60)):
    image = np.full((200, 200), 250, np.uint8)
    image[at[1] : at[1] + what.shape[0], at[0] : at[0] + what.shape[1]] = what
    return image


def stamp(at=(50, 60), score=0.9, label="Stamp"):
    return Mark((at[0], at[1], at[0] + 40.0, at[1] + 20.0), (label,), (score,))


def test_only_where_the_label_is_complete_and_nothing_is_near():
    found = [stamp()]
    (one,) = false_positives(page("a"), scan(), found, DEFAULT)
    assert one.mark == found[0] and np.array_equal(one.crop, LOGO)
    assert false_positives(page("a", exhaustive=("Signature",)), scan(), found, DEFAULT) == []
    beside = Mark((95.0, 60.0, 110.0, 80.0), ("Date",))  # 5 pixels away: less than a quarter of 40
    far = Mark((101.0, 60.0, 110.0, 80.0), ("Date",))
    uncertain = Mark((40.0, 55.0, 60.0, 70.0), ("Stamp",), ignore=True)
    counts = [len(false_positives(page("a", [m]), scan(), found, DEFAULT)) for m in (beside, far, uncertain)]
    assert counts == [0, 1, 0]


def test_what_looks_alike_in_several_documents_comes_first():
    found = []
    logos = [("a", LOGO, (50, 60)), ("b", LOGO, (10, 90)), ("d", LOGO, (50, 100))]
    for group, what, at in [*logos, ("c", SEAL, (20, 20)), ("a", SEAL, (120, 20))]:
        noisy = np.clip(what.astype(int) + RNG.normal(0, 12, what.shape), 0, 255).astype(np.uint8)
        found += false_positives(page(group), scan(noisy, at), [stamp(at)], DEFAULT)
    groups = recurring(found)
    assert [(g.documents, len(g.found)) for g in groups] == [(3, 3), (2, 2)]
    assert {one.page.group for one in groups[0].found} == {"a", "b", "d"}
    assert recurring(found, documents=3) == groups[:1]
    twice = false_positives(page("a"), scan(), [stamp(), stamp()], DEFAULT)
    assert recurring(twice) == [] and len(recurring(twice, documents=1)) == 1  # one document, twice


def test_other_sizes_are_other_things():
    large = np.kron(LOGO, np.ones((2, 2), np.uint8)).astype(np.uint8)
    found = false_positives(page("a"), scan(), [stamp()], DEFAULT)
    found += false_positives(page("b"), scan(large, (20, 20)), [Mark((20, 20, 100, 60), ("Stamp",), (0.8,))], DEFAULT)
    assert recurring(found) == []


def test_thumbnails_are_compared_by_their_darkness():
    def like(a, b):
        return float(thumbnail(a, 250) @ thumbnail(b, 250))

    assert like(LOGO, LOGO) == pytest.approx(1, abs=1e-5) and like(LOGO, SEAL) < 0.8
    block, half = np.full((9, 9), 7, np.uint8), np.full((30, 40), 250, np.uint8)
    half[:, :20] = 0
    assert like(block, block[:5]) == pytest.approx(1)  # two black blocks are alike
    assert like(block, half) == pytest.approx(0.5**0.5, abs=0.01)  # by hand: half of 1 in a vector of length 1
    assert like(np.full((9, 9), 255, np.uint8), LOGO) == 0
