"""Digests in the database: settings, composed weeks, what was told, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from matcher.domain.digest_content import item_json, line_json
from matcher.domain.digests import Digest, DigestSettings, Frequency, Item, Line, News, Silence, Topic
from matcher.domain.records import Achievement, Incubator, Kind, PairKind
from matcher.domain.weeks import Week
from matcher.errors import ConflictError
from matcher.store import Database, Digests, Receipt, Records, ToldPair
from matcher.store.arrivals import arrivals
from matcher.store.digest_withdrawal import forget_account
from matcher.wording import Language, Said

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
WEEK = Week("2026-W47")
ITEM = Item(
    id="i-1",
    topic=Topic.RESULTS,
    kind=PairKind.ACHIEVEMENT_INCUBATOR,
    left_id="A-1",
    right_id="I-1",
    about=Kind.ACHIEVEMENTS,
    name="成果'甲'",
    for_name="载体",
    probability=0.25,
    tier=1,
    reason=Said("理由", "reason"),
    clause=Said("条款", "clause"),
    news=News.NEW,
    ranker="fitted",
    propensity=0.5,
    record="hash",
    grounds="dense_knn",
)
OTHER = replace(ITEM, id="i-2", left_id="A-2", name="成果乙", clause=None, exploration=True)
LINE = Line(topic=Topic.CASES, said=Said("已承接", "taken"), path="/cases/c-1", about=("achievements/A-1",))
PLAIN_LINE = Line(topic=Topic.FIGURES, said=Said("三个", "three"))
DIGEST = Digest(
    id="d-1",
    account_id="u-1",
    week=WEEK,
    language=Language.ZH,
    items=(ITEM, OTHER),
    lines=(LINE, PLAIN_LINE),
    receipt_id="r-1",
    composed_at=NOW,
)
SILENT = replace(DIGEST, id="d-2", account_id="u-2", items=(), lines=(), silence=Silence.NOTHING)
RECEIPT = Receipt(id="r-1", week=WEEK, composed_at=NOW, content={"seed": 7, "词": ["值"]})
MADE_FROM = {"tellings": [item_json(ITEM), item_json(OTHER)], "lines": [line_json(LINE), line_json(PLAIN_LINE)]}


@pytest.fixture
def composed(database: Database) -> Database:
    """The database with two results, a carrier and a composed week."""
    with database.begin() as connection:
        Records(connection).upsert([Achievement(id="A-1"), Achievement(id="A-2"), Incubator(id="I-1")], NOW)
        assert Digests(connection).add(RECEIPT, [(DIGEST, MADE_FROM), (SILENT, {})])
    return database


def test_settings_are_the_defaults_until_somebody_sets_them(database: Database) -> None:
    wanted = DigestSettings(
        account_id="u-1",
        frequency=Frequency.MONTHLY,
        size=3,
        left_out=frozenset({Topic.GAPS, Topic.TASKS}),
        quiet_until=date(2026, 12, 1),
    )
    with database.begin() as connection:
        digests = Digests(connection)
        assert digests.settings("u-1") == DigestSettings(account_id="u-1")
        assert digests.all_settings() == {}
        saved = digests.save_settings(wanted)
        assert saved == replace(wanted, version=2)
        assert digests.settings("u-1") == saved
        assert digests.all_settings() == {"u-1": saved}
        assert digests.save_settings(replace(saved, size=4)).version == 3


def test_of_two_who_change_settings_the_second_is_refused(database: Database) -> None:
    with database.begin() as connection:
        digests, seen = Digests(connection), DigestSettings(account_id="u-1")
        digests.save_settings(seen)
        with pytest.raises(ConflictError):
            digests.save_settings(replace(seen, size=2))
        with pytest.raises(ConflictError):
            digests.save_settings(DigestSettings(account_id="u-9", version=4))


def test_a_composed_week_is_read_back_as_it_was_kept(composed: Database) -> None:
    with composed.read() as connection:
        digests = Digests(connection)
        assert list(digests.composed(WEEK)) == [DIGEST]
        assert list(digests.composed(WEEK, silent=True)) == [DIGEST, SILENT]
        assert list(digests.composed(WEEK.back(1))) == []
        assert (digests.get("d-1"), digests.of("u-2", WEEK)) == (DIGEST, SILENT)
        assert digests.receipt(WEEK) == RECEIPT
        assert digests.receipt(WEEK.back(1)) is None
        assert digests.parts(WEEK) == {"u-1": MADE_FROM, "u-2": {}}
        assert digests.counts() == {WEEK: {"": 1, "nothing": 1}}


def test_a_week_is_composed_once_and_anew_only_while_nobody_was_told(composed: Database) -> None:
    with composed.begin() as connection:
        digests = Digests(connection)
        assert not digests.add(replace(RECEIPT, id="r-2"), [])
        assert digests.drop(WEEK)
        assert digests.of("u-1", WEEK) is None
        assert digests.add(RECEIPT, [(DIGEST, MADE_FROM)])
        digests.mark_told(DIGEST, ["i-1"], NOW)
        assert not digests.drop(WEEK)
        assert digests.of("u-1", WEEK) == DIGEST


def test_the_archive_of_an_account_has_its_own_digests_the_latest_first(composed: Database) -> None:
    older = replace(DIGEST, id="d-3", week=WEEK.back(1), receipt_id="r-0")
    with composed.begin() as connection:
        digests = Digests(connection)
        digests.add(replace(RECEIPT, id="r-0", week=WEEK.back(1)), [(older, {})])
        assert digests.archive("u-1") == [DIGEST, older]
        assert digests.archive("u-1", before=WEEK) == [older]
        assert digests.archive("u-1", limit=1) == [DIGEST]
        assert digests.archive("u-2") == []
        assert list(digests.counts(before=WEEK)) == [WEEK.back(1)]


def test_only_what_a_mail_really_contained_was_told_and_noting_it_again_changes_nothing(composed: Database) -> None:
    told = ToldPair(
        account_id="u-1",
        kind=ITEM.kind,
        left_id="A-1",
        right_id="I-1",
        about=Kind.ACHIEVEMENTS,
        week=WEEK,
        record="hash",
        grounds="dense_knn",
        told_at=NOW,
    )
    with composed.begin() as connection:
        digests = Digests(connection)
        assert digests.told_at("d-1") is None
        for _ in range(2):
            digests.mark_told(DIGEST, ["i-1"], NOW)
        assert digests.told(WEEK.back(3), WEEK.back(-1)) == [told]
        assert digests.told(WEEK.back(3), WEEK) == []
        assert digests.told_at("d-1") == NOW
        assert digests.last_told(WEEK.back(-1)) == {"u-1": DIGEST}
        assert digests.last_told(WEEK) == {}


def test_a_withdrawn_record_leaves_no_text_in_digests_and_receipts(composed: Database) -> None:
    with composed.begin() as connection:
        digests = Digests(connection)
        digests.mark_told(DIGEST, ["i-1", "i-2"], NOW)
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A-1"])
        left = digests.of("u-1", WEEK)
        assert left == replace(DIGEST, items=(OTHER,), lines=(PLAIN_LINE,))
        part = digests.parts(WEEK)["u-1"]
        assert "成果'甲'" not in str(part)
        assert [one["name"] for one in part["tellings"]] == ["成果乙"]
        assert part["lines"] == [line_json(PLAIN_LINE)]
        assert [one.left_id for one in digests.told(WEEK, WEEK.back(-1))] == ["A-2"]


def test_a_record_of_the_other_table_with_the_same_id_stays(composed: Database) -> None:
    with composed.begin() as connection:
        Records(connection).upsert([Incubator(id="A-1")], NOW)
        Records(connection).delete(Kind.INCUBATORS, ["A-1"])
        assert Digests(connection).of("u-1", WEEK) == DIGEST


def test_an_erased_account_leaves_nothing(composed: Database) -> None:
    with composed.begin() as connection:
        digests = Digests(connection)
        digests.save_settings(DigestSettings(account_id="u-1", size=2))
        digests.mark_told(DIGEST, ["i-1"], NOW)
        forget_account(connection, "u-1")
        assert digests.of("u-1", WEEK) is None
        assert digests.told(WEEK, WEEK.back(-1)) == []
        assert digests.all_settings() == {}


def test_when_records_came_is_told_unless_they_came_in_bulk(database: Database) -> None:
    later = datetime(2026, 11, 18, tzinfo=UTC)
    with database.begin() as connection:
        records = Records(connection)
        records.upsert([Incubator(id=f"I-{number}") for number in range(3)], NOW)
        records.upsert([Incubator(id="I-9")], later)
        told = arrivals(connection, Kind.INCUBATORS, NOW.replace(year=2025), 2)
        assert told == {"I-9": later.date()}
        assert len(arrivals(connection, Kind.INCUBATORS, NOW.replace(year=2025), 3)) == 4
        assert list(arrivals(connection, Kind.INCUBATORS, NOW, 3)) == ["I-9"]
