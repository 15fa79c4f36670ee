"""Accounts, ways in, openings and the audit, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.accounts import Account, Deed, Organisation, Role, Scope, Token
from matcher.domain.records import Achievement, Fund, Kind, Project, Visibility
from matcher.domain.visibility import VIEWERS, Viewer, visible
from matcher.errors import ConflictError, NotAllowedError, SignInError, UnservedError
from matcher.services.access import Access
from matcher.services.accounts import People
from matcher.store import Accounts, Answered, Answers, Audit, Database, Organisations, Records, Session, SignIns

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ACCOUNT = Account(id="a1", email="a@b.cn", name="甲", role=Role.BROKER, created_at=NOW)
ORGANISATION = Organisation(id="o1", name="甲", institutions=("甲大学", "甲 大学"), fund_ids=("F-1",))


def people(database: Database) -> People:
    numbers = iter(range(1000))
    return People(database, lambda: f"n{next(numbers)}")


def access(database: Database) -> Access:
    numbers = iter(range(1000))
    return Access(database, lambda: f"secret-{next(numbers)}", lambda: f"t{next(numbers)}")


def test_accounts_and_organisations_are_read_back_as_they_were_written(database: Database) -> None:
    with database.begin() as connection:
        Accounts(connection).add(ACCOUNT)
        Organisations(connection).add(ORGANISATION)
    with database.read() as connection:
        assert Accounts(connection).get("a1") == ACCOUNT
        assert Accounts(connection).by_email("A@B.cn") == ACCOUNT
        assert Organisations(connection).get("o1") == ORGANISATION


def test_an_address_has_one_account_and_a_change_names_the_version_it_saw(database: Database) -> None:
    with database.begin() as connection:
        stored = Accounts(connection)
        stored.add(ACCOUNT)
        changed = stored.change(replace(ACCOUNT, name="乙"))
        assert changed.version == 2
        with pytest.raises(ConflictError):
            stored.change(replace(ACCOUNT, name="丙"))
        with pytest.raises(ConflictError):
            stored.add(replace(ACCOUNT, id="a2", email="A@B.CN"))
        assert stored.get("a1") == changed


def test_sessions_tokens_and_letters_end(database: Database) -> None:
    with database.begin() as connection:
        ways = SignIns(connection)
        session = Session("a1", "csrf", NOW + timedelta(hours=1))
        ways.open_session("s", session)
        ways.add_reset("r", "a1", NOW + timedelta(hours=1))
        token = Token(
            id="t", account_id="a1", name="同步", scopes=(Scope.READ,), created_at=NOW, expires_at=NOW + timedelta(1)
        )
        ways.add_token(token, "th")
        assert (ways.session("s"), ways.token("th"), ways.tokens_of("a1")) == (session, token, [token])
        assert ways.use_reset("r", NOW) == "a1"
        assert ways.use_reset("r", NOW) is None
        ways.sweep(NOW + timedelta(hours=1))
        assert ways.session("s") is None
        assert ways.revoke("a2") == 0
        assert ways.revoke("a1") == 1


def test_an_expired_letter_opens_nothing(database: Database) -> None:
    people(database).create("a@b.cn", "甲", Role.BROKER, NOW)
    ways_in = access(database)
    found = ways_in.letter("a@b.cn", NOW)
    assert found is not None
    with pytest.raises(SignInError):
        ways_in.reset(found[1], "a good long one", NOW + timedelta(hours=3))
    assert ways_in.letter("nobody@b.cn", NOW) is None


def test_the_audit_is_only_ever_added_to(database: Database) -> None:
    with database.begin() as connection:
        for number in range(3):
            Audit(connection).add(Deed(at=NOW, account_id=f"a{number % 2}", operation="match", record_ids=("x/1",)))
    with database.read() as connection:
        assert [deed.id for deed in Audit(connection).latest()] == [3, 2, 1]
        assert [deed.id for deed in Audit(connection).latest(before=3, account_id="a0")] == [1]
    for statement in ("UPDATE audit SET operation = ''", "DELETE FROM audit"):
        with pytest.raises(UnservedError), database.begin() as connection:
            connection.execute(sa.text(statement))
    with database.read() as connection:
        assert len(Audit(connection).latest()) == 3


def test_an_answer_is_kept_once_for_each_account_and_key(database: Database) -> None:
    answered = Answered("f", 201, {"etag": '"1"'}, '{"甲": 1}')
    with database.begin() as connection:
        Answers(connection).put("a1", "k", answered, NOW)
        assert Answers(connection).get("a1", "k") == answered
        assert Answers(connection).get("a2", "k") is None
    with pytest.raises(ConflictError), database.begin() as connection:
        Answers(connection).put("a1", "k", answered, NOW)
    with database.begin() as connection:
        Answers(connection).sweep(NOW + timedelta(seconds=1))
        assert Answers(connection).get("a1", "k") is None


def test_of_two_requests_at_once_under_one_key_the_second_finds_the_answer_of_the_first(database: Database) -> None:
    answered = Answered("f", 201, {}, "{}")

    def ask() -> Answered | None:
        with database.begin() as connection:
            found = Answers(connection).get("a1", "k")
            sleep(0.2)
            if found is None:
                Answers(connection).put("a1", "k", answered, NOW)
            return found

    with ThreadPoolExecutor(2) as pool:
        found = [each.result() for each in [pool.submit(ask), pool.submit(ask)]]
    assert sorted(found, key=bool) == [None, answered]


def test_a_unit_of_work_is_kept_or_undone_as_a_whole_and_its_parts_by_themselves(database: Database) -> None:
    folk = people(database)
    with database.begin() as connection, database.joining(connection):
        folk.create("a@b.cn", "甲", Role.ADMINISTRATOR, NOW)
        with pytest.raises(ConflictError):
            folk.create("a@b.cn", "乙", Role.BROKER, NOW)  # undone by itself; the unit goes on
        [only] = folk.all()
        with pytest.raises(NotAllowedError):
            folk.erase(only.id)
    assert [each.name for each in folk.all()] == ["甲"]
    with pytest.raises(KeyError), database.begin() as connection, database.joining(connection):  # noqa: PT012
        folk.create("c@b.cn", "丙", Role.BROKER, NOW)
        raise KeyError
    assert [each.name for each in folk.all()] == ["甲"]


@pytest.mark.parametrize("leaves", [lambda folk, one: folk.change(replace(one, role=Role.BROKER)),
                                    lambda folk, one: folk.change(replace(one, active=False)),
                                    lambda folk, one: folk.erase(one.id)])  # fmt: skip
def test_of_two_administrators_who_put_each_other_out_at_once_one_stays(
    database: Database, leaves: Callable[[People, Account], object]
) -> None:
    folk = people(database)
    one, other = (folk.create(f"{name}@b.cn", name, Role.ADMINISTRATOR, NOW) for name in "ab")
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as connection, database.joining(connection):
            leaves(folk, one)
            at_once = pool.submit(leaves, folk, other)
            sleep(0.3)  # it has begun, and sees nothing yet of what is not committed
        with pytest.raises(NotAllowedError, match="last administrator"):
            at_once.result()
    assert folk.get(other.id) == other


# --- ways in, as the audit tells of them ---


def deeds(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as connection:
        told = Audit(connection).latest()
    return [(deed.operation, deed.account_id, deed.request_id) for deed in reversed(told)]


def test_the_ways_in_are_deeds_and_hold_no_address(database: Database) -> None:
    account = people(database).create("a@b.cn", "甲", Role.BROKER, NOW)
    ways_in = access(database)
    found = ways_in.letter("a@b.cn", NOW, "203.0.113.7", "r-1")
    assert found is not None
    ways_in.reset(found[1], "a good long one", NOW, "r-2")
    opened = ways_in.sign_in("A@b.cn", "a good long one", "203.0.113.7", NOW, "r-3")
    ways_in.sign_out(opened.token, NOW, "r-4")
    ways_in.sign_out(opened.token, NOW, "r-5")  # ended already: nothing is done
    for email in ("a@b.cn", "nobody@b.cn"):
        with pytest.raises(SignInError):
            ways_in.sign_in(email, "not that one", "203.0.113.7", NOW, "r-6")
    assert ways_in.letter("nobody@b.cn", NOW, "203.0.113.7", "r-7") is None
    assert ways_in.letter("a@b.cn", NOW) is not None  # an administrator's own deed tells of this one
    assert deeds(database) == [
        ("ask_for_password", account.id, "r-1"),
        ("set_password", account.id, "r-2"),
        ("sign_in", account.id, "r-3"),
        ("sign_out", account.id, "r-4"),
        ("sign_in_failed", account.id, "r-6"),
        ("sign_in_failed", "", "r-6"),
        ("ask_for_password", "", "r-7"),
    ]
    with database.read() as connection:
        assert not any("@" in str(deed) or "203.0" in str(deed) for deed in Audit(connection).latest())


def test_who_is_held_back_is_told_of_once_in_a_window_for_the_audit_is_kept_for_ever(database: Database) -> None:
    account, ways_in = people(database).create("a@b.cn", "甲", Role.BROKER, NOW), access(database)
    for moment in [*[NOW] * 9, *[NOW + timedelta(minutes=16)] * 9]:
        with pytest.raises(SignInError):
            ways_in.sign_in("a@b.cn", "not that one", "203.0.113.7", moment)
    failed, held = ("sign_in_failed", account.id, ""), ("sign_in_throttled", account.id, "")
    assert deeds(database) == [*[failed] * 5, held, *[failed] * 5, held]


def test_a_new_password_ends_whatever_the_old_one_opened(database: Database) -> None:
    folk, ways_in, password = people(database), access(database), "a good long one"
    account = folk.create("a@b.cn", "甲", Role.BROKER, NOW, password=password)
    letter = ways_in.letter("a@b.cn", NOW)
    assert letter is not None
    for anew in (
        lambda: ways_in.reset(letter[1], password, NOW),
        lambda: folk.set_password(account.id, password),
    ):
        session = ways_in.sign_in("a@b.cn", password, "203.0.113.7", NOW).token
        _, token = ways_in.add_token(account, "同步", [Scope.READ], timedelta(days=400), NOW)
        assert ways_in.of_session(session, NOW)
        assert ways_in.of_token(token, NOW)
        anew()
        assert (ways_in.of_session(session, NOW), ways_in.of_token(token, NOW)) == (None, None)
        assert ways_in.tokens(account.id) == []


# --- visibility, in Python and in SQL ---

INSTITUTIONS, CARRIERS = ("甲大学", "乙大学", "甲大学 "), ("I-1", "I-2")
ids = st.sets(st.integers(0, 5), max_size=3)
viewers = st.builds(
    lambda base, institutions, carriers, results, projects: Viewer(
        base.clearance,
        frozenset(institutions),
        frozenset(carriers),
        frozenset({(Kind.ACHIEVEMENTS, f"A{n}") for n in results} | {(Kind.PROJECTS, f"P{n}") for n in projects}),
    ),
    st.sampled_from(VIEWERS),
    st.sets(st.sampled_from(INSTITUTIONS), max_size=2),
    st.sets(st.sampled_from(CARRIERS), max_size=2),
    ids,
    ids,
)
levels = st.lists(st.sampled_from(list(Visibility)), min_size=6, max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(viewer=viewers, seen=levels, places=st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_a_query_shows_exactly_what_the_one_function_of_visibility_does(
    database: Database, viewer: Viewer, seen: list[Visibility], places: list[int]
) -> None:
    results = [
        Achievement(id=f"A{n}", title="甲", institution=INSTITUTIONS[place], visibility=level)
        for n, (level, place) in enumerate(zip(seen, places, strict=True))
    ]
    projects = [
        Project(id=f"P{n}", name="甲", incubator_id=("", *CARRIERS)[place], visibility=level)
        for n, (level, place) in enumerate(zip(seen, places, strict=True))
    ]
    with database.begin() as connection:
        stored = Records(connection)
        stored.upsert([*results, *projects, Fund(id="F")], NOW)
        plain = Viewer(viewer.clearance)
        for kind, records in ((Kind.ACHIEVEMENTS, results), (Kind.PROJECTS, projects)):
            expected = [record for record in records if visible(record, viewer)]
            assert stored.page(kind, viewer, "", 100) == expected
            beyond = {(kind, record.id) for record in expected if not visible(record, plain)}
            assert {one for one in stored.beyond(viewer) if one[0] is kind} == beyond
        assert [fund.id for fund in stored.page(Kind.FUNDS, viewer, "", 100)] == ["F"]
