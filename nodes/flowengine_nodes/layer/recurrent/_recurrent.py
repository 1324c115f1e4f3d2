"""What recurrent layers share: weights, first and last states, how a sequence is gone through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from flowengine import ConfigureError, TensorSpec, Weight
from flowengine.nn.activations import Activation, activated
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import InitializerSetting, Orthogonal
from flowengine.nn.regularizers import RegularizerSetting
from flowengine_nodes.layer._kernel import BiasSettings, BiasWeight, KernelWeight

if TYPE_CHECKING:
    from flowengine.nn.cells.recurrence import Course

Rate = Annotated[float, Field(ge=0, le=1)]


def _stateless(value: Any) -> Any:
    if value is True:
        raise ValueError(
            "true is not supported: states that outlive a batch make a result depend on the order "
            "of the rows; connect the state ports where one network is to go on from another"
        )
    return value


class Recurrent(KernelWeight, BiasWeight):
    """Base of recurrent layers; a subclass says what its states are."""

    gates: ClassVar[int]

    recurrent_initializer: InitializerSetting = Orthogonal()
    """What fills the recurrent kernel, which is applied to the state, before training."""
    recurrent_regularizer: RegularizerSetting | None = None
    """What the recurrent kernel adds to the loss."""
    recurrent_constraint: ConstraintSetting | None = None
    """What the recurrent kernel must satisfy after each step."""
    return_sequences: bool = False
    """Whether to give the output of every step; otherwise that of the last step alone."""
    go_backwards: bool = False
    """Whether to begin at the end of the sequence; outputs then come in that order too."""
    stateful: Annotated[Literal[False], BeforeValidator(_stateless)] = False
    """Whether states outlive a batch: never; use the state ports instead."""
    zero_output_for_mask: bool = False
    """Whether a masked step gives zeros; otherwise it repeats the output of the step before."""

    def state_spec(self, sequence: TensorSpec) -> TensorSpec:
        """Return the spec of a state, which is also that of the output of a step."""
        raise NotImplementedError(f"{type(self).__name__} needs a method state_spec")

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        sequence, *first = inputs
        state = self.state_spec(sequence)
        names = self.output_names()[1:]
        for name, tensor in zip(names, first, strict=False):
            if tensor.shape != state.shape:
                raise ConfigureError(
                    f'the first state at "{name}" is {tensor}, but the states of this layer are '
                    f"{state}; give both the same size"
                )
        result = state
        if self.return_sequences:
            shape = (sequence.shape[0], *state.shape)
            result = replace(state, shape=shape, masked=sequence.masked)
        return (result, *[state] * len(names))

    def recurrent_weight(self, shape: tuple[int, ...], axes: tuple[int, ...]) -> dict[str, Weight]:
        """Return the recurrent kernel as a weight; ``axes`` is Keras' order in torch's."""
        return {
            "recurrent_kernel": Weight(
                shape,
                self.recurrent_initializer,
                axes=axes,
                regularizer=self.recurrent_regularizer,
                constraint=self.recurrent_constraint,
            )
        }

    def course(self) -> Course:
        """Return how a sequence is gone through."""
        from flowengine.nn.cells.recurrence import Course

        return Course(
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
            zero_output_for_mask=self.zero_output_for_mask,
        )


class CellSettings(Recurrent, BiasSettings):
    """Settings of recurrent layers that leave the choice of functions and dropout."""

    activation: Activation = "tanh"
    """Function of the state."""
    dropout: Rate = 0.0
    """Share of the inputs that are dropped while training, the same at all steps."""
    recurrent_dropout: Rate = 0.0
    """Share of the state that is dropped while training, the same at all steps."""
    seed: int | None = None
    """Own seed of dropout; by default the random numbers follow from the learner's seed."""

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        for setting in ("activation", "recurrent_activation"):
            state = TensorSpec((2,))
            if activated(state, getattr(self, setting, "linear")) != state:
                raise ConfigureError(
                    f'{setting} "glu" halves its input, but a state must keep its size; choose '
                    f'another function, such as "tanh" or "sigmoid"',
                    setting=setting,
                )
        return super().outputs(*inputs)

    def course(self) -> Course:
        return replace(
            super().course(),
            dropout=self.dropout,
            recurrent_dropout=self.recurrent_dropout,
            seed=self.seed,
        )
