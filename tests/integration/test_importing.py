"""Files to the database and back: whatever happens on the way, the rows are right and nothing is silent."""

from __future__ import annotations

import csv
import random
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from matcher.domain.identity import Decision
from matcher.domain.records import KEYS, IdentityKind, Kind, PairKind, Source
from matcher.domain.registers import Submission
from matcher.domain.visibility import Viewer
from matcher.errors import IntakeError, RecordNotFoundError, StoreError
from matcher.intake import read
from matcher.services.folders import read_ecosystem
from matcher.services.importing import BATCH, Files, ImportReport, delete_records, import_files
from matcher.services.pooling import register
from matcher.store import (
    Database,
    Decisions,
    Deleted,
    Imports,
    ImportState,
    Outcomes,
    Records,
    Registers,
    open_database,
    upgrade,
)
from matcher.store.tables import TABLES
from tests.commandline import SAMPLE, CommandLine, start

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROWS = {
    Kind.ACHIEVEMENTS: 105,
    Kind.INCUBATORS: 28,
    Kind.PROJECTS: 89,
    Kind.FUNDS: 20,
    Kind.OUTCOMES: 339,
    Kind.EVENTS: 53,
    Kind.PERIODS: 107,
    Kind.FILINGS: 8,
    Kind.RESOURCES: 24,
    Kind.ARRANGEMENTS: 16,
    Kind.CONTRACTS: 12,
    Kind.GRANTS: 4,
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database."""
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    yield opened
    opened.close()


def take(database: Database, *paths: Path, dry_run: bool = False) -> ImportReport:
    return import_files(database, Files(paths), now=NOW, dry_run=dry_run)


def counted(report: ImportReport, name: str) -> dict[Kind, int]:
    return {kind: counts[name] for kind, counts in report.tables.items()}


def content_hashes(connection: sa.Connection, kind: Kind) -> dict[str, str]:
    """By id the hash of what a row holds."""
    column = TABLES[kind].c
    return {row[0]: row[1] for row in connection.execute(sa.select(column.id, column.content_hash).order_by(column.id))}


def stored(database: Database) -> tuple[int, dict[Kind, int], list[dict[str, str]]]:
    """Revision, rows of each table, and the content hashes of all records."""
    with database.read() as connection:
        records = Records(connection)
        return (
            records.revision(),
            records.count(),
            [content_hashes(connection, kind) for kind in Kind if "id" in KEYS[kind]],
        )


def table(folder: Path, name: str, *rows: str) -> Path:
    """A CSV file with these rows, the header first."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def ecosystem(folder: Path) -> Path:
    """Two results, a carrier, and an outcome for each result."""
    table(folder, "achievements.csv", "id,title", "A1,玉米淀粉", "A2,蒙药制剂")
    table(folder, "incubators.csv", "id,name", "I1,孵化器")
    days = ("A1,I1,accepted,2026-01-01", "A2,I1,rejected,2026-01-02")
    table(
        folder, "outcomes.csv", "kind,left_id,right_id,result,decided_on", *(f"achievement_incubator,{d}" for d in days)
    )
    return folder


def test_the_sample_goes_in_without_a_single_refused_row(database: Database) -> None:
    report = take(database, SAMPLE)
    assert counted(report, "new") == ROWS
    assert not [issue for issue in report.issues if issue.refuses or issue.code == "unknown_record"]
    assert stored(database)[1] == ROWS


def test_a_second_import_changes_nothing_not_even_the_revision(database: Database) -> None:
    take(database, SAMPLE)
    before = stored(database)
    report = take(database, SAMPLE)
    assert counted(report, "unchanged") == ROWS
    assert report.totals() == Counter(unchanged=sum(ROWS.values()))
    assert stored(database) == before


def test_a_changed_row_updates_its_record_and_no_other(database: Database, tmp_path: Path) -> None:
    take(database, ecosystem(tmp_path / "eco"))
    path = table(tmp_path / "eco", "achievements.csv", "id,title", "A1,玉米淀粉（二期）", "A2,蒙药制剂")
    report = take(database, path)
    assert report.totals() == Counter(updated=1, unchanged=1)
    with database.read() as connection:
        assert Records(connection).get(Kind.ACHIEVEMENTS, "A1").title == "玉米淀粉（二期）"  # type: ignore[union-attr]


def test_a_withdrawn_row_takes_its_outcomes_along(database: Database, tmp_path: Path) -> None:
    take(database, ecosystem(tmp_path / "eco"))
    report = take(database, table(tmp_path, "achievements.csv", "id,title,withdrawn", "A1,玉米淀粉,是"))
    assert counted(report, "deleted") == {Kind.ACHIEVEMENTS: 1}
    with database.read() as connection:
        assert not Records(connection).existing(Kind.ACHIEVEMENTS, ["A1"])
        assert [outcome.left_id for outcome in Outcomes(connection).all()] == ["A2"]


def test_a_withdrawn_record_may_come_back(database: Database, tmp_path: Path) -> None:
    folder = ecosystem(tmp_path / "eco")
    take(database, folder)
    take(database, table(tmp_path, "achievements.csv", "id,title,withdrawn", "A1,玉米淀粉,是"))
    assert counted(take(database, folder), "new") == {Kind.ACHIEVEMENTS: 1, Kind.INCUBATORS: 0, Kind.OUTCOMES: 1}


def test_an_outcome_of_an_unknown_record_is_an_issue_at_its_row_and_field(database: Database, tmp_path: Path) -> None:
    folder = ecosystem(tmp_path / "eco")
    lines = (folder / "outcomes.csv").read_text(encoding="utf-8").splitlines()
    table(folder, "outcomes.csv", *lines, "achievement_incubator,A1,I9,accepted,2026-02-01")
    report = take(database, folder)
    [issue] = [issue for issue in report.issues if issue.refuses]
    assert (issue.file, issue.row, issue.field, issue.code, issue.value) == (
        "outcomes.csv",
        4,
        "right_id",
        "unknown_record",
        "I9",
    )
    assert counted(report, "new")[Kind.OUTCOMES] == 2


def test_a_dry_run_counts_like_the_import_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    folder = ecosystem(tmp_path / "eco")
    take(database, folder)
    before = stored(database)
    # One new, one changed, one withdrawn with its outcome, and outcomes of known, new, withdrawn and unknown records.
    table(folder, "achievements.csv", "id,title,withdrawn", "A1,改过,", "A2,蒙药制剂,是", "A3,新的,")
    names = (
        "A1,I1,accepted,2026-01-01",
        "A3,I1,accepted,2026-03-01",
        "A2,I1,accepted,2026-03-01",
        "A9,I1,accepted,2026-03-01",
    )
    table(
        folder,
        "outcomes.csv",
        "kind,left_id,right_id,result,decided_on",
        *(f"achievement_incubator,{n}" for n in names),
    )
    rehearsed = take(database, folder, dry_run=True)
    assert stored(database) == before
    with database.read() as connection:
        [done] = [Imports(connection).last()]
        assert done is not None
        assert done.counts["new"] == 5  # the journal knows only the real import
    real = take(database, folder)
    assert rehearsed.tables == real.tables
    assert rehearsed.issues == real.issues
    assert {issue.value for issue in real.issues if issue.refuses} == {"A2", "A9"}
    assert real.tables[Kind.ACHIEVEMENTS] == {"new": 1, "updated": 1, "unchanged": 0, "deleted": 1}


def test_a_dry_run_of_the_sample_into_nothing_finds_no_unknown_records(database: Database) -> None:
    report = take(database, SAMPLE, dry_run=True)
    assert counted(report, "new") == ROWS
    assert not [issue for issue in report.issues if issue.refuses]
    assert sum(stored(database)[1].values()) == 0


def test_deleting_takes_all_named_records_or_none(database: Database, tmp_path: Path) -> None:
    take(database, ecosystem(tmp_path / "eco"))
    with pytest.raises(RecordNotFoundError):
        delete_records(database, ["A1", "A9"])
    assert stored(database)[1][Kind.ACHIEVEMENTS] == 2
    deleted = delete_records(database, ["A1", "A2"])
    assert (deleted.records, deleted.outcomes) == (2, 2)


EVENT = "编号,载体编号,事件\n{},I1,认定\n"


def test_a_row_of_a_register_is_deleted_by_its_id_with_its_history(database: Database, tmp_path: Path) -> None:
    folder = ecosystem(tmp_path / "eco")
    (folder / "events.csv").write_text(EVENT.format("E1"), encoding="utf-8")
    take(database, folder)
    assert stored(database)[1][Kind.EVENTS] == 1
    with pytest.raises(RecordNotFoundError):
        delete_records(database, ["E1", "E9"])
    assert stored(database)[1][Kind.EVENTS] == 1
    assert delete_records(database, ["E1", "A1"]) == Deleted(records=1, outcomes=1, registers=1)
    assert stored(database)[1][Kind.EVENTS] == 0


def test_an_id_of_a_record_and_of_a_row_deletes_neither(database: Database, tmp_path: Path) -> None:
    folder = ecosystem(tmp_path / "eco")
    (folder / "events.csv").write_text(EVENT.format("A1"), encoding="utf-8")
    take(database, folder)
    with pytest.raises(StoreError, match="A1"):
        delete_records(database, ["A1"])
    counts = stored(database)[1]
    assert (counts[Kind.EVENTS], counts[Kind.ACHIEVEMENTS]) == (1, 2)


def test_the_command_deletes_and_says_how_much(matcher: CommandLine, tmp_path: Path) -> None:
    matcher("import", ecosystem(tmp_path / "eco"))
    assert matcher("delete", "A1", "--json").json == {"records": 1, "outcomes": 1, "registers": 0}
    assert "A1" in matcher("delete", "A1", code=1).err


def test_a_file_that_cannot_be_read_does_not_undo_the_ones_before_it(database: Database, tmp_path: Path) -> None:
    with pytest.raises(IntakeError):
        take(database, ecosystem(tmp_path / "eco"), tmp_path / "missing.csv")
    assert stored(database)[1][Kind.ACHIEVEMENTS] == 2


def test_a_failure_in_the_middle_is_in_the_journal_and_what_was_committed_stays(
    database: Database, tmp_path: Path
) -> None:
    path = large(tmp_path / "achievements.csv", 3 * BATCH)

    def stop(rows: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files(database, Files([path]), now=NOW, progress=stop)
    with database.read() as connection:
        last = Imports(connection).last()
    assert last is not None
    assert last.state is ImportState.FAILED
    report = take(database, path)
    assert not report.interrupted_before
    assert stored(database)[1][Kind.ACHIEVEMENTS] == 3 * BATCH


def test_text_that_no_database_can_keep_does_not_stop_the_import(matcher: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "achievements.jsonl"
    lines = ('{"id": "A1", "title": "x\\ud800y"}', '{"id": "A2", "title": "a\\u0000b"}', '{"id": "A3", "title": "好"}')
    path.write_text("\n".join(lines), encoding="utf-8")
    done = matcher("import", path, "--json").json
    assert done["tables"]["achievements"]["new"] + len([i for i in done["issues"] if i["severity"] == "error"]) == 3


def test_the_current_folder_can_be_imported(
    matcher: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ecosystem(tmp_path / "eco"))
    assert matcher("import", ".", "--json").json["tables"]["achievements"]["new"] == 2


@pytest.mark.slow
def test_a_killed_import_leaves_a_sound_database_and_the_next_run_completes_it(
    matcher: CommandLine, tmp_path: Path
) -> None:
    home, total, chance = matcher.home, 20_000, random.Random(7)  # noqa: S311 - moments, no secrets
    path = large(tmp_path / "achievements.csv", total)
    moments = sorted(chance.randrange(total) for _ in range(2))
    for rows in [-1, *moments]:
        process = start(home, "import", path, "--json")
        wait_for_rows(process, home / "matcher.db", rows)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.communicate()
        if (home / "matcher.db").exists():
            assert soundness(home / "matcher.db") == "ok"
            assert rows_in(home / "matcher.db") % BATCH == 0  # whole batches only
    assert 0 < rows_in(home / "matcher.db") < total
    done = matcher("import", path, "--json").json
    assert done["interrupted_before"] == ["achievements.csv"]
    counts = done["tables"]["achievements"]
    assert counts["new"] + counts["unchanged"] == total
    assert counts["unchanged"] >= moments[-1]
    assert hashes(home / "matcher.db") == undisturbed(tmp_path, path)
    assert "中断" not in matcher("import", path).err


def large(path: Path, rows: int) -> Path:
    """A table of that many results."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "summary"])
        writer.writerows((f"g-{row:05d}", f"第{row}号玉米淀粉制备技术", f"收率{row % 50}%") for row in range(rows))
    return path


def wait_for_rows(process: subprocess.Popen[str], database: Path, rows: int) -> None:
    """Until more than that many are committed; -1: until the database's file is there."""
    while process.poll() is None:
        if database.exists() and (rows < 0 or rows_in(database) > rows):
            return
        time.sleep(0.005)


def rows_in(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM achievements").fetchone()[0])
        except sqlite3.OperationalError:  # killed before the tables were made
            return 0


def soundness(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def hashes(database: Path) -> dict[str, str]:
    opened = open_database(f"sqlite:///{database}")
    with opened.read() as connection:
        found = content_hashes(connection, Kind.ACHIEVEMENTS)
    opened.close()
    return found


def undisturbed(folder: Path, path: Path) -> dict[str, str]:
    """The hashes that an import without any interruption leaves."""
    opened = open_database(f"sqlite:///{folder / 'undisturbed.db'}")
    upgrade(opened)
    take(opened, path)
    opened.close()
    return hashes(folder / "undisturbed.db")


def test_an_interrupted_import_of_another_file_is_not_this_ones_business(database: Database, tmp_path: Path) -> None:
    with database.begin() as connection:
        Imports(connection).start("other.csv", NOW)
    assert not take(database, ecosystem(tmp_path / "eco")).interrupted_before
    shutil.rmtree(tmp_path / "eco")


# --- registers ---


def registered(folder: Path) -> Path:
    """A small ecosystem with a restricted result, an event, two submissions, a resource and a contract."""
    ecosystem(folder)
    table(folder, "achievements.csv", "id,title,visibility", "A1,玉米淀粉,", "A2,蒙药制剂,保密")
    table(folder, "incubators.csv", "id,name", "I1,孵化器", "I2,孵化器有限公司")
    table(folder, "载体事件.csv", "编号,载体编号,事件,级别", "E1,I1,认定,国家级", "E2,I2,认定,国家级")
    table(folder, "填报数据.csv", "载体编号,填报期,指标:在孵企业数", "I1,2026年三季度,12", "I2,2026Q2,10")
    table(folder, "共享资源.csv", "编号,名称,类型,开放对象,可见范围", "R1,质谱,仪器,I1;I2,", "R2,保密间,实验室,,保密")
    table(folder, "技术合同.csv", "编号,合同名称,成果编号,载体编号", "C1,甲合同,A1,I2", "C2,乙合同,A2,I1")
    return folder


def test_registers_go_in_once_and_a_correction_is_kept(database: Database, tmp_path: Path) -> None:
    folder = registered(tmp_path / "eco")
    assert counted(take(database, folder), "new")[Kind.PERIODS] == 2
    before = stored(database)
    assert take(database, folder).totals() == Counter(unchanged=sum(before[1].values()))
    assert stored(database) == before
    table(folder, "填报数据.csv", "载体编号,填报期,指标:在孵企业数", "I1,2026年三季度,21", "I2,2026Q2,10")
    assert take(database, folder / "填报数据.csv").totals() == Counter(updated=1, unchanged=1)
    with database.read() as connection:
        [old] = Registers(connection).history(Kind.PERIODS, ("I1", "2026Q3"))
        [new, _] = Registers(connection).all(Kind.PERIODS)
    assert isinstance(old.row, Submission)
    assert isinstance(new, Submission)
    assert (old.row.metrics, new.metrics) == ({"在孵企业数": 12}, {"在孵企业数": 21})
    assert old.row.source == Source("填报数据.csv", 2)


def test_a_needed_record_that_is_unknown_refuses_the_row_and_any_other_only_warns(
    database: Database, tmp_path: Path
) -> None:
    folder = registered(tmp_path / "eco")
    table(folder, "filings.csv", "id,carrier_id,receiver_id,kind", "B1,I1,I7,品牌输出", "B2,I9,I2,品牌输出")
    report = take(database, folder)
    assert counted(report, "new")[Kind.FILINGS] == 1
    assert [(i.file, i.row, i.field, i.value, i.refuses) for i in report.issues if i.code == "unknown_record"] == [
        ("filings.csv", 2, "receiver_id", "I7", False),
        ("filings.csv", 3, "carrier_id", "I9", True),
    ]
    assert take(database, folder, dry_run=True).issues == report.issues


def test_a_withdrawn_carrier_takes_its_facts_along_and_a_fact_can_be_taken_back_alone(
    database: Database, tmp_path: Path
) -> None:
    folder = registered(tmp_path / "eco")
    take(database, folder)
    take(database, table(tmp_path, "periods.csv", "carrier_id,period,withdrawn", "I2,2026Q2,是", "I2,2026Q1,是"))
    assert stored(database)[1][Kind.PERIODS] == 1
    report = take(database, table(tmp_path, "incubators.csv", "id,name,withdrawn", "I1,孵化器,是"))
    assert counted(report, "deleted") == {Kind.INCUBATORS: 1}
    assert {kind: n for kind, n in stored(database)[1].items() if n} == {
        Kind.ACHIEVEMENTS: 2,
        Kind.INCUBATORS: 1,
        Kind.EVENTS: 1,
        Kind.RESOURCES: 2,
        Kind.CONTRACTS: 2,
    }


def test_a_register_names_only_what_the_viewer_may_know_under_the_record_that_stands_for_it(
    database: Database, tmp_path: Path
) -> None:
    take(database, registered(tmp_path / "eco"))
    with database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I2", "I1")], NOW)

    def seen(kind: Kind, viewer: Viewer, *names: str) -> list[tuple[object, ...]]:
        return [tuple(getattr(row, name) for name in names) for row in register(database, kind, viewer)]

    assert seen(Kind.EVENTS, Viewer.PUBLIC, "id", "carrier_id") == [("E1", "I1"), ("E2", "I1")]
    assert seen(Kind.RESOURCES, Viewer.BROKERS, "id", "open_to") == [("R1", ("I1",))]
    assert seen(Kind.RESOURCES, Viewer.ENTITLED, "id", "open_to") == [("R1", ("I1",)), ("R2", ())]
    both = ("id", "achievement_id", "carrier_id")
    assert seen(Kind.CONTRACTS, Viewer.PUBLIC, *both) == [("C1", "A1", "I1"), ("C2", "", "I1")]
    assert seen(Kind.CONTRACTS, Viewer.ENTITLED, *both) == [("C1", "A1", "I1"), ("C2", "A2", "I1")]


def test_evaluation_reads_no_register_not_even_a_broken_one(tmp_path: Path) -> None:
    folder = registered(tmp_path / "eco")
    table(folder, "载体事件.csv", "这里没有表头")
    ecosystem_read = read_ecosystem(folder)
    assert ecosystem_read.remarks("eco") == []
    assert len(ecosystem_read.outcomes[PairKind.ACHIEVEMENT_INCUBATOR]) == 2
    with pytest.raises(IntakeError):
        read(folder)
