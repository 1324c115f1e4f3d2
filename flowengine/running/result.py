"""What a run gives back: the state of every node, and the values on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flowengine.errors import FlowEngineError, NodeError, listing, suggest
from flowengine.events import NodeState
from flowengine.planning.expansion import Source
from flowengine.planning.plan import Plan

Status = Literal["done", "failed", "cancelled"]


@dataclass(slots=True)
class NodeResult:
    """How one node ended.

    Nobody changes one; it is not frozen, as making it would then take three times as long.

    Args:
        state: ``done``, ``stopped``, ``failed``, ``skipped`` or ``cancelled``.
        cached: Whether its result was in the store already.
        seconds: How long it took when it was computed.
        warnings: What it warned about.
        error: Why it failed.
        detail: A traceback, where the fault is the node's own code.
        outputs: Summary of each output port's value.
    """

    state: NodeState
    cached: bool = False
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    error: str | None = None
    detail: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "state": self.state,
            "cached": self.cached,
            "seconds": round(self.seconds, 6),
            "warnings": list(self.warnings),
            "error": self.error,
            "outputs": dict(self.outputs),
        }


class Outputs:
    """The output values of one node, as attributes named like its ports."""

    def __init__(self, node: str, ports: Mapping[str, Callable[[], Any]]) -> None:
        self._node = node
        self._ports = ports

    def __getattr__(self, port: str) -> Any:
        if port.startswith("_"):
            raise AttributeError(port)
        if port not in self._ports:
            raise AttributeError(
                f'"{self._node}" has no output "{port}".{suggest(port, self._ports)} '
                f"It has {listing(self._ports)}"
            )
        return self._ports[port]()

    def __dir__(self) -> list[str]:
        return list(self._ports)

    def __repr__(self) -> str:
        return f"<outputs of {self._node}: {', '.join(self._ports) or 'none'}>"


class Result:
    """The result of a run.

    ``result["scorer"].statistics`` is the value at a port; ``result.nodes["scorer"]`` tells how the
    node ended, ``result.kept`` whether the store has what came out: not if somebody removed it.
    """

    def __init__(
        self,
        plan: Plan,
        status: Status,
        seconds: float,
        nodes: Mapping[str, NodeResult],
        errors: tuple[NodeError, ...],
        value: Callable[[Source], Any],
        *,
        kept: bool = True,
    ) -> None:
        self.plan = plan
        self.status: Status = status
        self.seconds = seconds
        self.nodes = dict(nodes)
        self.errors = errors
        self.value = value
        self.kept = kept

    def __getitem__(self, path: str) -> Outputs:
        if not isinstance(path, str):  # Python asks so, by numbers, for `in` and `for`
            raise TypeError(
                f"a node is asked for by its name, not by {path!r}; all are in result.nodes"
            )
        ports = self._ports(path)
        if ports is None:
            hint = suggest(path, self.nodes)
            if path in self.plan.outputs:
                hint = f" It is an output of the workflow: result.outputs.{path}"
            raise KeyError(f'the run has no node "{path}".{hint}')
        return Outputs(path, ports)

    def __repr__(self) -> str:
        names = ", ".join(self.nodes)
        return f"<{self.status} after {self.seconds:.2g} s: {names or 'no nodes'}>"

    @property
    def outputs(self) -> Outputs:
        """The values at the workflow's own outputs (``flow.output``)."""
        sources = self.plan.outputs
        return Outputs("workflow", {name: self._getter(item) for name, item in sources.items()})

    def to_json(self) -> dict[str, Any]:
        """Return status, seconds and nodes as JSON data."""
        return {
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "nodes": {path: node.to_json() for path, node in self.nodes.items()},
        }

    def _ports(self, path: str) -> dict[str, Callable[[], Any]] | None:
        if path in self.plan.nodes:
            outputs = self.plan.nodes[path].signature.outputs
            return {port: self._getter(Source(path, port)) for port in outputs}
        component = self.plan.components.get(path)
        if component is None:
            return None
        return {port: self._getter(item) for port, item in component.items() if item is not None}

    def _getter(self, source: Source) -> Callable[[], Any]:
        def get() -> Any:
            node = self.nodes.get(source.path)
            if node is None or node.state not in ("done", "stopped"):
                state = node.state if node else "not part of this run"
                raise FlowEngineError(f'"{source.path}" has no value: it is {state}')
            return self.value(source)

        return get


def component_results(plan: Plan, nodes: Mapping[str, NodeResult]) -> dict[str, NodeResult]:
    """Return the result of each component, drawn together from the nodes inside."""
    inside: dict[str, list[NodeResult]] = {path: [] for path in plan.components}
    for path, node in nodes.items():
        while path := path.rpartition("/")[0]:
            inside[path].append(node)
    return {
        path: _together(parts, plan.components[path], nodes)
        for path, parts in inside.items()
        if parts
    }


def _together(
    parts: list[NodeResult], ports: Mapping[str, Source | None], nodes: Mapping[str, NodeResult]
) -> NodeResult:
    states: tuple[NodeState, ...] = ("failed", "cancelled", "skipped", "stopped")
    return NodeResult(
        state=next((s for s in states if any(node.state == s for node in parts)), "done"),
        cached=all(node.cached for node in parts),
        seconds=sum(node.seconds for node in parts),
        warnings=tuple(warning for node in parts for warning in node.warnings),
        outputs={
            port: nodes[source.path].outputs.get(source.port)
            for port, source in ports.items()
            if source is not None and source.path in nodes
        },
    )
