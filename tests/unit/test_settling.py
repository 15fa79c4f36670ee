from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import ClassVar

import pytest

from matcher.services.settling import MANY, settle, undisturbed


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_many_records_are_left_alone_from_then_on() -> None:
    held = [[number] for number in range(1000)]

    settle(MANY)

    assert gc.get_freeze_count() > len(held)


def test_few_are_not_worth_it() -> None:
    gc.unfreeze()

    settle(MANY - 1)

    assert gc.get_freeze_count() == 0


def test_what_was_left_alone_and_is_gone_is_collected_the_next_time() -> None:
    class Held:
        gone: ClassVar[list[int]] = []

        def __del__(self) -> None:
            self.gone.append(1)

    held = Held()
    held.itself = held  # type: ignore[attr-defined]  # only the collector can free it
    settle(MANY)
    del held
    gc.collect()
    assert not Held.gone

    settle(MANY)

    assert Held.gone


def test_nothing_is_collected_while_much_is_loaded_and_again_from_then_on() -> None:
    with undisturbed():
        assert not gc.isenabled()
        with undisturbed():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_last_of_several_threads_turns_collection_on_again() -> None:
    """However they come and go: the one who came first may leave first."""
    with ExitStack() as second:
        with undisturbed():
            second.enter_context(undisturbed())
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_fails_to_load_leaves_collection_on() -> None:
    with suppress(RuntimeError), undisturbed():
        raise RuntimeError
    assert gc.isenabled()
