"""Text written by a network."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from flowengine import (
    Column,
    ConfigureContext,
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
from flowengine.network_division import divide
from flowengine.nn.dictionary import MARKERS, Dictionary, check_kind
from flowengine.nn.feeds.applied import AskedFeeds
from flowengine.nn.feeds.columns import Conversion
from flowengine.nn.writing import (
    NO_BEGINNING,
    check_filling,
    check_output,
    check_sources,
    text_input,
)

Columns = Annotated[tuple[str, ...], Column("conditions")]
SCHEMA = pl.Schema({"temperature": pl.Float64(), "seed": pl.String(), "text": pl.String()})


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
        "translate",
        "caption",
        "encoder decoder",
        "seq2seq",
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

    A network with further inputs writes from what comes there: a translation from a sentence, a
    caption from an image. The table `conditions` feeds them, each row from the columns with which
    the network was trained, and a text is written for every row. What of the network does not
    depend on the text, an encoder, is computed once for each row.

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
    padding: Literal["pre", "post"] = "pre"
    """Where windows of one length are read anew: fill a shorter text up at the beginning (pre) or
    at the end (post), as the texts of the training were. A network that goes from step to step
    needs no filling and gets none, unless it learned from whole texts that began with it."""
    text_input: str | None = None
    """Input that takes the text, of a network with several; when empty, the only one that can."""
    input_columns: Columns | dict[str, Columns] | None = None
    """Columns of the conditions that feed the other inputs, where they are not those of the
    training."""
    conversions: dict[str, Conversion] | None = None
    """How the columns of such an input become a tensor, where it is not obvious."""
    keep_columns: bool = True
    """Whether the columns of the conditions stay, before the texts."""
    seed: Annotated[int | None, Field(ge=0)] = None
    """Seed of the draw; when empty, it follows from the workflow's seed and the node's name."""

    def configure(
        self,
        network: NetworkSpec,
        dictionary: ModelSpec,
        seeds: pl.Schema | None,
        conditions: pl.Schema | None,
        ctx: ConfigureContext,
    ) -> pl.Schema:
        check_kind(dictionary)
        if not self.temperature and not self.greedy:
            raise ConfigureError(
                "there is no temperature; give at least one, such as 1.0", setting="temperature"
            )
        written = text_input(network, self.text_input)
        check_output(network, dictionary.settings.get("size"))
        division = divide(network, written)
        if self.padding == "post":
            check_filling(network, written)
        if seeds is not None:
            self._column(seeds)
        check_sources(division.before, written, network.binding, conditions, self._asked())
        markers = dictionary.settings.get("markers", MARKERS)
        if seeds is None and not self.seed_text and "start" not in markers:
            raise ConfigureError(NO_BEGINNING, setting="seed_text")
        if conditions is not None and "end" not in markers:
            ctx.warn(
                f"the dictionary has no end marker, so every text goes on for {self.length:,} "
                f'tokens; set "end" in the node that makes it, and train with it'
            )
        kept = conditions if conditions is not None and self.keep_columns else pl.Schema()
        lost = [name for name in SCHEMA if name in kept]
        if lost:
            ctx.warn(f"what is written takes the place of {listing(lost)} of the conditions")
        return pl.Schema({**kept, **SCHEMA})

    def execute(
        self,
        network: Annotated[Network, Port("Network that predicts the next token.")],
        dictionary: Annotated[Model, Port("Dictionary of what is written, as in the training.")],
        ctx: Context,
        seeds: Annotated[pl.DataFrame | None, Port("Table with a seed text in each row.")] = None,
        conditions: Annotated[
            pl.DataFrame | None,
            Port("Table with what each text is written from, for the network's other inputs."),
        ] = None,
    ) -> pl.DataFrame:
        from flowengine.nn.conditions import Source
        from flowengine.nn.generation import Request, generate

        known = Dictionary.from_model(dictionary)
        written_to = text_input(network.spec, self.text_input)
        check_output(network.spec, len(known.tokens))
        if self.padding == "post":
            check_filling(network.spec, written_to)
        texts = self._seeds(seeds, conditions)
        heats = (0.0,) if self.greedy else self.temperature
        tasks = [(row, text, heat) for row, text in enumerate(texts) for heat in heats]
        silent = (known.position(name) for name in ("padding", "unknown", "start"))
        positions = {text: _positions(text, known) for text in dict.fromkeys(texts)}
        request = Request(
            seeds=[positions[text] for _, text, _ in tasks],
            temperatures=[heat for _, _, heat in tasks],
            length=self.length,
            top_k=self.top_k,
            never=[position for position in silent if position is not None],
            end=known.position("end"),
            padding=known.position("padding"),
            fill_end=self.padding == "post",
            positions=len(known.tokens),
            memory=self.memory,
            seed=ctx.seed if self.seed is None else self.seed,
        )
        rows = [row for row, _, _ in tasks]
        source = None
        if conditions is not None:
            source = Source(conditions, rows, self._asked())
        written = generate(network, written_to, request, ctx, source)
        made = pl.DataFrame(
            [
                (heat, text, known.text(found))
                for (_, text, heat), found in zip(tasks, written, strict=True)
            ],
            schema=SCHEMA,
            orient="row",
        )
        if conditions is None or not self.keep_columns:
            return made
        return conditions[rows].with_columns(made.get_columns())

    def _asked(self) -> AskedFeeds:
        return AskedFeeds(input_columns=self.input_columns, conversions=self.conversions)

    def _seeds(self, seeds: pl.DataFrame | None, conditions: pl.DataFrame | None) -> list[str]:
        if seeds is None:
            return [self.seed_text] * (1 if conditions is None else conditions.height)
        if conditions is not None and seeds.height != conditions.height:
            raise DataError(
                f"there are {seeds.height:,} seed texts and {conditions.height:,} rows of "
                f"conditions; a row of one belongs to the same row of the other"
            )
        return [text or "" for text in seeds[self._column(seeds.schema)]]

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
        raise DataError(NO_BEGINNING)
    return found
