"""Taking an import back, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from matcher.domain.feedback import Feedback, Judgement
from matcher.domain.records import Achievement, Kind, Outcome, PairKind
from matcher.errors import ConflictError, RecordNotFoundError
from matcher.services.importing import Files, ImportReport, import_files
from matcher.services.imports import BATCH, ImportBook
from matcher.store import Database, FeedbackRows, Imports, ImportState, Kept, Outcomes, Records, Registers

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)

RESULTS = "编号,成果名称,所在地区\nA1,玉米淀粉,通辽市\nA2,绒山羊选育,通辽市\n"
CARRIERS = "编号,载体名称\nI1,科左孵化器\n"
OUTCOMES = "成果编号,载体编号,对接结果,日期\nA1,I1,接受,2026-01-05\n"
EVENTS = "编号,载体编号,事件,日期\nE1,I1,认定,2026-01-05\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two results, a carrier and what became of them."""
    made = tmp_path / "生态"
    made.mkdir()
    for name, text in (("成果", RESULTS), ("载体", CARRIERS), ("对接结果", OUTCOMES)):
        (made / f"{name}.csv").write_text(text, encoding="utf-8")
    return made


def take(database: Database, path: Path, now: datetime = NOW) -> ImportReport:
    report = import_files(database, Files([path]), now=now)
    assert not [issue for issue in report.issues if issue.refuses], report.issues
    return report


def rewritten(folder: Path, text: str) -> Path:
    (folder / "成果.csv").write_text(text, encoding="utf-8")
    return folder / "成果.csv"


def results(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {record.id: record.title for record in Records(connection).all(Kind.ACHIEVEMENTS)}  # type: ignore[union-attr]


def rows(database: Database) -> dict[Kind, int]:
    with database.read() as connection:
        return {kind: count for kind, count in Records(connection).count().items() if count}


def test_an_import_that_only_added_leaves_nothing_behind(database: Database, folder: Path) -> None:
    report = take(database, folder)
    undone = ImportBook(database).undo(report.numbers[0], LATER)
    assert (rows(database), undone.left) == ({}, [])
    assert undone.deleted == {Kind.ACHIEVEMENTS: 2, Kind.INCUBATORS: 1, Kind.OUTCOMES: 1}
    assert ImportBook(database).get(report.numbers[0]).import_.undone_at == LATER


def test_a_row_that_was_changed_says_again_what_it_said_before(database: Database, folder: Path) -> None:
    take(database, folder)
    second = take(
        database, rewritten(folder, RESULTS.replace("玉米淀粉", "玉米淀粉（改）") + "A3,蒙药,通辽市\n"), LATER
    )
    undone = ImportBook(database).undo(second.numbers[0], LATER)
    assert results(database) == {"A1": "玉米淀粉", "A2": "绒山羊选育"}
    assert (undone.restored, undone.deleted) == ({Kind.ACHIEVEMENTS: 1}, {Kind.ACHIEVEMENTS: 1})


def test_what_a_record_said_before_is_kept_until_the_record_goes(database: Database, folder: Path) -> None:
    take(database, folder)
    take(database, rewritten(folder, RESULTS.replace("玉米淀粉", "玉米淀粉（改）")), LATER)
    with database.begin() as connection:
        [before] = Records(connection).history(Kind.ACHIEVEMENTS, "A1")
        assert (before.row.title, before.replaced_at) == ("玉米淀粉", LATER)  # type: ignore[union-attr]
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A1"])
        assert Records(connection).history(Kind.ACHIEVEMENTS, "A1") == []


def test_a_corrected_outcome_is_corrected_back(database: Database, folder: Path) -> None:
    take(database, folder)
    (folder / "对接结果.csv").write_text(OUTCOMES.replace("接受", "拒绝"), encoding="utf-8")
    second = take(database, folder / "对接结果.csv", LATER)
    ImportBook(database).undo(second.numbers[0], LATER)
    with database.read() as connection:
        [told] = Outcomes(connection).of(PairKind.ACHIEVEMENT_INCUBATOR, "A1", "I1")
    assert told.result.value == "accepted"


def test_rows_of_registers_go_as_well(database: Database, folder: Path) -> None:
    take(database, folder)
    (folder / "事件.csv").write_text(EVENTS, encoding="utf-8")
    second = take(database, folder / "事件.csv", LATER)
    assert ImportBook(database).undo(second.numbers[0], LATER).deleted == {Kind.EVENTS: 1}
    with database.read() as connection:
        assert list(Registers(connection).all(Kind.EVENTS)) == []


def test_what_somebody_changed_since_stays_and_is_named(database: Database, folder: Path) -> None:
    report = take(database, folder)
    with database.begin() as connection:
        found = Records(connection).get(Kind.ACHIEVEMENTS, "A2")
        assert isinstance(found, Achievement)
        Records(connection).upsert([replace(found, region="赤峰市")], LATER)
    undone = ImportBook(database).undo(report.numbers[0], LATER)
    assert results(database) == {"A2": "绒山羊选育"}
    assert [(one.key, one.why) for one in undone.left] == [("A2", Kept.CHANGED)]


@pytest.mark.parametrize("use", ["outcome", "feedback"])
def test_a_record_that_something_else_needs_by_now_stays(database: Database, folder: Path, use: str) -> None:
    report = take(database, folder)
    with database.begin() as connection:
        if use == "outcome":
            later = Outcome(left_id="A2", right_id="I1", decided_on=date(2026, 2, 1))
            Outcomes(connection).upsert([later], LATER)
        else:
            pair = PairKind.ACHIEVEMENT_INCUBATOR
            said = Feedback(
                account_id="x", kind=pair, left_id="A2", right_id="I1", verdict=Judgement.FITS, made_at=LATER
            )
            FeedbackRows(connection).add(said)
    undone = ImportBook(database).undo(report.numbers[0], LATER)
    assert {(one.key, one.why) for one in undone.left} == {("A2", Kept.NEEDED), ("I1", Kept.NEEDED)}
    assert rows(database)[Kind.ACHIEVEMENTS] == 1


def test_what_stays_can_be_taken_back_once_nothing_needs_it(database: Database, folder: Path) -> None:
    report, book = take(database, folder), ImportBook(database)
    with database.begin() as connection:
        Outcomes(connection).upsert([Outcome(left_id="A2", right_id="I1", decided_on=date(2026, 2, 1))], LATER)
    book.undo(report.numbers[0], LATER)
    with database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A2"])
    assert (book.undo(report.numbers[0], LATER).left, rows(database)) == ([], {})


def test_a_withdrawal_is_not_undone_but_named(database: Database, folder: Path) -> None:
    take(database, folder)
    text = "编号,成果名称,撤回\nA1,玉米淀粉,是\n"
    second = take(database, rewritten(folder, text), LATER)
    undone = ImportBook(database).undo(second.numbers[0], LATER)
    assert [(one.key, one.why) for one in undone.left] == [("A1", Kept.WITHDRAWN)]
    assert "A1" not in results(database)


def test_an_import_is_undone_once(database: Database, folder: Path) -> None:
    report, book = take(database, folder), ImportBook(database)
    book.undo(report.numbers[0], LATER)
    with pytest.raises(ConflictError, match="没有可撤销的更改"):
        book.undo(report.numbers[0], LATER)
    with pytest.raises(RecordNotFoundError):
        book.undo(99, LATER)


def test_an_import_that_still_runs_is_not_undone(database: Database) -> None:
    with database.begin() as connection:
        number = Imports(connection).start("成果.csv", NOW)
    with pytest.raises(ConflictError, match="尚未结束"):
        ImportBook(database).undo(number, LATER)


def test_a_long_import_is_undone_whole_and_tells_how_far_it_is(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "成果.csv"
    lines = [f"A{number},成果{number},通辽市" for number in range(BATCH * 2 + 1)]
    path.write_text("\n".join(["编号,成果名称,所在地区", *lines]), encoding="utf-8")
    report, heard = take(database, path), list[tuple[int, int]]()
    ImportBook(database).undo(report.numbers[0], LATER, lambda done, total: heard.append((done, total)))
    assert (rows(database), heard[-1]) == ({}, (BATCH * 2 + 1, BATCH * 2 + 1))


def test_a_trial_run_leaves_nothing_to_undo(database: Database, folder: Path) -> None:
    report = import_files(database, Files([folder]), now=NOW, dry_run=True)
    assert (report.numbers, ImportBook(database).page(None, 5)) == ([], [])


def test_the_journal_lists_the_latest_first(database: Database, folder: Path) -> None:
    take(database, folder)
    take(database, folder, LATER)
    second, first = ImportBook(database).page(None, 5)
    assert (first.changes, second.changes, second.import_.state) == (4, 0, ImportState.DONE)
    assert ImportBook(database).page(second.import_.id, 5) == [first]
