"""Models kept in files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated, Literal

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    File,
    Model,
    ModelSpec,
    Node,
    node,
)
from flowengine.ports import ModelPort
from flowengine_nodes.io._whole import write_whole


@node(
    title="Model Writer",
    keywords=("save", "export", "dictionary", "normalizer", "preprocessing", "safetensors"),
)
class ModelWriter(Node):
    """Write a model, such as a dictionary or a fitted normalizer, to a file.

    What was fitted in training is needed again wherever the network is used. The file is a
    safetensors file: settings in its metadata, arrays as its tensors; nothing in it is ever
    executed. Networks have a writer of their own.
    """

    path: Annotated[str, File("write", suffixes=(".safetensors",))]
    """File to write; missing folders on the way are made."""
    overwrite: Literal["replace", "refuse"] = "replace"
    """What to do when the file exists already: replace it, or stop with an error (refuse)."""

    def configure(self, model: ModelSpec, ctx: ConfigureContext) -> None:
        self._check_target(ctx.path(self.path, write=True))

    def execute(self, model: Model, ctx: Context) -> None:
        target = ctx.path(self.path, write=True)
        self._check_target(target)
        ctx.progress(0.0, "writing")
        data = io.BytesIO()
        ModelPort().write(model, data)
        write_whole(target, data.getvalue(), self.path)

    def _check_target(self, target: Path) -> None:
        if target.is_dir():
            raise ConfigureError(
                f'"{self.path}" is a folder; name a file in it, such as '
                f'"{self.path}/model.safetensors"',
                setting="path",
            )
        if self.overwrite == "refuse" and target.exists():
            raise ConfigureError(
                f'"{self.path}" exists already; choose another name or set "overwrite" to '
                f'"replace"',
                setting="path",
            )
