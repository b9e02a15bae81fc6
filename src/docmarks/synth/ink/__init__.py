"""Whose ink it is: from files, fonts or a hand of our own, and the marks made of it."""
