"""Bytes of any encoding to clean UTF-8 with unix line ends where polars needs them."""

from __future__ import annotations

import codecs
import io

from flowengine import ConfigureError, DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes, encoding: str) -> str:
    """Return the encoding: what a byte order mark says, else what was set.

    Raises:
        ConfigureError: There is no encoding of that name.
    """
    try:
        io.TextIOWrapper(io.BytesIO(), encoding)
    except LookupError:
        raise ConfigureError(
            f'there is no encoding "{encoding}"; common ones are "utf-8", "latin-1", "cp1252", '
            f'"utf-16"',
            setting="encoding",
        ) from None
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    return marked or codecs.lookup(encoding).name


def to_text(data: bytes, encoding: str, label: str, *, complete: bool) -> str:
    """Decode ``data``; the last character may be cut off where it is not ``complete``.

    Raises:
        DataError: It is no text, or text in another encoding.
    """
    if not encoding.startswith(("utf-16", "utf-32")) and b"\0" in data:
        likely = _without_mark(data)
        hint = f'; set "encoding" to "{likely}", which it looks like' if likely else ""
        line = data.count(b"\n", 0, data.index(0)) + 1
        if not likely and data.count(0) < len(data) // 100:
            hint = f" (a zero byte in line {line:,}); it is damaged, or another kind of file"
        raise DataError(f'"{label}" holds binary data, not text{hint}')
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, complete)
    except UnicodeDecodeError as error:
        raise not_encoded(label, encoding, data, error.start) from None
    return text


def not_encoded(label: str, encoding: str, data: bytes = b"", place: int = 0) -> DataError:
    """Return the error for text in another encoding than was set, with where it shows."""
    line = data.count(b"\n", 0, place) + 1
    where = f" (byte 0x{data[place]:02X} in line {line:,})" if data else ""
    return DataError(
        f'"{label}" is not encoded in {encoding.removesuffix("-sig")}{where}; set "encoding", for '
        f'example to "cp1252" (Windows) or "latin-1"'
    )


def _without_mark(data: bytes) -> str | None:
    """Return the UTF-16 without a byte order mark that bytes look like: half of them are zeros."""
    pairs = len(data) // 2
    even, odd = data[::2], data[1::2]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros.count(0) > 0.9 * pairs and others.count(0) == 0:
            return name
    return None


def unix_lines(text: str) -> str:
    """Return ``text`` with unix line ends where it has those of old Macs (only returns)."""
    return text.replace("\r", "\n") if "\r" in text and "\n" not in text else text


def whole_lines(text: str, quote: str | None) -> str:
    """Return ``text`` up to its last line end that is not inside quotes."""
    end = text.rfind("\n") + 1
    if quote:
        odd = text.count(quote, 0, end) % 2
        while end and odd:
            before = text.rfind("\n", 0, end - 1) + 1
            odd = (odd + text.count(quote, before, end)) % 2
            end = before
    return text[:end] or text


def without_lines(text: str, count: int) -> str:
    """Return ``text`` without its first ``count`` lines."""
    start = 0
    for _ in range(count):
        end = text.find("\n", start)
        if end < 0:
            return ""
        start = end + 1
    return text[start:]
