"""A document in, page images out; annotated documents out."""
