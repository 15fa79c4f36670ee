"""A fund that moves into a carrier is told at the next question, though registers make no index stale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from matcher.bootstrap import Installation
from matcher.domain.identity import Decision
from matcher.domain.records import IdentityKind, Record
from matcher.domain.registers import Arrangement, ArrangementKind
from matcher.domain.visibility import Viewer
from matcher.policy.arrangements import RESIDENT
from matcher.settings import Settings
from matcher.store import Decisions, Records, Registers
from tests.builders import fund, incubator, project

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = date(2026, 10, 31)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Two carriers in two spellings of one, a project of the one, and a fund."""
    settings = Settings(home=tmp_path, cache_dir=tmp_path / "cache", database_url="", encoder="hashing")
    opened = Installation(settings, tell=lambda _: None)
    with opened.database.begin() as connection:
        carriers: list[Record] = [incubator("I1"), incubator("I2", name="玉米孵化器")]
        rows = [*carriers, fund(), project(incubator_id="I1")]
        Records(connection).upsert(rows, NOW)
    yield opened
    opened.close()


def arrange(installation: Installation, **changes: object) -> None:
    usual = {"id": "Y1", "carrier_id": "I1", "fund_id": "F1", "since": date(2026, 1, 1)} | changes
    row = Arrangement(kind=ArrangementKind.RESIDENT, **usual)  # type: ignore[arg-type]
    with installation.database.begin() as connection:
        Registers(connection).upsert([row], NOW)


def told(installation: Installation, day: date = DAY) -> bool:
    [found] = installation.matching.match("P1", 5, Viewer.PUBLIC, day).matches
    return RESIDENT in [one.evidence for one in found.reasons]


def test_moving_in_and_out_is_told_at_the_next_question(installation: Installation) -> None:
    assert not told(installation)
    arrange(installation)
    assert told(installation)
    assert not told(installation, date(2025, 12, 31))
    arrange(installation, until=date(2026, 6, 30))
    assert not told(installation)


def test_who_resides_in_the_other_spelling_of_a_carrier_resides_in_it(installation: Installation) -> None:
    arrange(installation, carrier_id="I2")
    assert not told(installation)
    with installation.database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I2", "I1")], NOW)
    assert told(installation)
