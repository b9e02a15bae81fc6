"""`python -m docmarks`."""

from docmarks.cli.main import main

main()
