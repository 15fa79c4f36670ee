"""The figures of an installation, on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from matcher.encoder.model import HashingEncoder
from matcher.index.snapshot import SnapshotFolder
from matcher.services.indexing import Indexer
from matcher.services.vitals import Reading, Vitals
from matcher.store import Database, Records
from tests.builders import achievement, side_builder

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_records_lag_and_whatever_others_add_are_told(database: Database, tmp_path: Path) -> None:
    indexer = Indexer(database, SnapshotFolder(tmp_path / "indexes"), HashingEncoder(16), side_builder().terms)
    jobs = Reading("matcher_jobs", "Jobs by state.", 3, {"state": "queued"})
    vitals = Vitals(database, indexer, [lambda: [jobs]])

    def told() -> dict[str, float]:
        return {each.name + "".join(each.labels.values()): each.value for each in vitals.readings()}

    def add(name: str) -> None:
        with database.begin() as connection:
            Records(connection).upsert([achievement(name)], NOW)

    add("A1")
    assert (told()["matcher_index_usable"], told().get("matcher_index_lag_revisions")) == (0, None)
    indexer.refresh()
    assert (told()["matcher_index_usable"], told()["matcher_index_lag_revisions"]) == (1, 0)
    add("A2")
    add("A3")
    figures = told()
    assert figures["matcher_index_lag_revisions"] == 2
    assert (figures["matcher_recordsachievements"], figures["matcher_recordsfunds"]) == (3, 0)
    assert (figures["matcher_jobsqueued"], figures["matcher_database_up"]) == (3, 1)
    (tmp_path / "indexes" / "current").write_text("gone")
    assert told()["matcher_index_usable"] == 0


def test_a_database_that_is_away_is_told_and_nothing_else(database: Database, tmp_path: Path) -> None:
    indexer = Indexer(database, SnapshotFolder(tmp_path / "indexes"), HashingEncoder(16), side_builder().terms)
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE funds RENAME TO elsewhere")
    (reading,) = Vitals(database, indexer).readings()
    assert (reading.name, reading.value) == ("matcher_database_up", 0)
