"""Keras files that are refused: code, unknown classes, damage."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from support.keras_files import change_config, change_weights, read, small
from support.keras_models import L, keras, make, normal

from flowengine import DataError

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_a_lambda_is_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), L.Lambda(lambda x: x * 2, name="double")])
    model.save(tmp_path / "net.keras")
    with pytest.raises(DataError, match='"double" is a Lambda, which holds code'):
        read(tmp_path / "net.keras")


REFUSED: dict[str, tuple[Any, str]] = {
    "unknown": (
        lambda x: L.Dense(2, name="last")(keras.ops.cumsum(x, axis=1)),
        r'the operation "Cumsum" \("cumsum"\) cannot be read, and "last" needs it; express it by',
    ),
    "result": (lambda x: keras.ops.cumsum(x, axis=1), "and the result of the model needs it"),
    "behind": (
        lambda x: keras.ops.cumsum(x, axis=1) + x,
        r'"Cumsum" .* cannot be read, and "add" needs',
    ),
    "chosen": (lambda x: keras.ops.argmax(x, axis=-1), "leave it out of the model and do it with"),
    "compared": (lambda x: keras.ops.where(x > 0, x, 0.0), "give its answer to the model as an"),
    "held": (lambda x: keras.ops.stop_gradient(x), "freeze the layers before it instead"),
    "all rows": (lambda x: keras.ops.mean(x), '"Mean" .* it goes over the rows too'),
    "array": (lambda x: x + np.ones((3, 4), "float32"), "no tensor of a layer and no number"),
    "exponents": (lambda x: keras.ops.power(x, x), "it takes two tensors; one of them must be a"),
    "rows": (lambda x: keras.ops.reshape(x, (4, -1)), "from one row to another"),
    "padded": (lambda x: keras.ops.pad(x, 1), "it pads the axis of the rows"),
    "norm": (lambda x: keras.ops.norm(x, ord=1, axis=-1), "another norm than the root of the sum"),
    "rounded": (lambda x: keras.ops.round(x, 1), "it rounds to another place than the point"),
    "tiled": (lambda x: keras.ops.tile(x, (1, 2, 2)), "only one axis behind the rows can be"),
    "numbers": (
        lambda x: keras.ops.abs(keras.Input((4,), dtype="int32", name="whole")),
        "it computes with whole numbers",
    ),
    "masked": (lambda x: L.Masking()(x) + 1.0, "masked tensor, whose mask Keras forgets"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_operation_that_no_layer_computes_is_refused(name: str, tmp_path: Path) -> None:
    make_result, sentence = REFUSED[name]
    start = keras.Input((3, 4))
    result = make_result(start)
    inputs = keras.utils.get_source_inputs(result) if name == "numbers" else start
    keras.Model(inputs, result).save(tmp_path / "net.keras")
    with pytest.raises(DataError, match=sentence):
        read(tmp_path / "net.keras")


def test_cells_and_activations_with_settings_are_refused(tmp_path: Path) -> None:
    for layer, words in (
        (
            L.RNN([L.GRUCell(2), L.GRUCell(2)], go_backwards=True),
            "RNN around several cells that begins at the end",
        ),
        (
            L.Bidirectional(L.RNN([L.GRUCell(2), L.GRUCell(2)])),
            "RNN around StackedRNNCells",
        ),
        (L.Dense(2, activation=L.PReLU()), "is a PReLU; make it a layer of its own"),
        (L.SimpleRNN(2, activation=L.LeakyReLU()), "is a LeakyReLU; make it a layer of its own"),
    ):
        keras.Sequential([keras.Input((3, 4)), layer]).save(tmp_path / "net.keras")
        with pytest.raises(DataError, match=words):
            read(tmp_path / "net.keras")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class_name": "MyLayer"}, r'is of the class "MyLayer", which is not known'),
        ({"class_name": "Dens"}, r'Did you mean "Dense"'),
        ({"module": "my.code"}, r'class "Dense" of my.code, which is not Keras'),
        ({"registered_name": "mine>Dense", "module": None}, r"of mine>Dense"),
    ],
)
def test_classes_of_ones_own_are_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    path = small(tmp_path)
    change_config(path, lambda config: config["config"]["layers"][1].update(change))
    with pytest.raises(DataError, match=words):
        read(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"flavour": 4}, r'setting "flavour" = 4, which is not known'),
        ({"activation": "reluu"}, r'"layer.dense", setting "activation"'),
        ({"units": -1}, r'setting "units"'),
        (
            {"activation": {"module": "mine", "class_name": "function", "config": "swoosh"}},
            r'function "swoosh" of mine',
        ),
        (
            {"kernel_initializer": {"module": "mine", "class_name": "Best", "config": {}}},
            r'class "Best" of mine',
        ),
    ],
)
def test_settings_that_are_not_known_are_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    path = small(tmp_path)
    change_config(path, lambda config: config["config"]["layers"][1]["config"].update(change))
    with pytest.raises(DataError, match=words):
        read(path)


def test_a_subclass_of_model_is_refused(tmp_path: Path) -> None:
    path = small(tmp_path)
    change_config(path, lambda config: config.update(class_name="MyModel", module=None))
    with pytest.raises(DataError, match='class "MyModel"; only Sequential and Functional'):
        read(path)


def test_weights_alone_are_refused(tmp_path: Path) -> None:
    model, _ = make("perceptron")
    model.save_weights(tmp_path / "net.weights.h5")
    with pytest.raises(DataError, match="weights alone"):
        read(tmp_path / "net.weights.h5")


def test_missing_and_wrong_weights_are_named(tmp_path: Path) -> None:
    path = small(tmp_path)
    change_weights(path, lambda file: file.pop("layers/dense/vars/1"))
    with pytest.raises(DataError, match='"layers/dense" holds 1 weights; expected 2'):
        read(path)
    path = small(tmp_path)

    def shrink(file: h5py.File) -> None:
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = normal(5, 3)

    change_weights(path, shrink)
    with pytest.raises(DataError, match=r"has the shape \(5, 3\); the layer needs \(5, 4\)"):
        read(path)


def test_links_and_values_elsewhere_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["kernel"] = normal(5, 4)
    secret = str(tmp_path / "secret.h5")
    (tmp_path / "raw").write_bytes(bytes(80))

    def link(file: h5py.File) -> None:
        file["layers/dense/vars/0"] = h5py.ExternalLink(secret, "kernel")

    def virtual(file: h5py.File) -> None:
        layout = h5py.VirtualLayout((5, 4), "float32")
        layout[:] = h5py.VirtualSource(secret, "kernel", (5, 4))
        file.create_virtual_dataset("layers/dense/vars/0", layout)

    def external(file: h5py.File) -> None:
        file.create_dataset(
            "layers/dense/vars/0", (5, 4), "float32", external=[(str(tmp_path / "raw"), 0, 80)]
        )

    for change, words in ((link, "link"), (virtual, "not stored"), (external, "not stored")):
        path = small(tmp_path)
        change_weights(path, lambda file: file.pop("layers/dense/vars/0"))
        change_weights(path, change)
        with pytest.raises(DataError, match=words):
            read(path)


def test_what_claims_to_be_huge_is_not_read(tmp_path: Path) -> None:
    path = small(tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", parts["metadata.json"])
        archive.writestr("config.json", b" " * (65 << 20))
    with pytest.raises(DataError, match=r'"config.json" in "net.keras" claims'):
        read(path)
    path = small(tmp_path)
    change_config(path, lambda config: config["config"]["layers"][1]["config"].update(units=10**9))
    with pytest.raises(DataError, match="needs"):
        read(path)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    for suffix in ("keras", "h5"):
        path = tmp_path / f"net.{suffix}"
        make("perceptron")[0].save(path)
        data = path.read_bytes()
        for damaged in (b"", b"hello", data[:20], data[: len(data) // 2], data[:-30]):
            path.write_bytes(damaged)
            with pytest.raises(DataError, match="net"):
                read(path)


def without_layers(config: dict[str, Any]) -> object:
    return config["config"].pop("layers")


@pytest.mark.parametrize(
    "change",
    [
        without_layers,
        lambda config: config.clear(),
        lambda config: config["config"].update(layers=[]),
        lambda config: config["config"].update(layers=[1, 2]),
        lambda config: config["config"]["layers"][0]["config"].update(batch_shape=[None, "x"]),
        lambda config: config["config"]["layers"][0]["config"].update(dtype="string"),
        lambda config: config["config"]["layers"][1].pop("config"),
        lambda config: config["config"]["layers"][1]["config"].pop("name"),
    ],
)
def test_broken_descriptions_are_refused(tmp_path: Path, change: Any) -> None:
    path = small(tmp_path)
    change_config(path, change)
    with pytest.raises(DataError):
        read(path)


@pytest.mark.parametrize(
    "place", [["nothing", 0, 0], ["dense", 7, 0], ["dense", 0, 3], ["dense_1", 0, 0]]
)
def test_connections_that_lead_nowhere_are_refused(tmp_path: Path, place: list[Any]) -> None:
    start = keras.Input((2,))
    model = keras.Model(start, L.Dense(2, name="dense_1")(L.Dense(2, name="dense")(start)))
    model.save(tmp_path / "net.keras")

    def change(config: dict[str, Any]) -> None:
        node = config["config"]["layers"][2]["inbound_nodes"][0]
        node["args"][0]["config"]["keras_history"] = place

    change_config(tmp_path / "net.keras", change)
    with pytest.raises(DataError):
        read(tmp_path / "net.keras")


def test_a_structure_that_cannot_be_is_damage(tmp_path: Path) -> None:
    """What h5py says of it is an error of another kind than of a file that is cut."""
    path = tmp_path / "net.h5"
    make("perceptron")[0].save(path)
    data = path.read_bytes()
    places = [place for place in range(len(data) - 4) if data[place : place + 4] == b"SNOD"]
    for place in places:
        path.write_bytes(data[:place] + b"NODE" + data[place + 4 :])
        with pytest.raises(DataError, match=r"^[^\n]*net[^\n]*$"):
            read(path)


def test_many_layers_are_read_in_no_time(tmp_path: Path) -> None:
    """Each once looked through the files of all packs: 3,000 would hang for minutes."""
    path = small(tmp_path)

    def grow(config: dict[str, Any]) -> None:
        layers = config["config"]["layers"]
        dropout = {"class_name": "Dropout", "module": "keras.layers"}
        layers += [
            {**dropout, "config": {"name": f"d_{number}", "rate": 0.5}} for number in range(3000)
        ]

    change_config(path, grow)
    assert len(read(path).spec.layers) > 3000


@pytest.mark.parametrize(
    "change",
    [
        lambda config: config["config"].update(layers=5),
        lambda config: config["config"].update(layers=[[[]]]),
        lambda config: config["config"]["layers"][0]["config"].update(batch_shape=None),
        lambda config: config["config"]["layers"][1]["config"].update(units=10**30),
    ],
)
def test_what_is_said_of_damage_is_no_speech_of_python(tmp_path: Path, change: Any) -> None:
    path = small(tmp_path)
    change_config(path, change)
    with pytest.raises(DataError) as error:
        read(path)
    assert "Error" not in str(error.value)
    assert "NoneType" not in str(error.value)
