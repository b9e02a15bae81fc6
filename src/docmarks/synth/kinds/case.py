"""Old case files: a record card of numbered cells, and a report of what was seen that a witness fills in."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import people, words

COURSES = (
    "Was balloon", "Probably balloon", "Possibly balloon", "Was aircraft", "Probably aircraft", "Was astronomical",
    "Possibly astronomical", "Other", "Insufficient data", "Unknown",
)  # fmt: skip
ASKED = (
    "When did you see the object?", "Where were you at the time?", "How long was it in sight?",
    "What was the sky like?",
    "Describe its shape.", "Did it move behind anything?", "What was its color?", "Did it make any sound?",
    "How large did it appear?", "Were you wearing glasses?", "In which direction did it go?", "Who else saw it?",
)  # fmt: skip


def case_card(rng: np.random.Generator, house: House) -> Layout:
    """A record card in cells, on the upper half of its page; typed or written on, with a column of conclusions."""
    layout = house.layout()
    sheet, left, top = layout.sheet, float(rng.uniform(40, 70)), float(rng.uniform(50, 110))
    sheet.text(left + 170, top - 8, "PROJECT RECORD CARD", "Helvetica-Bold", 10)
    wide, high = (120.0, 150.0, 116.0), 54.0
    captions = (
        ("1. DATE", "date"), ("2. LOCATION", "address"), ("4. TYPE OF OBSERVATION", ""),
        ("3. DATE-TIME GROUP", "text"), ("6. SOURCE", "name"), ("5. PHOTOS", ""),
        ("7. LENGTH OF OBSERVATION", "text"), ("8. NUMBER OF OBJECTS", "text"), ("9. COURSE", "text"),
    )  # fmt: skip
    for i, (caption, kind) in enumerate(captions):
        x, y = left + sum(wide[: i % 3]), top + (i // 3) * high
        w = wide[i % 3]
        if not kind:
            sheet.box(x, y, w, high, 0.8)
            sheet.text(x + 3, y + 8, caption, "Helvetica", 6)
            for row, option in enumerate(("Ground-Visual", "Air-Visual") if i == 2 else ("Yes", "No")):
                end = layout.checkbox(x + 8, y + 16 + row * 16, 8)
                sheet.text(end + 4, y + 23 + row * 16, option, "Helvetica", 7)
            continue
        layout.cell(x, y, w, high, caption, kind, 6)
        if rng.random() < 0.5:
            layout.places.pop()
            sheet.text(x + 10, y + 34, words.phrase(rng, 3)[:18].capitalize(), "Courier", 9)
    right = left + sum(wide)
    sheet.box(right, top, 612 - left - right, 3 * high + 150, 0.8)
    sheet.text(right + 3, top + 8, "12. CONCLUSIONS", "Helvetica", 6)
    for row, course in enumerate(COURSES):
        end = layout.checkbox(right + 6, top + 18 + row * 22, 8)
        sheet.text(end + 4, top + 25 + row * 22, course, "Helvetica", 6.5)
    y = top + 3 * high
    sheet.box(left, y, right - left, 150, 0.8)
    sheet.text(left + 3, y + 9, "10. BRIEF SUMMARY OF SIGHTING", "Helvetica", 6)
    if rng.random() < 0.6:
        layout.paragraph(rng, left + 8, y + 26, right - left - 20, "Courier", 8.5, int(rng.integers(1, 4)))
    else:
        layout.places.extend(("text", (left + 8, y + 14 + 24 * row, right - left - 20, 22)) for row in range(5))
    sheet.text(left, y + 166, "ATIC FORM 329 (REV 26 SEP 52)", "Helvetica", 6)
    return layout


def sighting(rng: np.random.Generator, house: House) -> Layout:
    """A page of a questionnaire: questions, lines for long answers by hand, now and then squares to mark."""
    layout = house.layout()
    sheet, left = layout.sheet, float(rng.uniform(50, 72))
    y, number = float(rng.uniform(60, 90)), int(rng.integers(1, 20))
    for question in rng.permutation(ASKED)[: int(rng.integers(5, 9))]:
        sheet.text(left, y, f"{number}.  {question}", house.font, house.size)
        number += 1
        if rng.random() < 0.3:
            x = left + 24
            for option in ("Yes", "No", "Do not know"):
                x = layout.checkbox(x, y + 10, 9) + 5
                x = sheet.text(x, y + 18, option, house.font, house.size) + 24
            y += 42
            continue
        for _ in range(int(rng.integers(1, 4))):
            y += 25
            layout.blank(left + 20, y, 612 - 2 * left - 20, "text", 21)
        y += 24
        if y > 640:
            break
    sheet.text(left, 720, "Signature", house.font, house.size)
    layout.blank(left + 62, 722, 210, "signature", 28)
    sheet.text(370, 720, "Date", house.font, house.size)
    layout.blank(402, 722, 120, "date", 20)
    return layout


def dispatch(rng: np.random.Generator, house: House) -> Layout:
    """A teletype or a carbon copy: capitals, no letterhead, numbers of copies, names of those who saw it."""
    layout = house.layout()
    sheet, left, size = layout.sheet, float(rng.uniform(50, 90)), house.size
    y = float(rng.uniform(50, 90))
    sheet.text(left, y, f"{words.pick(rng, ('RESTRICTED', 'UNCLASSIFIED', 'CONFIDENTIAL'))}", house.font, size)
    for head in ("FROM", "TO", "SUBJECT"):
        y += size * 1.5
        sheet.text(left, y, f"{head}:  {words.phrase(rng, 4).upper()}", house.font, size)
    y += size * 3
    for _ in range(int(rng.integers(2, 5))):
        y = layout.paragraph(rng, left, y, 612 - 2 * left, house.font, size, int(rng.integers(2, 5)), str.upper) + size
        if y > 560:
            break
    sheet.text(330, y + size * 4, people.name(rng).upper(), house.font, size)
    sheet.text(330, y + size * 5.2, words.pick(rng, ("Captain, USAF", "Major, USAF", "Investigator")), house.font, size)
    layout.places.append(("signature", (325, y + size * 0.8, 190, size * 2.6)))
    return layout
