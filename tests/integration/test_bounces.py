"""Letters that come back: who is taken off the list by them, and whom nobody can take off it from outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.deliveries import Cause, Delivery, Hardness
from matcher.errors import AccountError, ConflictError, RecordNotFoundError, UnreadableFileError
from matcher.services.delivery.bounces import Bounces
from matcher.services.delivery.reports import of_message
from matcher.services.delivery.suppressing import Suppressing
from matcher.services.mail import Outbox
from matcher.store import Database, Deliveries, open_database, upgrade
from tests.digests import WEEK
from tests.mailing import FROM, composed, run

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DSN = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: matcher@example.org
Subject: Undelivered Mail Returned to Sender
Date: Mon, 23 Nov 2026 09:00:00 +0800
Message-ID: <{id}@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you …

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} said so

--b
Content-Type: {original}

From: matcher@example.org
To: {address}
Message-ID: <digest-2026-w48-{delivery}@example.org>
Subject: x

--b--
"""
COMPLAINT = """\
From: fbl@example.org
Message-ID: <complaint@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A complaint.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Version: 1
Original-Rcpt-To: <user1@example.org>

--b
Content-Type: message/rfc822

To: user1@example.org
Message-ID: <digest-2026-w48-{delivery}@example.org>

hello
--b--
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    composed(opened, 2)
    run(opened, Outbox(tmp_path / "outbox", FROM))
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "bounces"
    made.mkdir()
    return made


def deliveries(database: Database) -> list[Delivery]:
    with database.read() as connection:
        return Deliveries(connection).of(WEEK)


def dsn(folder: Path, database: Database, name: str = "1", user: int = 0, **changes: str) -> Path:
    told = {
        "id": name,
        "address": f"user{user}@example.org",
        "action": "failed",
        "status": "5.1.1",
        "original": "text/rfc822-headers",
        "delivery": deliveries(database)[user].id,
    } | changes
    path = folder / f"{name}.eml"
    path.write_text(DSN.format(**told).replace("\n", "\r\n"), newline="")
    return path


def bounces(database: Database) -> Bounces:
    return Bounces(database, Suppressing(database))


def causes(database: Database) -> dict[str, Cause]:
    return {one.address: one.cause for one in Suppressing(database).all()}


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
def test_a_mailbox_that_is_not_there_gets_no_more_mail_and_its_report_counts_once(
    database: Database, folder: Path, original: str
) -> None:
    dsn(folder, database, original=original)
    taken = bounces(database).take(folder, NOW)
    assert (taken.files, taken.new, taken.suppressed) == (1, 1, ["user0@example.org"])
    again = bounces(database).take(folder, NOW)
    assert (again.new, again.known, again.suppressed) == (0, 1, [])
    assert causes(database) == {"user0@example.org": Cause.BOUNCE}


@pytest.mark.parametrize(
    "changes",
    [
        {"delivery": "0" * 16},
        {"address": "user1@example.org"},
        {"delivery": "x"},
    ],
)
def test_a_report_that_anybody_could_have_written_takes_nobody_off(
    database: Database, folder: Path, changes: dict[str, Any]
) -> None:
    path = dsn(folder, database, **changes)
    taken = bounces(database).take(path, NOW)
    assert (taken.foreign, taken.new) == (1, 0)
    assert causes(database) == {}
    assert bounces(database).take(path, NOW, trusting=True).new == 1


def test_a_letter_that_is_late_or_arrived_is_no_bounce(database: Database, folder: Path) -> None:
    dsn(folder, database, "1", action="delayed", status="4.4.1")
    dsn(folder, database, "2", action="delivered", status="2.0.0")
    (folder / "3.eml").write_text("Subject: holiday\n\nI am away.\n")
    taken = bounces(database).take(folder, NOW)
    assert (taken.new, taken.unread) == (0, ["1.eml", "2.eml", "3.eml"])


@pytest.mark.parametrize("status", ["5.2.2", "4.2.2", "5.7.1"])
def test_what_may_be_over_counts_by_days_and_takes_off_after_the_third(
    database: Database, folder: Path, status: str
) -> None:
    for day in ("20", "21", "21"):
        path = dsn(folder, database, f"{day}{len(list(folder.iterdir()))}", status=status)
        path.write_text(path.read_text().replace("Mon, 23 Nov", f"{day} Nov"))
    assert bounces(database).take(folder, NOW).suppressed == []
    dsn(folder, database, "last", status=status)
    assert bounces(database).take(folder, NOW).suppressed == ["user0@example.org"]
    assert causes(database) == {"user0@example.org": Cause.BOUNCES}


def test_a_complaint_counts_at_once(database: Database, folder: Path) -> None:
    (folder / "c.eml").write_text(COMPLAINT.format(delivery=deliveries(database)[1].id))
    assert bounces(database).take(folder, NOW).suppressed == ["user1@example.org"]
    assert causes(database) == {"user1@example.org": Cause.COMPLAINT}


def test_a_table_of_a_mail_service_is_read_as_offices_write_it(database: Database, folder: Path) -> None:
    rows = ("USER0@example.org,永久,2026年11月20日,不存在", "user1@example.org,投诉,,", "坏行,永久,,", ",,,")
    table = "\n".join(("邮箱,类型,日期,原因", *rows, "user1@example.org,不明,,", ""))
    (folder / "退信.csv").write_bytes(table.encode("gb18030"))
    taken = bounces(database).take(folder, NOW)
    assert (taken.new, taken.unread) == (2, ["退信.csv:4", "退信.csv:6"])
    assert causes(database) == {"user0@example.org": Cause.BOUNCE, "user1@example.org": Cause.COMPLAINT}
    assert bounces(database).take(folder, NOW).known == 2


def test_a_report_says_when_it_was_made_but_never_the_future(database: Database, folder: Path) -> None:
    path = dsn(folder, database)
    [report] = of_message(path.read_bytes(), NOW)
    assert report.bounce.at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert report.bounce.hardness is Hardness.HARD
    [report] = of_message(path.read_bytes(), NOW - timedelta(days=30))
    assert report.bounce.at == NOW - timedelta(days=30)


def test_the_list_is_kept_by_hand_too_and_undone(database: Database) -> None:
    suppressing = Suppressing(database)
    suppressing.add("Zhao@example.org", "asked on the telephone", NOW)
    with pytest.raises(ConflictError):
        suppressing.add("zhao@EXAMPLE.org", "", NOW)
    with pytest.raises(AccountError):
        suppressing.add("nobody", "", NOW)
    assert suppressing.remove("zhao@example.org").note == "asked on the telephone"
    with pytest.raises(RecordNotFoundError):
        suppressing.remove("zhao@example.org")


def test_what_is_not_there_is_named(database: Database, folder: Path) -> None:
    with pytest.raises(UnreadableFileError, match="nowhere"):
        bounces(database).take(folder / "nowhere", NOW)
