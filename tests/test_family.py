from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from flowengine.family import Choice, Member
from flowengine.nn.initializers import InitializerSetting, RandomUniform
from flowengine.nn.losses.family import LossSetting


class Slow(Member):
    aliases: ClassVar[tuple[str, ...]] = ("calm",)

    type: Literal["slow"] = "slow"
    rate: float = 0.1


class Quick(Member):
    type: Literal["quick"] = "quick"


PACE = TypeAdapter[Slow | Quick](Annotated[Member, Choice("pace", lambda: (Slow, Quick))])


def test_a_name_stands_for_its_member_with_defaults() -> None:
    assert PACE.validate_json('"slow"') == Slow()


def test_an_alias_stands_for_the_name() -> None:
    assert PACE.validate_json('{"type": "calm", "rate": 0.5}') == Slow(rate=0.5)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match=r'there is no pace "slaw"\. Did you mean "slow"'):
        PACE.validate_json('"slaw"')


def test_the_type_survives_when_only_differences_are_kept() -> None:
    assert Slow(rate=0.2).model_dump(exclude_defaults=True) == {"type": "slow", "rate": 0.2}


def test_keras_short_names_are_read() -> None:
    read = TypeAdapter[object](InitializerSetting).validate_json
    assert read('"uniform"') == RandomUniform()
    assert TypeAdapter[object](LossSetting).validate_json('"mse"').type == "mean_squared_error"  # type: ignore[attr-defined]
