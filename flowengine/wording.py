"""Turns pydantic's validation errors into plain sentences at JSON pointers."""

from __future__ import annotations

import inspect
import json
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from traceback import walk_tb
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticErrorMixin

from flowengine.errors import Problem, suggest
from flowengine.family import Choice

Place = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "an object",
    "mapping_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dataclass_type": "an object",
    "none_required": "null",
    "finite_number": "a finite number",
}
_WITH_BOUND = {
    "greater_than": ("gt", "a number of more than {}"),
    "greater_than_equal": ("ge", "a number of at least {}"),
    "less_than": ("lt", "a number of less than {}"),
    "less_than_equal": ("le", "a number of at most {}"),
    "multiple_of": ("multiple_of", "a multiple of {}"),
    "too_short": ("min_length", "a list of at least {} items"),
    "too_long": ("max_length", "a list of at most {} items"),
    "string_too_short": ("min_length", "text of at least {} letters"),
    "string_too_long": ("max_length", "text of at most {} letters"),
    "string_pattern_mismatch": ("pattern", "text of the form {}"),
}
LOOSE = "flowengine_local_"
"""How the names of modules in loose folders begin."""
_SHOWN_NAMES = 12
_MOST_LETTERS = 10_000
_JSON_WORDS = {"True": "true", "False": "false", "None": "null"}


def blame(error: BaseException, cls: type) -> str:
    """Return an author's own error with the innermost line of a loose node or the node's pack.

    What fails in a learner may be a layer in a loose folder.
    """
    frames = traceback.extract_tb(error.__traceback__)
    modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    loose = [frame for frame, name in zip(frames, modules, strict=True) if name.startswith(LOOSE)]
    own = [frame for frame in frames if frame.filename.startswith(_folder_of(cls))]
    where = (loose or own or frames)[-1]
    text = text_of(error) or "without a message"
    return f"{type(error).__name__}: {text} ({Path(where.filename).name}, line {where.lineno})"


def text_of(error: BaseException) -> str:
    """Return an error's own text; an author's error may fail even at that."""
    try:
        if isinstance(error, ValidationError):
            return sayable("; ".join(map(_brief, error.errors(include_url=False))))
        if isinstance(error, PydanticErrorMixin):
            return sayable(error.message)  # without the address of a page
        return bounded(sayable(str(error)))
    except Exception:
        return "its text cannot be read"


def _brief(item: Mapping[str, Any]) -> str:
    """Return one fault that pydantic found, in a line."""
    place = ".".join(map(str, item["loc"]))
    if item["type"] == "frozen_instance":
        return f'"{place}" is a setting, which never changes; keep what changes in a variable'
    return f"{place}: {item['msg']}" if place else str(item["msg"])


def bounded(text: str) -> str:
    """Return what people can read of a text that a whole table may have got into."""
    if len(text) <= _MOST_LETTERS:
        return text
    half = _MOST_LETTERS // 2
    return f"{text[:half]} … {len(text) - 2 * half:,} letters left out … {text[-half:]}"


def sayable(text: str) -> str:
    """Return a text that can be written as UTF-8: a file's name of other bytes cannot."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def kind_of_value(value: object) -> str:
    """Return what a Python value is, for a sentence: ``an int``, ``a Series``, ``None``."""
    if value is None:
        return "None (is a return missing?)"
    name = type(value).__name__
    article = "an" if name[0].lower() in "aeio" else "a"
    plain = "; .item() makes a plain value of it" if is_numpy_scalar(value) else ""
    return f"{article} {name}{plain}"


def is_numpy_scalar(value: object) -> bool:
    """Return whether a value is one number (or text, or moment) of numpy's."""
    return type(value).__module__ == "numpy" and getattr(value, "shape", None) == ()


def _folder_of(cls: type) -> str:
    return str(Path(inspect.getfile(cls)).parent)


def pointer_to(*parts: str | int) -> str:
    """Return the JSON pointer of a path (RFC 6901)."""
    texts = map(str, parts)
    return "".join([f"/{text.replace('~', '~0').replace('/', '~1')}" for text in texts])


def setting_problems(
    error: ValidationError, cls: type[BaseModel], settings: Mapping[str, Any], pointer: str
) -> list[Problem]:
    """Return one problem for each fault in the settings of a node.

    Args:
        error: What pydantic raised.
        cls: Class of the node.
        settings: The settings as JSON.
        pointer: Their JSON pointer.
    """
    return problems_of(
        error,
        pointer,
        settings,
        known=lambda place: _names_at(cls, settings, place),
        noun="setting",
    )


def problems_of(
    error: ValidationError,
    pointer: str,
    data: Any,
    *,
    known: Callable[[Place], Iterable[str]],
    noun: str,
) -> list[Problem]:
    """Return one problem for each fault, alternatives of one union drawn together.

    Args:
        error: What pydantic raised.
        pointer: JSON pointer of the validated object.
        data: The object itself.
        known: Gives the names that are allowed at a place, for "did you mean".
        noun: What such a name is called.
    """
    found: dict[Place, list[Mapping[str, Any]]] = {}
    item: Mapping[str, Any]
    for item in error.errors(include_url=False):
        place = _place(item["loc"], data, is_missing=item["type"] == "missing")
        last = place[-1] if place else ""
        if item["type"] == "missing" and isinstance(last, int):
            place = place[:-1]
            item = _too_few(last, _at(data, place))
        found.setdefault(place, []).append(item)
    deeper = {place[:depth] for place in found for depth in range(len(place))}
    return [
        Problem(pointer + pointer_to(*place), _sentence(place, items, known, noun))
        for place, items in found.items()
        # where one alternative was read further than another, the others were not meant
        if not (place in deeper and all(_is_mismatch(item) for item in items))
    ]


def _place(loc: Place, data: Any, *, is_missing: bool) -> Place:
    """Return where in the data a fault is; pydantic's names of a union's alternatives are none."""
    kept: list[str | int] = []
    for number, part in enumerate(loc):
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            data = data[part]
        elif not (is_missing and number == len(loc) - 1):
            continue
        kept.append(part)
    return tuple(kept)


def _at(data: Any, place: Place) -> Any:
    for part in place:
        data = data[part]
    return data


def _too_few(index: int, value: Any) -> Mapping[str, Any]:
    """Return the fault of a list that ends before an item of that index."""
    return {"type": "items_missing", "ctx": {"items": index + 1}, "input": value}


def _is_mismatch(item: Mapping[str, Any]) -> bool:
    return item["type"] in _EXPECTED or item["type"] in ("literal_error", "items_missing")


def _sentence(
    place: Place,
    items: list[Mapping[str, Any]],
    known: Callable[[Place], Iterable[str]],
    noun: str,
) -> str:
    item = items[0]
    name, value, kind = place[-1] if place else "", item.get("input"), item["type"]
    if kind == "extra_forbidden":
        names = list(known(place))
        hint = suggest(str(name), names)
        return f'there is no {noun} "{name}".{hint}' + ("" if hint else _known(names))
    if kind == "missing":
        return f'the {noun} "{name}" is required'
    if kind in ("value_error", "assertion_error"):
        return str(item["ctx"]["error"]) or f"{_shown(value)} does not fit"
    wanted = list(dict.fromkeys(_expected(item) for item in items))
    if kind == "items_missing" and len(items) > 1:
        wanted = wanted[-1:]  # each missing item is told apart; the last knows their number
    hint = suggest(value, _names(items)) if isinstance(value, str) else ""
    if "a number" in wanted:
        wanted = [words for words in wanted if words != "a whole number"]
    got = "no value (null)" if value is None else _shown(value)
    return f"expected {_joined(wanted)}, got {got}" + (f".{hint}" if hint else "")


def _expected(item: Mapping[str, Any]) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "items_missing":
        return f"a list of {context['items']} items"
    if kind in ("literal_error", "enum"):
        return _alternatives(context["expected"])
    if kind in _WITH_BOUND:
        key, words = _WITH_BOUND[kind]
        bound = context[key]
        one = bound == 1 and kind.endswith(("short", "long"))
        return words.format(f"{bound:g}" if isinstance(bound, float) else bound).removesuffix(
            "s" if one else "\0"
        )
    text = re.sub(r"^(Input|Value|String) should (be|match) ", "", str(item["msg"]))
    return text[0].lower() + text[1:]


def _names(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the words that would have been right."""
    texts = (item["ctx"]["expected"] for item in items if "expected" in item.get("ctx", {}))
    return [name for text in texts for name in re.findall(r"'([^']*)'", text)]


def _alternatives(text: str) -> str:
    """Return pydantic's ``'a', 'b' or 'c'`` in our quotes, shortened where it is long."""
    names = re.findall(r"'([^']*)'", text)
    if not names:
        return re.sub("True|False|None", lambda word: _JSON_WORDS[word[0]], text)
    if len(names) <= _SHOWN_NAMES:
        return text.replace("'", '"')
    return ", ".join(f'"{name}"' for name in names[:_SHOWN_NAMES]) + f" … ({len(names)} in all)"


def _joined(texts: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _known(names: list[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(f'"{name}"' for name in names[:_SHOWN_NAMES])
    return f" Known are {shown}{' …' if len(names) > _SHOWN_NAMES else ''}"


def _names_at(cls: type[BaseModel], data: Any, place: Place) -> list[str]:
    """Return the settings there are where an unknown one was found, also inside a choice."""
    models = [cls]
    for part in place[:-1]:
        data = data[part]
        if isinstance(part, str):
            fields = [m.model_fields[part] for m in models if part in m.model_fields]
            hints = [hint for field in fields for hint in (*field.metadata, field.annotation)]
            models = [model for hint in hints for model in _models_in(hint)] or models
        if isinstance(data, dict) and "type" in data:
            fitting = [
                model
                for model in models
                if "type" in model.model_fields
                and model.model_fields["type"].default == data["type"]
            ]
            models = fitting or models
    return list(dict.fromkeys(name for model in models for name in model.model_fields))


def _models_in(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, Choice):
        return list(hint.members)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    return [model for part in get_args(hint) for model in _models_in(part)]
