"""What attention with several heads shares: projections, masks, dropout."""

from __future__ import annotations

from flowengine import ConfigureError, TensorSpec, Weight
from flowengine.nn.regularizers import RegularizerSetting
from flowengine_nodes.layer._kernel import BiasSettings, KernelWeight
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.attention._ports import MaskedQueryLayer
from flowengine_nodes.layer.regularization._noise import Part


class HeadAttention(KernelWeight, BiasSettings, MaskedQueryLayer):
    """Base of layers that look several times at once, each head through projections of its own.

    Activities are regularized as in Keras: those of each projection, not the result alone.
    """

    activity_regularizer: RegularizerSetting | None = None
    """What the result of each projection adds to the loss."""
    dropout: Part = 0.0
    """Share of the weights that are dropped while training."""
    sliding_window: Size | None = None
    """How near a step must be to be looked at: at a distance below this; null for any."""
    flash_attention: bool | None = None
    """Whether to use the flash attention kernel. Changes nothing: torch takes it where it can."""
    use_gate: bool = False
    """Whether to multiply what the heads see by a gate that depends on the query."""
    seed: int | None = None
    """Own seed of dropout; by default the random numbers follow from the learner's seed."""
    use_causal_mask: bool = False
    """Whether each step may look at itself and earlier steps only."""

    def projection(
        self, name: str, kernel: tuple[int, ...], bias: tuple[int, ...]
    ) -> dict[str, Weight]:
        """Return the weights of one projection, under its name."""
        parts = self.kernel_weight(kernel, ()) | self.bias_weight(*bias)
        return {f"{name}/{part}": weight for part, weight in parts.items()}

    def projected(self, queries: int, values: int, *inputs: TensorSpec) -> int:
        """Return how many products all projections take, for so many queries and values."""
        by_query = ("query/kernel", "gate/kernel", "attention_output/kernel")
        return sum(
            weight.size * (queries if name in by_query else values)
            for name, weight in self.weights(*inputs).items()
            if name.endswith("kernel")
        )

    def check_flash(self) -> None:
        """Refuse what Keras refuses.

        Raises:
            ConfigureError: Flash attention is asked for together with dropout.
        """
        if self.flash_attention and self.dropout:
            raise ConfigureError(
                f"flash_attention and a dropout of {self.dropout:g} exclude one another; set "
                f"dropout to 0, or leave flash_attention to torch (null)",
                setting="flash_attention",
            )


def check_mask(mask: TensorSpec, *shapes: tuple[int | None, ...]) -> None:
    """Check the shape of an attention mask; sizes of 1 hold for all.

    Raises:
        ConfigureError: It is none of ``shapes``.
    """
    for shape in shapes:
        if len(shape) == len(mask.shape) and all(
            size in (None, 1, wanted) or wanted is None
            for size, wanted in zip(mask.shape, shape, strict=True)
        ):
            return
    wanted = " or ".join(str(TensorSpec(shape)) for shape in shapes)
    raise ConfigureError(
        f'the attention mask must be {wanted} (queries × values); "attention_mask" gets {mask}'
    )
