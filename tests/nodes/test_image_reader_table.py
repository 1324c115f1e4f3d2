from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowengine.errors import ConfigureError
from flowengine.testing import FakeContext
from flowengine_nodes.image.image_reader import ImageReader


@pytest.mark.parametrize(
    ("settings", "schema", "sentence"),
    [
        ({}, {"file": pl.String}, '"column" must name the column of paths'),
        ({"column": "fil"}, {"file": pl.String}, 'Did you mean "file"?'),
        ({"column": "file"}, {"file": pl.Int64}, "must hold paths as text"),
        ({"column": "file", "images": "a"}, {"file": pl.String}, '"images" and "labels" must be'),
        ({"column": "f"}, {"f": pl.String, "image": pl.Int8}, 'has a column "image" already'),
    ],
)
def test_settings_that_do_not_fit_the_table_are_refused(
    tmp_path: Path, settings: dict[str, Any], schema: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigureError) as caught:
        ImageReader(**settings).configure(FakeContext(tmp_path), pl.Schema(schema))
    assert sentence in str(caught.value)
