"""Settings that many layers share: sizes given once or per axis, padding, data format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

Size = Annotated[int, Field(ge=1)]
"""A count of at least one."""

Places = Annotated[int, Field(ge=0)]
"""A count that may be zero."""

Padding = Literal["valid", "same"]


@dataclass(frozen=True)
class Spread:
    """A tuple of ``count`` values may also be given as one value, which then holds for all."""

    count: int

    def read(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return (value,) * self.count
        return tuple(value) if isinstance(value, list) else value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        array = handler(schema)
        return {"anyOf": [array["prefixItems"][0], array]}


Single = Annotated[tuple[Size], Spread(1)]
"""One size: ``3`` or ``[3]``."""

Pair = Annotated[tuple[Size, Size], Spread(2)]
"""A size for each of two axes: ``3`` or ``[3, 3]``."""

Triple = Annotated[tuple[Size, Size, Size], Spread(3)]
"""A size for each of three axes: ``3`` or ``[3, 3, 3]``."""


def _channels_last(value: Any) -> Any:
    if value == "channels_first":
        raise ValueError(
            '"channels_first" is not supported: every tensor has its channels last; a permute '
            "layer behind the input brings channels to the end"
        )
    return value


DataFormat = Annotated[Literal["channels_last"], BeforeValidator(_channels_last)]
"""Where the channels stand: always last."""
