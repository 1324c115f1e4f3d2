from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated, NamedTuple

import polars as pl
import pytest

from flowengine import Column, ConfigureError, Context, Model, Node, Specs, node
from flowengine.errors import NodeDefinitionError
from flowengine.testing import check_definition, check_node

TABLE = pl.DataFrame({"n": [1, 2, 3]})


class Duo(NamedTuple):
    a: int
    b: int


@node(title="Add")
class Add(Node):
    """Add a number."""

    amount: int = 1
    """What is added."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        return table

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        ctx.check()
        return table.with_columns(pl.col("n") + self.amount)


def complaint(cls: type[Node], tmp_path: Path) -> str:
    with pytest.raises(AssertionError) as caught:
        check_node(cls, inputs={"table": TABLE}, folder=tmp_path)
    return str(caught.value)


def test_a_good_node_passes_and_its_outputs_come_back(tmp_path: Path) -> None:
    outputs = check_node(Add, settings={"amount": 2}, inputs={"table": TABLE}, folder=tmp_path)
    assert outputs["out"]["n"].to_list() == [3, 4, 5]


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match='needs the inputs "table"'):
        check_node(Add, folder=tmp_path)


def test_a_broken_promise_is_named(tmp_path: Path) -> None:
    @node(title="Liar")
    class Liar(Add):
        """Promise one column, give another."""

        def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
            return table.rename({"n": "m"})

    assert 'promised a column "n"' in complaint(Liar, tmp_path)


def test_a_changed_input_is_named(tmp_path: Path) -> None:
    @node(title="Vandal")
    class Vandal(Add):
        """Change the table that came in."""

        def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
            table.insert_column(0, pl.Series("z", [0, 0, 0]))
            return table.drop("z")

    with pytest.raises(AssertionError, match='changed its inputs "table"'):
        check_node(Vandal, inputs={"table": TABLE.clone()}, folder=tmp_path)


def test_chance_without_the_seed_is_found(tmp_path: Path) -> None:
    @node(title="Gambler")
    class Gambler(Add):
        """Add what chance gives."""

        def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
            return table.with_columns(n=pl.lit(random.getrandbits(60)))

    assert "two runs with one seed" in complaint(Gambler, tmp_path)
    check_node(Gambler, inputs={"table": TABLE}, folder=tmp_path, varying=["out.n"])
    check_node(Gambler, inputs={"table": TABLE}, folder=tmp_path, varying=["out"])


def test_an_error_in_place_of_cancelling_is_found(tmp_path: Path) -> None:
    @node(title="Stubborn")
    class Stubborn(Add):
        """Go on whatever happens."""

        def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
            try:
                ctx.check()
            except BaseException as error:
                raise ValueError("no") from error
            return table

    assert "must raise Cancelled" in complaint(Stubborn, tmp_path)

    @node(title="Deaf")
    class Deaf(Add):
        """Go on in silence."""

        def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
            try:
                ctx.check()
            except BaseException:
                return table
            return table

    assert "went on after it was cancelled" in complaint(Deaf, tmp_path)


def test_several_outputs_are_checked_one_by_one(tmp_path: Path) -> None:
    class Two(NamedTuple):
        a: pl.DataFrame
        b: pl.DataFrame

    # Hints are looked up in the module.
    globals()["Two"] = Two

    @node(title="Twice")
    class Twice(Node):
        """Give the table twice."""

        def configure(self, table: pl.Schema) -> Specs:
            return Specs(a=table, b=pl.Schema({"x": pl.Int8}))

        def execute(self, table: pl.DataFrame) -> Two:
            return Two(table, table)

    assert 'Twice, output "b"' in complaint(Twice, tmp_path)


def test_missing_documentation_is_found() -> None:
    @node(title="Bare")
    class Bare(Node):
        """Do nothing."""

        amount: int = 1

        def execute(self) -> None: ...

    with pytest.raises(AssertionError, match='without a docstring below them: "amount"'):
        check_definition(Bare)
    Bare.__doc__ = "do nothing"
    with pytest.raises(AssertionError, match="first line is the tooltip"):
        check_definition(Bare)


def test_a_lazy_port_gets_the_table_as_a_stream(tmp_path: Path) -> None:
    @node(title="Lazy")
    class Lazy(Node):
        """Pass a stream on."""

        def execute(self, table: pl.LazyFrame) -> pl.LazyFrame:
            return table.filter(pl.col("n") > 1)

    outputs = check_node(Lazy, inputs={"table": TABLE}, folder=tmp_path)
    assert outputs["out"]["n"].to_list() == [2, 3]


def test_a_port_without_a_hint_is_a_definition_error() -> None:
    @node(title="Untyped")
    class Untyped(Node):
        """Forget a hint."""

        def execute(self, table) -> None: ...  # type: ignore[no-untyped-def]

    with pytest.raises(NodeDefinitionError, match='port "table" needs a type hint'):
        check_definition(Untyped)


def test_printing_is_found(tmp_path: Path) -> None:
    @node(title="Chatter")
    class Chatter(Add):
        """Print."""

        def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
            ctx.check()
            print("so many rows")
            return table

    assert complaint(Chatter, tmp_path) == (
        "Chatter prints 'so many rows'; what people should know goes by ctx"
    )


def test_a_plain_tuple_is_no_named_one(tmp_path: Path) -> None:
    @node(title="Pair")
    class Pair(Node):
        """Give two numbers."""

        def execute(self) -> Duo:
            return 1, 2  # type: ignore[return-value]  # the fault that is looked for

    with pytest.raises(AssertionError, match='NamedTuple with "a", "b", not a tuple'):
        check_node(Pair, folder=tmp_path)


def test_settings_that_do_not_fit_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="Add, settings: /amount: expected a whole number"):
        check_node(Add, settings={"amount": "2"}, inputs={"table": TABLE}, folder=tmp_path)


def test_a_column_that_is_not_there_is_told_as_in_a_workflow(tmp_path: Path) -> None:
    @node(title="Pick")
    class Pick(Node):
        """Pick a column."""

        column: Annotated[str, Column("table")]
        """Which."""

        def execute(self, table: pl.DataFrame) -> pl.DataFrame:
            return table.select(self.column)

    with pytest.raises(ConfigureError, match='no column "m" in the table at "table"'):
        check_node(Pick, settings={"column": "m"}, inputs={"table": TABLE}, folder=tmp_path)


def test_the_tensors_of_a_model_are_arrays() -> None:
    with pytest.raises(TypeError, match='the tensor "mean" of a model must be a numpy array'):
        Model("mean", tensors={"mean": [1.0]})  # type: ignore[dict-item]  # the fault
