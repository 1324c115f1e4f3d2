"""``Dictionary``: tokens and their positions, what a model of kind ``dictionary`` holds. No torch.

Markers come first, in the order padding, unknown, start, end, so that padding is position 0, as
masks want it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from flowengine.errors import ConfigureError, DataError, listing
from flowengine.nn.tokens import TokenStyle, style_of
from flowengine.values import Model, ModelSpec

KIND = "dictionary"
MARKERS = ("padding", "unknown", "start", "end")


@dataclass(frozen=True)
class Dictionary:
    """Tokens by position.

    Args:
        tokens: All tokens, markers included; a token's place is its position.
        markers: Token by marker, for the markers there are.
        style: How text falls into these tokens.
        max_size: The most tokens it may have, where that was set.
    """

    tokens: tuple[str, ...]
    markers: Mapping[str, str]
    style: TokenStyle
    max_size: int | None = None

    @staticmethod
    def of(
        tokens: Iterable[str], markers: Mapping[str, str], max_size: int | None = None
    ) -> Dictionary:
        """Return the dictionary of these tokens, with the markers in front."""
        plain = tuple(tokens)
        first = tuple(markers[name] for name in MARKERS if name in markers)
        return Dictionary((*first, *plain), dict(markers), style_of(plain), max_size)

    @staticmethod
    def from_model(model: Model) -> Dictionary:
        """Return the dictionary that ``to_model`` made a model of.

        Raises:
            ConfigureError: The model is of another kind.
            DataError: It is damaged.
        """
        check_kind(ModelSpec(model.kind, model.settings))
        try:
            tokens = json.loads(model.tensors["tokens"].tobytes())
            style = TokenStyle(**model.settings["style"])
            markers, max_size = model.settings["markers"], model.settings["max_size"]
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"the dictionary is damaged ({error!r})") from None
        is_list = isinstance(tokens, list) and all(isinstance(one, str) for one in tokens)
        if not is_list or len(set(tokens)) < len(tokens):
            raise DataError("the dictionary is damaged: its tokens are no list of different texts")
        lost = [token for token in markers.values() if token not in tokens]
        if lost:
            raise DataError(f"the dictionary is damaged: it has no token {listing(lost)}")
        return Dictionary(tuple(tokens), markers, style, max_size)

    def to_model(self) -> Model:
        """Return it as a model; the tokens are a tensor, so that its spec stays small."""
        # Here, as the executor's classes of steps have a dictionary's types, and validate no numpy.
        import numpy as np

        text = json.dumps(self.tokens, ensure_ascii=False).encode()
        settings = {
            "size": len(self.tokens),
            "max_size": self.max_size,
            "markers": dict(self.markers),
            "style": dict(vars(self.style)),
        }
        return Model(KIND, settings, {"tokens": np.frombuffer(text, np.uint8).copy()})

    def position(self, marker: str) -> int | None:
        """Return the position of a marker, ``None`` where there is none of that name."""
        token = self.markers.get(marker)
        return None if token is None else self.positions[token]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position by token."""
        return {token: place for place, token in enumerate(self.tokens)}

    @property
    def dtype(self) -> pl.DataType:
        """The smallest type that holds every position."""
        return position_type(self.max_size or len(self.tokens))

    def encode(self, tokens: pl.Series) -> pl.Series:
        """Return the position of each token.

        Raises:
            DataError: A token is not in the dictionary, which has no marker for unknown ones.
        """
        found = tokens.cast(pl.Enum(self.tokens), strict=False).to_physical().cast(self.dtype)
        unknown = self.position("unknown")
        if unknown is not None:
            return found.fill_null(unknown)
        if found.null_count():
            odd = tokens.filter(found.is_null()).drop_nulls().unique(maintain_order=True).head(9)
            what = listing(odd) if len(odd) else "place for missing values"
            raise DataError(
                f"the dictionary has no {what} and no marker for unknown tokens; set "
                f'"unknown" in the node that makes the dictionary'
            )
        return found

    def decode(self, positions: pl.Series) -> pl.Series:
        """Return the token at each position.

        Raises:
            DataError: A position is negative or beyond the last token.
        """
        for place in (positions.min(), positions.max()):
            if isinstance(place, int) and not 0 <= place < len(self.tokens):
                raise DataError(
                    f"the dictionary has {len(self.tokens):,} tokens, so positions end at "
                    f"{len(self.tokens) - 1:,}; {place:,} is none"
                )
        return pl.Series(self.tokens, dtype=pl.String).gather(positions.cast(pl.UInt32))

    def text(self, positions: Sequence[int]) -> str:
        """Return positions as text, without markers other than the unknown one."""
        silent = {token for name, token in self.markers.items() if name != "unknown"}
        tokens = (self.tokens[place] for place in positions)
        return self.style.join(token for token in tokens if token not in silent)


def check_kind(spec: ModelSpec) -> None:
    """Refuse models of another kind, and damaged ones.

    Raises:
        ConfigureError: It is no dictionary, or a setting of it is of another kind.
    """
    if spec.kind != KIND:
        raise ConfigureError(
            f'this needs a dictionary, from the node "Dictionary"; it gets a model of kind '
            f'"{spec.kind}"'
        )
    for name in ("size", "max_size"):
        value = spec.settings.get(name)
        if value is not None and type(value) is not int:
            raise ConfigureError(f'the dictionary is damaged: its "{name}" is {value!r}, no number')
    markers = spec.settings.get("markers", {})
    if not (isinstance(markers, Mapping) and all(isinstance(one, str) for one in markers.values())):
        raise ConfigureError(f"the dictionary is damaged: its markers are {markers!r}, no texts")


def size_limit(spec: ModelSpec) -> int | None:
    """Return how many positions a dictionary has or may have; ``None`` where that is not known."""
    settings: Mapping[str, Any] = spec.settings
    return settings.get("max_size") or settings.get("size")


def position_type(size: int) -> pl.DataType:
    """Return the smallest type for positions in a dictionary of that size."""
    return pl.UInt8() if size <= 1 << 8 else pl.UInt16() if size <= 1 << 16 else pl.UInt32()
