"""Networks that write from something: encoders, decoders, and what is fed to them."""

from __future__ import annotations

import polars as pl
import torch
from support.writing import SIZE, layer

from flowengine.binding import Binding, Feed
from flowengine.network import Network, NetworkSpec
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.nn.dictionary import Dictionary
from flowengine.tensor import TensorSpec

NAMES = Dictionary.of("abcdef", {"padding": "<p>", "unknown": "<u>", "start": "<s>", "end": "<e>"})
SOURCE = Feed(("source",), "list")
BINDING = Binding({"source": SOURCE, "said": Feed(("said",), "list")}, {})
ROWS = pl.DataFrame(
    {"source": [[2, 3, 4], [9, 8], [5], [2, 3, 4]]}, schema={"source": pl.List(pl.UInt8)}
)


def encoder(kind: str = "lstm", length: int | None = None) -> NetworkSpec:
    spec = NetworkSpec.input("source", TensorSpec((length,), "uint8"))
    spec = spec.apply("read", layer("embedding", input_dim=SIZE, output_dim=6, mask_zero=True))
    return spec.apply("encoder", layer(kind, units=8, return_sequences=True))


def decoder(length: int | None = None) -> NetworkSpec:
    spec = NetworkSpec.input("said", TensorSpec((length,), "uint8"))
    return spec.apply("heard", layer("embedding", input_dim=SIZE, output_dim=5, mask_zero=True))


def translator(kind: str = "lstm", length: int | None = None) -> Network:
    states = ["state_h", "state_c"] if kind == "lstm" else ["state_h"]
    spec = encoder(kind).merge(decoder(length))
    given = [f"encoder.{state}" for state in states]
    spec = spec.apply("decoder", layer(kind, units=8, return_sequences=True), ["heard", *given])
    return Network(
        spec.apply("scores", layer("dense", units=SIZE, activation="softmax")), {}, BINDING
    )


def attentive(length: int | None = None) -> Network:
    spec = encoder().merge(decoder(length))
    given = ["encoder.state_h", "encoder.state_c"]
    spec = spec.apply("decoder", layer("lstm", units=8, return_sequences=True), ["heard", *given])
    spec = spec.apply("attention", layer("attention"), ["decoder", "encoder"])
    spec = spec.apply("both", layer("concatenate"), ["decoder", "attention"])
    return Network(
        spec.apply("scores", layer("dense", units=SIZE, activation="softmax")), {}, BINDING
    )


def by_hand(network: Network, source: list[int], count: int, *, length: int = 0) -> str:
    """Return the likeliest text, each token found by reading everything anew.

    Args:
        length: Steps that what is read is filled up to, at its beginning.
    """
    built = build(network.spec, optimize=False).eval()
    load_weights(built, network_weights(network, 1))
    said = [NAMES.position("start")]
    never = [NAMES.position(name) for name in ("padding", "unknown", "start")]
    while len(said) <= count:
        shown = [0] * (length - len(said)) + said
        inputs = {"source": torch.tensor([source]), "said": torch.tensor([shown])}
        with torch.no_grad():
            (scores,) = built(inputs).values()
        last = scores[0, -1]
        last[never] = -1
        said.append(int(last.argmax()))
        if said[-1] == NAMES.position("end"):
            break
    return NAMES.text(said)


def captioner() -> Network:
    image = NetworkSpec.input("image", TensorSpec((4, 4, 1), "uint8"))
    image = image.apply("seen", layer("flatten")).apply("told", layer("dense", units=8))
    said = decoder(6).apply("listened", layer("gru", units=8))
    spec = image.merge(said).apply("sum", layer("add"), ["told", "listened"])
    return Network(spec.apply("scores", layer("dense", units=SIZE, activation="softmax")))
