from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from flowengine.pause import paused_collection, settled_objects


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    was_on = gc.isenabled()
    yield
    gc.unfreeze()
    (gc.enable if was_on else gc.disable)()


def test_the_search_is_paused_and_goes_on() -> None:
    gc.enable()
    with paused_collection():
        assert not gc.isenabled()
        with paused_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_is_not_searched_as_young() -> None:
    gc.enable()
    with paused_collection():
        made = [[number] for number in range(10_000)]
    young = {id(item) for item in [*gc.get_objects(generation=0), *gc.get_objects(generation=1)]}
    assert not young & {id(item) for item in made}
    assert gc.get_freeze_count() == 0


def test_what_a_program_has_settled_stays_settled_in_a_pause() -> None:
    gc.enable()
    gc.freeze()
    before = gc.get_freeze_count()
    with paused_collection():
        pass
    assert gc.get_freeze_count() == before


def test_a_search_that_was_off_stays_off() -> None:
    gc.disable()
    with paused_collection():
        pass
    assert not gc.isenabled()


def test_the_search_goes_on_after_an_error() -> None:
    gc.enable()
    with pytest.raises(LookupError), paused_collection():
        raise LookupError
    assert gc.isenabled()


def test_objects_are_settled_for_a_while() -> None:
    with settled_objects():
        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0


def test_what_a_program_has_settled_stays_settled() -> None:
    gc.freeze()
    before = gc.get_freeze_count()
    with settled_objects():
        assert gc.get_freeze_count() == before
    assert gc.get_freeze_count() == before
