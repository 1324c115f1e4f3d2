"""Folders and zips of images as other people and programs leave them."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from flowengine.errors import DataError, FlowEngineError
from flowengine.testing import FakeContext
from flowengine_nodes.image.image_reader import ImageReader


def picture(value: int = 0, kind: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    Image.new("L", (3, 2), value).save(target, kind, **options)
    return target.getvalue()


def put(folder: Path, *names: str, data: bytes | None = None) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture() if data is None else data)


def pack(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, picture())


def read(folder: Path, name: str, **settings: object) -> pl.DataFrame:
    reader = ImageReader(images=name, **settings)
    table = reader.execute(FakeContext(folder))
    assert table.schema == reader.configure(FakeContext(folder))
    return table


def refusal(folder: Path, name: str) -> str:
    with pytest.raises(FlowEngineError) as caught:
        ImageReader(images=name).execute(FakeContext(folder))
    return str(caught.value)


def test_labels_with_blanks_and_umlauts_are_kept(tmp_path: Path) -> None:
    put(tmp_path, "a/süße Katze/1.png", "a/Hund 2/ö.png")
    assert read(tmp_path, "a")["label"].to_list() == ["Hund 2", "süße Katze"]


def test_one_label_in_the_letters_of_two_systems_is_one(tmp_path: Path) -> None:
    put(tmp_path, "a/süß/1.png", "a/su\u0308ß/2.png")
    assert read(tmp_path, "a")["label"].to_list() == ["süß", "süß"]


def test_names_that_are_no_utf_8_become_labels_that_can_be_written(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/a/caf\xe9"
    os.makedirs(folder)
    with open(folder + b"/1.png", "wb") as file:
        file.write(picture())
    assert read(tmp_path, "a")["label"].to_list() == [r"caf\udce9"]


def test_what_systems_leave_in_folders_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "a/cat/1.png")
    junk = ("Thumbs.db", "ehthumbs.db", "Thumbs.db:encryptable", "._1.png", "@eaDir/1.png")
    put(tmp_path, *(f"a/cat/{name}" for name in junk), data=b"x")
    assert read(tmp_path, "a").height == 1


def test_a_linked_folder_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a/cat/1.png", "dogs/1.png")
    (tmp_path / "a/dog").symlink_to(tmp_path / "dogs")
    ctx = FakeContext(tmp_path)
    ImageReader(images="a").configure(ctx)
    assert ctx.warnings == ['"a/dog" is a link to a folder and is not followed; copy the folder']


def test_a_pipe_called_like_an_image_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path, "a/2.png")
    os.mkfifo(tmp_path / "a/1.png")
    assert refusal(tmp_path, "a") == '"a/1.png" is no file'


def test_an_empty_image_is_said_to_be_empty(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", data=b"")
    assert refusal(tmp_path, "a").startswith('"a/1.png" is empty; remove it')


@pytest.mark.parametrize("name", ["../../evil.png", "/etc/evil.png", "a/../../evil.png"])
def test_a_zip_with_names_that_lead_out_of_it_is_refused(tmp_path: Path, name: str) -> None:
    pack(tmp_path / "a.zip", "cat/1.png", name)
    assert f'"a.zip" holds a file "{name}"' in refusal(tmp_path, "a.zip")


def test_backslashes_between_the_folders_of_a_zip_are_understood(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", "cat\\1.png", "dog\\1.png")
    assert read(tmp_path, "a.zip")["label"].to_list() == ["cat", "dog"]


def test_folders_around_the_folders_of_a_zip_give_no_label(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", "data/pets/cat/1.png", "data/pets/dog/1.png")
    assert read(tmp_path, "a.zip")["label"].to_list() == ["cat", "dog"]


def test_the_first_picture_of_a_film_is_read(tmp_path: Path) -> None:
    more = [Image.new("L", (3, 2), 200)]
    put(tmp_path, "a/1.gif", data=picture(9, "GIF", save_all=True, append_images=more))
    assert read(tmp_path, "a", channels=1)["image"].to_numpy().max() == 9


def test_a_transparent_colour_of_a_palette_becomes_the_fourth_channel(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.save(tmp_path / "1.png", transparency=0)
    put(tmp_path, "a/1.png", data=(tmp_path / "1.png").read_bytes())
    pixels = read(tmp_path, "a", channels=4)["image"].to_numpy()[0, 0]
    assert pixels.tolist() == [[10, 20, 30, 0], [40, 50, 60, 255]]


def test_what_is_no_idx_file_is_told_what_else_would_do(tmp_path: Path) -> None:
    (tmp_path / "a.rar").write_bytes(b"Rar!\x1a\7\0")
    with pytest.raises(DataError, match="images also come in a folder or a zip"):
        ImageReader(images="a.rar").configure(FakeContext(tmp_path))
