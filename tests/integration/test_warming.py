"""What the first question needs is loaded before it is asked."""

from __future__ import annotations

from datetime import date

from matcher.domain.records import PairKind
from matcher.domain.visibility import Viewer
from matcher.errors import DamagedIndexError
from matcher.services.warming import Warming
from matcher.wording import Said
from tests.service import NOW, Service


def test_both_pairings_are_in_memory_afterwards(reading: Service) -> None:
    parts = reading.installation
    warming = Warming(lambda: parts.matching, parts.indexer.stale, NOW.date)

    with warming.beside():
        pass

    assert warming.done
    for pairing in PairKind:
        loaded = parts.pairings.load(pairing, NOW.date(), Viewer.BROKERS)
        assert loaded is parts.pairings.load(pairing, NOW.date(), Viewer.BROKERS)
        assert "profile_weights" in vars(loaded.matcher.known)


def test_indexes_that_are_behind_or_damaged_are_left_to_the_question_that_needs_them() -> None:
    def damaged() -> bool:
        raise DamagedIndexError(Said("损坏", "damaged"), Said("重建", "rebuild"))

    for stale in (lambda: True, damaged):
        warming = Warming(lambda: 1 / 0, stale, lambda: date(2026, 11, 1))  # type: ignore[arg-type, return-value]
        warming.run()
        assert warming.done
