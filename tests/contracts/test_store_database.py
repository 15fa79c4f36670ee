"""Opening, migrating and sharing a database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from matcher.domain.records import KEYS, Fund, Kind
from matcher.errors import ConfigurationError, StoreError
from matcher.store import Controls, Counts, Database, Decisions, Records, check, open_database, upgrade
from matcher.store.tables import IdText, metadata

NOW = datetime(2026, 11, 20, tzinfo=UTC)

PRELUDE = """
import sys
from datetime import UTC, datetime
from matcher.domain.records import Fund, Kind
from matcher.store import Records, open_database, upgrade
database = open_database(sys.argv[1])
now = datetime(2026, 11, 20, tzinfo=UTC)
"""

GO = """
print("ready", flush=True)
sys.stdin.readline()
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PRELUDE + script, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_at_once(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Let all processes reach their starting line (`GO`), then let all go."""
    with ExitStack() as stack:
        for process in processes:
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            _, errors = process.communicate(timeout=120)
            assert (process.returncode, errors) == (0, "")


# --- migrations ---


def test_migrating_an_empty_database_gives_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_ids_are_compared_by_bytes_on_a_server_of_any_locale(database: Database) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite always does")
    inspector = sa.inspect(database.engine)
    found = {
        (table, column["name"]): getattr(column["type"], "collation", None)
        for table in metadata.tables
        for column in inspector.get_columns(table)
    }
    told = {
        (table.name, column.name) for table in metadata.tables.values() for column in table.c if column.type is IdText
    }
    assert {*((kind.value, "id") for kind in Kind if "id" in KEYS[kind]), ("outcomes", "left_id")} < told
    assert {key for key, collation in found.items() if collation == "C"} == told


def test_migrating_twice_keeps_everything(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).upsert([Fund(id="F-1")], NOW)
    upgrade(database)
    check(database)
    with database.read() as connection:
        assert Records(connection).count()[Kind.FUNDS] == 1


def test_a_database_without_tables_asks_for_init(url: str) -> None:
    database = open_database(url)
    with pytest.raises(StoreError) as checked:
        check(database)
    with pytest.raises(StoreError) as used, database.read() as connection:
        Records(connection).count()
    database.close()
    assert checked.value.step.en == used.value.step.en == "Run matcher init."


def test_a_database_of_a_newer_version_is_named_and_left_alone(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for use in (check, upgrade):
        with pytest.raises(StoreError, match=r"9999 is newer than \d{4}") as failure:
            use(database)
        assert "Upgrade" in failure.value.step.en


def test_a_database_of_the_first_schema_is_migrated_with_its_records(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).upsert([Fund(id="F-1")], NOW)
        config = Config()
        config.set_main_option("script_location", "matcher.store:migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    with pytest.raises(StoreError) as failure:
        check(database)
    assert failure.value.step.en == "Run matcher init."
    upgrade(database)
    check(database)
    with database.read() as connection:
        assert Records(connection).count()[Kind.FUNDS] == 1
        assert Decisions(connection).all() == []
        assert Controls(connection).all() == []


def test_several_processes_may_migrate_an_empty_database_at_once(url: str) -> None:
    run_at_once([start(GO + "upgrade(database)", url) for _ in range(3)])
    database = open_database(url)
    check(database)
    database.close()


# --- processes at once ---

WRITER = """
for step in range(25):
    with database.begin() as connection:
        records = Records(connection)
        records.count()  # reading first is what makes a careless writer fail
        records.upsert([Fund(id=f"{sys.argv[2]}-{step}"), Fund(id="shared", name=f"{sys.argv[2]}-{step}")], now)
database.close()
"""


def ids_of(records: Records) -> set[str]:
    return {one.id for one in records.all(Kind.FUNDS)}


def test_writers_at_once_lose_neither_rows_nor_revisions(database: Database, url: str) -> None:
    run_at_once([start(GO + WRITER, url, name) for name in "abc"])
    with database.read() as connection:
        records = Records(connection)
        assert records.revision() == 3 * 25
        assert records.count()[Kind.FUNDS] == 3 * 25 + 1
        revisions = sorted(stamp.revision for stamp in records.stamps(Kind.FUNDS, ids_of(records)).values())
        assert revisions == [*range(1, 75 + 1), 75]


KILLED = """
with database.begin() as connection:
    Records(connection).upsert([Fund(id=str(number)) for number in range(3000)], now)
    print("written", flush=True)
    sys.stdin.readline()
"""


def test_a_process_killed_inside_a_transaction_leaves_nothing(database: Database, url: str) -> None:
    process = start(KILLED, url)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    with database.begin() as connection:
        records = Records(connection)
        assert (records.count()[Kind.FUNDS], records.revision()) == (0, 0)
        assert records.upsert([Fund(id="1")], NOW) == Counts(new=1)


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.begin() as writing:
        Records(writing).upsert([Fund(id="F-1")], NOW)
        with database.read() as reading:
            assert Records(reading).revision() == 0


# --- addresses ---


def told(failure: pytest.ExceptionInfo[BaseException]) -> str:
    """All a user or a log would see, with the whole traceback."""
    return str(failure.value) + "".join(traceback.format_exception(failure.value))


@pytest.mark.parametrize(
    ("url", "error", "step"),
    [
        ("postgresql+psycopg://li:s3cret@127.0.0.1:1/matcher", StoreError, "Check that the server runs"),
        ("postgres://li@127.0.0.1:1/matcher?password=s3cret", StoreError, "Check that the server runs"),
        ("postgresql://li:s3cret@nowhere.invalid/matcher?connect_timeout=3", StoreError, "Check that the server runs"),
        ("postgresql+psycopg2://li:s3cret@127.0.0.1/matcher", ConfigurationError, "Set MATCHER_DATABASE_URL"),
        ("mysql://li:s3cret@127.0.0.1/matcher", ConfigurationError, "Set MATCHER_DATABASE_URL"),
        ("postgresql://li:pa:s3cret@x:y:1/matcher", ConfigurationError, "Set MATCHER_DATABASE_URL"),
        ("li:s3cret@host", ConfigurationError, "Set MATCHER_DATABASE_URL"),
        ("", ConfigurationError, "Set MATCHER_DATABASE_URL"),
        ("sqlite://", ConfigurationError, "Set MATCHER_DATABASE_URL"),
        ("sqlite:///:memory:", ConfigurationError, "Set MATCHER_DATABASE_URL"),
        ("sqlite:////nowhere/at/all/matcher.db", StoreError, "Check that its folder exists"),
        ("sqlite:////tmp", StoreError, "Check that its folder exists"),
    ],
)
def test_a_url_that_leads_nowhere_is_told_with_a_step_and_no_secret(
    url: str, error: type[Exception], step: str
) -> None:
    with pytest.raises(error) as failure:
        open_database(url)
    assert step in str(failure.value)
    assert "s3cret" not in told(failure)


@pytest.mark.postgres
def test_a_server_without_the_database_is_told_with_its_name(postgres_server: object, url: str) -> None:
    missing = sa.make_url(url)
    if missing.get_backend_name() == "sqlite":
        pytest.skip("a SQLite file is made when it is missing")
    with pytest.raises(StoreError, match='database "nothing" does not exist'):
        open_database(missing.set(database="nothing").render_as_string(hide_password=False))


def test_without_the_driver_the_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    url = "postgresql://li:s3cret@127.0.0.1/matcher"
    with pytest.raises(ConfigurationError) as failure:
        open_database(url)
    assert "pip install 'techtransfer-matcher[postgres]'" in failure.value.step.en
    assert "s3cret" not in told(failure)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "成果.csv"
    file.write_text("编号,成果名称\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        open_database(f"sqlite:///{file}")
    assert file.read_text(encoding="utf-8").startswith("编号")


def test_a_file_that_cannot_be_written_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "matcher.db"
    writable = open_database(f"sqlite:///{file}")
    upgrade(writable)
    database = open_database(f"sqlite:///file:{file}?mode=ro&uri=true")
    check(database)
    with pytest.raises(StoreError, match="cannot be written") as failure, database.begin() as connection:
        Records(connection).upsert([Fund(id="F-1")], NOW)
    assert "permission" in failure.value.step.en
    database.close()
    writable.close()


def test_sqlite_is_opened_for_many_processes(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    with database.read() as connection:
        names = ("journal_mode", "foreign_keys", "synchronous", "busy_timeout", "secure_delete")
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}
    database.close()
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 1,
        "busy_timeout": 60_000,
        "secure_delete": 1,
    }


# --- units of work that begin late ---


def test_a_unit_begins_with_its_first_write_and_until_then_others_write(database: Database) -> None:
    unit = database.unit()
    with database.joining(unit):
        with database.read() as connection:
            assert Records(connection).count()[Kind.FUNDS] == 0
        assert unit.connection is None
        with ThreadPoolExecutor(1) as pool:
            pool.submit(add_fund, database, "F-other").result(timeout=10)
        add_fund(database, "F-mine")
        with database.read() as connection:  # by now it is the view of the unit, which knows what it wrote
            assert ids_of(Records(connection)) == {"F-other", "F-mine"}
    with database.read() as connection:
        assert ids_of(Records(connection)) == {"F-other"}
    unit.end()
    with database.read() as connection:
        assert ids_of(Records(connection)) == {"F-other", "F-mine"}


def test_a_unit_that_ends_with_an_error_leaves_nothing_and_one_that_never_wrote_did_not_begin(
    database: Database,
) -> None:
    unit, idle = database.unit(), database.unit()
    with database.joining(unit):
        add_fund(database, "F-1")
    unit.end(KeyError())
    idle.end()
    assert idle.connection is None
    with database.read() as connection:
        assert Records(connection).count()[Kind.FUNDS] == 0


def test_what_begins_with_a_unit_may_refuse_it(database: Database) -> None:
    def refuse() -> None:
        raise KeyError("answered before")

    unit = database.unit()
    unit.begun = refuse
    with pytest.raises(KeyError) as refused, database.joining(unit):
        add_fund(database, "F-1")
    unit.end(refused.value)
    with database.read() as connection:
        assert Records(connection).count()[Kind.FUNDS] == 0


def add_fund(database: Database, name: str) -> None:
    with database.begin() as connection:
        Records(connection).upsert([Fund(id=name, name=name)], NOW)
