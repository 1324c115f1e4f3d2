"""Variables of a workflow, and settings that are changed for one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from flowengine.errors import Problem, listing, suggest
from flowengine.wording import pointer_to

VARIABLE = "$variable"

_HOLDERS = (dict, list)


def filled(
    settings: Mapping[str, Any], variables: Mapping[str, Any], pointer: str, problems: list[Problem]
) -> dict[str, Any]:
    """Return settings with every ``{"$variable": name}`` in them replaced by the variable's value.

    Args:
        settings: All settings of a node, which no variable can stand for.
        variables: Value by name.
        pointer: JSON pointer of ``settings``.
        problems: Takes a problem for each variable that cannot be filled in.
    """
    return {
        name: _filled(item, variables, pointer + pointer_to(name), problems)
        if isinstance(item, _HOLDERS)
        else item
        for name, item in settings.items()
    }


def _filled(value: Any, variables: Mapping[str, Any], pointer: str, problems: list[Problem]) -> Any:
    if isinstance(value, dict):
        if VARIABLE in value:
            return _variable(value, variables, pointer, problems)
        return filled(value, variables, pointer, problems)
    if isinstance(value, list):
        return [
            _filled(item, variables, f"{pointer}/{index}", problems)
            for index, item in enumerate(value)
        ]
    return value


def _variable(
    value: dict[str, Any], variables: Mapping[str, Any], pointer: str, problems: list[Problem]
) -> Any:
    name = value[VARIABLE]
    if len(value) > 1 or not isinstance(name, str):
        message = f'a variable stands as {{"{VARIABLE}": "name"}} with nothing beside it'
    elif name in variables:
        return variables[name]
    elif variables:
        hint = suggest(name, variables)
        message = f'there is no variable "{name}".{hint} Known are {listing(variables)}'
    else:
        message = f'there is no variable "{name}"; the workflow has none'
    problems.append(Problem(pointer, message))
    return value


def merged(
    settings: Mapping[str, Any],
    changes: Mapping[str, Any],
    cls: type[BaseModel] | None = None,
) -> dict[str, Any]:
    """Return settings with changes; a change's name may reach into an object by dots.

    Args:
        settings: Settings as JSON.
        changes: Value by name, such as ``optimizer.learning_rate``.
        cls: Class of the settings: what is not written there is changed from its default.
    """
    result = dict(settings)
    for name, value in changes.items():
        first, _, rest = name.partition(".")
        if rest:
            inner = result[first] if first in result else _default(cls, first)
            if isinstance(inner, str):
                # a choice by its name alone, such as "adam"
                inner = {"type": inner}
            value = merged(inner if isinstance(inner, dict) else {}, {rest: value})
        result[first] = value
    return result


def _default(cls: type[BaseModel] | None, name: str) -> Any:
    info = cls.model_fields.get(name) if cls is not None else None
    value = None if info is None or info.is_required() else info.get_default()
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
