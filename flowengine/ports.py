"""Port types: for each kind of value its Python class, spec, summary, and how it is kept.

Heavy libraries are imported inside the methods, so that knowing the types costs nothing.
"""

from __future__ import annotations

import io
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from flowengine.network import LayerLoader, Network, NetworkSpec
from flowengine.strict_json import unkept
from flowengine.values import Chart, Model, ModelSpec

SMALL_ROWS, SMALL_CELLS = 100, 2_000
"""A table of at most so many rows and cells stands in its summary whole."""


@dataclass(frozen=True)
class LoadContext:
    """What loading a value may need: a way to make layers, and the folder of weight files."""

    load_layer: LayerLoader
    blobs: Path


class PortType(ABC):
    """One kind of value.

    Attributes:
        id: Name in files and in the editor.
        shape: Outline of the port in the editor.
        colour: Its colour, as ``#rrggbb``.
    """

    id: str
    shape: str
    colour: str

    @abstractmethod
    def accepts(self, hint: type) -> bool:
        """Return whether a type hint stands for this kind of value."""

    def fault(self, value: Any) -> str:
        """Return why a value of the right class cannot be kept all the same, or ''."""
        return ""

    def spec_of(self, value: Any) -> Any:
        """Return what is known of the value, in the form ``configure`` uses."""
        return None

    def describe(self, spec: Any) -> Any:
        """Return a spec as JSON data for people."""
        return None

    def conflict(self, promised: Any, actual: Any) -> str:
        """Return a sentence where a result's spec is not what ``configure`` promised, else ''."""
        return "" if promised == actual else f"configure promised {promised}, execute gave {actual}"

    @abstractmethod
    def size(self, value: Any) -> int:
        """Return about how many bytes the value takes in memory."""

    @abstractmethod
    def write(self, value: Any, target: BinaryIO) -> None:
        """Write the value to a binary file."""

    @abstractmethod
    def read(self, source: Path | bytes, context: LoadContext) -> Any:
        """Return the value that ``write`` wrote; a file may stay mapped into memory."""

    @abstractmethod
    def summary(self, value: Any) -> dict[str, Any]:
        """Return a few JSON facts about the value."""


class TablePort(PortType):
    """Tables: ``polars.DataFrame`` (or ``LazyFrame`` where a node streams)."""

    id, shape, colour = "table", "triangle", "#2f6fde"

    def accepts(self, hint: type) -> bool:
        return hint.__module__.startswith("polars.") and hint.__name__ in ("DataFrame", "LazyFrame")

    def fault(self, value: Any) -> str:
        if type(value).__name__ == "LazyFrame":
            return ""  # known when it is computed
        found = [name for name, dtype in value.schema.items() if str(dtype) == "Object"]
        return f'column "{found[0]}" holds Python objects, which no file can' if found else ""

    def spec_of(self, value: Any) -> Any:
        return value.collect_schema()

    def describe(self, spec: Any) -> Any:
        return [{"name": name, "type": str(dtype)} for name, dtype in spec.items()]

    def conflict(self, promised: Any, actual: Any) -> str:
        for name, dtype in promised.items():
            if name not in actual:
                return f'configure promised a column "{name}", which execute did not give'
            if dtype != actual[name]:
                return f'configure promised column "{name}" as {dtype}, execute gave {actual[name]}'
        extra = [name for name in actual if name not in promised]
        return f'execute gave a column "{extra[0]}" that configure did not promise' if extra else ""

    def size(self, value: Any) -> int:
        return int(value.estimated_size())

    def write(self, value: Any, target: BinaryIO) -> None:
        # One record batch, uncompressed: it can be mapped back without a copy.
        value.rechunk().write_ipc(
            target, compression="uncompressed", record_batch_size=max(1, value.height)
        )

    def read(self, source: Path | bytes, context: LoadContext) -> Any:
        import polars as pl

        if isinstance(source, bytes):
            return pl.read_ipc(io.BytesIO(source))
        import pyarrow as pa

        with pa.memory_map(str(source)) as mapped:
            return pl.from_arrow(pa.ipc.open_file(mapped).read_all(), rechunk=False)

    def summary(self, value: Any) -> dict[str, Any]:
        facts = {
            "row_count": value.height,
            "columns": self.describe(value.collect_schema()),
        }
        if value.height <= SMALL_ROWS and value.height * value.width <= SMALL_CELLS:
            plain = [name for name, dtype in value.schema.items() if _is_json(dtype)]
            facts["rows"] = json.loads(value[plain].write_json())
        return facts


class NetworkPort(PortType):
    """Networks: ``flowengine.Network``."""

    id, shape, colour = "network", "square", "#c0392b"

    def accepts(self, hint: type) -> bool:
        return hint is Network

    def spec_of(self, value: Network) -> NetworkSpec:
        return value.spec

    def describe(self, spec: NetworkSpec) -> Any:
        return {
            "inputs": {name: str(spec.tensors[tensor]) for name, tensor in spec.inputs.items()},
            "outputs": {name: str(spec.tensors[tensor]) for name, tensor in spec.outputs.items()},
            "layers": len(spec.layers),
            "parameters": spec.parameters,
            "flops": spec.flops,
        }

    def conflict(self, promised: NetworkSpec, actual: NetworkSpec) -> str:
        if promised.tensors == actual.tensors and promised.outputs == actual.outputs:
            return ""
        return "configure promised another network than execute gave"

    def size(self, value: Network) -> int:
        return 1000 * (1 + len(value.spec.layers))

    def write(self, value: Network, target: BinaryIO) -> None:
        target.write(_json(value.to_json()))

    def read(self, source: Path | bytes, context: LoadContext) -> Network:
        return Network.from_json(json.loads(_bytes(source)), context.load_layer, context.blobs)

    def summary(self, value: Network) -> dict[str, Any]:
        return {**self.describe(value.spec), "trained": value.is_trained}


class ModelPort(PortType):
    """Models: ``flowengine.Model``, kept as one safetensors file."""

    id, shape, colour = "model", "diamond", "#8e44ad"

    def accepts(self, hint: type) -> bool:
        return hint is Model

    def fault(self, value: Model) -> str:
        plain = {"kind": value.kind, "settings": value.settings, "tensors": list(value.tensors)}
        return unkept(plain, "the model")

    def spec_of(self, value: Model) -> ModelSpec:
        return ModelSpec(value.kind, value.settings)

    def describe(self, spec: ModelSpec) -> Any:
        return {"kind": spec.kind, "settings": dict(spec.settings)}

    def conflict(self, promised: ModelSpec, actual: ModelSpec) -> str:
        if promised.kind == actual.kind:
            return ""
        return f'configure promised a model of kind "{promised.kind}", execute gave "{actual.kind}"'

    def size(self, value: Model) -> int:
        return 500 + sum(array.nbytes for array in value.tensors.values())

    def write(self, value: Model, target: BinaryIO) -> None:
        from safetensors.numpy import save

        head = _json({"kind": value.kind, "settings": dict(value.settings)}).decode()
        target.write(save(dict(value.tensors), metadata={"model": head}))

    def read(self, source: Path | bytes, context: LoadContext) -> Model:
        from safetensors.numpy import load

        data = _bytes(source)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        head = json.loads(header["__metadata__"]["model"])
        return Model(head["kind"], head["settings"], load(data))

    def summary(self, value: Model) -> dict[str, Any]:
        return {"kind": value.kind, "tensors": len(value.tensors)}


class ChartPort(PortType):
    """Charts: ``flowengine.Chart``, a Vega-Lite specification with its table."""

    id, shape, colour = "chart", "circle", "#d68910"

    def accepts(self, hint: type) -> bool:
        return hint is Chart

    def fault(self, value: Chart) -> str:
        return unkept(value.specification, "the chart's specification")

    def size(self, value: Chart) -> int:
        return 1000 + int(value.table.estimated_size())

    def write(self, value: Chart, target: BinaryIO) -> None:
        head = _json(dict(value.specification))
        target.write(len(head).to_bytes(8, "little") + head)
        value.table.write_ipc(target)

    def read(self, source: Path | bytes, context: LoadContext) -> Chart:
        import polars as pl

        data = _bytes(source)
        end = 8 + int.from_bytes(data[:8], "little")
        return Chart(json.loads(data[8:end]), pl.read_ipc(io.BytesIO(data[end:])))

    def summary(self, value: Chart) -> dict[str, Any]:
        return {"rows": value.table.height}


class VariablePort(PortType):
    """Variables: a scalar or a small record. The spec is the name of its type."""

    id, shape, colour = "variable", "ring", "#5d6d7e"

    def accepts(self, hint: type) -> bool:
        return hint in (bool, int, float, str, dict)

    def fault(self, value: Any) -> str:
        return unkept(value, "the value")

    def spec_of(self, value: Any) -> str:
        return type(value).__name__

    def describe(self, spec: Any) -> Any:
        return spec

    def size(self, value: Any) -> int:
        return 100 if not isinstance(value, (str, dict, list)) else len(_json(value))

    def write(self, value: Any, target: BinaryIO) -> None:
        # what it would write otherwise than it is, ``fault`` has refused
        target.write(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))

    def read(self, source: Path | bytes, context: LoadContext) -> Any:
        return json.loads(_bytes(source))

    def summary(self, value: Any) -> dict[str, Any]:
        return {"value": value}


BUILTIN: tuple[PortType, ...] = (
    TablePort(),
    NetworkPort(),
    ModelPort(),
    ChartPort(),
    VariablePort(),
)


def port_type_of(hint: type) -> PortType | None:
    """Return the port type a hint stands for, or ``None``."""
    return next((port for port in BUILTIN if port.accepts(hint)), None)


def _is_json(dtype: Any) -> bool:
    """Return whether polars writes a column of this type as JSON that is short, and exact."""
    return not dtype.is_nested() and str(dtype) not in ("Binary", "Object", "Int128", "UInt128")


_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _json(value: Any) -> bytes:
    return _JSON.encode(value).encode()


def _bytes(source: Path | bytes) -> bytes:
    return source if isinstance(source, bytes) else source.read_bytes()
