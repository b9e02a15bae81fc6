"""Print easily taken for a mark: logos, headings, typed dates and names, numbers, dark bars, charts, codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageFilter

from docmarks.synth.handwriting.pen import Mask, lay
from docmarks.synth.paper import Paper
from docmarks.synth.printed.arms import arms, bent
from docmarks.synth.printed.beside import beside
from docmarks.synth.printed.chart import chart
from docmarks.synth.printed.formula import formula
from docmarks.synth.printed.lettering import Typeface, lettering
from docmarks.synth.printed.logos import logo
from docmarks.synth.printed.machine_read import machine_read
from docmarks.synth.printed.reverse import reverse_print
from docmarks.synth.printed.seals import body
from docmarks.synth.printed.table import table
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import people, words

Grey = np.ndarray

CAPTIONS = {
    "Signature": ("Signature", "Signed", "Authorized Signature", "Sign here", "By", "Signature of applicant"),
    "Initials": ("Initials", "Initial here", "Init."),
    "Date": ("Date", "Date", "Date", "Date signed", "Dated", "Today's date"),
    "Other Text": ("Name", "Print name", "Title", "Address", "Telephone", "Amount", "Remarks", "Name (printed)"),
}
"""By what people write there."""

SIGN_OFFS = (
    *("Prepared by", "Checked by", "Verified by", "Approved by", "Authorised by", "Issued by", "Received by", "Noted"),
    *("Signed", "Signature", "Witness", "For the firm", "Examined", "By order", "Counsel", "Clerk", "Cashier", "Sd/-"),
    *("Geprüft", "Le directeur", "Visto", "Inspector", "Registrar", "Secretary", "Manager", "Officer in charge"),
)
"""What stands before a signature, however short, on certificates and vouchers."""

TOP, ELSEWHERE = 0.2, 0.06
"""Letterheads stand in so much of the page; a place further down is taken so often when it comes up."""


def imprint(page: Grey, paper: Paper, rng: np.random.Generator, case: TypeCase) -> None:
    """Prints one in place, where nothing is, and keeps marks off it."""
    kinds = _kinds(case)
    chances = np.array([chance for _, _, chance in kinds])
    make, is_heading, _ = kinds[int(rng.choice(len(kinds), p=chances / chances.sum()))]
    mask = _copied(make(rng, case), rng)
    height, width = mask.shape
    for _ in range(12):
        at = paper.place(width, height, rng, 0.01, 6)
        if at is None:
            return
        if not is_heading or at[1] < TOP * paper.height or rng.random() < ELSEWHERE:
            lay(page, mask, *at, int(rng.integers(0, 40) if rng.random() < 0.7 else rng.integers(40, 170)))
            paper.take((*at, at[0] + width, at[1] + height))
            return


def heading(rng: np.random.Generator, case: TypeCase) -> Mask:
    """The name of a firm or an office, large, at times in an arch; at times a line or two under it."""
    name = body(rng) if rng.random() < 0.6 else words.pick(rng, words.FIRMS)
    face, size = case.face(rng), float(rng.uniform(14, 40))
    title = lettering(name if rng.random() < 0.6 else name.title(), face, size)
    if rng.random() < 0.15:
        return bent(title, float(rng.uniform(0.05, 0.25)))
    if rng.random() < 0.6:
        return title
    under = [words.pick(rng, (*words.PLACES, *people.TOWNS)) for _ in range(int(rng.integers(1, 3)))]
    return beside(title, _lines(under, face, size * float(rng.uniform(0.4, 0.9))), round(size / 3), across=False)


def typed_date(rng: np.random.Generator, case: TypeCase) -> Mask:
    """The date of a letter, on a line of its own."""
    return lettering(words.date(rng), case.face(rng), float(rng.uniform(11, 20)))


def typed_name(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Who signs, as typed under the signature: a name, at times a title and a place."""
    lines = [people.name(rng)]
    lines += [people.title(rng)] if rng.random() < 0.5 else []
    lines += [words.pick(rng, words.PLACES)] if rng.random() < 0.2 else []
    return _lines(lines, case.face(rng), float(rng.uniform(11, 18)))


def sign_off(rng: np.random.Generator, case: TypeCase) -> Mask:
    """What somebody did whose signature comes behind it."""
    text = words.pick(rng, SIGN_OFFS) + words.pick(rng, ("", "", ":", " :"))
    return lettering(text.upper() if rng.random() < 0.15 else text, case.face(rng), float(rng.uniform(9, 16)))


def caption(rng: np.random.Generator, case: TypeCase, kind: str) -> Mask:
    """What is printed at a line to say what people write on it: the ``CAPTIONS`` of a kind."""
    text = words.pick(rng, CAPTIONS[kind])
    return lettering(text.upper() if rng.random() < 0.3 else text, case.face(rng), float(rng.uniform(8, 15)))


def number(rng: np.random.Generator, case: TypeCase) -> Mask:
    """What an archive numbers its pages with, upright or along the edge."""
    digits = "".join(str(digit) for digit in rng.integers(0, 10, int(rng.integers(5, 11))))
    letters = "".join(rng.choice(list("ABCDEFGHJKLMNPRSTVWX"), int(rng.integers(1, 5))))
    text = digits if rng.random() < 0.6 else f"{letters} {digits}"
    if rng.random() < 0.2:
        text = " ".join(text)
    mask = lettering(text, case.face(rng), float(rng.uniform(10, 26)))
    return np.rot90(mask, int(rng.choice([1, 3]))) if rng.random() < 0.25 else mask


def _kinds(case: TypeCase) -> Sequence[tuple[Callable[[np.random.Generator, TypeCase], Mask], bool, float]]:
    """What makes one, whether it stands at the top, and how often; logos need pictures."""
    return (
        (logo, True, (0.5 if case.pictures else 0.3) * case.has_logos),
        (arms, True, 0.14),
        (heading, True, 0.26),
        (typed_date, False, 0.16),
        (typed_name, False, 0.12),
        (number, False, 0.16),
        (lambda rng, _: machine_read(rng), False, 0.2),
        (reverse_print, False, 0.16),
        (chart, False, 0.16),
        (table, False, 0.12),
        (formula, False, 0.05),
    )


def _lines(lines: Sequence[str], face: Typeface, size: float) -> Mask:
    """Lines one under the other, their left ends too."""
    masks = [lettering(line, face, size) for line in lines]
    whole = np.zeros(
        (round(size * 1.3) * (len(masks) - 1) + masks[-1].shape[0], max(m.shape[1] for m in masks)), np.uint8
    )
    for i, mask in enumerate(masks):
        part = whole[round(size * 1.3) * i :][: mask.shape[0], : mask.shape[1]]
        np.maximum(part, mask[: part.shape[0]], out=part)
    return whole


def _copied(mask: Mask, rng: np.random.Generator) -> Mask:
    """As a copy of a copy shows print: fatter, or with gaps, or as it was."""
    kind = rng.random()
    if kind < 0.25:
        return np.asarray(Image.fromarray(np.pad(mask, 1)).filter(ImageFilter.MaxFilter(3)))
    if kind < 0.4:
        return np.where(rng.random(mask.shape) < float(rng.uniform(0.02, 0.15)), 0, mask).astype(np.uint8)
    return mask
