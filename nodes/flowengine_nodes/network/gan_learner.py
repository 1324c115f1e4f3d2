"""Training of generative adversarial networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, NamedTuple, get_args

import polars as pl
from pydantic import Field

from flowengine import (
    Column,
    ConfigureContext,
    ConfigureError,
    Context,
    Network,
    NetworkSpec,
    Node,
    Port,
    Specs,
    node,
)
from flowengine.binding import Binding
from flowengine.nn.activations import Activation
from flowengine.nn.feeds.binding import plan_inputs
from flowengine.nn.feeds.columns import describe_shape, innermost
from flowengine.nn.feeds.ending import final_activation
from flowengine.nn.optimizers.adam import Adam
from flowengine.nn.optimizers.family import OptimizerSetting
from flowengine.nn.schedules import Constant, ScheduleSetting

Columns = Annotated[tuple[str, ...], Column("training_data")]
Count = Annotated[int, Field(ge=1)]
HISTORY = pl.Schema(
    {
        "epoch": pl.Int64(),
        **dict.fromkeys(
            ("generator_loss", "discriminator_loss", "real_score", "fake_score", "seconds"),
            pl.Float64(),
        ),
    }
)
RANGES = {
    **dict.fromkeys(("sigmoid", "hard_sigmoid", "softmax"), (0, "scale 255")),
    **dict.fromkeys(("tanh", "hard_tanh", "softsign"), (-1, "scale 127.5 and offset 127.5")),
}
"""The smallest value an activation gives, all at most 1, and what makes bytes of them."""


class Learned(NamedTuple):
    generator: Annotated[Network, Port("The trained generator.")]
    discriminator: Annotated[Network, Port("The trained discriminator.")]
    history: Annotated[
        pl.DataFrame, Port("Losses, D(x) as real_score and D(G(z)) as fake_score; a row an epoch.")
    ]
    samples: Annotated[
        pl.DataFrame, Port("What the generator makes of the same noise after each epoch.")
    ]


@node(
    title="GAN Learner",
    random=True,
    exclusive=True,
    resume_without=("epochs",),
    keywords=("generative adversarial network", "generator", "discriminator", "dcgan", "fake"),
)
class GanLearner(Node):
    """Train a generator to make rows that a discriminator takes for real.

    The generator turns noise into something of the shape that the discriminator takes. The
    discriminator ends with one unit: a sigmoid, or none (a logit). In each step the discriminator
    learns to tell a batch of the table from one that is made, then the generator learns from what
    the discriminator says of it (the non-saturating loss of Goodfellow et al.).

    While it runs, both losses can be watched, and what the discriminator says of real rows (D(x),
    `real_score`) and of made ones (D(G(z)), `fake_score`); both near one half means that it cannot
    tell them apart. Where the generator makes pictures, those of each epoch are shown. A training
    that is interrupted goes on where it was.
    """

    columns: Columns | None = None
    """Columns with the real rows; by default those that fit the discriminator's input."""
    generator_optimizer: OptimizerSetting = Adam(learning_rate=0.0002, beta_1=0.5)
    """How the generator's weights are moved."""
    discriminator_optimizer: OptimizerSetting = Adam(learning_rate=0.0002, beta_1=0.5)
    """How the discriminator's weights are moved."""
    schedule: ScheduleSetting = Constant()
    """How both learning rates change while training, as a factor on each."""
    epochs: Count = 1
    """Passes over the training data."""
    batch_size: Count = 64
    """Real rows in one step, and as many made ones."""
    discriminator_steps: Count = 1
    """Moves of the discriminator for one of the generator."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """How much less than certain the discriminator is to be of real rows (0.1: 90 %)."""
    noise: Literal["normal", "uniform"] = "normal"
    """Where noise comes from: the normal distribution, or evenly from -1 to 1."""
    samples: Count = 16
    """Rows that are made after each epoch, of the same noise each time."""
    seed: Annotated[int, Field(ge=0)] | None = None
    """Seed of first weights, order and noise; by default it follows from the workflow's seed."""

    def configure(
        self,
        generator: NetworkSpec,
        discriminator: NetworkSpec,
        training_data: pl.Schema,
        ctx: ConfigureContext,
    ) -> Specs:
        _check(generator, discriminator)
        binding = self._binding(discriminator, training_data)
        _compare_scales(generator, training_data, binding, ctx)
        return Specs(
            generator=replace(generator, binding=None),
            discriminator=replace(discriminator, binding=binding),
            history=HISTORY,
            samples=_samples_schema(generator, training_data, binding),
        )

    def execute(
        self,
        generator: Annotated[Network, Port("Network from noise to a row.")],
        discriminator: Annotated[Network, Port("Network from a row to one unit.")],
        training_data: Annotated[pl.DataFrame, Port("The real rows.")],
        ctx: Context,
    ) -> Learned:
        from flowengine.nn.adversarial import GanSettings
        from flowengine.nn.adversarial_learning import learn_gan

        binding = self._binding(discriminator.spec, training_data.schema)
        schema = _samples_schema(generator.spec, training_data.schema, binding)
        if training_data.is_empty():
            ctx.warn("the training data has no rows; both networks are passed through")
            bound = replace(discriminator.spec, binding=binding)
            return Learned(
                generator,
                replace(discriminator, spec=bound, binding=binding),
                pl.DataFrame(schema=HISTORY),
                pl.DataFrame(schema=schema),
            )
        settings = GanSettings(
            schedule=self.schedule,
            epochs=self.epochs,
            batch_size=self.batch_size,
            discriminator_steps=self.discriminator_steps,
            label_smoothing=self.label_smoothing,
            noise=self.noise,
            samples=self.samples,
            seed=ctx.seed,
        )
        optimizers = (self.generator_optimizer, self.discriminator_optimizer)
        matched = learn_gan(
            generator, discriminator, training_data, binding, optimizers, settings, ctx
        )
        return Learned(
            matched.generator,
            matched.discriminator,
            pl.DataFrame(matched.history, schema=HISTORY),
            _samples_table(matched.samples, schema),
        )

    def _binding(self, discriminator: NetworkSpec, table: pl.Schema) -> Binding:
        return Binding(
            plan_inputs(discriminator, table, input_columns=self.columns, setting="columns")
        )


def _check(generator: NetworkSpec, discriminator: NetworkSpec) -> None:
    for name, spec in (("generator", generator), ("discriminator", discriminator)):
        if len(spec.inputs) != 1 or len(spec.outputs) != 1:
            raise ConfigureError(
                f"the {name} needs one input and one output; it has {len(spec.inputs)} and "
                f"{len(spec.outputs)}"
            )
    ((name, tensor),) = discriminator.inputs.items()
    wanted, made = discriminator.tensors[tensor], generator.output_spec
    if wanted.shape != made.shape or None in made.shape:
        raise ConfigureError(
            f'the generator makes {describe_shape(made.shape)}, the input "{name}" of the '
            f"discriminator takes {describe_shape(wanted.shape)}; both must be the same"
        )
    if "float" not in wanted.dtype:
        raise ConfigureError(
            f'the input "{name}" of the discriminator is {wanted.dtype}; give its layer the type '
            f"float32, since no gradient passes through whole numbers"
        )
    if discriminator.output_spec.size != 1:
        raise ConfigureError(
            f"the discriminator needs one unit at its end; it gives "
            f"{describe_shape(discriminator.output_spec.shape)}"
        )
    ending = final_activation(discriminator, discriminator.output)
    if ending in get_args(Activation) and ending not in ("sigmoid", "linear"):
        raise ConfigureError(
            f'the discriminator ends with "{ending}"; give its last layer the activation "sigmoid" '
            f'(a probability) or "linear" (a logit)'
        )


def _compare_scales(
    generator: NetworkSpec, table: pl.Schema, binding: Binding, ctx: ConfigureContext
) -> None:
    """Warn of a generator that cannot make bytes, which anybody tells from real ones."""
    ending = final_activation(generator, generator.output)
    if ending not in RANGES or not _is_of_bytes(table, binding):
        return
    lowest, scaling = RANGES[ending]
    (feed,) = binding.inputs.values()
    ctx.warn(
        f'the generator ends with "{ending}" and makes numbers from {lowest} to 1, but '
        f'"{feed.columns[0]}" holds bytes from 0 to 255: put a Rescaling layer with {scaling} '
        f"behind it"
    )


def _is_of_bytes(table: pl.Schema, binding: Binding) -> bool:
    (feed,) = binding.inputs.values()
    real = table[feed.columns[0]]
    return isinstance(real, pl.Array) and innermost(real) == pl.UInt8


def _samples_schema(generator: NetworkSpec, table: pl.Schema, binding: Binding) -> pl.Schema:
    shape = tuple(size or 1 for size in generator.output_spec.shape)
    made = pl.Array(pl.UInt8 if _is_of_bytes(table, binding) else pl.Float32, shape)
    return pl.Schema({"epoch": pl.Int64(), "sample": pl.Int64(), "made": made})


def _samples_table(samples: dict[int, Any], schema: pl.Schema) -> pl.DataFrame:
    parts = []
    for epoch, made in samples.items():
        rounded = made.round().clip(0, 255) if innermost(schema["made"]) == pl.UInt8 else made
        kind = "uint8" if rounded is not made else "float32"
        column = pl.Series("made", rounded.astype(kind), dtype=schema["made"])
        parts.append(
            pl.DataFrame({"epoch": [epoch] * len(made), "sample": range(len(made)), "made": column})
        )
    return (
        pl.concat(parts).cast({"epoch": pl.Int64, "sample": pl.Int64})
        if parts
        else (pl.DataFrame(schema=schema))
    )
