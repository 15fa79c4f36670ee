"""Feedback, standing queries and pages of outcomes in the database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from matcher.domain.accounts import Account, Role
from matcher.domain.feedback import Feedback, Judgement
from matcher.domain.mandates import Asked, Mandate
from matcher.domain.records import Achievement, Fund, Incubator, Kind, Outcome, PairKind, Result, Visibility
from matcher.domain.visibility import Viewer
from matcher.errors import ConflictError
from matcher.store import Accounts, Circle, Database, FeedbackRows, Mandates, Outcomes, Records

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
HIDDEN = Achievement(id="A-2", title="保密成果", visibility=Visibility.RESTRICTED)
RECORDS = (Achievement(id="A-1", title="成果"), HIDDEN, Incubator(id="I-1", name="载体"), Fund(id="F-1", name="基金"))
GIVEN = Feedback(
    account_id="u-1",
    kind=PairKind.ACHIEVEMENT_INCUBATOR,
    left_id="A-1",
    right_id="I-1",
    verdict=Judgement.LATER,
    reason="'引号' 𠮷",
    made_at=NOW,
)
ABOUT_FUND = Mandate(
    id="m-1",
    owner="u-1",
    organisation_id="org-1",
    asked=Asked(name="新项目", record_id="F-1", must=("玉米",), ban=("'引号'",), k=5, diverse=True),
    record_kind=Kind.FUNDS,
    made_at=NOW,
    changed_at=NOW,
)
OF_TEXT = replace(ABOUT_FUND, id="m-2", owner="u-2", record_kind=None, asked=Asked(name="n", text="甲", to=Kind.FUNDS))


@pytest.fixture
def stocked(database: Database) -> Database:
    """The database with four records."""
    with database.begin() as connection:
        Records(connection).upsert(RECORDS, NOW)
    return database


# --- feedback ---


def test_feedback_is_read_back_as_it_was_given_the_latest_first(stocked: Database) -> None:
    with stocked.begin() as connection:
        told = [FeedbackRows(connection).add(one) for one in (GIVEN, replace(GIVEN, account_id="u-2"))]
        rows = FeedbackRows(connection)
        assert rows.latest(Viewer.PUBLIC, None, 10) == told[::-1]
        assert rows.latest(Viewer.PUBLIC, told[1].id, 10) == told[:1]
        assert rows.latest(Viewer.PUBLIC, None, 10, "u-2") == told[1:]
    assert replace(told[0], id=0) == GIVEN


def test_feedback_on_a_hidden_record_is_read_by_nobody_else_and_goes_with_it(stocked: Database) -> None:
    with stocked.begin() as connection:
        rows = FeedbackRows(connection)
        rows.add(replace(GIVEN, left_id="A-2"))
        assert rows.latest(Viewer.BROKERS, None, 10) == []
        assert len(rows.latest(Viewer.ENTITLED, None, 10)) == 1
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A-2"])
        Records(connection).upsert([HIDDEN], NOW)
        assert rows.latest(Viewer.ENTITLED, None, 10) == []


def test_the_last_word_of_a_circle_on_a_pair_counts(stocked: Database) -> None:
    people = [
        Account(id=name, email=f"{name}@example.org", name=name, role=Role.FUND, organisation_id=where, created_at=NOW)
        for name, where in (("u-1", "org-1"), ("u-2", "org-1"), ("u-3", "org-2"))
    ]
    words = [
        GIVEN,
        replace(GIVEN, account_id="u-2", verdict=Judgement.FITS),
        replace(GIVEN, account_id="u-3", verdict=Judgement.DOES_NOT),
        replace(GIVEN, left_id="A-2", verdict=Judgement.FITS),
    ]
    with stocked.begin() as connection:
        for one in people:
            Accounts(connection).add(one)
        rows = FeedbackRows(connection)
        first, second, _, hidden = [rows.add(one) for one in words]
        both = Circle("u-1", "org-1")
        assert rows.last_words(Viewer.PUBLIC, both) == [second]
        assert rows.last_words(Viewer.ENTITLED, both) == [hidden, second]
        assert rows.last_words(Viewer.ENTITLED, both, verdict=Judgement.FITS, before=hidden.id) == [second]
        assert rows.last_words(Viewer.ENTITLED, both, limit=1) == [hidden]
        assert rows.last_words(Viewer.PUBLIC, both, verdict=Judgement.LATER) == []
        assert rows.last_words(Viewer.PUBLIC, Circle("u-1")) == [first]
        assert rows.last_words(Viewer.PUBLIC, both, (PairKind.ACHIEVEMENT_INCUBATOR, "I-1")) == [second]
        assert rows.last_words(Viewer.PUBLIC, both, (PairKind.PROJECT_FUND, "I-1")) == []
        pair = (PairKind.ACHIEVEMENT_INCUBATOR, "A-1", "I-1")
        assert rows.of_pair(Viewer.PUBLIC, both, *pair) == [second, first]
        assert Accounts(connection).names(["u-2", "u-9"]) == {"u-2": "u-2"}


def test_a_word_is_read_and_dropped_by_its_number(stocked: Database) -> None:
    with stocked.begin() as connection:
        rows = FeedbackRows(connection)
        given, hidden = rows.add(GIVEN), rows.add(replace(GIVEN, left_id="A-2"))
        assert rows.get(Viewer.PUBLIC, given.id, "u-1") == given
        assert rows.get(Viewer.PUBLIC, given.id, "u-2") is None
        assert rows.get(Viewer.PUBLIC, hidden.id, "u-1") is None
        rows.remove(given.id)
        assert rows.get(Viewer.ENTITLED, given.id, "u-1") is None


# --- standing queries ---


def test_a_standing_query_is_read_back_as_it_was_kept_by_its_owner_and_organisation(stocked: Database) -> None:
    with stocked.begin() as connection:
        mandates = Mandates(connection)
        for one in (ABOUT_FUND, OF_TEXT, replace(OF_TEXT, id="m-3", organisation_id="")):
            mandates.add(one)
        assert mandates.of("u-1", "org-1", "", 10) == [ABOUT_FUND, OF_TEXT]
        assert mandates.of("u-1", "org-1", "m-1", 10) == [OF_TEXT]
        assert [one.id for one in mandates.of("u-2", "", "", 10)] == ["m-2", "m-3"]
        assert mandates.of("u-9", "", "", 10) == []


def test_of_two_editors_of_a_standing_query_the_second_is_refused(stocked: Database) -> None:
    with stocked.begin() as connection:
        mandates = Mandates(connection)
        mandates.add(ABOUT_FUND)
        changed = mandates.change(replace(ABOUT_FUND, asked=replace(ABOUT_FUND.asked, k=7)))
        assert (changed.version, mandates.get("m-1")) == (2, changed)
        with pytest.raises(ConflictError):
            mandates.change(ABOUT_FUND)
        with pytest.raises(ConflictError):
            mandates.delete(ABOUT_FUND)
        mandates.delete(changed)
        assert mandates.get("m-1") is None


def test_a_standing_query_goes_with_the_record_it_is_about(stocked: Database) -> None:
    with stocked.begin() as connection:
        for one in (ABOUT_FUND, OF_TEXT):
            Mandates(connection).add(one)
        Records(connection).delete(Kind.INCUBATORS, ["I-1"])
        assert Mandates(connection).get("m-1") is not None
        Records(connection).delete(Kind.FUNDS, ["F-1"])
        assert Mandates(connection).get("m-1") is None
        assert Mandates(connection).get("m-2") is not None


# --- outcomes ---


def test_outcomes_come_in_pages_by_day_and_without_what_the_viewer_may_not_see(stocked: Database) -> None:
    days = [date(2026, 1, day) for day in (3, 1, 2)]
    told = [Outcome(left_id="A-1", right_id="I-1", result=Result.IN_TALKS, decided_on=day) for day in days]
    hidden = replace(told[1], left_id="A-2")
    with stocked.begin() as connection:
        outcomes = Outcomes(connection)
        outcomes.upsert([*told, hidden], NOW)
        first = outcomes.page(Viewer.PUBLIC, None, 2, {})
        assert [one.decided_on.day for one in first] == [1, 2]
        last = first[-1]
        rest = outcomes.page(Viewer.PUBLIC, (last.decided_on, last.left_id, last.right_id, last.kind.value), 2, {})
        assert [one.decided_on.day for one in rest] == [3]
        assert outcomes.page(Viewer.PUBLIC, None, 9, {"left_id": "A-2"}) == []
        assert outcomes.page(Viewer.ENTITLED, None, 9, {"left_id": "A-2"}) == [hidden]
        assert outcomes.page(Viewer.ENTITLED, None, 9, {"kind": "project_fund"}) == []
