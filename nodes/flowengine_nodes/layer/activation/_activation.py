"""What activation functions with settings share: a tensor keeps its shape."""

from __future__ import annotations

from flowengine import Layer, TensorSpec
from flowengine_nodes.layer._tensors import floating


class ActivationLayer(Layer):
    """Base of activation functions: the shape stays, the result is float32."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return floating(inputs[0])

    def flops(self, *inputs: TensorSpec) -> int:
        return inputs[0].size
