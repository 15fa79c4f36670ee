"""Visits from letters: its reader's counts, once; those of scanners, strangers and anybody else do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from api.app import create_app
from api.guard import COOKIE
from matcher.bootstrap import Installation
from matcher.store import Digests, ToldPair
from tests.digests import WEEK
from tests.mailing import account, composed
from tests.post import letter
from tests.service import PASSWORD, installed


@dataclass(frozen=True)
class Told:
    """An installation whose letters are out, and its pages."""

    installation: Installation
    app: ASGIApp

    def browser(self, number: int | None = None) -> TestClient:
        """A browser of a recipient, or of a stranger."""
        found = TestClient(self.app, headers={"Accept": "text/html"})
        if number is not None:
            opened = self.installation.access.open(account(number), datetime.now(UTC))
            found.cookies.set(COOKIE, opened.token)
        return found

    def links(self, number: int = 0) -> list[str]:
        """The paths that explain the items of a reader's letter."""
        found = letter(self.installation.home, account(number).email)
        return re.findall(r"https?://[^/]+(/why\?\S+)", found)

    def visits(self) -> list[ToldPair]:
        """What was visited, by reader and pair."""
        with self.installation.database.read() as connection:
            told = Digests(connection).told(WEEK, WEEK.back(-1))
        return [one for one in told if one.clicked_at is not None]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Three letters of two items each."""
    made = installed(tmp_path_factory.mktemp("visits") / "home")
    composed(made.database, 3)
    made.indexer.refresh()
    made.sending.run(WEEK)
    yield Told(made, create_app(made))
    made.close()


@pytest.fixture
def told(sent: Told) -> Iterator[Told]:
    """The same, with nothing visited yet."""
    yield sent
    with sent.installation.database.begin() as connection:
        connection.execute(sa.text("UPDATE digest_told SET clicked_at = NULL"))


def test_a_visit_of_the_reader_counts_once_and_keeps_its_first_moment(told: Told) -> None:
    hers, [first, second] = told.browser(0), told.links()
    for _ in range(3):
        page = hers.get(first)
        assert page.status_code == 200
        assert "成果 1" in page.text
    [noted] = told.visits()
    assert (noted.account_id, noted.left_id, noted.right_id) == ("u000", "A-1", "I-1")
    hers.get(second)
    assert [one.left_id for one in told.visits()] == ["A-1", "A-2"]
    assert told.visits()[0] == noted


def test_the_link_names_nobody(told: Told) -> None:
    assert not re.search("user0|u000|example|%40|@", " ".join(told.links()))


def test_a_scanner_of_mail_is_led_to_the_door_and_counts_for_nothing(told: Told) -> None:
    scanner = told.browser()
    for path in told.links():
        assert str(scanner.get(path).url.path) == "/sign-in"
        assert scanner.head(path).status_code in (200, 303, 405)
    assert told.visits() == []


def test_somebody_else_who_is_signed_in_reads_the_page_and_counts_for_nothing(told: Told) -> None:
    assert told.browser(1).get(told.links()[0]).status_code == 200
    assert told.visits() == []


def test_whoever_signs_in_on_the_way_counts(told: Told) -> None:
    told.installation.people.set_password("u000", PASSWORD)
    hers = told.browser()
    door = hers.get(told.links()[0])
    page = hers.post(str(door.url), data={"email": "user0@example.org", "password": PASSWORD})
    assert "成果 1" in page.text
    assert [one.left_id for one in told.visits()] == ["A-1"]


@pytest.mark.parametrize("ahead", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}])
def test_a_page_that_a_browser_fetches_ahead_was_not_visited(told: Told, ahead: dict[str, str]) -> None:
    assert told.browser(0).get(told.links()[0], headers=ahead).status_code == 200
    assert told.visits() == []


@pytest.mark.parametrize(
    "change",
    [
        ("letter=1.", "letter=2."),  # of another key
        ("i1of000", "i2of000"),  # signed for another item
        ("left=A-1", "left=A-3"),  # of another pair
        ("&letter=", "&other="),  # as the digest in the workbench links
    ],
)
def test_a_changed_link_shows_its_page_and_counts_for_nothing(told: Told, change: tuple[str, str]) -> None:
    path = told.links()[0]
    assert change[0] in path
    assert told.browser(0).get(path.replace(*change)).status_code == 200
    assert told.visits() == []


def test_visits_are_told_by_ranker_in_the_report(told: Told) -> None:
    told.browser(0).get(told.links()[0])
    with told.installation.database.begin() as connection:
        connection.execute(sa.text("UPDATE digest_receipts SET content = '{\"on_trial\": []}'"))
    found = told.installation.digest_report.report(WEEK, 1, 0)
    assert found.items == {"matcher": 6}
    clicked = found.measures["matcher"]["clicked"]
    assert clicked.share == pytest.approx(1 / 6)
    assert clicked.low < 1 / 6 < clicked.high < 1
    assert found.measures["matcher"]["good"].share == 0.0


def test_visits_are_exported_with_their_reader_and_go_with_them(told: Told) -> None:
    theirs, rights = told.browser(2), told.installation.subjects
    for path in told.links(2):
        theirs.get(path)
    found = [one for one in rights.export("user2@example.org") if one.table == "digest_told"]
    assert [one.key for one in found] == [f"u002|{WEEK}|achievement_incubator|A-{n}|I-{n}" for n in (1, 2)]
    assert all(one.certain and one.text.startswith(f"{WEEK} A-") for one in found)
    assert [one.table for one in rights.export("user1@example.org")] == ["accounts"]
    rights.erase("user2@example.org", (), datetime.now(UTC), dry_run=False)
    assert (told.visits(), rights.export("user2@example.org")) == ([], [])
