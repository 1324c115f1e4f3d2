"""Recurrent layers written out step by step, for what PyTorch's own cannot compute.

The texts of classes that a program gets where it needs them.
"""

from __future__ import annotations

STEPS = '''class Steps(nn.Module):
    """A recurrent layer, step by step; a step that the mask leaves out changes nothing.

    The kernel is applied to all steps at once, then ``step`` says how each changes the states. A
    step that is left out repeats the output before it, or gives zeros where `zeros` is set.
    """

    states = 1

    def __init__(
        self, inputs: int, units: int, gates: int, *, bias: bool = True, zeros: bool = False
    ) -> None:
        super().__init__()
        self.units, self.zeros = units, zeros
        self.kernel = nn.Linear(inputs, gates * units, bias=bias)

    def step(self, taken: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def forward(
        self, x: Tensor, mask: Tensor | None = None, first: tuple[Tensor, ...] | None = None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        nothing = x.new_zeros(x.shape[0], self.units)
        states = first or (nothing,) * self.states
        outputs, output = [], nothing
        for number, taken in enumerate(self.kernel(x).unbind(1)):
            new = self.step(taken, states)
            if mask is not None:
                valid = mask[:, number].unsqueeze(1)
                output = torch.where(valid, new[0], nothing if self.zeros else output)
                pairs = zip(new, states, strict=True)
                new = tuple(torch.where(valid, one, old) for one, old in pairs)
            else:
                output = new[0]
            states = new
            outputs.append(output)
        return torch.stack(outputs, dim=1), states
'''

LSTM = '''class LSTMSteps(Steps):
    """An LSTM; gates in the order input, forget, candidate, output."""

    states = 2

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        gate: Callable[[Tensor], Tensor] = torch.sigmoid,
        **settings: bool,
    ) -> None:
        super().__init__(inputs, units, 4, **settings)
        self.recurrent = nn.Linear(units, 4 * units, bias=False)
        self.activation, self.gate = activation, gate

    def step(self, taken: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        state, cell = states
        into, keep, candidate, out = (taken + self.recurrent(state)).chunk(4, dim=1)
        cell = self.gate(keep) * cell + self.gate(into) * self.activation(candidate)
        return self.gate(out) * self.activation(cell), cell
'''

GRU = '''class GRUSteps(Steps):
    """A GRU that resets its state after the product; gates in the order update, reset, new."""

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        gate: Callable[[Tensor], Tensor] = torch.sigmoid,
        bias: bool = True,
        zeros: bool = False,
    ) -> None:
        super().__init__(inputs, units, 3, bias=bias, zeros=zeros)
        self.recurrent = nn.Linear(units, 3 * units, bias=bias)
        self.activation, self.gate = activation, gate

    def step(self, taken: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        (state,) = states
        update, reset, new = taken.chunk(3, dim=1)
        own_update, own_reset, own_new = self.recurrent(state).chunk(3, dim=1)
        update = self.gate(update + own_update)
        new = self.activation(new + self.gate(reset + own_reset) * own_new)
        return (update * state + (1 - update) * new,)
'''

GRU_RESET_FIRST = '''class ResetFirstGRUSteps(Steps):
    """A GRU that resets its state before the product; gates in the order update, reset, new."""

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        gate: Callable[[Tensor], Tensor] = torch.sigmoid,
        **settings: bool,
    ) -> None:
        super().__init__(inputs, units, 3, **settings)
        self.recurrent = nn.Linear(units, 2 * units, bias=False)
        self.recurrent_new = nn.Linear(units, units, bias=False)
        self.activation, self.gate = activation, gate

    def step(self, taken: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        (state,) = states
        update, reset, new = taken.chunk(3, dim=1)
        own_update, own_reset = self.recurrent(state).chunk(2, dim=1)
        update = self.gate(update + own_update)
        reset = self.gate(reset + own_reset)
        new = self.activation(new + self.recurrent_new(reset * state))
        return (update * state + (1 - update) * new,)
'''

RNN = '''class RNNSteps(Steps):
    """A plain recurrent layer, which feeds its output back."""

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        **settings: bool,
    ) -> None:
        super().__init__(inputs, units, 1, **settings)
        self.recurrent = nn.Linear(units, units, bias=False)
        self.activation = activation

    def step(self, taken: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (self.activation(taken + self.recurrent(states[0])),)
'''
