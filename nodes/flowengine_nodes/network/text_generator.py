"""Text written by a network."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from flowengine import (
    Column,
    ConfigureError,
    Context,
    DataError,
    Model,
    ModelSpec,
    Network,
    NetworkSpec,
    Node,
    Port,
    node,
)
from flowengine.errors import listing
from flowengine.nn.dictionary import Dictionary, check_kind
from flowengine.nn.feeds.columns import describe_shape
from flowengine.nn.feeds.ending import final_activation

SCHEMA = pl.Schema({"temperature": pl.Float64(), "seed": pl.String(), "text": pl.String()})
SCORES = ("softmax", "linear", "log_softmax")
"""What the last layer may end with: probabilities, or their logarithms."""


@node(
    title="Text Generator",
    random=True,
    exclusive=True,
    keywords=(
        "language model",
        "sample",
        "temperature",
        "generate",
        "write",
        "recursive loop",
        "lstm",
        "rnn",
    ),
)
class TextGenerator(Node):
    """Let a network write text, one character or word after the other.

    The network must predict the next token: it takes positions in the dictionary (an input of whole
    numbers, then a one-hot or embedding layer) and ends with one unit for each token. It reads the
    seed text, then each token that is drawn is read in its turn. The result has a row for every
    seed text and temperature; `text` is what was written, without the seed. Markers of padding,
    start and unknown tokens are never written, and the end marker ends a text. Where the dictionary
    has a start marker, it stands before every seed.

    A network that was trained on windows has never gone further than their end. With the memory
    `state` it goes on all the same and remembers everything from the seed on: each token is read
    once, which is many times faster, and the probabilities are exactly those of reading the whole
    text so far. With `window` it reads the last tokens anew each time, as many as its input takes:
    just what it was trained on, and nothing before.
    """

    seed_text: str = ""
    """Text with which the network begins, where no table of seeds is connected."""
    seed_column: Annotated[str | None, Column("seeds", kind="text")] = None
    """Column of the connected table with a seed text in each row; when empty, its only text
    column."""
    length: Annotated[int, Field(ge=1)] = 500
    """Number of tokens to write."""
    temperature: tuple[Annotated[float, Field(gt=0)], ...] = (1.0,)
    """How daring the network is, one text for each: 1 draws with the probabilities as they are,
    less keeps to the likely, more strays from it."""
    top_k: Annotated[int, Field(ge=1)] | None = None
    """Draw among so many of the likeliest tokens; empty: among all."""
    greedy: bool = False
    """Always take the likeliest token: one text for each seed, whose temperature is 0."""
    memory: Literal["state", "window"] = "state"
    """Carry the network's states from token to token, where it allows that (state), or read the
    window anew for each (window)."""
    seed: Annotated[int | None, Field(ge=0)] = None
    """Seed of the draw; when empty, it follows from the workflow's seed and the node's name."""

    def configure(
        self, network: NetworkSpec, dictionary: ModelSpec, seeds: pl.Schema | None
    ) -> pl.Schema:
        check_kind(dictionary)
        if not self.temperature and not self.greedy:
            raise ConfigureError(
                "there is no temperature; give at least one, such as 1.0", setting="temperature"
            )
        _check_input(network)
        _check_output(network, dictionary.settings.get("size"))
        if seeds is not None:
            self._column(seeds)
        return SCHEMA

    def execute(
        self,
        network: Annotated[Network, Port("Network that predicts the next token.")],
        dictionary: Annotated[Model, Port("Dictionary with which it was trained.")],
        ctx: Context,
        seeds: Annotated[pl.DataFrame | None, Port("Table with a seed text in each row.")] = None,
    ) -> pl.DataFrame:
        from flowengine.nn.generation import Request, generate

        known = Dictionary.from_model(dictionary)
        _check_output(network.spec, len(known.tokens))
        texts = [self.seed_text]
        if seeds is not None:
            texts = [text or "" for text in seeds[self._column(seeds.schema)]]
        heats = (0.0,) if self.greedy else self.temperature
        tasks = [(text, heat) for text in texts for heat in heats]
        silent = (known.position(name) for name in ("padding", "unknown", "start"))
        positions = {text: _positions(text, known) for text in texts}
        request = Request(
            seeds=[positions[text] for text, _ in tasks],
            temperatures=[heat for _, heat in tasks],
            length=self.length,
            top_k=self.top_k,
            never=[position for position in silent if position is not None],
            end=known.position("end"),
            padding=known.position("padding"),
            positions=len(known.tokens),
            memory=self.memory,
            seed=ctx.seed if self.seed is None else self.seed,
        )
        written = generate(network, request, ctx)
        rows = [
            (heat, text, known.text(found))
            for (text, heat), found in zip(tasks, written, strict=True)
        ]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def _column(self, seeds: pl.Schema) -> str:
        if self.seed_column is not None:
            return self.seed_column
        texts = [name for name, dtype in seeds.items() if dtype == pl.String]
        if len(texts) != 1:
            raise ConfigureError(
                f"the table of seeds needs one column of text, it has {listing(texts)}; choose "
                f"with the setting seed_column",
                setting="seed_column",
            )
        return texts[0]


def _positions(text: str, known: Dictionary) -> list[int]:
    start = known.position("start")
    tokens = pl.Series(known.style.split(text), dtype=pl.String)
    found: list[int] = known.encode(tokens).to_list()
    if start is not None:
        return [start, *found]
    if not found:
        raise DataError(
            "the seed text is empty, and the dictionary has no start marker to begin with; set "
            '"seed_text", or "start" in the node that makes the dictionary'
        )
    return found


def _check_input(network: NetworkSpec) -> None:
    if len(network.inputs) != 1 or len(network.outputs) != 1:
        raise ConfigureError(
            f"a text generator needs a network with one input and one output; it has "
            f"{listing(network.inputs)} and {listing(network.outputs)}"
        )
    tensor = network.tensors[next(iter(network.inputs.values()))]
    if len(tensor.shape) != 1 or "int" not in tensor.dtype:
        raise ConfigureError(
            f"the network must take positions in the dictionary: an input of whole numbers, such "
            f"as shape [100] of uint8, with a one-hot or embedding layer behind it; its input is "
            f"{describe_shape(tensor.shape) or 'a single value'} of {tensor.dtype}"
        )


def _check_output(network: NetworkSpec, size: int | None) -> None:
    tensor = network.output_spec
    ending = final_activation(network, network.output)
    if ending not in SCORES:
        raise ConfigureError(
            f'the network must end with probabilities ("softmax") or their logarithms ("linear"); '
            f'it ends with "{ending}"'
        )
    units = tensor.shape[-1] if tensor.shape else 1
    if len(tensor.shape) > 2 or (size is not None and units is not None and units < size):
        raise ConfigureError(
            f"the network must end with a unit for each of the {size or 'dictionary'} tokens; its "
            f"output is {describe_shape(tensor.shape)}"
        )
