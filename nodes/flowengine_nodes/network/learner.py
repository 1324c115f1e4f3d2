"""Training."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain
from typing import Annotated, NamedTuple

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
    Specs,
    node,
)
from flowengine.errors import listing, suggest
from flowengine.nn.feeds.binding import Plan, plan_binding
from flowengine.nn.feeds.columns import Conversion
from flowengine.nn.history import MetricsByOutput, history_schema, history_table
from flowengine.nn.losses.family import LossSetting
from flowengine.nn.metrics.family import MetricSetting, usual_metrics
from flowengine.nn.optimizers.adam import Adam
from flowengine.nn.optimizers.family import OptimizerSetting
from flowengine.nn.precision import Precision
from flowengine.nn.schedules import Constant, ScheduleSetting
from flowengine.nn.stagnation import EarlyStopping, ReduceOnPlateau
from flowengine.nn.truncation import check_truncation

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
    """Columns that feed the input, by default those that fit; for several inputs the columns of
    each, by its name."""
    target_columns: Columns | dict[str, Columns] | None = None
    """Columns with what the output should be, by default `label`, `target`, `class` or the last
    that fits; for several outputs the columns of each."""
    conversions: dict[str, Conversion] | None = None
    """How the columns of an input or output become a tensor, by its name, where it is not obvious:
    numbers side by side, the position of a category, one-hot, lists or images."""
    loss: LossSetting | None = None
    """What training makes small; by default it follows from the last layer and the target."""
    losses: dict[str, LossSetting] | None = None
    """Loss of each output by its name, for networks with several."""
    loss_weights: dict[str, float] | None = None
    """How much the loss of each output counts in the sum, by its name; 1 where it is not named."""
    class_weight: dict[str, float] | None = None
    """How much the rows of each class count in training, by the class; 1 where it is not named.
    For networks with one output, whose target is a class."""
    sample_weight: Annotated[str, Column("training_data", kind="number")] | None = None
    """Column that says how much each row counts in the loss."""
    metrics: tuple[MetricSetting, ...] | dict[str, tuple[MetricSetting, ...]] | None = None
    """What is followed beside the loss, for all outputs or for each by its name; by default
    accuracy for classes, else the mean error."""
    optimizer: OptimizerSetting = Adam()
    """How the weights are moved."""
    schedule: ScheduleSetting = Constant()
    """How the optimizer's learning rate changes while training."""
    epochs: Count = 1
    """Passes over the training data."""
    batch_size: Count = 32
    """Rows in one step; the last step of an epoch takes what is left."""
    validation_batch_size: Count | None = None
    """Rows at a time in validation; changes its speed and memory, and its result only where a loss
    is no mean over rows alike: sums, overlaps, sequences with masks."""
    validation_split: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Last part of the training data that is left out of the training and validates it, where no
    validation data is connected."""
    shuffle: bool = True
    """Whether the rows are put in a new order before each epoch."""
    seed: Annotated[int, Field(ge=0)] | None = None
    """Seed of first weights, order and dropout; by default it follows from the workflow's seed."""
    terminate_on_nan: bool = False
    """Whether to end when the loss is no number any more."""
    early_stopping: EarlyStopping | None = None
    """Ends the training when it gets no better."""
    reduce_on_plateau: ReduceOnPlateau | None = None
    """Lowers the learning rate when the training gets no better."""
    gradient_accumulation: Count = 1
    """Batches whose gradients are added up before the weights move once: the effect of a batch
    as many times as large, in the memory of one. A loss with the reduction mean_with_sample_weight,
    or of sequences with masks, is the mean of each batch by itself."""
    truncated_bptt: Count | None = None
    """Steps of a window through which a gradient flows back; by default all of them. Windows are
    then trained piece by piece: recurrent layers carry their state from one piece to the next, and
    where the network answers at every step, the weights move after each piece. Batches whose
    gradients are added up then go through their windows side by side."""
    precision: Precision = "float32"
    """Numbers in which layers compute; weights and losses are always float32. bfloat16 is faster
    on recent devices, float16 needs CUDA."""

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
        for doubt in self._doubts_of_metrics(plan):
            ctx.warn(doubt)
        if not _has_trainable(network):
            raise ConfigureError("the network has no weights that training could change")
        if validation_data is not None:
            if self.validation_split:
                raise ConfigureError(
                    "validation data is connected; set validation_split to 0, or disconnect it",
                    setting="validation_split",
                )
            _check_validation(plan, training_data, validation_data, self.sample_weight)
        self._check_weights(plan)
        self._check_losses(network, plan)
        self._answers_at_every_step(network, plan)
        if state is not None:
            self._check_state(state)
        schema = self._history_schema(network, plan, validation_data)
        names = [name for name in schema if name not in ("epoch", "learning_rate", "seconds")]
        for setting in ("early_stopping", "reduce_on_plateau"):
            rule = getattr(self, setting)
            if rule is not None:
                rule.watched(names, setting=setting)
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
        from flowengine.nn.learning import Recipe, learn
        from flowengine.nn.training import TrainingSettings

        plan = self._plan(network.spec, training_data.schema)
        metrics = self._metrics(network.spec, plan)
        schema = self._history_schema(network.spec, plan, validation_data)
        if training_data.is_empty():
            raise DataError("the training data has no rows, so there is nothing to learn from")
        if validation_data is not None and validation_data.is_empty():
            self._check_without_validation()
        settings = TrainingSettings(
            epochs=self.epochs,
            batch_size=self.batch_size,
            validation_batch_size=self.validation_batch_size or max(self.batch_size, 256),
            shuffle=self.shuffle,
            terminate_on_nan=self.terminate_on_nan,
            seed=ctx.seed,
            accumulation=self.gradient_accumulation,
            early_stopping=self.early_stopping,
            reduce_on_plateau=self.reduce_on_plateau,
            piece=self.truncated_bptt,
            sequences=self._answers_at_every_step(network.spec, plan),
        )
        recipe = Recipe(
            plan,
            metrics,
            self.optimizer,
            self.schedule,
            settings,
            loss_weights=self.loss_weights,
            class_weight=self.class_weight,
            sample_weight=self.sample_weight,
            validation_split=self.validation_split,
            precision=self.precision,
        )
        learned = learn(network, training_data, validation_data, state, recipe, ctx)
        return Learned(learned.network, history_table(learned.history, schema), learned.state)

    def _plan(self, network: NetworkSpec, table: pl.Schema) -> Plan:
        for setting in ("input_columns", "target_columns"):
            given = getattr(self, setting) or ()
            named = [*given] if not isinstance(given, dict) else [*chain(*given.values())]
            if self.sample_weight in named:
                raise ConfigureError(
                    f'column "{self.sample_weight}" is the sample_weight, so it is no input and no '
                    f"target; leave it out there, or weigh by another column",
                    setting=setting,
                )
        # A weight says nothing about its row, so it feeds no input.
        fed = {name: dtype for name, dtype in table.items() if name != self.sample_weight}
        return plan_binding(
            network,
            pl.Schema(fed),
            input_columns=self.input_columns,
            target_columns=self.target_columns,
            conversions=self.conversions,
            losses=self.losses or self.loss,
        )

    def _metrics(self, network: NetworkSpec, plan: Plan) -> MetricsByOutput:
        outputs = {name: network.tensors[network.outputs[name]] for name in plan.losses}
        for name, metrics in self._chosen_metrics(plan).items():
            units = outputs[name].shape[-1] if outputs[name].shape else 1
            for metric in metrics:
                try:
                    metric.check(units or 1, plan.losses[name])
                except ValueError as error:
                    raise ConfigureError(
                        f'the metric "{metric.type}" does not fit output "{name}": {error}',
                        setting="metrics",
                    ) from error
        return {
            name: [
                part
                for metric in metrics
                for part in metric.beside(plan.losses[name]).parts(outputs[name])
            ]
            for name, metrics in self._chosen_metrics(plan).items()
        }

    def _chosen_metrics(self, plan: Plan) -> MetricsByOutput:
        chosen = self.metrics
        if isinstance(chosen, dict):
            _check_outputs(chosen, plan, "metrics")
            return {
                name: chosen.get(name, usual_metrics(loss)) for name, loss in plan.losses.items()
            }
        return {
            name: usual_metrics(loss) if chosen is None else chosen
            for name, loss in plan.losses.items()
        }

    def _doubts_of_metrics(self, plan: Plan) -> Iterator[str]:
        for name, metrics in self._chosen_metrics(plan).items():
            loss = plan.losses[name]
            for metric in metrics if loss.answer in ("logit", "logits") else ():
                if metric.of_probabilities:
                    yield (
                        f'the metric "{metric.type}" takes output "{name}" for probabilities, and '
                        f'the loss "{loss.type}" for logits; '
                        + (
                            "set from_logits of the metric too"
                            if hasattr(metric, "from_logits")
                            else "let the last layer make probabilities, and leave from_logits out"
                        )
                    )

    def _history_schema(
        self, network: NetworkSpec, plan: Plan, validation_data: object | None
    ) -> pl.Schema:
        validated = validation_data is not None or self.validation_split > 0
        return history_schema(plan.losses, self._metrics(network, plan), validated=validated)

    def _answers_at_every_step(self, network: NetworkSpec, plan: Plan) -> bool:
        if self.truncated_bptt is None:
            return False
        return check_truncation(network, plan.losses, self.truncated_bptt)

    def _check_weights(self, plan: Plan) -> None:
        _check_outputs(self.loss_weights or {}, plan, "loss_weights")
        if not self.class_weight:
            return
        if len(plan.losses) > 1:
            raise ConfigureError(
                f"class_weight is for networks with one output; this one learns "
                f"{listing(plan.losses)}; use a column of weights (sample_weight)",
                setting="class_weight",
            )
        ((name, loss),) = plan.losses.items()
        feed = plan.binding.targets[name]
        if loss.form == "values" and feed.conversion not in ("index", "one_hot"):
            raise ConfigureError(
                f'class_weight needs classes, and the target of output "{name}" '
                f"({listing(feed.columns)}) are numbers",
                setting="class_weight",
            )

    def _check_without_validation(self) -> None:
        for setting in ("early_stopping", "reduce_on_plateau"):
            rule = getattr(self, setting)
            if rule is not None and (rule.monitor or "").startswith("val_"):
                raise DataError(
                    f'{setting} watches "{rule.monitor}", and the validation data has no rows'
                )

    def _check_losses(self, network: NetworkSpec, plan: Plan) -> None:
        weighed = self.sample_weight is not None or bool(self.class_weight)
        for name, loss in plan.losses.items():
            try:
                loss.check(network.tensors[network.outputs[name]].shape, weighed=weighed)
            except ValueError as error:
                raise ConfigureError(
                    f'the loss "{loss.type}" does not fit output "{name}": {error}',
                    setting="losses" if self.losses else "loss",
                ) from error

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


def _check_outputs(named: Collection[str], plan: Plan, setting: str) -> None:
    for name in named:
        if name not in plan.losses:
            raise ConfigureError(
                f'{setting} names "{name}", which is no output that is trained.'
                f"{suggest(name, plan.losses)} Trained are {listing(plan.losses)}",
                setting=setting,
            )


def _check_validation(
    plan: Plan, training: pl.Schema, validation: pl.Schema, sample_weight: str | None
) -> None:
    feeds = [*plan.binding.inputs.values(), *plan.binding.targets.values()]
    names = [column for feed in feeds for column in feed.columns]
    for name in names if sample_weight is None else [*names, sample_weight]:
        if name not in validation:
            raise ConfigureError(f'the validation data has no column "{name}"')
        if validation[name] != training[name]:
            raise ConfigureError(
                f'column "{name}" is {training[name]} in the training data and '
                f"{validation[name]} in the validation data"
            )
