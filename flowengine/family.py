"""Families of named choices with parameters: optimizers, losses, initializers, constraints.

A member is a frozen pydantic model with ``type: Literal["adam"] = "adam"``. In a file a choice is
``"adam"`` or ``{"type": "adam", "learning_rate": 0.01}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic_core import CoreSchema, core_schema

from flowengine.errors import listing, suggest


class Member(BaseModel):
    """Base of the members of every family.

    Attributes:
        aliases: Short names that Keras takes for it too, such as ``mse``.
    """

    # Built when it is first used: of over a hundred members a workflow takes a few.
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )

    aliases: ClassVar[tuple[str, ...]] = ()

    type: str

    @model_serializer(mode="wrap")
    def _with_type(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The type must survive "only what differs from the default".
        return {"type": self.type, **handler(self)}


def names_of(members: tuple[type[Member], ...]) -> tuple[str, ...]:
    """Return the names under which members stand in files."""
    return tuple(member.model_fields["type"].default for member in members)


@dataclass(frozen=True)
class Choice:
    """The mark that makes a setting a choice: ``Annotated[Pace, Choice("pace", lambda: PACES)]``.

    pydantic's own union does the same, but holds a copy of each member in every setting of every
    class, which took a third of the time in which a learner and its layers were imported.

    Args:
        family: What a member is called in sentences.
        load: Gives the members, each with its own ``type``, when they are needed for the first
            time.
    """

    family: str
    load: Callable[[], tuple[type[Member], ...]]

    @cached_property
    def members(self) -> tuple[type[Member], ...]:
        """The classes that may be chosen."""
        return self.load()

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        for member in self.members:
            member.model_rebuild()
        of_members = {name: cls.__pydantic_core_schema__ for name, cls in self._by_name.items()}
        union = core_schema.tagged_union_schema(of_members, "type")
        return {**handler(union), "family": self.family}

    @cached_property
    def _by_name(self) -> dict[str, type[Member]]:
        return dict(zip(names_of(self.members), self.members, strict=True))

    @cached_property
    def _by_alias(self) -> dict[str, type[Member]]:
        return {alias: member for member in self.members for alias in member.aliases}

    def _read(self, value: Any) -> Member:
        if isinstance(value, self.members):
            return value
        if isinstance(value, str):
            value = {"type": value}
        if not isinstance(value, dict):
            raise ValueError(
                f'expected the name of the {self.family}, or an object with its "type"; '
                f"known are {self._known}"
            )
        name = value.get("type")
        if not isinstance(name, str):
            raise ValueError(f'the "type" of the {self.family} is missing; known are {self._known}')
        member = self._by_name.get(name) or self._by_alias.get(name)
        if member is None:
            raise ValueError(
                f'there is no {self.family} "{name}".{suggest(name, self._by_name)} '
                f"Known are {self._known}"
            )
        # This is a Python value to pydantic, in which only a tuple is a tuple.
        settings = {key: tuple(v) if isinstance(v, list) else v for key, v in value.items()}
        return member.model_validate({**settings, "type": member.model_fields["type"].default})

    @property
    def _known(self) -> str:
        return listing(self._by_name, limit=16)
