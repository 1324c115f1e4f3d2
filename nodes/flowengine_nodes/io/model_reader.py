"""Models from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from flowengine import (
    ConfigureContext,
    Context,
    DataError,
    File,
    Model,
    ModelSpec,
    Node,
    PathError,
    node,
)

LARGEST_HEADER = 100 << 20
"""Bytes; settings that claim to be longer are not read."""


@node(
    title="Model Reader",
    keywords=("load", "import", "dictionary", "normalizer", "preprocessing", "safetensors"),
)
class ModelReader(Node):
    """Read a model, such as a dictionary or a fitted normalizer, that a Model Writer wrote.

    Nothing in a file is ever executed; a file that is damaged or of another kind is refused.
    """

    path: Annotated[str, File("read", suffixes=(".safetensors",))]
    """File to read."""

    def configure(self, ctx: ConfigureContext) -> ModelSpec:
        return _read_spec(ctx.path(self.path), self.path)

    def execute(self, ctx: Context) -> Model:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        path = ctx.path(self.path)
        spec = _read_spec(path, self.path)
        ctx.progress(0.0, "reading")
        try:
            tensors = load(path.read_bytes())
        except (SafetensorError, ValueError, KeyError) as error:
            raise DataError(f'"{self.path}" is damaged: {error}') from None
        return Model(spec.kind, spec.settings, tensors)


def _read_spec(path: Path, label: str) -> ModelSpec:
    """Return kind and settings of the model in a file, without its arrays."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(LARGEST_HEADER, path.stat().st_size):
                raise _no_model(label)
            metadata = json.loads(file.read(length))["__metadata__"]
            head = json.loads(metadata["model"])
            kind, settings = head["kind"], head["settings"]
    except OSError as error:
        raise PathError(f'"{label}" cannot be read: {error.strerror}') from None
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _no_model(label) from None
    if not (isinstance(kind, str) and isinstance(settings, dict)):
        raise _no_model(label)
    return ModelSpec(kind, settings)


def _no_model(label: str) -> DataError:
    return DataError(
        f'"{label}" is no model of flowengine; write one with the node "Model Writer" (networks '
        f'have a "Network Reader" of their own)'
    )
