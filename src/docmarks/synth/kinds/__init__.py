"""Printed pages of several kinds, by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from docmarks.synth.kinds.case import case_card, dispatch, sighting
from docmarks.synth.kinds.certificate import certificate
from docmarks.synth.kinds.form import form
from docmarks.synth.kinds.invoice import invoice
from docmarks.synth.kinds.lease import lease, lease_clauses, lease_to_sign
from docmarks.synth.kinds.letter import letter, letter_goes_on
from docmarks.synth.kinds.memo import memo
from docmarks.synth.kinds.order import order, political
from docmarks.synth.kinds.report import report
from docmarks.synth.kinds.slip import slip
from docmarks.synth.kinds.typescript import title_page, typescript
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout

Kind = Callable[[np.random.Generator, House], Layout]

KINDS: dict[str, Kind] = {
    "letter": letter,
    "lease": lease,
    "form": form,
    "invoice": invoice,
    "slip": slip,
    "memo": memo,
    "certificate": certificate,
    "report": report,
}
"""Each makes one printed page and says where people write on it; the general mix is made of these."""

MORE_KINDS: dict[str, Kind] = {
    "lease-to-sign": lease_to_sign,
    "lease-clauses": lease_clauses,
    "letter-goes-on": letter_goes_on,
    "order": order,
    "political": political,
    "case-card": case_card,
    "sighting": sighting,
    "dispatch": dispatch,
    "typescript": typescript,
    "title-page": title_page,
}
"""Kinds that only families have."""

EVERY_KIND: dict[str, Kind] = {**KINDS, **MORE_KINDS}
