"""Runs an exported model on page images; needs no torch."""
