"""`python -m docmarks`."""

from docmarks.cli.process import run

run()
