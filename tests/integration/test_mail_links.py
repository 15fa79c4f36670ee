"""Links of letters: looking changes nothing, a button does; they work without signing in and tell nothing new."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from api.app import create_app
from matcher.bootstrap import Installation
from matcher.domain.accounts import Role
from matcher.domain.digests import DigestSettings, Frequency, Topic
from matcher.domain.feedback import Judgement
from matcher.domain.records import Achievement, Kind, Visibility
from matcher.domain.visibility import Viewer
from matcher.errors import LinkError
from matcher.services.delivery.links import Links, Purpose
from matcher.services.wishes import Stated
from matcher.store import Accounts, Digests, FeedbackRows, Records
from matcher.wording import Language
from tests.digests import WEEK, item
from tests.mailing import RECEIPT, account, composed
from tests.post import letter
from tests.service import installed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = installed(tmp_path / "home")
    composed(made.database, 2)
    made.sending.run(WEEK)
    yield made
    made.close()


@pytest.fixture
def stranger(installation: Installation) -> TestClient:
    """A browser that nobody has signed in with."""
    return TestClient(create_app(installation), headers={"Accept": "text/html"})


def answers(installation: Installation, verdict: str = "fits") -> list[str]:
    """The paths of the links that answer so, in the order of the items."""
    return re.findall(rf"https?://[^/]+(/d/\S+\.{verdict}\.\S+)", letter(installation.home))


def unsubscribing(installation: Installation) -> str:
    found = re.search(r"https?://[^/]+(/unsubscribe/\S+)", letter(installation.home))
    assert found is not None
    return found[1]


def said(installation: Installation) -> list[tuple[str, str, str]]:
    with installation.database.read() as connection:
        rows = FeedbackRows(connection).latest(Viewer.ENTITLED, None, 99)
    return [(one.account_id, one.left_id, f"{one.verdict} {one.reason}".strip()) for one in rows]


def settings(installation: Installation, account_id: str = "u000") -> DigestSettings:
    with installation.database.read() as connection:
        return Digests(connection).settings(account_id)


def dump(installation: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Everything the database says."""
    names = sa.inspect(installation.database.engine).get_table_names()
    with installation.database.read() as connection:
        return {name: [tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {name}"))] for name in names}  # noqa: S608


# --- answers ---


def test_looking_at_every_link_of_a_letter_changes_nothing(installation: Installation, stranger: TestClient) -> None:
    paths = re.findall(r"https?://[^/]+(/(?:d|unsubscribe)/\S+)", letter(installation.home))
    assert len(paths) == 7
    before = dump(installation)
    for path in paths * 2:
        assert stranger.get(path).status_code == 200
        assert stranger.head(path).status_code in (200, 405)
    assert dump(installation) == before


def test_an_answer_is_confirmed_by_a_button_and_counts_once(installation: Installation, stranger: TestClient) -> None:
    path = answers(installation)[0]
    page = stranger.get(path).text
    assert "玉米秸秆制备低聚木糖的两段酶解工艺（1）" in page
    assert re.search(r'value="fits" checked', page)
    for _ in range(3):
        answered = stranger.post(path, data={"verdict": "fits"})
        assert answered.status_code == 200
        assert "已记下" in answered.text
    assert said(installation) == [("u000", "A-1", "fits")]


def test_an_answer_can_be_another_than_the_link_says_and_be_corrected(
    installation: Installation, stranger: TestClient
) -> None:
    path = answers(installation, "does_not")[1]
    stranger.post(path, data={"verdict": "does_not", "reason": "方向不符"})
    assert said(installation) == [("u000", "A-2", "does_not 方向不符")]
    assert [one.control.target for one in wishes(installation, "u000")] == ["I-2"]
    stranger.post(path, data={"verdict": "fits"})
    assert said(installation)[0] == ("u000", "A-2", "fits")
    assert wishes(installation, "u000") == []


def wishes(installation: Installation, account_id: str) -> list[Stated]:
    actor = installation.access.of_account(account_id)
    assert actor is not None
    return list(installation.exclusions.page(actor, None, 0, 99))


def test_what_was_answered_by_mail_stands_in_the_audit(installation: Installation, stranger: TestClient) -> None:
    stranger.post(answers(installation)[0], data={"verdict": "later"})
    [deed] = installation.journal.latest(None, 9, "u000")
    assert (deed.account_id, deed.operation) == ("u000", "answer_by_mail")


@pytest.mark.parametrize(
    "forgery",
    [
        lambda path: path[:-1] + ("A" if path[-1] != "A" else "B"),
        lambda path: path.replace(".fits.", ".does_not."),
        lambda path: re.sub(r"/d/\d+\.", "/d/99.", path),
        lambda path: path.replace("i1of000", "i2of000"),
        lambda path: "/d/x",
        lambda path: "/d/" + "1." * 90 + "x",
        lambda path: path.replace("/d/", "/unsubscribe/"),
    ],
)
def test_a_changed_link_does_nothing_and_says_so(
    installation: Installation, stranger: TestClient, forgery: Callable[[str], str]
) -> None:
    path = forgery(answers(installation)[0])
    before = dump(installation)
    for answered in (stranger.get(path), stranger.post(path, data={"verdict": "fits"})):
        assert answered.status_code == 404
        assert "未作任何更改" in answered.text
        assert "玉米" not in answered.text
    assert dump(installation) == before


def test_a_link_ends_eight_weeks_after_its_week(installation: Installation) -> None:
    token = answers(installation)[0].removeprefix("/d/")
    last = datetime(2026, 11, 29, 23, tzinfo=UTC) + timedelta(weeks=8)
    assert installation.answers.asked(token, last).item.id == "i1of000"
    with pytest.raises(LinkError, match="expired"):
        installation.answers.answer(token, Judgement.FITS, "", last + timedelta(hours=1))
    assert said(installation) == []


def test_links_of_an_old_key_work_for_a_while_and_not_after_it_was_ended(
    installation: Installation, stranger: TestClient
) -> None:
    path, token = answers(installation)[0], answers(installation)[0].removeprefix("/d/")
    now = datetime.now(UTC)
    installation.links.rotate(now)
    assert stranger.get(path).status_code == 200
    with pytest.raises(LinkError, match="expired"):
        installation.links.opened(Purpose.ANSWER, token, now + timedelta(days=90))
    installation.links.rotate(now, at_once=True)
    assert "链接已过期" in stranger.get(path).text


def test_a_secret_is_made_once_and_by_chance(installation: Installation) -> None:
    signer = installation.links.signer(NOW)
    assert installation.links.signer(NOW).token(Purpose.SETTINGS, "u000") == signer.token(Purpose.SETTINGS, "u000")
    assert len(signer.key.secret) >= 32
    assert signer.key.secret not in repr(signer)
    other = Links(installation.database, lambda: "another")
    assert other.signer(NOW).token(Purpose.SETTINGS, "u000") == signer.token(Purpose.SETTINGS, "u000")


def test_an_item_that_was_never_in_the_letter_cannot_be_asked_about(installation: Installation) -> None:
    signer = installation.links.signer(NOW)
    [delivery, _] = [one for one, _ in installation.sending.log(WEEK)]
    for parts in ((delivery.id, "i1of001", "fits"), ("0" * 16, "i1of000", "fits"), (delivery.id, "i1of000")):
        with pytest.raises(LinkError):
            installation.answers.asked(signer.token(Purpose.ANSWER, *parts), NOW)


def test_what_was_withdrawn_or_hidden_since_is_no_longer_judged(
    installation: Installation, stranger: TestClient
) -> None:
    first, second = answers(installation)
    with installation.database.begin() as connection:
        hidden = Achievement(id="A-1", title="成果 1", visibility=Visibility.RESTRICTED)
        Records(connection).upsert([hidden], NOW)
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A-2"])
    assert "（1）" not in stranger.get(first).text
    assert "这条推荐已撤下" in stranger.post(first, data={"verdict": "fits"}).text
    gone = stranger.get(second)
    assert "这条推荐已撤下" in gone.text
    assert "（2）" not in gone.text
    assert said(installation) == []


def test_an_account_that_was_closed_answers_nothing(installation: Installation, stranger: TestClient) -> None:
    with installation.database.begin() as connection:
        Accounts(connection).change(account(0, active=False))
    for path in (answers(installation)[0], unsubscribing(installation)):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, data={"verdict": "fits"}).status_code == 404


def test_pages_speak_the_language_of_the_reader(installation: Installation, stranger: TestClient) -> None:
    with installation.database.begin() as connection:
        Accounts(connection).change(account(0, language=Language.EN))
    assert "Confirm" in stranger.get(answers(installation)[0]).text
    assert "Stop all digests" in stranger.get(unsubscribing(installation)).text
    assert "确认" in stranger.get(answers(installation)[0] + "?lang=zh").text


def test_a_name_is_text_on_the_page_too(installation: Installation, stranger: TestClient) -> None:
    with installation.database.begin() as connection:
        digest = Digests(connection).of("u000", WEEK)
    assert digest is not None
    evil = item(1, id="i1of000", name='<script>alert(1)</script>"')
    with installation.database.begin() as connection:
        Digests(connection).drop(WEEK)
        connection.execute(sa.text("DELETE FROM digests"))
        connection.execute(sa.text("DELETE FROM digest_receipts"))
        Digests(connection).add(RECEIPT, [(replace(digest, items=(evil,)), {})])
    page = stranger.get(answers(installation)[0]).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


# --- fewer, or none ---


def test_one_click_of_a_mail_program_stops_all_digests(installation: Installation, stranger: TestClient) -> None:
    path = unsubscribing(installation)
    answered = stranger.post(path, content=b"List-Unsubscribe=One-Click", headers=FORM)
    assert answered.status_code == 200
    assert "已退订" in answered.text
    assert settings(installation).frequency is Frequency.NEVER
    assert settings(installation, "u001").frequency is Frequency.WEEKLY


def test_one_click_works_as_multipart_without_any_body_again_and_over_older_settings(
    installation: Installation, stranger: TestClient
) -> None:
    path = unsubscribing(installation)
    kept = DigestSettings(account_id="u000", frequency=Frequency.MONTHLY, left_out=frozenset({Topic.GAPS}), size=3)
    with installation.database.begin() as connection:
        Digests(connection).save_settings(kept)
    for sent in ({"files": {"List-Unsubscribe": (None, "One-Click")}}, {}, {}):
        assert stranger.post(path, **sent).status_code == 200  # type: ignore[arg-type]
        found = settings(installation)
        assert (found.frequency, found.left_out, found.size) == (Frequency.NEVER, frozenset({Topic.GAPS}), 3)


def test_who_stopped_gets_nothing_that_still_waits(installation: Installation, stranger: TestClient) -> None:
    stranger.post(unsubscribing(installation))
    with installation.database.begin() as connection:
        connection.execute(sa.text("UPDATE deliveries SET state = 'queued', sent_at = NULL"))
    assert installation.sending.run(WEEK).to_json() == {"sent": 1, "skipped": {"never": 1}, "failed": 0}


def test_the_page_offers_fewer_digests_and_fewer_topics_before_none(
    installation: Installation, stranger: TestClient
) -> None:
    path = unsubscribing(installation)
    page = stranger.get(path).text
    assert "user0@example.org" in page
    assert re.search(r'value="weekly" checked', page)
    wanted = [topic.value for topic in Topic if topic is not Topic.GAPS]
    answered = stranger.post(path, data={"frequency": "monthly", "topic": wanted})
    assert "已保存：每四周" in answered.text
    found = settings(installation)
    assert (found.frequency, found.left_out) == (Frequency.MONTHLY, frozenset({Topic.GAPS}))
    assert installation.journal.latest(None, 1)[0].operation == "set_digests_by_mail"


def test_success_is_never_said_where_no_row_was_changed(installation: Installation, stranger: TestClient) -> None:
    """A peer filtered on the wrong key, changed zero rows, and still said that it was done."""
    path = unsubscribing(installation)
    with installation.database.begin() as connection:
        for when in ("INSERT", "UPDATE"):
            connection.execute(
                sa.text(f"CREATE TRIGGER lost_{when} BEFORE {when} ON digest_settings BEGIN SELECT RAISE(IGNORE); END")
            )
    answered = stranger.post(path)
    assert answered.status_code == 409
    assert "没有保存" in answered.text
    assert "已退订" not in answered.text


def test_a_change_by_somebody_else_meanwhile_does_not_lose_the_unsubscription(installation: Installation) -> None:
    token = unsubscribing(installation).removeprefix("/unsubscribe/")
    kept = installation.answers.set(token, Frequency.FORTNIGHTLY, None, NOW)
    assert kept.settings.version == 2
    stopped = installation.answers.stop(token, NOW)
    assert stopped.settings.frequency is Frequency.NEVER


def test_a_links_page_loads_nothing_from_elsewhere_and_tells_no_address_on(
    installation: Installation, stranger: TestClient
) -> None:
    page = stranger.get(unsubscribing(installation))
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r'(src|href)="https?:', page.text)


def test_nobody_but_the_reader_is_named_on_any_page(installation: Installation, stranger: TestClient) -> None:
    pages = [stranger.get(path).text for path in (*answers(installation), unsubscribing(installation))]
    assert not any("user1@" in page or Role.BROKER.said.zh in page for page in pages)
    assert not any("user0@" in page for page in pages[:-1])
