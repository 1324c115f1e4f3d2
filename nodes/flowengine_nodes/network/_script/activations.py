"""Activation functions as expressions of PyTorch."""

from __future__ import annotations

from flowengine_nodes.network._script.call import CallWriter, Layout

FUNCTIONS = {
    "relu": "F.relu({x})",
    "relu6": "F.relu6({x})",
    "leaky_relu": "F.leaky_relu({x}, 0.2)",
    "elu": "F.elu({x})",
    "selu": "F.selu({x})",
    "celu": "F.celu({x})",
    "gelu": "F.gelu({x})",
    "silu": "F.silu({x})",
    "swish": "F.silu({x})",
    "mish": "F.mish({x})",
    "sigmoid": "torch.sigmoid({x})",
    "hard_sigmoid": "F.hardsigmoid({x})",
    "hard_sigmoid_keras2": "(0.2 * {x} + 0.5).clamp(0, 1)",
    "log_sigmoid": "F.logsigmoid({x})",
    "hard_silu": "F.hardswish({x})",
    "hard_swish": "F.hardswish({x})",
    "tanh": "torch.tanh({x})",
    "hard_tanh": "F.hardtanh({x})",
    "tanh_shrink": "F.tanhshrink({x})",
    "softmax": "F.softmax({x}, dim={axis})",
    "log_softmax": "F.log_softmax({x}, dim={axis})",
    "softplus": "F.softplus({x})",
    "softsign": "F.softsign({x})",
    "exponential": "torch.exp({x})",
    "soft_shrink": "F.softshrink({x})",
    "hard_shrink": "F.hardshrink({x})",
    "glu": "F.glu({x}, dim={axis})",
}


def activated(call: CallWriter, name: str, x: str, layout: Layout) -> str:
    """Return an expression with an activation around it."""
    if name == "linear":
        return x
    if name not in FUNCTIONS:
        raise call.refuse(f'the activation "{name}" has no counterpart in PyTorch')
    return FUNCTIONS[name].format(x=x, axis=1 if layout == "first" else -1)


def function(call: CallWriter, name: str, layout: Layout = "last") -> str:
    """Return an activation as a function."""
    if name == "linear":
        return "lambda x: x"
    expression = activated(call, name, "x", layout)
    return (
        expression.removesuffix("(x)") if expression.endswith("(x)") else f"lambda x: {expression}"
    )
