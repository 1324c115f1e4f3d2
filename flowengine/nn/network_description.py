"""The description in a network's file: what stands where in it. Imports no torch.

A file may have been written or edited by anything. What is checked here is the form; whether the
layers exist and fit each other is found when the network is made.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowengine.binding import Answer
from flowengine.errors import DataError
from flowengine.nn.feeds.columns import Conversion
from flowengine.tensor import DataType
from flowengine.wording import problems_of

Size = Annotated[int, Field(ge=1, lt=1 << 31)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, defer_build=True)


class _Layer(_Part):
    type: str
    version: Annotated[int, Field(ge=1)]
    settings: dict[str, Any]


class _Call(_Part):
    id: str
    layer: str
    inputs: Annotated[list[str], Field(min_length=1)]


class _Input(_Part):
    tensor: str
    shape: list[Size | None]
    dtype: DataType
    masked: bool


class _Feed(_Part):
    columns: Annotated[list[str], Field(min_length=1)]
    conversion: Conversion
    categories: list[str] | list[int]
    answer: Answer = "probability"


class _Binding(_Part):
    inputs: dict[str, _Feed]
    targets: dict[str, _Feed]


class _Description(_Part):
    layers: dict[str, _Layer]
    calls: list[_Call]
    inputs: Annotated[dict[str, _Input], Field(min_length=1)]
    outputs: Annotated[dict[str, str], Field(min_length=1)]
    frozen: list[str]
    weights: dict[str, str]
    binding: _Binding | None


def read_description(text: str) -> dict[str, Any]:
    """Return the description of a network, as ``Network.from_json`` takes it.

    Raises:
        DataError: It is no JSON, or something in it is missing or of another kind; says where.
    """
    try:
        found: Any = json.loads(text)
        _Description.model_validate(found)
    except ValidationError as error:
        first = problems_of(error, "", found, known=lambda _: (), noun="key")[0]
        raise DataError(
            f"{first.pointer}: {first.message}" if first.pointer else first.message
        ) from None
    except (ValueError, RecursionError):
        raise DataError("it is no JSON") from None
    described: dict[str, Any] = found
    fault = _fault(described)
    if fault:
        raise DataError(fault)
    return described


def _fault(described: dict[str, Any]) -> str:
    """Return what a description names that is not there, empty where all is."""
    made = {item["tensor"] for item in described["inputs"].values()}
    for place, call in enumerate(described["calls"]):
        if call["layer"] not in described["layers"]:
            return f'/calls/{place}: there is no layer "{call["layer"]}"'
        for tensor in call["inputs"]:
            # Further outputs of a layer are called after the call that makes them.
            if tensor not in made and tensor.rpartition(".")[0] not in made:
                return f'/calls/{place}: no call before it makes "{tensor}"'
        made.add(call["id"])
    return ""
