"""flowengine: a visual, node-based workflow engine for deep learning without code.

The public names for authors of nodes and for programs that embed the engine. What a node's file
needs is imported here; what runs workflows is imported on first use (``fe.run`` and the rest).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from flowengine.binding import Binding, Feed
from flowengine.context import ConfigureContext, Context
from flowengine.errors import (
    ConfigureError,
    DataError,
    FlowEngineError,
    NodeError,
    PathError,
    RunCancelled,
    RunError,
    StoreError,
    WorkflowError,
)
from flowengine.events import Event
from flowengine.layer import Layer, MergeLayer
from flowengine.markers import Column, File, Port
from flowengine.network import Network, NetworkSpec
from flowengine.node import Node, Specs, node
from flowengine.tensor import TensorSpec, Weight
from flowengine.values import Chart, Model, ModelSpec

if TYPE_CHECKING:
    from flowengine.api import Result, RunHandle, run, start
    from flowengine.planning.validate import validate
    from flowengine.process import prepare_process
    from flowengine.registry import Registry
    from flowengine.workflow import Workflow

__version__ = "0.1.0"

__all__ = [
    "Binding",
    "Chart",
    "Column",
    "ConfigureContext",
    "ConfigureError",
    "Context",
    "DataError",
    "Event",
    "Feed",
    "File",
    "FlowEngineError",
    "Layer",
    "MergeLayer",
    "Model",
    "ModelSpec",
    "Network",
    "NetworkSpec",
    "Node",
    "NodeError",
    "PathError",
    "Port",
    "Registry",
    "Result",
    "RunCancelled",
    "RunError",
    "RunHandle",
    "Specs",
    "StoreError",
    "TensorSpec",
    "Weight",
    "Workflow",
    "WorkflowError",
    "node",
    "prepare_process",
    "run",
    "start",
    "validate",
]

_LATER = {
    "Registry": "flowengine.registry",
    "Result": "flowengine.api",
    "RunHandle": "flowengine.api",
    "Workflow": "flowengine.workflow",
    "prepare_process": "flowengine.process",
    "run": "flowengine.api",
    "start": "flowengine.api",
    "validate": "flowengine.planning.validate",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module 'flowengine' has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    # a prompt offers what is not imported yet, too
    return sorted({*globals(), *__all__})
