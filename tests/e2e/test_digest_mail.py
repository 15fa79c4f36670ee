"""`matcher digest send` and what belongs to it, as an operator uses it."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.bootstrap import Installation
from matcher.domain.weeks import Week
from matcher.settings import Settings
from tests.commandline import CommandLine
from tests.digests import WEEK
from tests.mailing import FROM, composed
from tests.post import read, served


@pytest.fixture
def ready(matcher: CommandLine) -> CommandLine:
    """An installation with a composed week for three people."""
    settings = Settings(home=matcher.home, cache_dir=matcher.home / "cache", database_url="", encoder="hashing")
    with closing(Installation(settings, tell=lambda _: None)) as installation:
        composed(installation.database, 3)
    return matcher


def test_a_week_is_sent_to_the_outbox_and_again_changes_nothing(ready: CommandLine) -> None:
    tried = ready("digest", "send", "--week", WEEK, "--dry-run", "--json").json
    assert "将发 3" in ready("digest", "send", "--week", WEEK, "--dry-run").out
    assert not (ready.home / "outbox").exists()
    assert ready("digest", "deliveries", "--week", WEEK, "--json").json == []
    told = ready("digest", "send", "--week", WEEK, "--json").json
    assert told == tried == {"sent": 3, "skipped": {}, "failed": 0}
    assert len(list((ready.home / "outbox").glob("*.eml"))) == 3
    again = ready("digest", "send", "--week", WEEK)
    assert "已发 0" in again.out
    assert "已发过  3" in again.out
    [one, *_] = ready("digest", "deliveries", "--week", WEEK, "--json").json
    assert (one["state"], [each["outcome"] for each in one["attempts"]]) == ("sent", ["sent"])
    assert "已发" in ready("digest", "deliveries", "--week", WEEK).out


def test_a_week_goes_out_by_a_mail_server(ready: CommandLine) -> None:
    with served() as running:
        url = f"smtp://localhost:{running.server.port}"
        sent = ready("digest", "send", "--week", WEEK, "--json", smtp_url=url, mail_from=FROM)
        assert sent.json["sent"] == 3
        assert {read(one)["From"].addresses[0].display_name for one in running.post.kept} == {"撮合服务"}


def test_a_mail_server_that_is_away_is_said_and_nobody_is_failed(ready: CommandLine) -> None:
    found = ready("digest", "send", "--week", WEEK, "--json", code=1, smtp_url="smtp://localhost:1", mail_from=FROM)
    assert json.loads(found.out) == {"sent": 0, "skipped": {"delayed": 3}, "failed": 0}
    assert "MATCHER_SMTP_URL" in found.err


def test_a_week_that_is_not_composed_or_none_is_said(ready: CommandLine) -> None:
    assert "matcher digest compose --week 2026-W40" in ready("digest", "send", "--week", "2026-W40", code=1).err
    assert "W40" in ready("digest", "send", "--week", "W40", code=2).err


def test_without_a_week_it_is_this_one(matcher: CommandLine) -> None:
    this = Week.of(datetime.now(UTC).astimezone().date())
    assert this in matcher("digest", "send", code=1).err


def test_letters_are_looked_at_before_they_are_sent(ready: CommandLine, tmp_path: Path) -> None:
    written = ready("digest", "letter", "--week", WEEK, "--out", tmp_path / "letters", "--json").json
    assert sorted(written) == ["u000", "u001", "u002"]
    page = Path(written["u000"])
    assert "玉米秸秆制备低聚木糖" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600
    assert not (ready.home / "outbox").exists()
    one = ready("digest", "letter", "--week", WEEK, "--account", "user1@example.org", "--out", tmp_path / "one").out
    assert one.strip().endswith("-user1@example.org.html")


def test_addresses_are_suppressed_listed_and_freed(ready: CommandLine) -> None:
    assert "名单为空" in ready("digest", "suppress", "list").err
    added = ready("digest", "suppress", "add", "User1@example.org", "--note", "电话要求", "--json").json
    assert (added["address"], added["cause"], added["note"]) == ("user1@example.org", "manual", "电话要求")
    assert "已在停发名单" in ready("digest", "suppress", "add", "user1@example.org", code=1).err
    assert "人工停发" in ready("digest", "suppress", "list").out
    assert ready("digest", "send", "--week", WEEK, "--json").json["skipped"] == {"suppressed": 1}
    ready("digest", "suppress", "remove", "user1@example.org")
    assert ready("digest", "suppress", "list", "--json").json == []
    assert "不在停发名单" in ready("digest", "suppress", "remove", "user1@example.org", code=1).err
    assert ready("digest", "send", "--week", WEEK, "--json").json["sent"] == 1


def test_bounces_are_read_from_a_folder(ready: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "bounces"
    folder.mkdir()
    (folder / "list.csv").write_text("email,kind\nuser2@example.org,hard\nnobody,hard\n", encoding="utf-8")
    told = ready("digest", "bounces", folder)
    assert "新退信 1" in told.out
    assert "user2@example.org" in told.out
    assert "list.csv:3" in told.err
    assert ready("digest", "bounces", folder, "--json").json["known"] == 1
    assert ready("digest", "send", "--week", WEEK, "--json").json["skipped"] == {"suppressed": 1}


def test_somebody_who_asks_is_told_of_their_suppressed_address_and_can_be_taken_off(ready: CommandLine) -> None:
    ready("digest", "suppress", "add", "user1@example.org", "--note", "电话要求")
    found = ready("subject", "export", "user1@example.org", "--json").json
    assert "suppressions" in str(found)
    ready("subject", "erase", "user1@example.org", "--yes")
    assert ready("digest", "suppress", "list", "--json").json == []
    assert len(ready("digest", "deliveries", "--week", WEEK, "--json").json) == 0


def test_the_key_of_links_is_changed(ready: CommandLine) -> None:
    assert "已更换密钥" in ready("digest", "links").out
    assert "new key" in ready("digest", "links", "--at-once", language="en").out


def test_what_is_wrong_with_the_settings_of_digests_is_named(matcher: CommandLine) -> None:
    found = matcher(
        "check",
        "--json",
        code=1,
        digest_at="Monday at eight",
        webhook_url="http://far.example.org/geheim",
        webhook_secret="short",  # noqa: S106  # that is what is wrong with it
    )
    told = "\n".join(each["message"]["en"] + each["step"]["en"] for each in found.json["findings"])
    assert "MATCHER_DIGEST_AT" in told
    assert "MATCHER_WEBHOOK_URL" in told
    assert "geheim" not in found.out
    assert "MATCHER_MAIL_PER_MINUTE" in matcher("check", "--json", code=1, mail_per_minute="0").out
    assert "MATCHER_DIGEST_AT" in matcher("jobs", "work", "--once", code=1, digest_at="whenever").err
