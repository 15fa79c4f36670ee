"""What the registers promise, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.periods import Period
from matcher.domain.records import (
    KEYS,
    REGISTER_KINDS,
    TYPES,
    CarrierKind,
    Kind,
    PairKind,
    Register,
    Result,
    Source,
    Visibility,
)
from matcher.domain.registers import (
    Arrangement,
    ArrangementKind,
    Contract,
    ContractKind,
    Event,
    EventKind,
    Filing,
    Grade,
    Grant,
    GrantState,
    OwnerKind,
    Pricing,
    Resource,
    ResourceKind,
    ServiceKind,
    Submission,
)
from matcher.errors import RecordNotFoundError
from matcher.store import Counts, Database, Deleted, Outcomes, Records, Registers, Upserted
from tests.builders import achievement, fund, incubator, outcome, project
from tests.contracts.test_store import contract, ids, rows_of

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LAST = NOW + timedelta(days=2)

EVENT = Event(
    id="E1",
    carrier_id="I1",
    event=EventKind.EVALUATED,
    carrier_kind=CarrierKind.MAKERSPACE,
    year=2025,
    grade=Grade.GOOD,
    decided_on=date(2026, 3, 1),
    extra={"公示": "是"},
    source=Source("events.csv", 2),
)
SUBMISSION = Submission(carrier_id="I1", period=Period("2026Q3"), metrics={"在孵企业数": 12.0, "占比": 0.25})
FILING = Filing(id="B1", carrier_id="I1", receiver_id="I2", kind=ServiceKind.BRAND_OUTPUT, filed_on=date(2026, 1, 1))
RESOURCE = Resource(
    id="R1",
    name="质谱",
    kind=ResourceKind.INSTRUMENT,
    owner_kind=OwnerKind.UNIVERSITY,
    open_to=("I1", "I2"),
    visibility=Visibility.BROKERS,
)
ARRANGEMENT = Arrangement(id="Y1", carrier_id="I1", kind=ArrangementKind.RESIDENT, party="天使基金", fund_id="F1")
CONTRACT = Contract(
    id="C1",
    name="许可合同",
    kind=ContractKind.LICENCE,
    achievement_id="A1",
    project_id="P1",
    carrier_id="I2",
    pricing=Pricing.AGREED,
    written=False,
    amount=1e6,
)
GRANT = Grant(rule="R.1", carrier_id="I1", event_id="E1", state=GrantState.APPLIED, amount=5e5)
ROWS: tuple[Register, ...] = (EVENT, SUBMISSION, FILING, RESOURCE, ARRANGEMENT, CONTRACT, GRANT)


def prepare(database: Database) -> None:
    """The records that the rows name."""
    with database.begin() as connection:
        Records(connection).upsert([incubator("I1"), incubator("I2"), fund(), achievement(), project()], NOW)


def save(database: Database, rows: Sequence[Register], now: datetime = NOW) -> Upserted:
    with database.begin() as connection:
        return Registers(connection).upsert(rows, now)


def load(database: Database, kind: Kind) -> list[Register]:
    with database.read() as connection:
        return list(Registers(connection).all(kind))


def key(row: Register) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in KEYS[row.table])


def past(database: Database, row: Register) -> list[tuple[Register, datetime]]:
    with database.read() as connection:
        return [(each.row, each.replaced_at) for each in Registers(connection).history(row.table, key(row))]


def test_a_row_of_each_register_is_read_back_equal_and_known_the_second_time(database: Database) -> None:
    prepare(database)
    assert save(database, ROWS) == Upserted(Counts(new=7), ())
    assert [load(database, kind) for kind in REGISTER_KINDS] == [[row] for row in ROWS]
    assert save(database, ROWS, LATER) == Upserted(Counts(unchanged=7), ())
    assert [past(database, row) for row in ROWS] == [[]] * 7


keys: dict[str, st.SearchStrategy[object]] = {
    "id": ids,
    "rule": ids,
    "carrier_id": st.just("I1"),
    "period": st.builds("{}{}".format, st.integers(1900, 2099), st.sampled_from(["", "H1", "Q4"])).map(Period),
}


def rows(kind: Kind) -> st.SearchStrategy[Register]:
    given_fields = {name: made for name, made in keys.items() if hasattr(TYPES[kind], name)}
    return rows_of(TYPES[kind], **given_fields)


@contract
@given(row=st.one_of(*(rows(kind) for kind in REGISTER_KINDS)))
def test_any_row_comes_back_equal_from_table_and_history(database: Database, row: Register) -> None:
    prepare(database)
    with database.begin() as connection:
        registers = Registers(connection)
        registers.delete(row.table, [key(row)])
        assert registers.upsert([row], NOW).counts == Counts(new=1)
        assert list(registers.all(row.table)) == [row]
        other = replace(row, extra={**row.extra, "改": "是"})
        assert registers.upsert([other], LATER).counts == Counts(updated=1)
        assert [each.row for each in registers.history(row.table, key(row))] == [row]
        registers.delete(row.table, [key(row)])


def test_a_correction_keeps_what_the_row_said_before(database: Database) -> None:
    prepare(database)
    save(database, [SUBMISSION, EVENT, GRANT])
    better = replace(SUBMISSION, metrics={"在孵企业数": 16.0}, source=Source("更正.xlsx", 3))
    assert save(database, [better, EVENT], LATER).counts == Counts(updated=1, unchanged=1)
    best = replace(better, note="复核")
    save(database, [best], LAST)
    paid = replace(GRANT, state=GrantState.PAID, paid_on=date(2026, 11, 1))
    save(database, [paid], LAST)
    assert load(database, Kind.PERIODS) == [best]
    assert past(database, SUBMISSION) == [(SUBMISSION, LATER), (better, LAST)]
    assert past(database, GRANT) == [(GRANT, LAST)]
    assert past(database, EVENT) == []


def test_only_the_row_that_changed_gets_a_history(database: Database) -> None:
    prepare(database)
    rows = [
        replace(SUBMISSION, carrier_id=carrier, period=Period(period))
        for carrier in ("I1", "I2")
        for period in ("2026Q1", "2026Q2")
    ]
    save(database, rows)
    save(database, [replace(rows[0], note="一"), replace(rows[3], note="二")], LATER)
    assert [len(past(database, row)) for row in rows] == [1, 0, 0, 1]


def test_a_row_that_needs_an_unknown_record_is_refused_and_other_unknown_ids_are_told(database: Database) -> None:
    prepare(database)
    rows: list[Register] = [
        replace(EVENT, carrier_id="I9"),
        replace(FILING, receiver_id="I8"),
        replace(FILING, id="B2", carrier_id="I9", receiver_id="I8"),
        replace(RESOURCE, open_to=("I1", "I7")),
        replace(CONTRACT, achievement_id="", project_id="", carrier_id=""),
        replace(GRANT, event_id="E9"),
    ]
    done = save(database, rows)
    assert done.counts == Counts(new=4)
    assert [(each.row, each.field, each.id, each.needed) for each in done.dangling] == [
        (rows[0], "carrier_id", "I9", True),
        (rows[1], "receiver_id", "I8", False),
        (rows[2], "carrier_id", "I9", True),
        (rows[3], "open_to", "I7", False),
        (rows[5], "event_id", "E9", False),
    ]
    assert load(database, Kind.EVENTS) == []
    assert load(database, Kind.FILINGS) == [rows[1]]


def test_a_deleted_record_takes_the_facts_that_need_it_with_their_history(database: Database) -> None:
    prepare(database)
    save(database, [*ROWS, replace(EVENT, id="E2", carrier_id="I2")])
    with database.begin() as connection:
        Outcomes(connection).upsert([outcome(), outcome("P1", "F1", kind=PairKind.PROJECT_FUND)], NOW)
    save(database, [replace(EVENT, note="改")], LATER)
    with database.begin() as connection:
        assert Records(connection).delete(Kind.INCUBATORS, ["I1"]) == Deleted(records=1, outcomes=1, registers=5)
        assert Records(connection).delete(Kind.FUNDS, ["F1"]) == Deleted(records=1, outcomes=1)
    assert past(database, EVENT) == []
    kept = {kind: rows for kind in REGISTER_KINDS if (rows := load(database, kind))}
    assert kept == {
        Kind.EVENTS: [replace(EVENT, id="E2", carrier_id="I2")],
        Kind.RESOURCES: [RESOURCE],
        Kind.CONTRACTS: [CONTRACT],
    }


def test_the_rows_of_a_carrier_are_found_under_all_its_ids_and_on_both_sides_of_a_filing(database: Database) -> None:
    prepare(database)
    save(database, [*ROWS, replace(EVENT, id="E2", carrier_id="I2")])
    with database.read() as connection:
        registers = Registers(connection)
        assert [row.carrier_id for row in registers.of_carrier(Kind.EVENTS, "I1", "I2") if isinstance(row, Event)] == [
            "I1",
            "I2",
        ]
        assert registers.of_carrier(Kind.PERIODS, "I1") == [SUBMISSION]
        assert registers.of_carrier(Kind.PERIODS, "I2") == []
        assert registers.of_carrier(Kind.FILINGS, "I2") == [FILING]
        assert registers.of_carrier(Kind.CONTRACTS, "I2") == [CONTRACT]
        assert registers.of_carrier(Kind.RESOURCES, "I1") == []


def test_one_row_is_found_by_its_id_and_an_unknown_id_is_answered_with_those_that_may_be_shown(
    database: Database,
) -> None:
    prepare(database)
    hidden = replace(RESOURCE, id="R-12", visibility=Visibility.RESTRICTED)
    save(database, [RESOURCE, replace(RESOURCE, id="R-11"), hidden])
    with database.read() as connection:
        registers = Registers(connection)
        assert registers.get(Kind.RESOURCES, "R1") == RESOURCE
        with pytest.raises(RecordNotFoundError) as raised:
            registers.get(Kind.RESOURCES, "R-13", lambda row: row != hidden)
        assert "R-11" in raised.value.step.zh
        assert "R-12" not in raised.value.step.zh
        for strange in ("", "a\0b", "\ud800"):
            with pytest.raises(RecordNotFoundError):
                registers.get(Kind.RESOURCES, strange)


def test_a_row_is_taken_back_by_its_key_and_leaves_no_history(database: Database) -> None:
    prepare(database)
    save(database, ROWS)
    save(database, [replace(SUBMISSION, note="改")], LATER)
    with database.begin() as connection:
        registers = Registers(connection)
        assert registers.delete(Kind.PERIODS, [("I1", "2026Q3"), ("I1", "2026Q4"), ("I1", "\0")]) == 1
        assert registers.delete(Kind.EVENTS, [("E1",), ("E9",)]) == 1
        assert registers.delete(Kind.GRANTS, []) == 0
    assert load(database, Kind.PERIODS) == load(database, Kind.EVENTS) == []
    assert past(database, SUBMISSION) == []
    assert load(database, Kind.GRANTS) == [GRANT]


def test_corrected_outcomes_are_kept_too_and_go_with_their_record(database: Database) -> None:
    prepare(database)
    talks = outcome(result=Result.IN_TALKS)
    with database.begin() as connection:
        outcomes = Outcomes(connection)
        outcomes.upsert([talks], NOW)
        outcomes.upsert([replace(talks, result=Result.ACCEPTED)], LATER)
        assert [(each.row, each.replaced_at) for each in outcomes.history(talks)] == [(talks, LATER)]
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A1"])
        assert outcomes.history(talks) == []


def test_registers_leave_the_revision_alone_that_derived_files_follow(database: Database) -> None:
    prepare(database)
    with database.read() as connection:
        before = Records(connection).revision()
    save(database, ROWS)
    save(database, [replace(EVENT, note="改")], LATER)
    with database.begin() as connection:
        Registers(connection).delete(Kind.EVENTS, [("E1",)])
        assert Records(connection).revision() == before


@pytest.mark.parametrize("kind", REGISTER_KINDS)
def test_an_empty_register_is_empty(database: Database, kind: Kind) -> None:
    assert load(database, kind) == []
