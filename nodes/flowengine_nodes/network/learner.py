"""Training."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, NamedTuple

import polars as pl
from pydantic import Field

from flowengine import (
    Column,
    ConfigureContext,
    ConfigureError,
    Context,
    Model,
    ModelSpec,
    Network,
    NetworkSpec,
    Node,
    Port,
    Specs,
    node,
)
from flowengine.nn.binding import Plan, plan_binding
from flowengine.nn.columns import Conversion
from flowengine.nn.history import MetricsByOutput, history_schema, history_table
from flowengine.nn.losses import LossSetting
from flowengine.nn.metrics import MetricSetting, usual_metrics
from flowengine.nn.optimizers import OptimizerSetting
from flowengine.nn.optimizers_adam import Adam
from flowengine.nn.schedules import Constant, ScheduleSetting

Columns = Annotated[tuple[str, ...], Column("training_data")]
Count = Annotated[int, Field(ge=1)]


class Learned(NamedTuple):
    network: Annotated[Network, Port("The trained network; it knows what columns feed it.")]
    history: Annotated[pl.DataFrame, Port("Loss and metrics, one row an epoch.")]
    state: Annotated[Model, Port("The optimizer's state, for a learner that goes on.")]


@node(
    title="Network Learner",
    random=True,
    exclusive=True,
    resume_without=("epochs",),
    keywords=("train", "fit", "keras network learner", "deep learning"),
)
class Learner(Node):
    """Train a network on a table.

    Which columns feed which input and target is worked out from the network and the table, and can
    be set. The target of a network with one output is the column of the output's name, else
    `label`, `target` or `class`, else the last column that fits. All other columns of numbers, or
    the one column of arrays or images that has the input's shape, are the input.

    The optimizer is Adam (Keras' own default would be rmsprop), the loss follows from the last
    layer and the target: cross-entropy for classes, the mean squared error for numbers.

    While it runs, loss and metrics can be watched, and *Stop and keep* ends it with what is learned
    so far. A training that is interrupted goes on where it was and ends with the same weights; with
    more epochs it trains just those (not where the schedule depends on their number).
    """

    input_columns: Columns | dict[str, Columns] | None = None
    """Columns that feed the input; for several inputs the columns of each, by its name."""
    target_columns: Columns | dict[str, Columns] | None = None
    """Columns with what the output should be; for several outputs the columns of each."""
    conversions: dict[str, Conversion] | None = None
    """How the columns of an input or output become a tensor, by its name, where it is not obvious:
    numbers side by side, the position of a category, one-hot, lists or images."""
    loss: LossSetting | None = None
    """What training makes small; by default it follows from the last layer and the target."""
    losses: dict[str, LossSetting] | None = None
    """Loss of each output by its name, for networks with several."""
    metrics: tuple[MetricSetting, ...] | None = None
    """What is followed beside the loss; by default accuracy for classes, else the mean error."""
    optimizer: OptimizerSetting = Adam()
    """How the weights are moved."""
    schedule: ScheduleSetting = Constant()
    """How the optimizer's learning rate changes while training."""
    epochs: Count = 1
    """Passes over the training data."""
    batch_size: Count = 32
    """Rows in one step; the last step of an epoch takes what is left."""
    validation_batch_size: Count | None = None
    """Rows at a time in validation; changes its speed and memory, not its result."""
    shuffle: bool = True
    """Whether the rows are put in a new order before each epoch."""
    seed: Annotated[int, Field(ge=0)] | None = None
    """Seed of first weights, order and dropout; by default it follows from the workflow's seed."""
    terminate_on_nan: bool = False
    """Whether to end when the loss is no number any more."""

    def configure(
        self,
        network: NetworkSpec,
        training_data: pl.Schema,
        ctx: ConfigureContext,
        validation_data: pl.Schema | None = None,
        state: ModelSpec | None = None,
    ) -> Specs:
        plan = self._plan(network, training_data)
        for note in plan.notes:
            ctx.warn(note)
        if not _has_trainable(network):
            raise ConfigureError("the network has no weights that training could change")
        if validation_data is not None:
            _check_validation(plan, training_data, validation_data)
        if state is not None:
            self._check_state(state)
        schema = history_schema(
            plan.losses, self._metrics(plan), validated=validation_data is not None
        )
        return Specs(
            network=replace(network, binding=plan.binding), history=schema, state=self._state_spec()
        )

    def execute(
        self,
        network: Network,
        training_data: pl.DataFrame,
        ctx: Context,
        validation_data: pl.DataFrame | None = None,
        state: Model | None = None,
    ) -> Learned:
        from flowengine.nn.learning import Recipe, export_state, learn
        from flowengine.nn.training import TrainingSettings

        plan = self._plan(network.spec, training_data.schema)
        metrics = self._metrics(plan)
        schema = history_schema(plan.losses, metrics, validated=validation_data is not None)
        if training_data.is_empty():
            ctx.warn("the training data has no rows; the network is passed through as it is")
            return Learned(
                network, history_table([], schema), state or export_state(self.optimizer)
            )
        settings = TrainingSettings(
            epochs=self.epochs,
            batch_size=self.batch_size,
            validation_batch_size=self.validation_batch_size or max(self.batch_size, 256),
            shuffle=self.shuffle,
            terminate_on_nan=self.terminate_on_nan,
            seed=ctx.seed,
        )
        recipe = Recipe(plan, metrics, self.optimizer, self.schedule, settings)
        learned = learn(network, training_data, validation_data, state, recipe, ctx)
        return Learned(learned.network, history_table(learned.history, schema), learned.state)

    def _plan(self, network: NetworkSpec, table: pl.Schema) -> Plan:
        return plan_binding(
            network,
            table,
            input_columns=self.input_columns,
            target_columns=self.target_columns,
            conversions=self.conversions,
            losses=self.losses or self.loss,
        )

    def _metrics(self, plan: Plan) -> MetricsByOutput:
        return {
            name: usual_metrics(loss) if self.metrics is None else self.metrics
            for name, loss in plan.losses.items()
        }

    def _state_spec(self) -> ModelSpec:
        return ModelSpec("optimizer_state", {"optimizer": self.optimizer.model_dump(mode="json")})

    def _check_state(self, state: ModelSpec) -> None:
        if state.kind != "optimizer_state":
            raise ConfigureError(
                f"the port state takes the state of another learner, not a model of kind "
                f'"{state.kind}"'
            )
        before = state.settings.get("optimizer", {}).get("type")
        if before != self.optimizer.type:
            raise ConfigureError(
                f'the state comes from the optimizer "{before}", this learner has '
                f'"{self.optimizer.type}"; choose the same, or leave the port state unconnected',
                setting="optimizer",
            )


def _has_trainable(network: NetworkSpec) -> bool:
    return any(
        weight.trainable
        for layer in network.layers
        if layer not in network.frozen
        for weight in network.weights_of(layer).values()
    )


def _check_validation(plan: Plan, training: pl.Schema, validation: pl.Schema) -> None:
    feeds = [*plan.binding.inputs.values(), *plan.binding.targets.values()]
    for name in (column for feed in feeds for column in feed.columns):
        if name not in validation:
            raise ConfigureError(f'the validation data has no column "{name}"')
        if validation[name] != training[name]:
            raise ConfigureError(
                f'column "{name}" is {training[name]} in the training data and '
                f"{validation[name]} in the validation data"
            )
