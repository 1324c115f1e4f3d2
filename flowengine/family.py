"""Families of named choices with parameters: optimizers, losses, initializers, constraints.

A member is a frozen pydantic model with ``type: Literal["adam"] = "adam"``. In a file a choice is
``"adam"`` or ``{"type": "adam", "learning_rate": 0.01}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from flowengine.errors import listing, suggest


class Member(BaseModel):
    """Base of the members of every family.

    Attributes:
        aliases: Short names that Keras takes for it too, such as ``mse``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    aliases: ClassVar[tuple[str, ...]] = ()

    type: str

    @model_serializer(mode="wrap")
    def _with_type(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The type must survive "only what differs from the default".
        return {"type": self.type, **handler(self)}


def choice(family: str, *members: type[Member]) -> tuple[Any, ...]:
    """Return the marks that make ``Annotated[A | B, *choice("optimizer", A, B)]`` a choice.

    Args:
        family: What a member is called in sentences.
        members: The classes of the union, each with its own ``type``.
    """
    return Field(discriminator="type"), BeforeValidator(_reader(family, members))


def names_of(members: tuple[type[Member], ...]) -> tuple[str, ...]:
    """Return the names under which members stand in files."""
    return tuple(member.model_fields["type"].default for member in members)


def _reader(family: str, members: tuple[type[Member], ...]) -> Callable[[Any], Any]:
    known = names_of(members)
    aliases = {
        alias: name for member, name in zip(members, known, strict=True) for alias in member.aliases
    }

    def read(value: Any) -> Any:
        if isinstance(value, str):
            value = {"type": value}
        if isinstance(value, dict):
            name = value.get("type")
            if not isinstance(name, str):
                raise ValueError(
                    f'the "type" of the {family} is missing; known are {listing(known, limit=16)}'
                )
            name = aliases.get(name, name)
            if name not in known:
                raise ValueError(
                    f'there is no {family} "{name}".{suggest(name, known)} '
                    f"Known are {listing(known, limit=16)}"
                )
            # From here on pydantic reads a Python value, in which only a tuple is a tuple.
            read = {key: tuple(v) if isinstance(v, list) else v for key, v in value.items()}
            return {**read, "type": name}
        if value is not None and not isinstance(value, members):
            raise ValueError(
                f'expected the name of the {family}, or an object with its "type"; '
                f"known are {listing(known, limit=16)}"
            )
        return value

    return read
