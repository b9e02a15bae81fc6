"""Print: typesetting, layouts, letterheads, and what is easily taken for a mark."""
