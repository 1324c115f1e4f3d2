"""Windows that hypothesis generates for layers that slide one over their input."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from flowengine.nn.windows import reach


def sizes(rank: int, largest: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Return ``rank`` sizes from 1 to ``largest``."""
    return st.tuples(*[st.integers(1, largest)] * rank)


@st.composite
def windows(draw: st.DrawFn, rank: int, largest: int = 4) -> dict[str, Any]:
    """Return a kernel with strides or with dilation; both at once are refused."""
    dilated = draw(st.booleans())
    ones = (1,) * rank
    return {
        "kernel_size": draw(sizes(rank, largest)),
        "strides": ones if dilated else draw(sizes(rank, 3)),
        "dilation_rate": draw(sizes(rank, 2)) if dilated else ones,
    }


@st.composite
def fitting(draw: st.DrawFn, window: dict[str, Any], padding: str, most: int) -> tuple[int, ...]:
    """Return sizes of an input into which a window fits, up to ``most`` above the smallest."""
    spans = map(reach, window["kernel_size"], window["dilation_rate"])
    return tuple(
        draw(st.integers(span if padding == "valid" else 1, span + most)) for span in spans
    )
