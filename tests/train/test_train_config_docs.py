"""docs/configuration.md names every key of a training with its default."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from docmarks.experiments.recipes import recipe_path
from docmarks.train.config import TrainConfig, ValidationConfig
from docmarks.train.sample_config import AugmentConfig, InkConfig

TEXT = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")


def sections(model):
    yield model
    for field in model.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from sections(field.annotation)


def test_every_key_is_named():
    named = re.findall(r"`([a-z_0-9.]+)`", TEXT)
    told = {part for name in named for part in name.split(".")}
    # Those of `augment` have a table of their own on the page that the table links to.
    keys = {key for section in sections(TrainConfig) if section is not AugmentConfig for key in section.model_fields}
    assert keys <= told


def rows(heading):
    part = TEXT.split(heading, 1)[1].split("\n## ")[0]
    return {
        key: (default, tuned)
        for key, default, tuned in re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", part, re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("heading", "model", "section"),
    [("## The run", TrainConfig, None), ("`validation`", ValidationConfig, "validation"), ("`ink`", InkConfig, "ink")],
)
def test_defaults_are_those_of_the_code_and_the_recipe(heading, model, section):
    recipe = yaml.safe_load(recipe_path("finetune").read_text())
    recipe = recipe if section is None else recipe.get(section, {})
    told = rows(heading)
    assert len(told) > 5 and (section is None or told.keys() == model.model_fields.keys())
    for key, (default, tuned) in told.items():
        value = model.model_fields[key].default
        assert default.strip("`") == told_as(value), key
        if tuned == "-":
            assert key not in recipe, key
        elif key in recipe:
            assert tuned.strip("`") == told_as(recipe[key]), key


def told_as(value):
    """As the tables write it: without the zero behind a whole number's point."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    return "[]" if value == () else f"{value:g}" if isinstance(value, float) else str(value)
