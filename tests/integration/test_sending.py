"""Sending a week: everybody gets their letter once, whatever fails on the way, and nobody who should not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.accounts import Role
from matcher.domain.cases import Case, Task
from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.deliveries import MOST_ATTEMPTS, Cause, Delivery, Suppression, Way
from matcher.domain.digests import Digest, DigestSettings, Frequency, Silence, Topic
from matcher.domain.identity import Decision
from matcher.domain.records import (
    Achievement,
    IdentityKind,
    Incubator,
    Kind,
    Outcome,
    PairKind,
    Result,
    Visibility,
)
from matcher.errors import MailDelayedError, MailRefusedError, RecordNotFoundError
from matcher.services.delivery.letter import LetterWriter, Reader
from matcher.services.delivery.preview import Preview
from matcher.services.delivery.ways import ByMail, Prepared
from matcher.services.mail import Letter, Outbox, Smtp
from matcher.store import (
    Accounts,
    Audit,
    Cases,
    Controls,
    Database,
    Decisions,
    Deliveries,
    Digests,
    Outcomes,
    Papers,
    Records,
    Suppressions,
    open_database,
    upgrade,
)
from matcher.wording import Said
from tests.digests import MONDAY, WEEK, digest, item, line
from tests.mailing import (
    BASE,
    FROM,
    RECEIPT,
    RECORDS,
    Clock,
    account,
    by_mail,
    composed,
    links,
    run,
    sending,
    standing,
    states,
    told_items,
)
from tests.post import Running, read, served
from tests.queries import counted


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def running() -> Iterator[Running]:
    with served() as one:
        yield one


def smtp(running: Running) -> Smtp:
    return Smtp(replace(running.server, user="", password=""), FROM)


def arrived(running: Running) -> dict[str, int]:
    """How often a letter came for each address."""
    found: dict[str, int] = {}
    for content in running.post.kept:
        address = read(content)["To"].addresses[0].addr_spec
        found[address] = found.get(address, 0) + 1
    return found


class Nobody:
    """A mailer that takes nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def send(self, letter: Letter, now: Any) -> None:
        self.asked += 1
        raise self.error


# --- once ---


def test_everybody_gets_their_letter_once_however_often_it_is_run(database: Database, running: Running) -> None:
    composed(database, 5)
    sent = run(database, smtp(running))
    assert sent.to_json() == {"sent": 5, "skipped": {}, "failed": 0}
    assert arrived(running) == {f"user{number}@example.org": 1 for number in range(5)}
    assert told_items(database) == {f"u00{number}": {"A-1", "A-2"} for number in range(5)}
    again = run(database, smtp(running))
    assert again.to_json() == {"sent": 0, "skipped": {"already_sent": 5}, "failed": 0}
    assert len(running.post.kept) == 5


def audited(database: Database) -> list[tuple[str, str, str, tuple[str, ...]]]:
    with database.read() as connection:
        found = Audit(connection).latest()
    return [(one.account_id, one.operation, one.target, one.record_ids) for one in reversed(found)]


def test_every_letter_stands_once_in_the_audit_with_what_it_tells_that_is_not_public(
    database: Database, running: Running
) -> None:
    composed(database, 2)
    shared = Achievement(id="A-1", title="成果 1", visibility=Visibility.BROKERS)
    with database.begin() as connection:
        Records(connection).upsert([shared], MONDAY)
    for _ in range(2):
        run(database, smtp(running))
    assert sorted(audited(database)) == [
        ("local", "send_digest", f"/v1/digests/{WEEK}/mail/u00{number}", ("achievements/A-1",)) for number in range(2)
    ]


def test_the_received_letter_is_what_was_composed(database: Database, running: Running) -> None:
    composed(database, 1)
    run(database, smtp(running))
    message = read(running.post.kept[0])
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "玉米秸秆制备低聚木糖的两段酶解工艺（1）" in plain.get_content()
    assert "玉米秸秆制备低聚木糖的两段酶解工艺（2）" in html.get_content()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_letter_tells_whose_a_result_is_and_who_made_it(database: Database, running: Running) -> None:
    composed(database, 1)
    with database.begin() as connection:
        Records(connection).upsert([replace(RESULT, institution="示例大学", inventors=("王工",))], MONDAY)
    run(database, smtp(running))
    for part in read(running.post.kept[0]).iter_parts():
        assert part.get_content().count("示例大学 · 王工") == 1


def test_several_processes_at_once_send_nothing_twice(database: Database, running: Running) -> None:
    composed(database, 12)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: run(database, smtp(running)), range(4)))
    assert sum(one.sent for one in results) == 12
    assert set(arrived(running).values()) == {1}
    assert len(arrived(running)) == 12


def test_a_week_that_is_not_composed_is_named(database: Database) -> None:
    with pytest.raises(RecordNotFoundError, match="2026-W48"):
        run(database, Nobody(AssertionError()))


# --- what fails ---


def test_one_recipient_who_is_refused_stops_nobody_else_and_gets_no_more_mail(
    database: Database, running: Running
) -> None:
    composed(database, 3)
    running.post.answers = lambda address: "550 5.1.1 no such user" if address.startswith("user1@") else None
    sent = run(database, smtp(running))
    assert sent.to_json() == {"sent": 2, "skipped": {}, "failed": 1}
    with database.read() as connection:
        suppressed = Suppressions(connection).get("user1@example.org")
        one = next(each for each in Deliveries(connection).of(WEEK) if each.account_id == "u001")
        [attempt] = Deliveries(connection).attempts(one.id)
    assert suppressed is not None
    assert suppressed.cause is Cause.BOUNCE
    assert attempt.outcome == "failed"
    assert "550" in attempt.said
    assert "user1" not in attempt.said
    clock = Clock(MONDAY + timedelta(days=1))
    assert run(database, smtp(running), clock).to_json() == {
        "sent": 0, "skipped": {"already_sent": 2, "failed_before": 1}, "failed": 0,
    }  # fmt: skip
    assert told_items(database).keys() == {"u000", "u002"}


def test_a_temporary_refusal_is_tried_again_after_a_growing_while(database: Database, running: Running) -> None:
    composed(database, 1)
    running.post.to = "450 busy"
    clock = Clock()
    assert run(database, smtp(running), clock).to_json() == {"sent": 0, "skipped": {"delayed": 1}, "failed": 0}
    assert run(database, smtp(running), clock).sent == 0
    clock.now += timedelta(minutes=5)
    run(database, smtp(running), clock)
    clock.now += timedelta(minutes=9)
    running.post.to = "250 OK"
    assert run(database, smtp(running), clock).sent == 0
    clock.now += timedelta(minutes=1)
    assert run(database, smtp(running), clock).sent == 1
    assert arrived(running) == {"user0@example.org": 1}


def test_it_is_given_up_after_the_last_attempt_and_not_before(database: Database, running: Running) -> None:
    composed(database, 1)
    running.post.data = "451 later"
    clock, tried = Clock(), 0
    while states(database).get("u000") != "failed":
        sent = run(database, smtp(running), clock)
        tried += 1
        clock.now += timedelta(hours=6)
        assert tried <= MOST_ATTEMPTS
    assert (tried, sent.failed) == (MOST_ATTEMPTS, 1)
    assert run(database, smtp(running), clock).to_json()["skipped"] == {"failed_before": 1}


def test_a_wrong_password_stops_the_run_and_fails_nobody(database: Database) -> None:
    composed(database, 6)
    closed = MailRefusedError(Said("登录失败", "login failed"), Said("", ""))
    closed.closed = True
    mailer = Nobody(closed)
    sent = run(database, mailer)
    assert (mailer.asked, sent.failed, sent.closed) == (1, 0, closed)
    assert sent.skipped == {"delayed": 6}
    clock = Clock(MONDAY + timedelta(minutes=5))
    with served() as running:
        assert run(database, smtp(running), clock).sent == 6


def test_a_server_that_is_away_is_not_asked_for_every_letter_and_uses_no_attempt_up(database: Database) -> None:
    composed(database, 8)
    away = MailDelayedError(Said("连接失败", "no connection"), Said("", ""))
    away.closed = True
    mailer, clock = Nobody(away), Clock()
    for _ in range(MOST_ATTEMPTS + 2):
        run(database, mailer, clock)
        clock.now += timedelta(minutes=6)
    assert mailer.asked == 3 * (MOST_ATTEMPTS + 2)
    assert set(states(database).values()) <= {"queued", "delayed"}


class Breaking(ByMail):
    """A way on which one account's digest cannot be made."""

    def prepare(self, digest: Digest, delivery: Delivery, reader: Reader, now: datetime) -> Prepared:
        if reader.account.id == "u001":
            raise ValueError("a mistake of ours")
        return super().prepare(digest, delivery, reader, now)


def test_a_digest_that_cannot_be_made_is_logged_and_the_others_go_out(
    database: Database, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    composed(database, 3)
    writer = LetterWriter(BASE, FROM, "example.org")
    breaking = sending(database, {Way.MAIL: Breaking(writer, links(database), smtp(running))})
    assert breaking.run(WEEK).to_json() == {"sent": 2, "skipped": {"delayed": 1}, "failed": 0}
    assert "a mistake of ours" in caplog.text
    assert "user1" not in caplog.text
    assert run(database, smtp(running), Clock(MONDAY + timedelta(minutes=5))).sent == 1
    assert len(arrived(running)) == 3


def test_a_line_that_breaks_after_the_letter_was_taken_doubles_no_message(database: Database, running: Running) -> None:
    composed(database, 1)
    running.post.hangs_up = True
    clock = Clock()
    assert run(database, smtp(running), clock).to_json()["skipped"] == {"delayed": 1}
    running.post.hangs_up = False
    with database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A-2"])
    clock.now += timedelta(minutes=5)
    assert run(database, smtp(running), clock).sent == 1
    assert len({read(one)["Message-ID"] for one in running.post.kept}) == 1
    assert told_items(database) == {"u000": {"A-1"}}
    assert [operation for _, operation, *_ in audited(database)] == ["send_digest_uncertain", "send_digest"]


# --- who gets none, and what of it is left out ---


RESULT = next(one for one in RECORDS if isinstance(one, Achievement) and one.id == "A-1")
CARRIER = next(one for one in RECORDS if isinstance(one, Incubator) and one.id == "I-1")
PAIR = {"pairing": PairKind.ACHIEVEMENT_INCUBATOR, "left_id": "A-1", "right_id": "I-1"}
CASE = Case(id="c1", **PAIR, owner="u000", opened_at=MONDAY, changed_at=MONDAY)  # type: ignore[arg-type]


def silence(database: Database, running: Running) -> dict[str, int]:
    sent = run(database, smtp(running))
    assert sent.sent == len(running.post.kept)
    return dict(sent.skipped)


def test_nobody_gets_mail_whose_account_address_or_wish_forbids_it_by_now(database: Database, running: Running) -> None:
    composed(database, 6)
    with database.begin() as connection:
        Accounts(connection).change(account(0, active=False))
        Accounts(connection).erase("u001")
        Suppressions(connection).add(Suppression(address="USER2@example.org", cause=Cause.MANUAL, since=MONDAY))
        Digests(connection).save_settings(DigestSettings(account_id="u003", frequency=Frequency.NEVER))
        Digests(connection).save_settings(DigestSettings(account_id="u004", quiet_until=date(2026, 11, 23)))
    assert silence(database, running) == {"inactive": 2, "suppressed": 1, "never": 1, "quiet": 1}
    assert arrived(running) == {"user5@example.org": 1}
    assert told_items(database).keys() == {"u005"}


def test_who_was_silent_when_the_week_was_composed_is_counted_with_the_reason(
    database: Database, running: Running
) -> None:
    quiet = digest(account_id="u001", silence=Silence.NOTHING)
    composed(database, 2, digests=[digest(item(), account_id="u000"), quiet])
    assert run(database, smtp(running)).to_json() == {"sent": 1, "skipped": {"nothing": 1}, "failed": 0}


def test_what_was_withheld_is_sent_when_the_reason_is_gone(database: Database, running: Running) -> None:
    composed(database, 1)
    with database.begin() as connection:
        Suppressions(connection).add(Suppression(address="user0@example.org", cause=Cause.MANUAL, since=MONDAY))
    assert silence(database, running) == {"suppressed": 1}
    with database.begin() as connection:
        Suppressions(connection).remove("user0@example.org")
    assert run(database, smtp(running)).sent == 1


def hidden(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).upsert([Achievement(id="A-1", title="成果 1", visibility=Visibility.RESTRICTED)], MONDAY)


def withdrawn(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A-1"])


def dismissed(database: Database) -> None:
    wish = {"wish": Wish.DISMISS, "asker_kind": Kind.ACHIEVEMENTS, "asker": "A-1", "aim": Aim.RECORD, "target": "I-1"}
    with database.begin() as connection:
        Controls(connection).add(Control(**wish, made_on=MONDAY.date()))  # type: ignore[arg-type]


def excluded_by_term(database: Database) -> None:
    wish = {"wish": Wish.EXCLUDE, "asker_kind": Kind.INCUBATORS, "asker": "I-1", "aim": Aim.TERM, "target": "成果 1"}
    with database.begin() as connection:
        Controls(connection).add(Control(**wish, made_on=MONDAY.date()))  # type: ignore[arg-type]


def decided(database: Database) -> None:
    with database.begin() as connection:
        told = Outcome(left_id="A-1", right_id="I-1", result=Result.REJECTED, decided_on=MONDAY.date())
        Outcomes(connection).upsert([told], MONDAY)


def in_talks(database: Database) -> None:
    with database.begin() as connection:
        told = Outcome(left_id="A-1", right_id="I-1", result=Result.IN_TALKS, decided_on=MONDAY.date())
        Outcomes(connection).upsert([told], MONDAY)


def full(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).upsert([replace(CARRIER, occupied=60)], MONDAY)


def too_early(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).upsert([replace(CARRIER, trl_min=7), replace(RESULT, trl=3)], MONDAY)


def worked_on(database: Database) -> None:
    with database.begin() as connection:
        Cases(connection).add(CASE)


def counted_as_another(database: Database) -> None:
    with database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.ACHIEVEMENT, "A-1", "A-8")], MONDAY)


def moved_away(database: Database) -> None:
    """The account is a carrier's by now, and it has none of the two records."""
    with database.begin() as connection:
        Accounts(connection).change(account(0, role=Role.INCUBATOR))


CHANGES = [
    hidden,
    withdrawn,
    dismissed,
    excluded_by_term,
    decided,
    in_talks,
    full,
    too_early,
    worked_on,
    counted_as_another,
]


@pytest.mark.parametrize("change", CHANGES)
def test_an_item_goes_that_may_no_longer_be_told_and_is_not_marked_as_told(
    database: Database, running: Running, change: Callable[[Database], None]
) -> None:
    composed(database, 1)
    change(database)
    run(database, smtp(running))
    body = read(running.post.kept[0]).get_body(("html",))
    assert body is not None
    assert "（1）" not in body.get_content()
    assert "（2）" in body.get_content()
    assert told_items(database) == {"u000": {"A-2"}}


@pytest.mark.parametrize("change", [*CHANGES, moved_away])
def test_when_nothing_is_left_there_is_no_mail(
    database: Database, running: Running, change: Callable[[Database], None]
) -> None:
    composed(database, 1, items=1)
    change(database)
    assert silence(database, running) == {"nothing": 1}


def test_a_reason_that_names_what_may_no_longer_be_seen_is_not_given(database: Database, running: Running) -> None:
    named = Said("曾承接相近案例：《成果 1》（2024-05-30）", "took a similar case: “成果 1” (2024-05-30)")
    composed(database, 1, digests=[digest(item(2, reason=named), account_id="u000")])
    hidden(database)
    run(database, smtp(running))
    content = read(running.post.kept[0])
    assert all("成果 1" not in part.get_content() for part in content.iter_parts())
    assert told_items(database) == {"u000": {"A-2"}}


@pytest.mark.parametrize(
    ("told", "given"), [("《成果 2》；《成果", True), ("《成…", True), ("《成果 1 的…", False), ("《果", False)]
)
def test_a_name_that_is_cut_off_in_a_reason_counts_by_its_beginning(
    database: Database, running: Running, told: str, given: bool
) -> None:
    composed(database, 1, digests=[digest(item(2, reason=Said(f"曾承接{told}", told)), account_id="u000")])
    run(database, smtp(running))
    body = read(running.post.kept[0]).get_body(("plain",))
    assert body is not None
    assert (told in body.get_content()) is given


def test_who_asked_for_fewer_digests_since_gets_none_right_after_the_last(database: Database, running: Running) -> None:
    composed(database, 1)
    before = replace(digest(item(3), account_id="u000"), id="earlier", week=WEEK.back(1))
    with database.begin() as connection:
        store = Digests(connection)
        store.add(replace(RECEIPT, id="r-0", week=WEEK.back(1)), [(before, {})])
        store.mark_told(before, [before.items[0].id], MONDAY - timedelta(days=7))
        store.save_settings(DigestSettings(account_id="u000", frequency=Frequency.FORTNIGHTLY))
    assert silence(database, running) == {"frequency": 1}


def test_a_reason_that_names_what_may_be_seen_is_given(database: Database, running: Running) -> None:
    named = Said("曾承接相近案例：《成果 1》（2024-05-30）", "took a similar case: “成果 1” (2024-05-30)")
    composed(database, 1, digests=[digest(item(2, reason=named), account_id="u000")])
    run(database, smtp(running))
    assert all("成果 1" in part.get_content() for part in read(running.post.kept[0]).iter_parts())


def test_a_line_goes_with_the_record_it_names_and_topics_are_left_out_as_set_by_now(
    database: Database, running: Running
) -> None:
    lines = (
        line(topic=Topic.CASES, about=("achievements/A-1",)),
        line(topic=Topic.FIGURES, said=Said("本周 9 项", "9 this week")),
    )
    composed(database, 1, digests=[digest(item(2), item(3, topic=Topic.CARRIERS), lines=lines, account_id="u000")])
    hidden(database)
    with database.begin() as connection:
        Digests(connection).save_settings(DigestSettings(account_id="u000", left_out=frozenset({Topic.CARRIERS})))
    run(database, smtp(running))
    body = read(running.post.kept[0]).get_body(("plain",))
    assert body is not None
    assert "低聚木糖”案" not in body.get_content()
    assert "本周 9 项" in body.get_content()
    assert told_items(database) == {"u000": {"A-2"}}


def test_a_case_of_somebody_else_does_not_take_an_item_away(database: Database, running: Running) -> None:
    composed(database, 2, items=1)
    worked_on(database)
    assert silence(database, running) == {"nothing": 1}
    assert told_items(database) == {"u001": {"A-1"}}


def test_free_places_and_tasks_are_told_as_they_are_on_the_day_of_the_letter(
    database: Database, running: Running
) -> None:
    task = Task(id="t1", case_id="c1", by="u000", at=MONDAY, text="约访", due=date(2026, 11, 2), assignee="u000")
    stale = (
        line(topic=Topic.CAPACITY, said=Said("余位 19", "19 places free"), about=("incubators/I-1",)),
        line(said=Said("寄合同", "send the contract")),
        line(topic=Topic.FIGURES, said=Said("本周 9 项", "9 this week")),
    )
    composed(database, 1, digests=[digest(item(2, right_id="I-2"), lines=stale, account_id="u000")])
    full(database)
    worked_on(database)
    with database.begin() as connection:
        Accounts(connection).change(account(0, role=Role.INCUBATOR, organisation_id="org-1"))
        Records(connection).upsert([replace(CARRIER, occupied=60, name="满员载体")], MONDAY)
        Papers(connection).plan(task)
    looked = standing(database).look(digest(lines=stale, account_id="u000"), Way.MAIL, MONDAY.date())
    assert not isinstance(looked, Silence)
    told = [one.said.zh for one in looked[1].lines]
    assert told[0] == "满员载体：余位 0（容量 60，在孵 60）"
    assert "约访" in told[-2]
    assert told[-1] == "本周 9 项"
    assert not any("余位 19" in one or "寄合同" in one for one in told)


def test_a_digest_that_was_only_of_tasks_is_not_sent_when_they_are_done(database: Database, running: Running) -> None:
    composed(database, 1, digests=[digest(lines=(line(),), account_id="u000")])
    assert silence(database, running) == {"nothing": 1}


def test_looking_at_many_items_takes_as_many_queries_as_looking_at_one(database: Database) -> None:
    composed(database, 1)
    looking, took = standing(database), []
    for many in (1, 1, 7):  # what everybody shares is read the first time
        items = [item(number, right_id="I-2", reason=Said("相近", "close")) for number in range(1, many + 1)]
        with counted(database) as statements:
            found = looking.look(digest(*items, account_id="u000"), Way.MAIL, MONDAY.date())
        assert not isinstance(found, Silence)
        assert len(found[1].items) == many
        took.append(len(statements))
    assert took[1] == took[2] < took[0]


# --- what would be sent ---


def test_the_letter_that_is_looked_at_is_the_letter_that_is_sent(database: Database, running: Running) -> None:
    composed(database, 1, items=3)
    hidden(database)
    with database.read() as connection:
        [waiting] = Digests(connection).composed(WEEK)
    looked = Preview(standing(database), by_mail(database, smtp(running))).of(waiting, MONDAY)
    assert not isinstance(looked, Silence)
    run(database, smtp(running))
    sent = [part.get_content().replace("\r\n", "\n") for part in read(running.post.kept[0]).iter_parts()]
    assert sent == [looked.letter.text, looked.letter.html]
    assert len(looked.items) == 2


def test_a_rehearsal_tells_what_the_run_then_does_and_changes_nothing(database: Database, running: Running) -> None:
    quiet = digest(account_id="u005", silence=Silence.NOTHING)
    composed(database, 6, digests=[*(digest(item(), account_id=f"u00{number}") for number in range(5)), quiet])
    running.post.answers = lambda address: "450 busy" if address.startswith("user1@") else None
    with database.begin() as connection:
        Accounts(connection).change(account(0, active=False))
    looking = sending(database, smtp(running))
    with database.read() as connection:
        before = [*connection.connection.iterdump()]  # the file is SQLite's
    first = looking.rehearse(WEEK)
    with database.read() as connection:
        assert [*connection.connection.iterdump()] == before
    assert first.to_json() == {"sent": 4, "skipped": {"inactive": 1, "nothing": 1}, "failed": 0}
    assert running.post.kept == []
    assert looking.run(WEEK).to_json() == {
        "sent": 3,
        "skipped": {"delayed": 1, "inactive": 1, "nothing": 1},
        "failed": 0,
    }
    again = {"already_sent": 3, "delayed": 1, "inactive": 1, "nothing": 1}
    assert looking.rehearse(WEEK).to_json() == {"sent": 0, "skipped": again, "failed": 0}
    later = sending(database, smtp(running), Clock(MONDAY + timedelta(minutes=5)))
    assert later.rehearse(WEEK).sent == 1


def test_a_rehearsal_of_a_week_that_is_not_composed_says_so(database: Database, running: Running) -> None:
    with pytest.raises(RecordNotFoundError, match="2026-W48"):
        sending(database, smtp(running)).rehearse(WEEK)


# --- how fast ---


def test_no_more_letters_go_out_within_a_minute_than_are_allowed(database: Database, running: Running) -> None:
    composed(database, 7)
    clock, at = Clock(), []
    running.post.taken = lambda: at.append(clock.now)
    assert run(database, smtp(running), clock, per_minute=3).sent == 7
    assert all(later - earlier >= timedelta(minutes=1) for earlier, later in zip(at, at[3:], strict=False))
    assert clock.now - MONDAY < timedelta(minutes=2, seconds=5)


def test_a_run_that_is_stopped_while_it_waits_leaves_no_claim_behind(database: Database, running: Running) -> None:
    composed(database, 3)
    clock = Clock()

    def stopped(step: str, done: int, total: int | None) -> None:
        if clock.waited:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        sending(database, smtp(running), clock, per_minute=2).run(WEEK, stopped)
    assert sorted(states(database).values()) == ["queued", "sent", "sent"]
    clock.now += timedelta(minutes=1)
    assert run(database, smtp(running), clock).sent == 1


# --- the outbox on disk ---


def test_the_outbox_holds_one_file_for_each_letter(database: Database, tmp_path: Path) -> None:
    composed(database, 3)
    for _ in range(2):
        run(database, Outbox(tmp_path / "outbox", FROM))
    assert len(list((tmp_path / "outbox").glob("digest-2026-w48-*.eml"))) == 3
