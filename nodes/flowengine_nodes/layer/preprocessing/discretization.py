"""Values as the numbers of the ranges they lie in."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine.errors import listing
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._encoding import encoded, encoder

if TYPE_CHECKING:
    import torch


@node(title="Discretization", keywords=("bin", "bucket", "range", "preprocessing"))
class Discretization(Layer):
    """Replace each value by the number of the range it lies in.

    ``y = 0`` below the first boundary, and ``y = k`` where ``boundary[k - 1] <= x < boundary[k]``.
    Such numbers may become vectors at once, as by CategoryEncoding: one for each value, or one of
    all values along the first dimension after the batch.
    """

    bin_boundaries: tuple[float, ...] | None = None
    """Where one range ends and the next begins, in ascending order; the first and the last range
    have no end: ``[0, 1, 2]`` makes four."""
    num_bins: Size | None = None
    """For how many ranges Keras found the boundaries; a layer sees no data to find them itself."""
    epsilon: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """How exact Keras was in that; changes nothing here."""
    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int"
    """``int``: the numbers; ``one_hot``: a vector for each; ``multi_hot``: a vector with a 1 for
    each range there is; ``count``: with how often it is there."""
    sparse: Literal[False] = False
    """Vectors are always dense."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        depth = len(self._boundaries()) + 1
        if self.output_mode == "int":
            return TensorSpec(inputs[0].shape, "int32")
        return encoded(inputs[0], depth, self.output_mode)

    def flops(self, *inputs: TensorSpec) -> int:
        # A search by halves.
        return len(self._boundaries()).bit_length() * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.encoding import BinsCell

        boundaries = self._boundaries()
        if self.output_mode == "int":
            return BinsCell(boundaries, None)
        return BinsCell(boundaries, encoder(inputs[0], len(boundaries) + 1, self.output_mode))

    def _boundaries(self) -> tuple[float, ...]:
        given = self.bin_boundaries
        if given is None and self.num_bins is not None:
            raise ConfigureError(
                f"num_bins asks for boundaries that are found in data, which a layer never sees; "
                f"give bin_boundaries instead: {self.num_bins - 1} numbers make {self.num_bins} "
                f"bins",
                setting="num_bins",
            )
        if not given:
            raise ConfigureError(
                "bin_boundaries is missing; name at least one number where a range ends",
                setting="bin_boundaries",
            )
        if any(one >= two for one, two in pairwise(given)):
            raise ConfigureError(
                f"bin_boundaries must ascend; they are {listing([f'{one:g}' for one in given])}",
                setting="bin_boundaries",
            )
        if self.num_bins is not None and len(given) >= self.num_bins:
            raise ConfigureError(
                f"num_bins is {self.num_bins}, but {len(given)} bin_boundaries make "
                f"{len(given) + 1} bins; leave num_bins out",
                setting="num_bins",
            )
        return given
