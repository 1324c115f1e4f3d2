"""What feeds what: the columns of tables by the inputs and outputs of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flowengine.errors import ConfigureError, listing

Answer = Literal["probability", "logit", "logits", "margin", "margins"]
"""What an output says of classes: their probability; a logit of each unit by itself, of which a
sigmoid makes one; logits of all units, of which a softmax does; on which side of zero it is; or by
how much the right unit leads the others."""


@dataclass(frozen=True)
class Feed:
    """How columns become one tensor, or one tensor becomes columns.

    Args:
        columns: The columns, in order.
        conversion: ``number`` (columns side by side), ``index`` (category to its position),
            ``one_hot`` (category to a vector), ``list`` or ``image`` (one column of arrays).
        categories: The categories in order, for ``index`` and ``one_hot``.
        answer: What the output says of them, where the tensor is one.
    """

    columns: tuple[str, ...]
    conversion: str
    categories: tuple[str | int, ...] = ()
    answer: Answer = "probability"


@dataclass(frozen=True)
class Binding:
    """What feeds what: input name and output name to columns. Written by the learner."""

    inputs: Mapping[str, Feed] = field(default_factory=dict)
    targets: Mapping[str, Feed] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data; ``from_json`` reads it."""

        def feeds(items: Mapping[str, Feed]) -> dict[str, Any]:
            return {
                name: {
                    "columns": list(feed.columns),
                    "conversion": feed.conversion,
                    "categories": list(feed.categories),
                    **({} if feed.answer == "probability" else {"answer": feed.answer}),
                }
                for name, feed in items.items()
            }

        return {"inputs": feeds(self.inputs), "targets": feeds(self.targets)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Binding:
        """Return the binding that ``to_json`` described."""

        def feeds(items: Mapping[str, Any]) -> dict[str, Feed]:
            return {
                name: Feed(
                    tuple(item["columns"]),
                    item["conversion"],
                    tuple(item["categories"]),
                    item.get("answer", "probability"),
                )
                for name, item in items.items()
            }

        return Binding(feeds(data["inputs"]), feeds(data["targets"]))


def merged_bindings(one: Binding | None, two: Binding | None) -> Binding | None:
    """Return what feeds the union of two networks.

    Raises:
        ConfigureError: An input of both was fed differently in two trainings.
    """
    if one is None or two is None:
        return one or two
    for name in one.inputs.keys() & two.inputs.keys():
        if one.inputs[name] != two.inputs[name]:
            raise ConfigureError(
                f'input "{name}" was fed differently in two trainings: {_told(one.inputs[name])} '
                f"in one, {_told(two.inputs[name])} in the other; "
                f"give each network an Input layer of its own"
            )
    # Of an output that both have, what the network that comes last gives is taken.
    return Binding({**one.inputs, **two.inputs}, {**one.targets, **two.targets})


def _told(feed: Feed) -> str:
    known = f" of the categories {listing(map(str, feed.categories))}" if feed.categories else ""
    return f"from {listing(feed.columns)} as {feed.conversion}{known}"
