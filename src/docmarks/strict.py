"""What users write as YAML and programs as JSON: sections that take no key they do not know, and say so in a line."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from docmarks.messages.nearest import did_you_mean


class Strict(BaseModel):
    """A frozen section; keys it does not know are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def first_problem(error: ValidationError, model: type[BaseModel], whole: str) -> str:
    """The first problem of a validation in one line, with the nearest key for an unknown one.

    Args:
        error: Of validating as ``model``.
        model: What the keys are of.
        whole: What to call all of it, where the problem is in no key.
    """
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return f"{where or whole}: {first['msg']}"
    meant = did_you_mean(str(first["loc"][-1]), _all_keys(model))
    return f"unknown key {where}" + (f"; {meant}" if meant else "")


def _all_keys(model: type[BaseModel]) -> list[str]:
    """The keys of a section and of those in it."""
    keys = []
    for name, field in model.model_fields.items():
        keys.append(name)
        for section in _sections(field.annotation):
            keys.extend(_all_keys(section))
    return keys


def _sections(annotation: Any) -> list[type[BaseModel]]:
    """The sections in a type: itself, or those of its parameters."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [section for part in get_args(annotation) for section in _sections(part)]
