"""Files that are no tables in text: told by their beginning, with what to do about them."""

from __future__ import annotations

_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF document", "copy its table into a CSV file"),
    (b"$FL2@(#)", "a data file of SPSS", "save it as CSV in SPSS"),
    (b"$FL3@(#)", "a data file of SPSS", "save it as CSV in SPSS"),
    (b"<stata_dta><header>", "a data file of Stata", "write it with export delimited in Stata"),
    (b"RDX3\n", "a data file of R", "write it with write.csv in R"),
    (b"RDX2\n", "a data file of R", "write it with write.csv in R"),
    (b"X\n\0\0", "a data file of R", "write it with write.csv in R"),
    (b"\x80\x04\x95", "a pickle file of Python", "write it with to_csv or to_parquet in Python"),
    (b"\x80\x05\x95", "a pickle file of Python", "write it with to_csv or to_parquet in Python"),
    (b"\x93NUMPY", "an array of NumPy", "write it with numpy.savetxt and a delimiter"),
    (b"\x89HDF", "an HDF5 file", "write its table as CSV or Parquet"),
    (b"SQLite format 3\0", "a database of SQLite", "export the table as CSV"),
    (b"ARROW1\0\0", "an Arrow file", "write it as Parquet"),
    (b"MATLAB 5.0 MAT-file", "a data file of MATLAB", "write it with writetable in MATLAB"),
    (b"BZh91AY&SY", "packed with bzip2", "unpack it, or pack it with gzip or zip"),
    (b"\xfd7zXZ\0", "packed with xz", "unpack it, or pack it with gzip or zip"),
    (b"7z\xbc\xaf", "packed with 7-Zip", "unpack it, or pack it with gzip or zip"),
    (b"Rar!", "packed with RAR", "unpack it, or pack it with gzip or zip"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", "unpack it, or pack it with gzip or zip"),
    (b"\x89PNG", "an image", "read images with an Image Reader"),
    (b"\xff\xd8\xff", "an image", "read images with an Image Reader"),
    (b"GIF89a", "an image", "read images with an Image Reader"),
)
_PAGES = ("<!doctype html", "<html")
_OBJECTS = ('{"', '[{"')
_POINTER = "version https://git-lfs.github.com/"


def foreign(head: bytes, label: str) -> str | None:
    """Return what a file is and what to do, where it is of a kind that is not read here."""
    for start, kind, advice in _KINDS:
        if head.startswith(start):
            return f'"{label}" is {kind}; {advice}'
    return None


def stand_in(text: str, label: str) -> str | None:
    """Return what stands in a file instead of the table that somebody meant to fetch."""
    start = text[:200].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(_PAGES):
        return (
            f'"{label}" is a page of a web site and no table, as comes where a file was not found '
            f"or needs a login; fetch the file again"
        )
    if start.startswith(_OBJECTS):
        return f'"{label}" holds JSON; set "format" to "jsonl"'
    if start.startswith(_POINTER):
        return f'"{label}" is a pointer of Git LFS; fetch the file itself by "git lfs pull"'
    return None
