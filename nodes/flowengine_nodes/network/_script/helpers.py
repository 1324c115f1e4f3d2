"""Classes that programs get where PyTorch has none that computes the same."""

from __future__ import annotations

from flowengine_nodes.network._script import attention, films, stepwise

HELPERS = {
    "Steps": stepwise.STEPS,
    "LSTMSteps": stepwise.LSTM,
    "GRUSteps": stepwise.GRU,
    "ResetFirstGRUSteps": stepwise.GRU_RESET_FIRST,
    "RNNSteps": stepwise.RNN,
    "ConvLSTMSteps": films.STEPS,
    "HeadAttention": attention.HEADS,
}
"""Text by class, in the order in which a program has them."""
