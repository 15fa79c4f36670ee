"""Deliveries, attempts, suppressed addresses and keys in the database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from matcher.domain.deliveries import LEASE, Bounce, Cause, Delivery, DeliveryState, Hardness, Suppression, Way
from matcher.domain.weeks import Week
from matcher.store import Database, Deliveries, LinkKeys, Suppressions
from matcher.store.deliveries import forget_deliveries

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
WEEK = Week("2026-W48")
ONE = Delivery(id="d-1", account_id="u-1", week=WEEK, way=Way.MAIL, digest_id="g-1", due_at=NOW)
GONE = Suppression(address="Zhao@Example.org", cause=Cause.BOUNCE, since=NOW, note="550 5.1.1")
SOFT = Bounce(id="b-1", address="Zhao@Example.org", hardness=Hardness.SOFT, at=NOW, said="4.2.2")


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def queued(database: Database, *wanted: Delivery) -> None:
    with database.begin() as connection:
        Deliveries(connection).queue(wanted or [ONE])


def claimed(database: Database, holder: str, now: datetime = NOW) -> Delivery | None:
    with database.begin() as connection:
        return Deliveries(connection).claim(WEEK, holder, now)


def test_there_is_one_delivery_for_an_account_a_week_and_a_way(database: Database) -> None:
    same, other = replace(ONE, id="d-9"), replace(ONE, id="d-2", way=Way.WEBHOOK)
    with database.begin() as connection:
        store = Deliveries(connection)
        assert store.queue([ONE, same, other]) == 2
        assert store.queue([ONE, other]) == 0
        assert store.of(WEEK) == [ONE, other]
        assert store.of(WEEK.back(1)) == []


def test_many_claimers_at_once_never_get_the_same_delivery(database: Database) -> None:
    queued(database, *(replace(ONE, id=f"d-{number}", account_id=f"u-{number}") for number in range(24)))
    with ThreadPoolExecutor(8) as pool:
        got = [one.id for one in pool.map(lambda holder: claimed(database, f"h-{holder}"), range(30)) if one]
    assert len(got) == len(set(got)) == 24


def test_a_claim_is_written_to_by_its_holder_only_and_lapses_with_its_process(database: Database) -> None:
    queued(database)
    first = claimed(database, "h-1")
    assert first is not None
    assert (first.state, first.attempts) == (DeliveryState.SENDING, 1)
    assert claimed(database, "h-2", NOW + LEASE - timedelta(seconds=1)) is None
    again = claimed(database, "h-2", NOW + LEASE)
    assert again is not None
    assert again.attempts == 2
    with database.begin() as connection:
        store = Deliveries(connection)
        assert not store.hand(first, "h-1", ["i-1"], NOW)
        assert not store.close(first, "h-1", DeliveryState.FAILED)
        assert store.hand(again, "h-2", ["i-1"], NOW)
        assert store.close(again, "h-2", DeliveryState.SENT, sent_at=NOW)
        assert store.get("d-1") == replace(again, state=DeliveryState.SENT, handed=("i-1",), sent_at=NOW)


def test_a_delayed_delivery_waits_for_its_time_and_a_sent_one_is_never_claimed_again(database: Database) -> None:
    queued(database)
    one = claimed(database, "h-1")
    assert one is not None
    with database.begin() as connection:
        Deliveries(connection).close(one, "h-1", DeliveryState.DELAYED, due_at=minutes(5))
    with database.read() as connection:
        assert not Deliveries(connection).awaits(WEEK, minutes(4))
        assert Deliveries(connection).awaits(WEEK, minutes(5))
    assert claimed(database, "h-2", minutes(4)) is None
    later = claimed(database, "h-2", minutes(5))
    assert later is not None
    with database.begin() as connection:
        Deliveries(connection).close(later, "h-2", DeliveryState.SENT, sent_at=minutes(5))
    assert claimed(database, "h-3", minutes(500)) is None


def test_what_may_have_been_handed_over_is_remembered_through_attempts(database: Database) -> None:
    queued(database)
    first = claimed(database, "h-1")
    assert first is not None
    with database.begin() as connection:
        Deliveries(connection).hand(first, "h-1", ["i-2", "i-1"], NOW)
    second = claimed(database, "h-2", NOW + LEASE)
    assert second is not None
    assert second.handed == ("i-1", "i-2")
    with database.begin() as connection:
        store = Deliveries(connection)
        store.hand(second, "h-2", ["i-3"], minutes(6))
        store.log(second, "sent")
        assert [(one.number, one.outcome, one.at) for one in store.attempts("d-1")] == [
            (1, "", NOW),
            (2, "sent", minutes(6)),
        ]
        assert store.recent(Way.MAIL, NOW) == [minutes(6)]
        assert store.recent(Way.WEBHOOK, minutes(-9)) == []


def test_what_was_withheld_is_counted_by_its_reason_and_can_be_looked_at_again(database: Database) -> None:
    queued(database)
    one = claimed(database, "h-1")
    assert one is not None
    with database.begin() as connection:
        store = Deliveries(connection)
        store.close(one, "h-1", DeliveryState.WITHHELD, withheld="suppressed")
        assert store.counts(WEEK) == {(DeliveryState.WITHHELD, "suppressed"): 1}
        store.reconsider(WEEK, minutes(9))
        assert store.get("d-1") == replace(ONE, due_at=minutes(9))


def test_an_erased_account_leaves_no_delivery_behind(database: Database) -> None:
    queued(database, ONE, replace(ONE, id="d-2", account_id="u-2"))
    with database.begin() as connection:
        store = Deliveries(connection)
        store.note(ONE, "error", "", NOW)
        forget_deliveries(connection, "u-1")
        assert [one.id for one in store.of(WEEK)] == ["d-2"]
        assert store.attempts("d-1") == []


def test_an_address_is_suppressed_once_whatever_the_case_of_its_letters_and_can_be_freed(database: Database) -> None:
    with database.begin() as connection:
        store = Suppressions(connection)
        assert store.add(GONE)
        assert not store.add(replace(GONE, address="zhao@example.ORG", cause=Cause.MANUAL))
        assert store.get("ZHAO@example.org") == replace(GONE, address="zhao@example.org")
        assert store.all() == [replace(GONE, address="zhao@example.org")]
        assert store.remove("zhao@EXAMPLE.org")
        assert not store.remove("zhao@example.org")
        assert store.get("zhao@example.org") is None


def test_soft_bounces_count_by_day_once_each_and_not_after_the_address_was_freed(database: Database) -> None:
    days = [replace(SOFT, id=f"b-{day}", at=NOW + timedelta(days=day // 2)) for day in range(4)]
    with database.begin() as connection:
        store = Suppressions(connection)
        assert all(map(store.note, days))
        assert not any(map(store.note, days))
        store.note(replace(SOFT, id="b-9", hardness=Hardness.HARD, at=NOW + timedelta(days=7)))
        assert store.soft_days("zhao@example.org", NOW - timedelta(days=1)) == 2
        assert store.soft_days("zhao@example.org", NOW) == 1
        store.remove("zhao@example.org")
        assert store.soft_days("zhao@example.org", NOW - timedelta(days=1)) == 0
        assert len(store.bounced("zhao@example.org")) == 5
        assert store.forget("Zhao@example.org") == 5


def test_the_newest_key_signs_and_a_retired_one_keeps_its_end(database: Database) -> None:
    with database.begin() as connection:
        keys = LinkKeys(connection)
        assert keys.newest() is None
        first = keys.add("s-1", NOW)
        assert (keys.newest(), keys.get(first.number)) == (first, first)
        assert keys.retire(minutes(60)) == 1
        assert keys.newest() is None
        second = keys.add("s-2", minutes(1))
        assert keys.newest() == second
        assert keys.retire(minutes(90)) == 1
        assert keys.get(first.number) == replace(first, until=minutes(60))
        assert keys.get(99) is None
        assert "s-1" not in repr(first)
