"""What the store promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.records import (
    RECORD_KINDS,
    TYPES,
    Achievement,
    CarrierKind,
    Fund,
    FundKind,
    Incubator,
    Kind,
    Outcome,
    PairKind,
    Project,
    Record,
    Result,
    Source,
    Stage,
    TransferMode,
    Visibility,
)
from matcher.errors import RecordNotFoundError, StoreError
from matcher.store import Counts, Database, Deleted, Imports, ImportState, Outcomes, Records, open_database, upgrade

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)

ACHIEVEMENT = Achievement(
    id="A-1",
    title="绒山羊选育 🐐",
    summary="𠮷田\r\n第二行\t'引号' \\u0000 %s :x",
    keywords=("绒山羊", "a;b", ""),
    inventors=("张三",),
    trl=6,
    transfer_modes=(TransferMode.LICENCE, TransferMode.EQUITY),
    asking_price=0.1,
    published_on=date(2024, 2, 29),
    visibility=Visibility.RESTRICTED,
    extra={"备注": "无", "b": "🐐", "a": ""},
    source=Source("成果.csv", 2),
)
INCUBATOR = Incubator(
    id="I-1", name="呼和浩特孵化器", kind=CarrierKind.PARK, has_broker_station=False, metrics={"在孵": 3, "rate": 0.25}
)
PROJECT = Project(id="P-1", name="乳业科技", stage=Stage.PRE_A, founded_on=date(1, 1, 1), employees=0, excellent=True)
FUND = Fund(id="F-1", name="天使基金", kind=FundKind.ANGEL, stages=(Stage.SEED, Stage.A), remaining=1e300)
RECORDS: tuple[Record, ...] = (ACHIEVEMENT, INCUBATOR, PROJECT, FUND)
TAKEN = Outcome(left_id="A-1", right_id="I-1", result=Result.ACCEPTED, decided_on=date(2025, 3, 1), reason="落地")
FUNDED = Outcome(
    kind=PairKind.PROJECT_FUND, left_id="P-1", right_id="F-1", decided_on=date(2025, 1, 1), amount=5e6, extra={"x": "y"}
)


def save(database: Database, rows: Sequence[Record], now: datetime = NOW) -> Counts:
    with database.begin() as connection:
        return Records(connection).upsert(rows, now)


def load(database: Database, kind: Kind) -> list[Record]:
    with database.read() as connection:
        return list(Records(connection).all(kind))


def revision(database: Database) -> int:
    with database.read() as connection:
        return Records(connection).revision()


# --- what is written is read back equal ---


def test_a_record_of_each_kind_is_read_back_equal(database: Database) -> None:
    assert save(database, RECORDS) == Counts(new=4)
    with database.read() as connection:
        records = Records(connection)
        assert [records.get(record.table, record.id) for record in RECORDS] == list(RECORDS)
        assert records.count() == {**dict.fromkeys(Kind, 0), **dict.fromkeys(RECORD_KINDS, 1)}


def test_values_come_back_with_their_own_types(database: Database) -> None:
    save(database, RECORDS)
    (achievement,) = load(database, Kind.ACHIEVEMENTS)
    (incubator,) = load(database, Kind.INCUBATORS)
    assert isinstance(achievement, Achievement)
    assert isinstance(incubator, Incubator)
    assert isinstance(achievement.keywords, tuple)
    assert achievement.transfer_modes[1] is TransferMode.EQUITY
    assert achievement.visibility is Visibility.RESTRICTED
    assert type(achievement.published_on) is date
    assert incubator.has_broker_station is False
    assert incubator.focus_type is None


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
figures = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(2**63), 2**63 - 1)


def rows_of(row_type: type[Any], **given_fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    forms: dict[str, st.SearchStrategy[Any]] = {
        "str": texts,
        "tuple[str, ...]": st.lists(texts, max_size=3).map(tuple),
        "Mapping[str, str]": st.dictionaries(texts, texts, max_size=3),
        "Mapping[str, float]": st.dictionaries(texts, figures, max_size=3),
        "int | None": st.none() | whole,
        "float | None": st.none() | figures,
        "bool | None": st.none() | st.booleans(),
        "date | None": st.none() | st.dates(),
        "Source": st.builds(Source, texts, st.integers(0, 10**6)),
        "tuple[Stage, ...]": st.lists(st.sampled_from(Stage), max_size=3).map(tuple),
        "Visibility": st.sampled_from(Visibility),
        "Result": st.sampled_from(Result),
    }
    made = {each.name: forms[str(each.type)] for each in dataclasses.fields(row_type) if str(each.type) in forms}
    return st.builds(row_type, **{**made, **given_fields})


ids = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=300)
any_record = st.one_of(*(rows_of(TYPES[kind], id=ids) for kind in RECORD_KINDS))
contract = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@contract
@given(record=any_record)
def test_any_record_is_read_back_equal_and_known_the_second_time(database: Database, record: Record) -> None:
    with database.begin() as connection:
        records = Records(connection)
        records.delete(record.table, [record.id])
        assert records.upsert([record], NOW) == Counts(new=1)
        assert records.get(record.table, record.id) == record
        assert records.upsert([record], LATER) == Counts(unchanged=1)


@contract
@given(outcome=rows_of(Outcome, left_id=st.just("A-1"), right_id=st.just("I-1"), decided_on=st.dates()))
def test_any_outcome_is_read_back_equal(database: Database, outcome: Outcome) -> None:
    with database.begin() as connection:
        Records(connection).delete(Kind.INCUBATORS, ["I-1"])
        Records(connection).upsert(RECORDS, NOW)
        assert Outcomes(connection).upsert([outcome], NOW).counts == Counts(new=1)
        assert Outcomes(connection).of(outcome.kind, "A-1", "I-1") == [outcome]


# --- a second import changes nothing, a changed row changes itself ---


def test_the_second_upsert_changes_nothing_not_even_the_revision(database: Database) -> None:
    save(database, RECORDS)
    before = revision(database)
    assert save(database, RECORDS, LATER) == Counts(unchanged=4)
    assert revision(database) == before
    with database.read() as connection:
        stamp = Records(connection).stamps(Kind.ACHIEVEMENTS, ["A-1"])["A-1"]
    assert (stamp.first_seen_at, stamp.changed_at, stamp.revision) == (NOW, NOW, before)


def test_where_a_record_was_read_is_not_its_content(database: Database) -> None:
    save(database, [ACHIEVEMENT])
    moved = dataclasses.replace(ACHIEVEMENT, source=Source("别的.xlsx", 99))
    assert save(database, [moved]) == Counts(unchanged=1)
    assert load(database, Kind.ACHIEVEMENTS) == [ACHIEVEMENT]


def test_a_figure_written_as_5_and_as_5_0_is_one_content(database: Database) -> None:
    save(database, [dataclasses.replace(FUND, remaining=5)])
    assert save(database, [dataclasses.replace(FUND, remaining=5.0)]) == Counts(unchanged=1)


def test_a_changed_row_is_updated_and_keeps_the_day_it_was_first_seen(database: Database) -> None:
    save(database, RECORDS)
    changed = dataclasses.replace(ACHIEVEMENT, trl=None, keywords=(), extra={})
    assert save(database, [changed, INCUBATOR], LATER) == Counts(updated=1, unchanged=1)
    assert load(database, Kind.ACHIEVEMENTS) == [changed]
    with database.read() as connection:
        stamp = Records(connection).stamps(Kind.ACHIEVEMENTS, ["A-1"])["A-1"]
    assert (stamp.first_seen_at, stamp.changed_at, stamp.revision) == (NOW, LATER, 2)


def test_of_two_rows_with_one_id_the_later_stands(database: Database) -> None:
    other = dataclasses.replace(ACHIEVEMENT, title="第二")
    assert save(database, [ACHIEVEMENT, other]) == Counts(new=1)
    assert load(database, Kind.ACHIEVEMENTS) == [other]
    assert save(database, [ACHIEVEMENT, other]) == Counts(unchanged=1)


def test_nothing_to_write_is_fine(database: Database) -> None:
    assert save(database, []) == Counts()
    assert revision(database) == 0


def test_more_rows_than_one_statement_holds_are_written_and_read_by_code_point(database: Database) -> None:
    # Upper case before lower, ASCII before Chinese, whatever the server's locale would prefer.
    many = [
        Fund(id=f"{letter}-{number}", name="基金") for letter in ("乙", "b", "A", "a", "𠮷") for number in range(500)
    ]
    assert save(database, many) == Counts(new=2500)
    wanted = sorted(fund.id for fund in many)
    assert [record.id for record in load(database, Kind.FUNDS)] == wanted
    with database.read() as connection:
        records = Records(connection)
        assert list(records.many(Kind.FUNDS, [*reversed(wanted), "nobody"])) == wanted[::-1]
        assert records.existing(Kind.FUNDS, [*wanted, "nobody"]) == set(wanted)
        assert [one.id for one in records.all(Kind.FUNDS)] == wanted


def test_a_moment_without_a_time_zone_is_refused_and_any_zone_becomes_utc(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="has no time zone"), database.begin() as connection:
        Records(connection).upsert([FUND], datetime(2026, 1, 1))  # noqa: DTZ001
    save(database, [FUND], datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))))
    with database.read() as connection:
        stamp = Records(connection).stamps(Kind.FUNDS, ["F-1"])["F-1"]
    assert stamp.first_seen_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert stamp.first_seen_at.tzinfo is UTC


# --- what no database can keep is refused alike ---


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"summary": "a\0b"}, "field summary has a NUL"),
        ({"keywords": ("好", "\0")}, "field keywords has a NUL"),
        ({"extra": {"\0": "x"}}, "field extra has a NUL"),
        ({"extra": {"x": "\ud83d"}}, "field extra has half a character"),
        ({"title": "\ud83d"}, "field title has half a character"),
        ({"source": Source("\udcff.csv", 1)}, "field source has half a character"),
        ({"source": Source("\0.csv", 1)}, "field source has a NUL"),
        ({"source": Source("a.csv", 2**63)}, "field source has a row number"),
        ({"asking_price": float("nan")}, "field asking_price has a number"),
        ({"asking_price": float("inf")}, "field asking_price has a number"),
        ({"asking_price": 10**400}, "field asking_price has a number"),
        ({"trl": 2**63}, "field trl has a number"),
        ({"id": ""}, "field id has no id"),
        ({"id": "长" * 301}, "field id has no id or one of more than 300"),
    ],
)
def test_a_value_no_database_can_keep_is_refused_by_name(
    database: Database, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(StoreError, match=named):
        save(database, [INCUBATOR, dataclasses.replace(ACHIEVEMENT, **changes)])
    assert load(database, Kind.INCUBATORS) == []
    assert revision(database) == 0


def test_ids_of_the_longest_length_fit_into_every_index(database: Database) -> None:
    # Random 4-byte characters: an id PostgreSQL cannot compress.
    left, right = (
        chr(0x20000 + seed) + "".join(chr(0x20000 + (n * 7919 + seed) % 40000) for n in range(299)) for seed in (1, 2)
    )
    save(database, [Achievement(id=left), Incubator(id=right)])
    with database.begin() as connection:
        taken = Outcomes(connection).upsert([dataclasses.replace(TAKEN, left_id=left, right_id=right)], NOW)
    assert taken.counts == Counts(new=1)


# --- finding ---


def test_an_id_is_found_in_whatever_table(database: Database) -> None:
    save(database, RECORDS)
    with database.read() as connection:
        assert [Records(connection).find(record.id) for record in RECORDS] == list(RECORDS)


def test_an_id_in_two_tables_is_ambiguous(database: Database) -> None:
    save(database, [ACHIEVEMENT, dataclasses.replace(FUND, id="A-1")])
    with database.read() as connection, pytest.raises(StoreError, match="A-1 occurs in achievements and funds"):
        Records(connection).find("A-1")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("ach-000123", "ACH-000123"),
        ("ACCH-000123", "ACH-000123"),
        ("ACH-00123", "ACH-000123"),
        ("ACH-0x0123", "ACH-000123"),
        ("CAH-000123", "ACH-000123"),
        ("CH-000123", "ACH-000123"),
        ("ACH-_%/", "ACH-_%/1"),
        ("成果", "成果一二三四五六"),
    ],
)
def test_an_unknown_id_is_answered_with_those_that_look_alike(database: Database, asked: str, meant: str) -> None:
    save(database, [Achievement(id=f"ACH-{number:06d}") for number in range(300)])
    save(database, [Fund(id="成果一二三四五六"), Fund(id="ACH-_%/1")])
    with database.read() as connection, pytest.raises(RecordNotFoundError) as failure:
        Records(connection).find(asked)
    assert asked in str(failure.value.message)
    assert meant in failure.value.step.en


@pytest.mark.parametrize("asked", ["", "zzz", "a\0b", "\udcff", "长" * 5000, "%", "_" * 60])
def test_an_id_like_no_other_is_answered_without_a_guess(database: Database, asked: str) -> None:
    save(database, RECORDS)
    with database.read() as connection:
        with pytest.raises(RecordNotFoundError) as failure:
            Records(connection).get(Kind.ACHIEVEMENTS, asked)
        assert Outcomes(connection).of(PairKind.ACHIEVEMENT_INCUBATOR, asked, asked) == []
    assert "import" in failure.value.step.en
    str(failure.value).encode()


# --- changes since a revision, and deletions ---


def test_changes_and_deletions_since_a_revision_are_told(database: Database) -> None:
    save(database, [Fund(id=each) for each in "abc"])
    first = revision(database)
    save(database, [Fund(id="a"), Fund(id="b", name="新"), Fund(id="d")], LATER)
    with database.begin() as connection:
        assert Records(connection).delete(Kind.FUNDS, ["c", "nobody"]) == Deleted(records=1)
    with database.read() as connection:
        records = Records(connection)
        assert [each.id for each in records.changed_since(Kind.FUNDS, first)] == ["b", "d"]
        assert records.deleted_since(Kind.FUNDS, first) == ["c"]
        assert records.deleted_since(Kind.PROJECTS, 0) == []
        assert records.revision() == 3
        assert list(records.changed_since(Kind.FUNDS, 3)) == []
        assert records.deleted_since(Kind.FUNDS, 3) == []


def test_deleting_a_record_takes_its_outcomes_of_that_side_only(database: Database) -> None:
    # The project has the achievement's id: its outcome must survive.
    save(database, [*RECORDS, dataclasses.replace(PROJECT, id="A-1")])
    other = dataclasses.replace(FUNDED, left_id="A-1")
    with database.begin() as connection:
        Outcomes(connection).upsert([TAKEN, FUNDED, other], NOW)
        assert Records(connection).delete(Kind.ACHIEVEMENTS, ["A-1"]) == Deleted(records=1, outcomes=1)
        assert list(Outcomes(connection).all()) == [other, FUNDED]
        assert Records(connection).delete(Kind.FUNDS, ["F-1"]) == Deleted(records=1, outcomes=2)
        assert Records(connection).count()[Kind.OUTCOMES] == 0


def test_deleting_nothing_keeps_the_revision(database: Database) -> None:
    with database.begin() as connection:
        assert Records(connection).delete(Kind.FUNDS, ["F-1"]) == Deleted()
    assert revision(database) == 0


def test_a_deleted_record_comes_back_with_the_next_import(database: Database) -> None:
    save(database, RECORDS)
    with database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A-1"])
    assert load(database, Kind.ACHIEVEMENTS) == []
    assert save(database, RECORDS) == Counts(new=1, unchanged=3)
    with database.begin() as connection:
        records = Records(connection)
        assert records.deleted_since(Kind.ACHIEVEMENTS, 0) == []
        assert records.get(Kind.ACHIEVEMENTS, "A-1") == ACHIEVEMENT
        assert records.delete(Kind.ACHIEVEMENTS, ["A-1"]) == Deleted(records=1)


def test_a_withdrawn_text_is_not_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "matcher.db"
    secret = "涉密配方" * 3000
    database = open_database(f"sqlite:///{file}")
    upgrade(database)
    save(database, [dataclasses.replace(ACHIEVEMENT, summary=secret)])
    with database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A-1"])
    database.close()
    assert not file.with_name("matcher.db-wal").exists()
    assert "涉密配方".encode() not in file.read_bytes()


# --- outcomes ---


def test_outcomes_come_by_day_and_ids(database: Database) -> None:
    save(database, [*RECORDS, Achievement(id="A-0"), Incubator(id="I-0")])
    day = TAKEN.decided_on
    rows = [
        TAKEN,
        dataclasses.replace(TAKEN, right_id="I-0"),
        dataclasses.replace(TAKEN, left_id="A-0"),
        dataclasses.replace(TAKEN, decided_on=day - timedelta(days=1), result=Result.IN_TALKS),
        FUNDED,
    ]
    with database.begin() as connection:
        outcomes = Outcomes(connection)
        assert outcomes.upsert(rows, NOW).counts == Counts(new=5)
        assert list(outcomes.all()) == [FUNDED, rows[3], rows[2], rows[1], TAKEN]
        assert list(outcomes.all(PairKind.PROJECT_FUND)) == [FUNDED]
        assert outcomes.of(PairKind.ACHIEVEMENT_INCUBATOR, "A-1", "I-1") == [rows[3], TAKEN]


def test_outcomes_are_counted_and_updated_like_records(database: Database) -> None:
    save(database, RECORDS)
    with database.begin() as connection:
        outcomes = Outcomes(connection)
        outcomes.upsert([TAKEN, FUNDED], NOW)
        before = Records(connection).revision()
        assert outcomes.upsert([TAKEN, FUNDED], LATER).counts == Counts(unchanged=2)
        assert Records(connection).revision() == before
        changed = dataclasses.replace(TAKEN, result=Result.REJECTED)
        assert outcomes.upsert([changed, FUNDED], LATER).counts == Counts(updated=1, unchanged=1)
        assert Records(connection).revision() == before + 1
        assert outcomes.of(TAKEN.kind, "A-1", "I-1") == [changed]


def test_an_outcome_of_an_unknown_record_is_handed_back_with_the_fields(database: Database) -> None:
    save(database, RECORDS)
    rows = [
        TAKEN,
        dataclasses.replace(TAKEN, left_id="P-1"),
        dataclasses.replace(FUNDED, right_id="F-\0"),
        dataclasses.replace(FUNDED, left_id="", right_id=""),
    ]
    with database.begin() as connection:
        taken = Outcomes(connection).upsert(rows, NOW)
    assert taken.counts == Counts(new=1)
    assert [(each.row, each.field, each.needed) for each in taken.dangling] == [
        (rows[1], "left_id", True),
        (rows[2], "right_id", True),
        (rows[3], "left_id", True),
        (rows[3], "right_id", True),
    ]


# --- imports ---


def test_an_import_is_followed_from_start_to_end(database: Database) -> None:
    with database.begin() as connection:
        assert Imports(connection).last() is None
        first = Imports(connection).start("/home/li/客户/成果.csv", NOW)
        second = Imports(connection).start(r"C:\Users\li\基金.xlsx", NOW)
        third = Imports(connection).start("孵化器.csv", NOW)
    with database.begin() as connection:
        Imports(connection).finish(first, {"new": 3, "issues": 1}, LATER)
        Imports(connection).fail(third, {"new": 0}, LATER)
    with database.read() as connection:
        last, interrupted = Imports(connection).last(), Imports(connection).interrupted()
    assert last is not None
    assert (last.id, last.name, last.state, last.counts) == (third, "孵化器.csv", ImportState.FAILED, {"new": 0})
    assert (last.started_at, last.finished_at) == (NOW, LATER)
    assert [(each.id, each.name, each.state) for each in interrupted] == [(second, "基金.xlsx", ImportState.RUNNING)]


def test_a_file_name_no_database_can_keep_is_shown_all_the_same(database: Database) -> None:
    with database.begin() as connection:
        Imports(connection).start("a\0\udcff.csv", NOW)
        last = Imports(connection).last()
    assert last is not None
    assert last.name.endswith(".csv")


# --- transactions ---


class BrokenOffError(Exception):
    pass


def test_an_error_inside_a_transaction_leaves_nothing(database: Database) -> None:
    def break_off() -> None:
        with database.begin() as connection:
            Records(connection).upsert(RECORDS, NOW)
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        break_off()
    assert load(database, Kind.FUNDS) == []
    assert revision(database) == 0


def test_a_reader_sees_one_state_however_long_it_looks(database: Database) -> None:
    save(database, [FUND])
    with database.read() as connection:
        assert Records(connection).revision() == 1
        save(database, [dataclasses.replace(FUND, name="新")], LATER)
        assert Records(connection).revision() == 1
        assert list(Records(connection).all(Kind.FUNDS)) == [FUND]
    assert revision(database) == 2


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError, match="cannot be written"), database.read() as connection:
        Records(connection).upsert([FUND], NOW)
    save(database, [FUND])
    assert load(database, Kind.FUNDS) == [FUND]


def test_what_a_driver_refuses_is_told_without_the_rows(database: Database) -> None:
    with pytest.raises(StoreError) as failure, database.begin() as connection:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (:v)"), {"v": f"秘密 {uuid.uuid4()}"})
    assert "秘密" not in str(failure.value)
    assert "matcher init" in failure.value.step.en
