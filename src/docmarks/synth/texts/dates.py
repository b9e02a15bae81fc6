"""Dates as people write them by hand, in the manners of several countries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

MONTHS = "January February March April May June July August September October November December".split()
ROMAN = "I II III IV V VI VII VIII IX X XI XII".split()

WITHOUT_YEAR = 0.15
"""Of the dates in digits."""


def written(rng: np.random.Generator) -> str:
    """A date: 3/14/98, 05.12.2016, 13/6, 4 March 1998, 11th, 12.IX.38, 1998-03-14."""
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1950, 2027))
    manner = MANNERS[int(rng.choice(len(MANNERS), p=SHARES))]
    return manner(day, month, year, rng)


def _american(day: int, month: int, year: int, rng: np.random.Generator) -> str:
    return _joined([_padded(month, rng), _padded(day, rng)], year, str(rng.choice(["/", "/", "-", "."])), rng)


def _day_first(day: int, month: int, year: int, rng: np.random.Generator) -> str:
    return _joined([_padded(day, rng), _padded(month, rng)], year, str(rng.choice(["/", ".", ".", "-"])), rng)


def _named(day: int, month: int, year: int, rng: np.random.Generator) -> str:
    name = MONTHS[month - 1] if rng.random() < 0.5 else MONTHS[month - 1][:3]
    of_year = f"'{year % 100:02d}" if rng.random() < 0.25 else str(year)
    styles = (
        f"{name} {day}, {of_year}",
        f"{day} {name} {of_year}",
        f"{name} {day}",
        f"{day}-{name[:3]}-{year % 100:02d}",
    )
    return str(rng.choice(styles, p=(0.45, 0.3, 0.12, 0.13)))


def _ordinal(day: int, month: int, year: int, rng: np.random.Generator) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}" if rng.random() < 0.6 else f"{day}{ending} {MONTHS[month - 1]}"


def _roman(day: int, month: int, year: int, rng: np.random.Generator) -> str:
    return f"{day}.{ROMAN[month - 1]}.{year % 100:02d}"


def _year_first(day: int, month: int, year: int, rng: np.random.Generator) -> str:
    return f"{year}-{month:02d}-{day:02d}"


MANNERS: tuple[Callable[[int, int, int, np.random.Generator], str], ...] = (
    _american, _day_first, _named, _ordinal, _roman, _year_first,
)  # fmt: skip
SHARES = (0.36, 0.28, 0.26, 0.04, 0.02, 0.04)
"""How often each."""


def _joined(parts: list[str], year: int, sign: str, rng: np.random.Generator) -> str:
    if rng.random() >= WITHOUT_YEAR:
        parts = [*parts, f"{year % 100:02d}" if rng.random() < 0.65 else str(year)]
    return sign.join(parts)


def _padded(number: int, rng: np.random.Generator) -> str:
    return f"{number:02d}" if rng.random() < 0.35 else str(number)
