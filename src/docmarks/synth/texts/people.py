"""Names, titles and notes that people write by hand."""

from __future__ import annotations

import numpy as np

FIRST = (
    "Harold Maria Joan Robert Samuel Ingrid Thomas Priya Walter Lucille David Elena Karl Susan Amir Grace Peter Yuki "
    "Donna Charles Ruth Miguel Anne Victor Helen George Olga Frank Denise Paul Irene Stephen Wanda Louis Carmen Edwin"
).split()
LAST = (
    "Whitfield Castellano Keller Abernathy Osei Halvorsen Beaumont Raman Nakamura Grant Rosen Petrova Lindqvist Okafor "
    "Delacroix Tanaka Patel Vogel Miller Brooks Hughes Moreno Jensen Fischer Novak Dubois Carver Singh Walsh Ortega "
    "Baker Kowalski Lambert Foster Quinn Ito Zimmer Ellis"
).split()
TITLES = (
    "Vice President", "President", "Manager", "Managing Member", "Contracting Officer", "Secretary", "Director",
    "Executive Director", "Lease Contracting Officer", "Treasurer", "Partner", "Asst. Superintendent", "Owner",
)  # fmt: skip
STREETS = "Elm Oak Main Park Lake Mill Church Market River Hill Cedar Station".split()
TOWNS = ("Richmond VA", "Boise ID", "Austin TX", "Denver CO", "Salem OR", "Dayton OH", "Tucson AZ", "Honolulu HI")
NOTES = (
    "OK", "YES", "NO", "N/A", "please handle", "see attached", "file", "copy to legal", "call me", "approved",
    "for your files", "thanks", "noted", "discuss Monday", "return to sender", "paid in full", "rush", "pls advise",
    "hold", "will call", "needs to be done", "send copy to all", "not included", "as amended", "void", "per phone call",
    "check the figures", "draft only", "budget provision", "total", "see page 2", "received", "let us discuss this",
)  # fmt: skip


def name(rng: np.random.Generator) -> str:
    """A name as it is signed or written: in full, or with the first name or names cut to their letters."""
    first, last, middle = str(rng.choice(FIRST)), str(rng.choice(LAST)), str(rng.choice(list("ABCDEFGHJLMPRSTW")))
    style = rng.random()
    if style < 0.4:
        return f"{first} {last}"
    if style < 0.6:
        return f"{first} {middle}. {last}"
    if style < 0.85:
        return f"{first[0]}. {middle}. {last}" if style < 0.75 else f"{first[0]}. {last}"
    return first if style < 0.92 else last


def initials(rng: np.random.Generator) -> str:
    """Two or three capitals."""
    letters = rng.choice(list("ABCDEFGHIJKLMNOPRSTVWY"), 3 if rng.random() < 0.4 else 2)
    return "".join(str(letter) for letter in letters)


def title(rng: np.random.Generator) -> str:
    """What somebody is."""
    return str(rng.choice(TITLES))


def address(rng: np.random.Generator) -> str:
    """A street or a town."""
    if rng.random() < 0.4:
        return str(rng.choice(TOWNS))
    return f"{rng.integers(1, 9999)} {rng.choice(STREETS)} St."


def note(rng: np.random.Generator) -> str:
    """A remark in a margin or a field."""
    return str(rng.choice(NOTES))


def amount(rng: np.random.Generator) -> str:
    """Digits as people write them into a field."""
    value = int(10 ** rng.uniform(0.5, 6))
    return f"{value / 100:.2f}" if rng.random() < 0.4 else str(value)


def reference(rng: np.random.Generator) -> str:
    """A number that something is filed under, or called by; none that could be read as a date."""
    big, small = int(10 ** rng.uniform(2.2, 5)), int(rng.integers(1, 100))
    styles = (
        str(big), f"{big}/{int(rng.integers(1950, 2027))}", f"{chr(65 + big % 26)}-{big}", f"No. {big}", f"# {small}",
        f"{100 + big % 900}-{1000 + big % 9000}", f"{big} & {big + 1}", f"{1 + small % 12}:{10 + small % 50}",
        f"p. {small}", f"({small})", f"x {big}",
    )  # fmt: skip
    return str(rng.choice(styles))
