"""Networks kept in files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated, Literal

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    File,
    Network,
    NetworkSpec,
    Node,
    PathError,
    node,
)

SUFFIXES = (".safetensors",)


@node(title="Network Writer", keywords=("save", "export", "model", "safetensors"))
class Writer(Node):
    """Write a network with its weights to a file.

    The file is a safetensors file that any program can open: its tensors are called `layer:weight`
    and have Keras' names and layouts, its metadata describes the network. It also holds which
    columns feed the network, so that a reader and an executor need nothing else.
    """

    path: Annotated[str, File("write", suffixes=SUFFIXES)]
    """File to write; missing folders on the way are made."""
    overwrite: Literal["replace", "refuse"] = "replace"
    """What to do when the file exists already: replace it, or stop with an error (refuse)."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> None:
        self._check_target(ctx.path(self.path, write=True))

    def execute(self, network: Network, ctx: Context) -> None:
        from flowengine.nn.network_file import network_bytes

        target = ctx.path(self.path, write=True)
        self._check_target(target)
        if not network.is_trained:
            ctx.warn("some layers of the network are not trained; the file has no weights for them")
        data = network_bytes(network)
        aside = target.with_name(f".writing-{secrets.token_hex(8)}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, target)
        except OSError as error:
            raise PathError(f'"{self.path}" cannot be written: {error.strerror}') from error
        finally:
            aside.unlink(missing_ok=True)

    def _check_target(self, target: Path) -> None:
        if target.is_dir():
            raise ConfigureError(
                f'"{self.path}" is a folder; name a file in it, such as '
                f'"{self.path}/network.safetensors"',
                setting="path",
            )
        if self.overwrite == "refuse" and target.exists():
            raise ConfigureError(
                f'"{self.path}" exists already; choose another name or set "overwrite" to '
                f'"replace"',
                setting="path",
            )
