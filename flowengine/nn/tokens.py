"""How text falls into tokens, characters or words, and how tokens become text again. No torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Level = Literal["character", "word"]

_WORD = r"\w+(?:['’]\w+)*"
_MARK = r"[^\w\s]|\n"
"""What stands beside words: punctuation, each character alone, and the end of a line."""

_LINE_END = "\n"
_NO_SPACE_BEFORE = frozenset(",.;:!?)]}’”…%")
_NO_SPACE_AFTER = frozenset("([{‘“$#")


@dataclass(frozen=True)
class TokenStyle:
    """How text falls into tokens.

    Args:
        level: Whether a token is a character or a word.
        lowercase: Whether text is brought to lower case first.
        punctuation: Whether, beside words, punctuation marks and line ends are tokens too.
    """

    level: Level
    lowercase: bool = False
    punctuation: bool = True

    def lists(self, text: pl.Expr) -> pl.Expr:
        """Return the tokens of each text as a list."""
        text = text.str.to_lowercase() if self.lowercase else text
        if self.level == "character":
            # Splitting an empty text at every character gives one empty token.
            return text.str.split("").list.eval(pl.element().filter(pl.element() != ""))
        return text.str.extract_all(f"{_WORD}|{_MARK}" if self.punctuation else _WORD)

    def split(self, text: str) -> list[str]:
        """Return the tokens of one text."""
        lists = pl.DataFrame({"text": [text]}).select(self.lists(pl.col("text"))).to_series()
        tokens: list[str] = lists.to_list()[0]
        return tokens

    def join(self, tokens: Iterable[str]) -> str:
        """Return tokens as one text; between words stand spaces where people write them."""
        if self.level == "character":
            return "".join(tokens)
        text, before = "", _LINE_END
        for word in tokens:
            follows = before == _LINE_END or before in _NO_SPACE_AFTER
            follows = follows or word == _LINE_END or word in _NO_SPACE_BEFORE
            text += word if follows else f" {word}"
            before = word
        return text


def style_of(tokens: Sequence[str]) -> TokenStyle:
    """Return the style in which text fell into these tokens, as far as they show it."""
    level: Level = "character" if all(len(token) <= 1 for token in tokens) else "word"
    return TokenStyle(
        level,
        lowercase=all(token == token.lower() for token in tokens),
        punctuation=any(re.fullmatch(_MARK, token) for token in tokens),
    )
