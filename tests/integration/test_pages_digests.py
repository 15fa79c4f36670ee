"""The pages of one's own digests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.domain.accounts import Role
from matcher.domain.digests import Frequency, Topic
from matcher.domain.weeks import Week
from tests.browsing import hidden, visitor
from tests.service import SAMPLE_TIME, Service, copied, over

SETTINGS = "/digests/settings"
WEEK = Week.of(SAMPLE_TIME.date())


@pytest.fixture(scope="module")
def told(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with a composed week."""
    installation = copied(served_home, tmp_path_factory.mktemp("digests") / "home")
    service = over(installation)
    installation.composing.compose(WEEK, datetime.combine(WEEK.monday, datetime.min.time(), UTC), seed=0)
    yield service
    installation.close()


def test_a_week_is_listed_opened_and_judged(told: Service) -> None:
    browser = visitor(told, Role.FUND)
    assert f'href="/digests/{WEEK}"' in browser.get("/digests").text
    page = browser.get(f"/digests/{WEEK}").text
    [item, *_] = told.installation.digests.of_week(WEEK, "fund@example.org")[0].items
    assert item.name in page
    assert "为什么" in page
    form = hidden(browser, f"/digests/{WEEK}") | {
        "left": item.left_id, "right": item.right_id, "verdict": "fits", "back": f"/digests/{WEEK}#{item.id}",
    }  # fmt: skip
    answer = browser.post("/feedback", data=form, follow_redirects=False)
    assert answer.headers["location"] == f"/digests/{WEEK}?done=noted#{item.id}"


def test_a_week_without_a_digest_and_one_that_is_no_week_say_so(told: Service) -> None:
    browser = visitor(told, Role.FUND)
    for week, status in (("2020-W01", 404), ("2026-W54", 422), ("next", 422)):
        assert browser.get(f"/digests/{week}").status_code == status


def test_the_bureau_sees_how_many_were_told_and_why_others_were_not(told: Service) -> None:
    page = visitor(told, Role.BUREAU).get("/digests").text
    assert "全部账户" in page
    assert "全部账户" not in visitor(told, Role.FUND).get("/digests").text


def test_settings_are_kept_and_nobody_overwrites_what_they_did_not_see(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    form = hidden(browser, SETTINGS) | {"version": "1", "frequency": "monthly", "size": "3", "topic": ["results"]}
    kept = browser.post(SETTINGS, data=form | {"quiet_until": "2027-01-05"})
    assert (kept.status_code, "已保存" in kept.text) == (200, True)
    settings = service.installation.digests.settings_of(service.accounts[Role.BROKER].id)
    assert (settings.frequency, settings.size, settings.left_out) == (
        Frequency.MONTHLY, 3, frozenset(set(Topic) - {Topic.RESULTS}),
    )  # fmt: skip
    late = browser.post(SETTINGS, data=hidden(browser, SETTINGS) | form | {"once": "another"})
    assert late.status_code == 409
    wrong = browser.post(SETTINGS, data=hidden(browser, SETTINGS) | form | {"quiet_until": "soon", "once": "x"})
    assert (wrong.status_code, "不是日期" in wrong.text) == (422, True)
    for answer in (late, wrong):  # what was chosen stays chosen
        assert re.search(r'value="monthly" checked', answer.text)
        assert 'min="1" max="20" required value="3"' in answer.text
