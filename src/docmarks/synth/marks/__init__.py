"""Marks that lie on print or are part of it: checkboxes, strikethroughs, redactions; and scrawls, which are none."""
