"""Printed pages of several kinds, by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from docmarks.synth.kinds.certificate import certificate
from docmarks.synth.kinds.form import form
from docmarks.synth.kinds.invoice import invoice
from docmarks.synth.kinds.lease import lease
from docmarks.synth.kinds.letter import letter
from docmarks.synth.kinds.memo import memo
from docmarks.synth.kinds.report import report
from docmarks.synth.kinds.slip import slip
from docmarks.synth.layout import Layout

KINDS: dict[str, Callable[[np.random.Generator], Layout]] = {
    "letter": letter,
    "lease": lease,
    "form": form,
    "invoice": invoice,
    "slip": slip,
    "memo": memo,
    "certificate": certificate,
    "report": report,
}
"""Each makes one printed page and says where people write on it."""
