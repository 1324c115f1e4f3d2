from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from flowengine import Chart
from flowengine.errors import ConfigureError
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.score.scorer import Scorer

SETTINGS = {"truth": "label", "prediction": "guess"}


def score(tmp_path: Path, label: Any, guess: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    table = pl.DataFrame({"label": label, "guess": guess})
    result = check_node(Scorer, settings=SETTINGS, inputs={"table": table}, folder=tmp_path)
    return result["confusion_matrix"], result["statistics"]


def draws(seed: int, classes: int = 4, count: int = 300) -> tuple[list[int], list[int]]:
    rng = np.random.default_rng(seed)
    true = rng.integers(0, classes, count)
    guess = np.where(rng.random(count) < 0.6, true, rng.integers(0, classes, count))
    return true.tolist(), guess.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_numbers_agree_with_scikit_learn(tmp_path: Path, seed: int) -> None:
    true, guess = draws(seed)
    matrix, table = score(tmp_path, true, guess)
    expected = metrics.confusion_matrix(true, guess)
    assert (matrix.drop("truth").to_numpy() == expected).all()
    precision, recall, f_measure, _ = metrics.precision_recall_fscore_support(true, guess)
    per_class, overall = table.head(4), table.row(4, named=True)
    np.testing.assert_allclose(per_class["precision"], precision)
    np.testing.assert_allclose(per_class["recall"], recall)
    np.testing.assert_allclose(per_class["sensitivity"], recall)
    np.testing.assert_allclose(per_class["f_measure"], f_measure)
    counts = metrics.multilabel_confusion_matrix(true, guess)
    np.testing.assert_array_equal(
        per_class.select(
            "true_negatives", "false_positives", "false_negatives", "true_positives"
        ).to_numpy(),
        counts.reshape(4, 4),
    )
    np.testing.assert_allclose(
        per_class["specificity"], counts[:, 0, 0] / (counts[:, 0, 0] + counts[:, 0, 1])
    )
    assert overall["accuracy"] == pytest.approx(metrics.accuracy_score(true, guess))
    assert overall["error"] == pytest.approx(1 - metrics.accuracy_score(true, guess))
    assert overall["cohens_kappa"] == pytest.approx(metrics.cohen_kappa_score(true, guess))
    assert overall["correct"] + overall["wrong"] == 300


def test_ten_digits_stand_in_numeric_order(tmp_path: Path) -> None:
    matrix, table = score(tmp_path, [10, 9, 2, 1], [10, 9, 2, 11])
    assert matrix.columns == ["truth", "1", "2", "9", "10", "11"]
    assert table["class"].to_list() == ["1", "2", "9", "10", "11", "overall"]


def test_numbers_are_compared_with_categories_as_text(tmp_path: Path) -> None:
    guess = pl.Series(["0", "1", "1"], dtype=pl.Enum(["0", "1", "2"]))
    matrix, table = score(tmp_path, pl.Series([0, 1, 0], dtype=pl.UInt8), guess)
    assert matrix.rows() == [("0", 1, 1, 0), ("1", 0, 1, 0), ("2", 0, 0, 0)]
    assert table["correct"].to_list()[-1] == 2


def test_categories_keep_their_order_and_promise_the_matrix(tmp_path: Path) -> None:
    kind = pl.Enum(["small", "large"])
    matrix, _ = score(
        tmp_path,
        pl.Series(["large", "small"], dtype=kind),
        pl.Series(["large", "large"], dtype=kind),
    )
    assert matrix.columns == ["truth", "small", "large"]
    schema = pl.Schema({"label": kind, "guess": kind})
    assert Scorer(**SETTINGS).configure(schema)["confusion_matrix"] == matrix.schema


def test_text_is_ordered_by_the_alphabet(tmp_path: Path) -> None:
    assert score(tmp_path, ["b", "a"], ["a", "a"])[0].columns == ["truth", "a", "b"]


def test_true_and_false_are_classes(tmp_path: Path) -> None:
    matrix, _ = score(tmp_path, [True, False], ["true", "true"])
    assert matrix.rows() == [("false", 0, 1), ("true", 0, 1)]


def test_a_class_called_truth_does_not_clash(tmp_path: Path) -> None:
    matrix, _ = score(tmp_path, ["truth"], ["lie"])
    assert matrix.columns == ["truth_", "lie", "truth"]


def test_division_by_zero_is_missing(tmp_path: Path) -> None:
    _, table = score(tmp_path, ["a", "a"], ["b", "b"])
    a, b, overall = table.rows(named=True)
    assert (a["recall"], a["precision"], a["f_measure"]) == (0.0, None, 0.0)
    assert (b["recall"], b["precision"], b["f_measure"]) == (None, 0.0, 0.0)
    assert a["specificity"] is None
    assert overall["cohens_kappa"] == 0.0
    assert score(tmp_path, ["a"], ["a"])[1].row(-1, named=True)["cohens_kappa"] is None


def test_class_rows_leave_the_overall_columns_empty(tmp_path: Path) -> None:
    _, table = score(tmp_path, ["a", "b"], ["a", "b"])
    assert table["accuracy"].to_list() == [None, None, 1.0]
    assert table["recall"].to_list() == [1.0, 1.0, None]


def test_an_empty_table_gives_only_the_overall_row(tmp_path: Path) -> None:
    matrix, table = score(tmp_path, pl.Series([], dtype=pl.Int64), pl.Series([], dtype=pl.String))
    assert matrix.shape == (0, 1)
    assert table.row(0, named=True)["accuracy"] is None


def test_rows_without_a_value_are_left_out_with_a_warning(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    table = pl.DataFrame({"label": [1, None, 2], "guess": [1, 1, None]})
    scores = Scorer(**SETTINGS).execute(table, ctx)
    assert scores.statistics["correct"].to_list()[-1] == 1
    assert "2 of 3 rows have no value" in ctx.warnings[0]


def test_a_missing_column_is_named_with_the_nearest() -> None:
    schema = pl.Schema({"label": pl.Int64, "guesses": pl.Int64})
    with pytest.raises(ConfigureError, match=r'"guess".*Did you mean "guesses"'):
        Scorer(**SETTINGS).configure(schema)


def test_fractions_are_no_classes() -> None:
    with pytest.raises(ConfigureError, match='"guess" holds Float64; classes are'):
        Scorer(**SETTINGS).configure(pl.Schema({"label": pl.Int64, "guess": pl.Float64}))


def chart(tmp_path: Path, label: Any, guess: Any) -> Chart:
    table = pl.DataFrame({"label": label, "guess": guess})
    result = check_node(Scorer, settings=SETTINGS, inputs={"table": table}, folder=tmp_path)
    found: Chart = result["chart"]
    return found


def test_chart_has_a_field_for_each_pair(tmp_path: Path) -> None:
    found = chart(tmp_path, ["a", "a", "b"], ["a", "b", "b"])
    assert found.table.rows() == [
        ("a", "a", 1, 0.5, 0.5),
        ("b", "a", 0, 0.0, 0.0),
        ("a", "b", 1, 0.5, -1.0),
        ("b", "b", 1, 1.0, 1.0),
    ]


def test_chart_shows_few_errors_pale(tmp_path: Path) -> None:
    found = chart(tmp_path, ["a"] * 1000 + ["b"], ["a"] * 999 + ["b", "b"])
    wrong = found.table.filter(truth="a", prediction="b")
    assert -0.2 < wrong["tone"].item() < -0.1


def test_chart_says_which_rows_a_field_counts(tmp_path: Path) -> None:
    found = chart(tmp_path, [1, 2], [1, 1])
    columns = {"truth": "label", "prediction": "guess"}
    assert found.specification["usermeta"] == {"rows_from": {"port": "table", "columns": columns}}


def test_chart_takes_classes_of_any_name(tmp_path: Path) -> None:
    names = ["truth", "rows", "prediction", "0", "share"]
    found = chart(tmp_path, names, names)
    assert found.table.filter(pl.col("rows") > 0)["truth"].sort().to_list() == sorted(names)


def test_chart_of_many_classes_leaves_out_empty_fields(tmp_path: Path) -> None:
    found = chart(tmp_path, list(range(200)), list(range(200)))
    assert found.table.height == 200
    assert len(found.specification["layer"]) == 1


@pytest.mark.parametrize(
    ("label", "guess", "told"),
    [([True, False], [1, 0], True), (["a", "b"], ["b", "a"], False), ([], [], False)],
)
def test_classes_that_never_meet_are_told(
    tmp_path: Path, label: list[Any], guess: list[Any], told: bool
) -> None:
    ctx = FakeContext(tmp_path)
    Scorer(**SETTINGS).execute(pl.DataFrame({"label": label, "guess": guess}), ctx)
    assert [("have no class in common" in text) for text in ctx.warnings] == [True] * told


def test_columns_whose_names_look_like_patterns_are_compared(tmp_path: Path) -> None:
    table = pl.DataFrame({"*": [1, 2], "^a.*$": [1, 1], "ab": [2, 2]})
    scores = Scorer(truth="*", prediction="^a.*$").execute(table, FakeContext(tmp_path))
    assert scores.confusion_matrix.rows() == [("1", 1, 0), ("2", 1, 0)]
