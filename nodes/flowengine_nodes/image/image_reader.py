"""Images as a table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import Field

from flowengine import (
    Column,
    ConfigureContext,
    ConfigureError,
    Context,
    DataError,
    File,
    Node,
    Port,
    node,
)
from flowengine.errors import listing, suggest
from flowengine_nodes.image._files import (
    ImageFile,
    folder_files,
    labels_of,
    listed_files,
    zip_files,
)
from flowengine_nodes.image._idx import IDX_SUFFIXES, IdxFile, open_idx
from flowengine_nodes.image._target import SUFFIXES, Channels, Shape, Target

Pixels = Annotated[int, Field(ge=1, le=65_535)]
Paths = Annotated[pl.DataFrame, Port("A table with a column of paths, instead of `images`.")]


@node(
    title="Image Reader",
    keywords=("load", "pictures", "photos", "png", "jpeg", "mnist", "idx", "folder", "zip"),
)
class ImageReader(Node):
    """Read images into a table: from a folder, a zip, an IDX file or a column of paths.

    All images become one size and one number of channels, as bytes from 0 to 255 in the column
    `image` (height, width, channels).

    In a folder or a zip, an image's `label` is the name of the folder it lies in; images that all
    lie directly in the folder have no label. An IDX file (plain or packed with gzip) gets its
    labels from a second one. A table with a column of paths keeps its columns and gets the column
    `image` added.
    """

    images: Annotated[str | None, File("read_any", suffixes=(".zip", *IDX_SUFFIXES))] = None
    """A folder, a zip or an IDX file, or public data such as `data://mnist/train-images`."""
    labels: Annotated[str | None, File("read", suffixes=IDX_SUFFIXES)] = None
    """IDX file of the labels, where the images are an IDX file."""
    column: Annotated[str | None, Column("table", kind="text")] = None
    """Column of paths, where a table is connected."""
    size: tuple[Pixels, Pixels] | None = None
    """Height and width to which all images are resized; when empty, all must have one size."""
    channels: Channels = "auto"
    """1 (grey), 3 (colour) or 4 (colour and transparency) for all images; auto: as the first has,
    and all must have as many."""
    skip_unreadable: bool = False
    """Leave out files that are no images or damaged, with a warning, instead of failing."""

    def configure(self, ctx: ConfigureContext, table: pl.Schema | None = None) -> pl.Schema | None:
        if table is not None:
            return self._schema_of_paths(table)
        source = self._source(ctx)
        if not _holds_files(source):
            images, labels = self._idx(source, ctx)
            return _schema(self._idx_shape(images), pl.UInt8() if labels else None)
        with self._files(source, ctx) as files:
            return _schema(self._target(files).shape, _classes(labels_of(files)))

    def execute(self, ctx: Context, table: Paths | None = None) -> pl.DataFrame:
        if table is not None:
            return self._read_paths(table, ctx)
        source = self._source(ctx)
        if not _holds_files(source):
            return self._read_idx(source, ctx)
        with self._files(source, ctx) as files:
            images, kept = self._decode(files, ctx)
            classes = _classes(labels_of(files))
            columns = {"image": images}
            if classes:
                columns["label"] = pl.Series([files[place].label for place in kept], dtype=classes)
            return pl.DataFrame(columns)

    def _source(self, ctx: ConfigureContext) -> Path:
        if self.images is None:
            raise ConfigureError(
                'set "images" to a folder, zip or IDX file, or connect a table of paths',
                setting="images",
            )
        source = ctx.path(self.images)
        if source.suffix.lower() in SUFFIXES and not source.is_dir():
            raise ConfigureError(
                f'"{self.images}" is one image; name the folder it lies in', setting="images"
            )
        if self.labels is not None and _holds_files(source):
            raise ConfigureError(
                f'"labels" goes with an IDX file; "{self.images}" is a folder or zip, whose '
                f"sub-folders are the labels",
                setting="labels",
            )
        return source

    @contextmanager
    def _files(self, source: Path, ctx: ConfigureContext) -> Iterator[list[ImageFile]]:
        label, lenient = self.images or "", self.skip_unreadable
        if source.is_dir():
            yield folder_files(source, label, ctx, lenient=lenient)
            return
        try:
            archive = zipfile.ZipFile(source)
        except zipfile.BadZipFile as error:
            raise DataError(f'"{label}" is damaged: it cannot be unpacked ({error})') from None
        with archive:
            yield zip_files(archive, label, lenient=lenient)

    def _target(self, files: Sequence[ImageFile]) -> Target:
        from flowengine_nodes.image._stack import find_target

        return find_target(files, self.size, self.channels, lenient=self.skip_unreadable)

    def _decode(self, files: Sequence[ImageFile], ctx: Context) -> tuple[pl.Series, list[int]]:
        from flowengine_nodes.image._stack import decode_all

        target = self._target(files)
        images, kept = decode_all(files, target, ctx, lenient=self.skip_unreadable)
        return pl.Series("image", images), kept

    def _schema_of_paths(self, table: pl.Schema) -> pl.Schema | None:
        if self.images is not None or self.labels is not None:
            raise ConfigureError(
                'a table of paths is connected, so "images" and "labels" must be empty',
                setting="images",
            )
        if self.column is None or self.column not in table:
            hint = suggest(self.column or "", table)
            raise ConfigureError(
                f'"column" must name the column of paths, not "{self.column or ""}".{hint} '
                f"The columns are {listing(table)}",
                setting="column",
            )
        if table[self.column] != pl.String:
            raise ConfigureError(
                f'column "{self.column}" must hold paths as text, not {table[self.column]}',
                setting="column",
            )
        if "image" in table and self.column != "image":
            raise ConfigureError(
                'the table has a column "image" already; leave it out or rename it'
            )
        if self.size is None or self.channels == "auto":
            return None
        return pl.Schema({**table, "image": pl.Array(pl.UInt8, (*self.size, self.channels))})

    def _read_paths(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        promised = self._schema_of_paths(table.schema)
        column = self.column or ""
        if table.is_empty():
            if promised is None:
                raise DataError(
                    'the table has no row, so the size of images is not known; set "size" and '
                    '"channels"'
                )
            return promised.to_frame()
        images, kept = self._decode(listed_files(table[column], column, ctx), ctx)
        rows = table if len(kept) == table.height else table[kept]
        return rows.with_columns(images)

    def _idx(self, source: Path, ctx: ConfigureContext) -> tuple[IdxFile, IdxFile | None]:
        images = open_idx(source, self.images or "", dimensions=(3, 4), what="images")
        if self.labels is None:
            return images, None
        labels = open_idx(ctx.path(self.labels), self.labels, dimensions=(1,), what="labels")
        if labels.shape[0] != images.shape[0]:
            raise DataError(
                f'"{self.labels}" holds {labels.shape[0]:,} labels for the {images.shape[0]:,} '
                f'images of "{self.images}"; do they belong together?'
            )
        return images, labels

    def _idx_shape(self, images: IdxFile) -> Shape:
        height, width = self.size or images.shape[1:3]
        own = images.shape[3] if len(images.shape) == 4 else 1
        if own not in (1, 3, 4):
            raise DataError(f'"{self.images}" has images of {own} channels, not 1, 3 or 4')
        return height, width, own if self.channels == "auto" else self.channels

    def _read_idx(self, source: Path, ctx: Context) -> pl.DataFrame:
        idx, labels = self._idx(source, ctx)
        ctx.progress(0.0, "reading images")
        shape, pixels = self._idx_shape(idx), idx.read()
        pixels = pixels.reshape(*idx.shape[:3], idx.shape[3] if len(idx.shape) == 4 else 1)
        if pixels.shape[1:] != shape:
            from flowengine_nodes.image._stack import convert_all

            pixels = convert_all(pixels, shape, ctx)
        columns = {"image": pl.Series(pixels)}
        if labels is not None:
            columns["label"] = pl.Series(labels.read())
        return pl.DataFrame(columns)


def _holds_files(source: Path) -> bool:
    if source.is_dir():
        return True
    with source.open("rb") as file:
        return file.read(2) == b"PK"


def _schema(shape: Shape, label: pl.DataType | None) -> pl.Schema:
    image = {"image": pl.Array(pl.UInt8, shape)}
    return pl.Schema({**image, "label": label} if label else image)


def _classes(labels: list[str]) -> pl.Enum | None:
    return pl.Enum(labels) if labels else None
