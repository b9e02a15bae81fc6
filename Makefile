.PHONY: quality style test docs

quality:
	ruff check src tests benchmarks examples
	ruff format --check src tests benchmarks examples
	mypy

style:
	ruff check --fix src tests benchmarks examples
	ruff format src tests benchmarks examples

test:
	pytest

docs:
	mkdocs build --strict
