"""Annotated pages on disk: the form, reading, writing, splitting."""
