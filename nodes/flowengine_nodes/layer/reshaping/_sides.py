"""Settings that count places before and after each axis."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from flowengine_nodes.layer._settings import Places, Spread


class SpreadSides(Spread):
    """One number stands for both sides of all axes, one number an axis for its two sides."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        array = handler(schema)
        number = array["prefixItems"][0]["anyOf"][0]
        return {"anyOf": [number, array]}


Side = Annotated[tuple[Places, Places], Spread(2)]
"""Places before and after an axis: ``1`` or ``[1, 2]``."""

PairOfSides = Annotated[tuple[Side, Side], SpreadSides(2)]
"""Places before and after each of two axes: ``1``, ``[1, 2]`` or ``[[1, 1], [2, 2]]``."""

TripleOfSides = Annotated[tuple[Side, Side, Side], SpreadSides(3)]
"""Places before and after each of three axes: ``1``, ``[1, 2, 3]`` or a pair for each."""

Sides = tuple[tuple[int, int], ...]
