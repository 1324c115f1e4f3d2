"""The order in which Keras has the layers of a model: it numbers their weights by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowengine.network import Call


def keras_order(calls: Mapping[str, Call], outputs: Iterable[str]) -> list[str]:
    """Return layers by their distance from the outputs, the farthest first.

    Where two are as far, the one that Keras meets first on its way from the outputs comes first.

    Args:
        calls: The calls of a network that its outputs need.
        outputs: The tensors it gives, in order.
    """
    makers = {tensor: name for name, call in calls.items() for tensor in call.outputs}
    before = {
        name: list(dict.fromkeys(makers[one] for one in call.inputs if one in makers))
        for name, call in calls.items()
    }
    met: dict[str, int] = {}
    inner_first: dict[str, None] = {}
    for tensor in outputs:
        # Walked with a stack, because networks may be deeper than functions can call each other.
        stack = [(makers[tensor], False)] if tensor in makers else []
        while stack:
            name, is_left = stack.pop()
            if is_left:
                inner_first.setdefault(name)
            elif name not in inner_first:
                met.setdefault(calls[name].layer, len(met))
                stack.append((name, True))
                stack += [(one, False) for one in reversed(before[name])]
    far: dict[str, int] = {}
    farthest: dict[str, int] = {}
    for name in reversed(inner_first):
        layer = calls[name].layer
        distance = max(far.get(name, 0), farthest.get(layer, 0))
        far[name] = farthest[layer] = distance
        for one in before[name]:
            far[one] = max(distance + 1, far.get(one, 0))
    return sorted(farthest, key=lambda layer: (-farthest[layer], met[layer]))
