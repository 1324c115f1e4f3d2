"""The bias of an LSTM before training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from flowengine import Weight
from flowengine.nn.initializers import Initializer
from flowengine_nodes.layer._kernel import BiasWeight

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class ForgetBias:
    """Fill a bias with another initializer, but the (last) forget gate's part with ones.

    Gates come in the order i, f, c, o. An LSTM that forgets little at first learns better.
    """

    initializer: Initializer
    units: int

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray[Any, Any]:
        import numpy as np

        units = self.units
        before = self.initializer.sample((shape[0] - 3 * units,), rng)
        behind = self.initializer.sample((2 * units,), rng)
        return np.concatenate([before, np.ones(units, dtype=np.float32), behind])


class ForgetBiasSettings(BiasWeight):
    """The bias of an LSTM."""

    bias_parts: ClassVar[int] = 4

    unit_forget_bias: bool = True
    """Whether the bias of the forget gate starts at 1, which is recommended."""

    def bias_weight(self, *shape: int) -> dict[str, Weight]:
        weights = super().bias_weight(*shape)
        if not self.unit_forget_bias:
            return weights
        initializer = ForgetBias(self.bias_initializer, shape[0] // self.bias_parts)
        return {name: replace(one, initializer=initializer) for name, one in weights.items()}
