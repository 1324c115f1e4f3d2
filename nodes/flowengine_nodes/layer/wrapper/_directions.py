"""Ports of a layer that goes through a sequence in both directions."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from flowengine import Network, Port
from flowengine.layer import ResultPort

FirstForwardPort = Annotated[
    Network | None, Port("Network whose output is the first state of the forward layer.")
]
FirstForwardCellPort = Annotated[
    Network | None, Port("Network whose output is the first cell state of the forward layer.")
]
FirstBackwardPort = Annotated[
    Network | None, Port("Network whose output is the first state of the backward layer.")
]
FirstBackwardCellPort = Annotated[
    Network | None, Port("Network whose output is the first cell state of the backward layer.")
]


class BothDirections(NamedTuple):
    """Outputs of a layer that goes in both directions."""

    out: ResultPort
    backward: Annotated[
        Network, Port("Network with the backward layer's result, where the two are not merged.")
    ]
    forward_h: Annotated[Network, Port("Network with the last state of the forward layer.")]
    forward_c: Annotated[Network, Port("Network with the last cell state of the forward layer.")]
    backward_h: Annotated[Network, Port("Network with the last state of the backward layer.")]
    backward_c: Annotated[Network, Port("Network with the last cell state of the backward layer.")]
