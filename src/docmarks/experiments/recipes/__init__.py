"""Configurations as YAML, one a model."""

from pathlib import Path


def recipe_path(name: str) -> Path:
    """The file of the recipe ``name``."""
    return Path(__file__).parent / f"{name}.yaml"
