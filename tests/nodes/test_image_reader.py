from __future__ import annotations

import gzip
import io
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

from flowengine.errors import Cancelled, ConfigureError, DataError, FlowEngineError, PathError
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.image.image_reader import ImageReader


def png(value: int = 0, *, size: tuple[int, int] = (3, 2), mode: str = "L") -> bytes:
    """Return a picture of one value; size is width, height as Pillow has it."""
    target = io.BytesIO()
    bands = len(Image.new(mode, (1, 1)).getbands())
    Image.new(mode, size, value if bands == 1 else (value,) * bands).save(target, "PNG")
    return target.getvalue()


def put(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def idx(array: np.ndarray[Any, Any], kind: int = 8) -> bytes:
    head = bytes([0, 0, kind, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


def read(folder: Path, **settings: Any) -> pl.DataFrame:
    table = check_node(ImageReader, settings=settings, folder=folder)["out"]
    assert isinstance(table, pl.DataFrame)
    return table


def refusal(folder: Path, *, run: bool = True, **settings: Any) -> str:
    with pytest.raises(FlowEngineError) as caught:
        reader, ctx = ImageReader(**settings), FakeContext(folder)
        reader.execute(ctx) if run else reader.configure(ctx)
    assert isinstance(caught.value, (ConfigureError, DataError, PathError))
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- folders -------------------------------------------------------------------------------------


def test_the_folder_of_an_image_is_its_label(tmp_path: Path) -> None:
    for name, value in (("dog/2.png", 3), ("cat/b.png", 2), ("cat/a.png", 1)):
        put(tmp_path, f"pets/{name}", png(value))
    table = read(tmp_path, images="pets")
    assert table.schema == pl.Schema(
        {"image": pl.Array(pl.UInt8, (2, 3, 1)), "label": pl.Enum(["cat", "dog"])}
    )
    assert table["label"].to_list() == ["cat", "cat", "dog"]
    assert table["image"].to_numpy()[:, 0, 0, 0].tolist() == [1, 2, 3]


def test_images_directly_in_the_folder_have_no_label(tmp_path: Path) -> None:
    put(tmp_path, "pets/a.png", png())
    assert read(tmp_path, images="pets").columns == ["image"]


def test_labels_that_are_numbers_are_ordered_as_numbers(tmp_path: Path) -> None:
    for label in ("10", "9", "1"):
        put(tmp_path, f"digits/{label}/a.png", png())
    assert read(tmp_path, images="digits").schema["label"] == pl.Enum(["1", "9", "10"])


def test_hidden_files_and_thumbnails_are_passed_over(tmp_path: Path) -> None:
    for name in ("cat/a.png", "cat/Thumbs.db", ".DS_Store", ".git/x.png", "desktop.ini"):
        put(tmp_path, f"pets/{name}", png())
    assert read(tmp_path, images="pets").height == 1


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("L", 1), ("1", 1), ("RGB", 3), ("P", 3), ("RGBA", 4), ("LA", 4), ("I;16", 1)],
)
def test_channels_follow_the_first_image(tmp_path: Path, mode: str, channels: int) -> None:
    put(tmp_path, "a/x.png", png(1, mode=mode))
    assert read(tmp_path, images="a").schema["image"] == pl.Array(pl.UInt8, (2, 3, channels))


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    put(tmp_path, "a/x.png", png(0x7FFF, mode="I;16"))
    assert read(tmp_path, images="a")["image"].to_numpy().max() == 0x7F


def test_images_of_many_kinds_become_one_size_and_channels(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", png(10, size=(4, 4)))
    put(tmp_path, "a/2.png", png(20, size=(9, 5), mode="RGBA"))
    target = io.BytesIO()
    Image.new("CMYK", (7, 7)).save(target, "JPEG")
    put(tmp_path, "a/3.jpg", target.getvalue())
    table = read(tmp_path, images="a", size=[6, 8], channels=3)
    assert table.schema["image"] == pl.Array(pl.UInt8, (6, 8, 3))
    assert table["image"].to_numpy()[0].tolist() == np.full((6, 8, 3), 10).tolist()


def test_other_sizes_and_channels_name_both_images_and_the_setting(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", png())
    put(tmp_path, "a/2.png", png(size=(5, 4)))
    sentence = refusal(tmp_path, images="a")
    assert '"a/2.png" is 4×5 pixels' in sentence
    assert '"a/1.png", is 2×3; set "size"' in sentence
    put(tmp_path, "a/2.png", png(mode="RGB"))
    sentence = refusal(tmp_path, images="a")
    assert '"a/2.png" has 3 channels' in sentence
    assert 'set "channels"' in sentence


def test_a_truncated_image_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", png())
    noise = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (2, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(noise, "PNG")
    put(tmp_path, "a/2.png", noise.getvalue()[:-25])
    assert '"a/2.png" is damaged' in refusal(tmp_path, images="a")


def test_what_is_no_image_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", png())
    put(tmp_path, "a/notes.txt", b"hello")
    assert '"a/notes.txt" is no image (known are .bmp' in refusal(tmp_path, images="a", run=False)
    (tmp_path / "a/notes.txt").rename(tmp_path / "a/notes.png")
    assert '"a/notes.png" is no image of a known format' in refusal(tmp_path, images="a")


def test_unreadable_files_can_be_left_out_with_a_warning(tmp_path: Path) -> None:
    put(tmp_path, "a/cat/0.png", b"rubbish")
    put(tmp_path, "a/cat/1.png", png())
    put(tmp_path, "a/dog/2.txt", b"hello")
    put(tmp_path, "a/dog/3.png", png(7))
    table = read(tmp_path, images="a", skip_unreadable=True)
    assert table["label"].to_list() == ["cat", "dog"]
    assert table["image"].to_numpy().max() == 7
    ctx = FakeContext(tmp_path)
    ImageReader(images="a", skip_unreadable=True).execute(ctx)
    assert '1 of 3 files left out: "a/cat/0.png"' in ctx.warnings[0]


def test_skipping_does_not_excuse_another_size(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", png())
    put(tmp_path, "a/2.png", png(size=(5, 4)))
    assert 'set "size"' in refusal(tmp_path, images="a", skip_unreadable=True)


def test_a_folder_without_images_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert '"a" holds no image' in refusal(tmp_path, images="a")
    put(tmp_path, "a/x.png", b"rubbish")
    assert "none of 1 files" in refusal(tmp_path, images="a", skip_unreadable=True)


def test_labelled_and_loose_images_do_not_mix(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", png())
    put(tmp_path, "a/cat/2.png", png())
    sentence = refusal(tmp_path, images="a", run=False)
    assert '"a/1.png" lies beside the folders' in sentence


def test_an_image_of_too_many_pixels_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a/1.png", png(size=(40, 40)))
    for limit in (1000, 1500):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        assert "too large for an image" in refusal(tmp_path, images="a")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert "too large for an image" in refusal(tmp_path, images="a")


def test_pixels_of_fractions_are_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    Image.new("F", (2, 2)).save(target, "TIFF")
    put(tmp_path, "a/1.tif", target.getvalue())
    assert "pixels of kind F" in refusal(tmp_path, images="a")


def test_cancelling_stops_between_images(tmp_path: Path) -> None:
    for number in range(20):
        put(tmp_path, f"a/{number}.png", png())
    with pytest.raises(Cancelled):
        ImageReader(images="a").execute(FakeContext(tmp_path, cancel_after=5))


def test_several_threads_give_the_same_table(tmp_path: Path) -> None:
    for number in range(50):
        put(tmp_path, f"a/{number:02}.png", png(number))
    one, four = (
        ImageReader(images="a").execute(FakeContext(tmp_path, threads=threads))
        for threads in (1, 4)
    )
    assert one.equals(four)


# --- zips ----------------------------------------------------------------------------------------


def pack(path: Path, **files: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_a_zip_reads_like_a_folder(tmp_path: Path) -> None:
    pack(
        tmp_path / "pets.zip",
        **{"pets/dog/1.png": png(2), "pets/cat/1.png": png(1), "__MACOSX/x.png": b""},
    )
    table = read(tmp_path, images="pets.zip")
    assert table["label"].to_list() == ["cat", "dog"]
    assert table["image"].to_numpy()[:, 0, 0, 0].tolist() == [1, 2]


def test_one_folder_around_all_images_of_a_zip_is_no_label(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", **{"photos/1.png": png(), "photos/2.png": png()})
    assert read(tmp_path, images="a.zip").columns == ["image"]


def test_a_damaged_zip_is_said(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", **{"1.png": png(size=(50, 50))})
    data = (tmp_path / "a.zip").read_bytes()
    put(tmp_path, "cut.zip", data[:-30])
    assert '"cut.zip" is damaged' in refusal(tmp_path, images="cut.zip")
    broken = bytearray(data)
    broken[60:70] = b"\xff" * 10
    put(tmp_path, "broken.zip", bytes(broken))
    assert '"broken.zip/1.png" cannot be unpacked' in refusal(tmp_path, images="broken.zip")


def test_a_zip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(tmp_path / "a.zip", **{"1.png": png() + b"\0" * 100_000})
    monkeypatch.setattr("flowengine_nodes.image._files.LARGEST_IMAGE", 50_000)
    assert "too large for an image" in refusal(tmp_path, images="a.zip")
    monkeypatch.setattr("flowengine_nodes.image._files.LARGEST_ZIP", 50_000)
    assert "more than the limit" in refusal(tmp_path, images="a.zip")


# --- IDX -----------------------------------------------------------------------------------------

DIGITS = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
LABELS = np.array([3, 1, 4, 1, 5], dtype=np.uint8)


@pytest.mark.parametrize("packed", [False, True])
def test_idx_images_and_labels(tmp_path: Path, packed: bool) -> None:
    wrap = gzip.compress if packed else bytes
    put(tmp_path, "images", wrap(idx(DIGITS)))
    put(tmp_path, "labels", wrap(idx(LABELS)))
    table = read(tmp_path, images="images", labels="labels")
    assert table.schema == pl.Schema({"image": pl.Array(pl.UInt8, (4, 3, 1)), "label": pl.UInt8})
    assert (table["image"].to_numpy()[..., 0] == DIGITS).all()
    assert table["label"].to_list() == [3, 1, 4, 1, 5]


def test_idx_images_without_labels(tmp_path: Path) -> None:
    put(tmp_path, "images", idx(DIGITS))
    assert read(tmp_path, images="images").columns == ["image"]


def test_idx_images_in_colour(tmp_path: Path) -> None:
    put(tmp_path, "images", idx(np.zeros((2, 4, 4, 3))))
    assert read(tmp_path, images="images").schema["image"] == pl.Array(pl.UInt8, (4, 4, 3))


def test_idx_images_can_be_resized_and_converted(tmp_path: Path) -> None:
    put(tmp_path, "images", idx(np.full((2, 4, 4), 9)))
    image = read(tmp_path, images="images", size=[8, 2], channels=3)["image"]
    assert image.dtype == pl.Array(pl.UInt8, (8, 2, 3))
    assert image.to_numpy().min() == image.to_numpy().max() == 9


def test_an_empty_idx_file_gives_an_empty_table(tmp_path: Path) -> None:
    put(tmp_path, "images", idx(np.zeros((0, 4, 3))))
    assert read(tmp_path, images="images").height == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"hello world", "is no IDX file: it starts with 68 65 6c 6c"),
        (b"", "starts with nothing"),
        (idx(LABELS), "holds bytes in 1 dimension; images are bytes in 3 or 4 dimensions"),
        (idx(DIGITS, kind=13), "holds values of type 0x0d"),
        (idx(DIGITS)[:9], "ends inside its header"),
        (idx(DIGITS)[:-1], "ends too early: its header says 5×4×3, which is 76 bytes"),
        (idx(DIGITS) + b"x", "goes on too long"),
        (gzip.compress(idx(DIGITS))[:-10], "is damaged"),
        (idx(np.zeros((1, 2, 2, 2))), "images of 2 channels"),
        (bytes([0, 0, 8, 3]) + b"\xff" * 12, "it is damaged"),
    ],
)
def test_what_is_wrong_with_an_idx_file_is_one_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    put(tmp_path, "images", data)
    assert sentence in refusal(tmp_path, images="images")


def test_labels_must_be_as_many_as_images(tmp_path: Path) -> None:
    put(tmp_path, "images", idx(DIGITS))
    put(tmp_path, "labels", idx(LABELS[:4]))
    sentence = refusal(tmp_path, run=False, images="images", labels="labels")
    assert '"labels" holds 4 labels for the 5 images of "images"' in sentence


def test_labels_are_no_folder_and_go_with_idx_only(tmp_path: Path) -> None:
    put(tmp_path, "images", idx(DIGITS))
    put(tmp_path, "a/1.png", png())
    assert '"a" is a folder' in refusal(tmp_path, images="images", labels="a")
    assert '"labels" goes with an IDX file' in refusal(tmp_path, images="a", labels="images")


def test_configure_reads_only_the_headers_of_large_files(tmp_path: Path) -> None:
    put(tmp_path, "images", idx(np.zeros((60_000, 28, 28))))
    reader = ImageReader(images="images")
    start = time.perf_counter()
    reader.configure(FakeContext(tmp_path))
    assert time.perf_counter() - start < 0.5  # ten times what it takes
    table = reader.execute(FakeContext(tmp_path))
    assert time.perf_counter() - start < 10
    assert not table["image"].to_numpy(allow_copy=False).flags.writeable


# --- paths in a table ----------------------------------------------------------------------------


def test_a_column_of_paths_keeps_the_other_columns(tmp_path: Path) -> None:
    put(tmp_path, "x/1.png", png(1))
    put(tmp_path, "x/2.png", png(2))
    table = pl.DataFrame({"file": ["x/2.png", "x/1.png"], "label": ["b", "a"]})
    result = check_node(
        ImageReader, settings={"column": "file"}, inputs={"table": table}, folder=tmp_path
    )["out"]
    assert result.columns == ["file", "label", "image"]
    assert result["image"].to_numpy()[:, 0, 0, 0].tolist() == [2, 1]


def test_with_size_and_channels_the_columns_are_known_before_running(tmp_path: Path) -> None:
    put(tmp_path, "1.png", png())
    reader = ImageReader(column="file", size=(5, 4), channels=3)
    promised = reader.configure(FakeContext(tmp_path), pl.Schema({"file": pl.String}))
    table = reader.execute(FakeContext(tmp_path), pl.DataFrame({"file": ["1.png"]}))
    assert table.schema == promised
    empty = pl.DataFrame(schema={"file": pl.String})
    assert reader.execute(FakeContext(tmp_path), empty).schema == promised


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        (["1.png", None], 'row 2 has no path in column "file"'),
        (["no.png"], "no.png"),
        (["."], 'row 1: "." is a folder'),
        ([], "the table has no row"),
    ],
)
def test_what_is_wrong_with_paths_is_one_sentence(
    tmp_path: Path, paths: list[str | None], sentence: str
) -> None:
    put(tmp_path, "1.png", png())
    table = pl.DataFrame({"file": paths}, schema={"file": pl.String})
    with pytest.raises((DataError, PathError)) as caught:
        ImageReader(column="file").execute(FakeContext(tmp_path), table)
    assert sentence in str(caught.value)


def test_without_images_or_table_the_setting_is_named(tmp_path: Path) -> None:
    assert 'set "images" to a folder' in refusal(tmp_path)


def test_one_image_is_no_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.png", png())
    assert '"a.png" is one image; name the folder' in refusal(tmp_path, images="a.png")
