"""What a copier, a scanner and time do to a finished page."""
