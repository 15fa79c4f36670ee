"""A backup is one moment, whole or absent, and comes back on either database."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.identity import Decision
from matcher.domain.jobs import Job
from matcher.domain.periods import Period
from matcher.domain.records import IdentityKind, Incubator, Kind
from matcher.domain.registers import Submission
from matcher.errors import BackupError, DamagedBackupError, NewerBackupError, StoreError
from matcher.services.archive import MANIFEST
from matcher.services.backup import backup, restore, verify
from matcher.store import (
    Controls,
    Database,
    Decisions,
    Jobs,
    Outcomes,
    Records,
    Registers,
    dump,
    open_database,
    upgrade,
)
from matcher.store.tables import metadata
from tests.builders import achievement, incubator, outcome

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = date(2026, 11, 20)


def wish(target: str) -> Control:
    return Control(
        wish=Wish.EXCLUDE, asker_kind=Kind.ACHIEVEMENTS, asker="A1", aim=Aim.RECORD, target=target, made_on=DAY
    )


FILLED = {
    "achievements", "incubators", "outcomes", "periods", "history", "deletions", "identities", "controls", "jobs",
    "state", "revisions",
}  # fmt: skip
"""Tables in which `fill` leaves something."""


def fill(database: Database) -> None:
    """Rows with the values that are hard to carry over, in every sort of table."""
    with database.begin() as connection:
        extra = {"备注": "“引号”\n换行", "空": ""}
        Records(connection).upsert([achievement(extra=extra, trl=None), incubator(), incubator("I2")], NOW)
        Outcomes(connection).upsert([outcome(amount=0.1 + 0.2)], NOW)
        Outcomes(connection).upsert([outcome(amount=1e300)], NOW)
        Registers(connection).upsert([Submission(carrier_id="I1", period=Period("2026Q3"), metrics={"x": 2.5})], NOW)
        Records(connection).delete(Kind.INCUBATORS, ["I2"])
        Decisions(connection).put([Decision(IdentityKind.INSTITUTION, "甲", "乙", True, "某人", NOW)], NOW)
        Jobs(connection).add(Job(id="j1", kind="import", arguments={"files": ["成果.csv"]}, created_at=NOW))
        kept = Controls(connection)
        kept.remove([kept.add(wish(name)).id or 0 for name in ("I1", "I7")][1:])


def rows(database: Database) -> dict[str, list[str]]:
    with database.read() as connection:
        return {name: list(dump.lines(connection, name)) for name in dump.tables()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a model and an attachment, and what is not kept."""
    home = tmp_path / "home"
    for name, text in {
        "models/m.json": "{}",
        "attachments/ab/cd": "附件",
        "indexes/current": "x",
        "cache/v": "y",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return home


@pytest.fixture
def archive(database: Database, home: Path, tmp_path: Path) -> Path:
    """A backup of a filled database."""
    fill(database)
    backup(database, home, tmp_path / "b.zip", now=NOW)
    return tmp_path / "b.zip"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another database, of either sort, without any table."""
    if request.param == "sqlite":
        with closing(open_database(f"sqlite:///{tmp_path / 'other.db'}")) as opened:
            yield opened
        return
    server = request.getfixturevalue("postgres_server")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        with closing(open_database(server.get_uri(name, driver="psycopg"))) as opened:
            yield opened
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_every_row_comes_back_equal_on_either_database(
    database: Database, other: Database, archive: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    restore(other, elsewhere, archive)
    assert rows(other) == rows(database)
    assert {name for name, found in rows(other).items() if found} >= FILLED
    found = sorted(path.relative_to(elsewhere).as_posix() for path in elsewhere.rglob("*") if path.is_file())
    assert found == ["attachments/ab/cd", "models/m.json"]
    with other.begin() as connection:
        assert Outcomes(connection).history(outcome())[0].row.amount == 0.1 + 0.2


def test_numbers_go_on_and_are_never_given_twice(database: Database, other: Database, archive: Path) -> None:
    restore(other, archive.parent / "elsewhere", archive)
    with other.begin() as connection:
        assert Controls(connection).add(wish("I9")).id == 3  # 2 was given to a wish that is gone
        Outcomes(connection).upsert([outcome(amount=7.0)], NOW)  # a further row of history


def test_every_column_is_of_a_type_that_can_be_carried_over() -> None:
    found = {dump.python_type(column) for table in metadata.tables.values() for column in table.c}
    assert found <= dump.KNOWN


def test_a_json_null_differs_from_no_value(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kinds = sa.MetaData()
    table = sa.Table("odd", kinds, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.JSON))
    table.append_column(sa.Column("b", sa.LargeBinary))
    values = [{"id": 1, "x": sa.JSON.NULL, "b": b"\0\xff"}, {"id": 2, "x": sa.null(), "b": None}, {"id": 3, "x": [1]}]
    with database.begin() as connection:
        kinds.create_all(connection)
        for each in values:
            connection.execute(sa.insert(table).values(each))
        monkeypatch.setattr(dump, "metadata", kinds)
        before = list(dump.lines(connection, "odd"))
        assert before[:2] == ['{"id":1,"x":null,"b":"AP8="}', '{"id":2}']
        assert dump.Filler(connection).fill("odd", before) == 3
        assert list(dump.lines(connection, "odd")) == before


def test_a_database_with_data_is_only_replaced_when_asked(database: Database, archive: Path, home: Path) -> None:
    with database.begin() as connection:
        Records(connection).upsert([achievement("A2")], NOW)
    (home / "attachments" / "later").write_text("x", encoding="utf-8")
    before = rows(database)
    with pytest.raises(BackupError) as refused:
        restore(database, home, archive)
    assert "--replace" in refused.value.step.en
    assert rows(database) == before
    restore(database, home, archive, replace=True)
    assert "A2" not in str(rows(database)["achievements"])
    assert not (home / "attachments" / "later").exists()


def test_what_was_derived_from_a_later_state_is_not_taken_for_the_restored_one(
    database: Database, archive: Path, home: Path
) -> None:
    def state() -> tuple[str, int, str]:
        with database.begin() as connection:
            stored = Records(connection)
            return stored.identity(), stored.revision(), stored.stamp(stored.revision())

    def change(name: str) -> tuple[str, int, str]:
        with database.begin() as connection:
            Records(connection).upsert([achievement(name)], NOW)
        return state()

    at_backup, lost = state(), change("A8")
    restore(database, home, archive, replace=True)
    assert state() == at_backup
    gained = change("A9")
    assert gained[:2] == lost[:2]
    assert gained[2] != lost[2]


def test_a_backup_of_an_earlier_schema_is_migrated(database: Database, archive: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.zip"
    first = {
        "achievements",
        "incubators",
        "projects",
        "funds",
        "outcomes",
        "state",
        "revisions",
        "deletions",
        "imports",
    }
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(older, "w") as new:
        told = json.loads(old.read(MANIFEST))
        told["schema"] = "0001"
        told["tables"] = {name: count for name, count in told["tables"].items() if name in first}
        told["members"] = {n: mark for n, mark in told["members"].items() if Path(n).stem in first}
        for name in told["members"]:
            new.writestr(name, old.read(name))
        new.writestr(MANIFEST, json.dumps(told))
    expected = {name: found if name in first else [] for name, found in rows(database).items()}
    restore(database, tmp_path / "home2", older, replace=True)
    assert rows(database) == expected


def test_a_newer_backup_is_named_and_nothing_is_touched(database: Database, archive: Path, tmp_path: Path) -> None:
    for change in ({"format": 2}, {"schema": "9999"}):
        newer = _changed(archive, tmp_path / "newer.zip", change)
        before = rows(database)
        with pytest.raises(NewerBackupError) as refused:
            restore(database, tmp_path / "elsewhere", newer, replace=True)
        assert "Upgrade" in refused.value.step.en
        assert rows(database) == before
    assert not (tmp_path / "elsewhere").exists()


def _changed(archive: Path, target: Path, change: dict[str, Any]) -> Path:
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == MANIFEST:
                content = json.dumps(json.loads(content) | change).encode()
            new.writestr(name, content)
    return target


@pytest.mark.parametrize("damage", ["cut", "flipped", "member gone", "member more", "outside", "no zip", "no manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(tmp_path: Path, home: Path, damage: str) -> None:
    with closing(open_database(f"sqlite:///{tmp_path / 'm.db'}")) as database:
        upgrade(database)
        fill(database)
        good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
        backup(database, home, good, now=NOW)
        _damage(good, bad, damage)
        before = rows(database)
        with pytest.raises(DamagedBackupError):
            verify(bad)
        with pytest.raises(DamagedBackupError):
            restore(database, tmp_path / "elsewhere", bad, replace=True)
        assert rows(database) == before
        assert not (tmp_path / "elsewhere").exists()
        assert not (tmp_path / "out").exists()
        assert verify(good).rows == sum(map(len, before.values()))


def _damage(good: Path, bad: Path, damage: str) -> None:
    content = good.read_bytes()
    if damage == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        place = content.index(b"tables/achievements.jsonl") + 60
        bad.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
    elif damage == "no zip":
        bad.write_text("not a zip")
    else:
        gone = {"member gone": "tables/achievements.jsonl", "no manifest": MANIFEST}.get(damage)
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
            for name in old.namelist():
                told = old.read(name)
                if name == MANIFEST and damage == "outside":
                    manifest = json.loads(told)
                    manifest["members"]["files/../../out"] = manifest["members"]["files/models/m.json"]
                    told = json.dumps(manifest).encode()
                if name != gone:
                    new.writestr(name, told)
            if damage == "member more":
                new.writestr("files/models/more.json", "{}")
            if damage == "outside":
                new.writestr("files/../../out", "{}")


def test_a_restore_that_fails_half_way_leaves_everything_as_it_was(
    database: Database, archive: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(database)

    def broken(*_: object) -> None:
        raise StoreErrorForTest

    monkeypatch.setattr(dump.Filler, "count_on", broken)
    with pytest.raises(StoreErrorForTest):
        restore(database, home, archive, replace=True)
    assert rows(database) == before


class StoreErrorForTest(Exception):  # noqa: N818  # stands for anything that may go wrong there
    """Something broke."""


def test_a_backup_under_load_is_one_moment(database: Database, home: Path, tmp_path: Path) -> None:
    """A writer adds a record and its outcome in one transaction, over and over: no backup has one without the other."""
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with database.begin() as connection:
                Records(connection).upsert([achievement(f"A{number}"), Incubator(id="I1")], NOW)
                Outcomes(connection).upsert([outcome(f"A{number}", "I1")], NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.3)
        made = [backup(database, home, tmp_path / f"{n}.zip", now=NOW) for n in range(4)]
    finally:
        stop.set()
        writer.join()
    counts = [(each.tables["achievements"], each.tables["outcomes"]) for each in made]
    assert all(left == facts > 0 for left, facts in counts)
    assert counts[0] < counts[-1]


def test_only_its_owner_may_read_it_and_an_older_one_is_replaced_at_once(
    archive: Path, database: Database, home: Path
) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    backup(database, home, archive, now=NOW)
    assert [path.name for path in archive.parent.iterdir() if "b.zip" in path.name] == ["b.zip"]


KILLED = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from matcher.services import backup
from matcher.store import dump, open_database
def slow(*_):
    print("half", flush=True)
    time.sleep(60)
dump.numbers = slow
backup.backup(open_database(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), now=datetime.now(UTC))
"""


def test_a_backup_that_is_killed_leaves_no_trace(url: str, database: Database, home: Path, tmp_path: Path) -> None:
    fill(database)
    folder = tmp_path / "backups"
    folder.mkdir()
    command = [sys.executable, "-c", KILLED, url, str(home), str(folder / "b.zip")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    assert list(folder.iterdir()) == []


def test_where_files_must_have_names_a_failure_still_leaves_none(
    database: Database, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(database, home, folder / "good.zip", now=NOW)
    shutil.rmtree(home / "models")
    (home / "models").mkdir()
    os.mkfifo(home / "models" / "pipe")  # not a file: left out
    backup(database, home, folder / "good.zip", now=NOW)
    monkeypatch.setattr(dump, "numbers", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup(database, home, folder / "bad.zip", now=NOW)
    assert [path.name for path in folder.iterdir()] == ["good.zip"]
    assert (folder / "good.zip").stat().st_mode & 0o777 == 0o600


def test_a_database_of_a_newer_version_is_not_replaced(database: Database, archive: Path, home: Path) -> None:
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        restore(database, home, archive, replace=True)
