"""Digests to a bridge: signed, once, with nothing the letter does not tell, over a real HTTP server."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from matcher.domain.deliveries import Cause, Suppression, Way
from matcher.errors import ConfigurationError, MailDelayedError, MailRefusedError, MailUncertainError
from matcher.services.delivery.sending import Sending
from matcher.services.delivery.ways import ByWebhook
from matcher.services.delivery.webhook import Webhook, require_usable
from matcher.services.mail import Outbox
from matcher.store import Database, Deliveries, Suppressions, open_database, upgrade
from tests.digests import MONDAY, WEEK
from tests.mailing import FROM, Clock, by_mail, composed, sending, told_items
from tests.post import read

KEY = "a webhook's own secret"


@dataclass
class Bridge:
    """A server that keeps what is posted to it, or answers as it is told."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?room=1"


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    told = Bridge()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if told.hangs_up:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    composed(opened, 2)
    yield opened
    opened.close()


def over(database: Database, bridge: Bridge, folder: Path, clock: Clock | None = None) -> Sending:
    """Sending by mail and to the bridge."""
    mail = by_mail(database, Outbox(folder, FROM))
    return sending(database, {Way.MAIL: mail, Way.WEBHOOK: ByWebhook(mail, Webhook(bridge.url, KEY))}, clock)


def test_every_digest_comes_once_signed_with_the_moment_beside_the_letter(
    database: Database, bridge: Bridge, tmp_path: Path
) -> None:
    for _ in range(2):
        over(database, bridge, tmp_path / "outbox").run(WEEK)
    assert len(bridge.got) == 2
    assert len(list((tmp_path / "outbox").iterdir())) == 2
    headers, body = bridge.got[0]
    seconds, told = (part.split("=", 1)[1] for part in headers["x-matcher-signature"].split(","))
    assert int(seconds) == int(MONDAY.timestamp())
    assert told == hmac.new(KEY.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["content-type"].startswith("application/json")
    assert len({headers["x-matcher-delivery"] for headers, _ in bridge.got}) == 2
    assert told_items(database) == {"u000": {"A-1", "A-2"}, "u001": {"A-1", "A-2"}}


def test_the_bridge_is_told_what_the_letter_tells_and_nothing_else(
    database: Database, bridge: Bridge, tmp_path: Path
) -> None:
    over(database, bridge, tmp_path / "outbox").run(WEEK)
    message = json.loads(bridge.got[0][1])
    assert set(message) == {"id", "week", "to", "language", "subject", "text"}
    assert set(message["to"]) == {"account_id", "email", "name"}
    letters = [read(path.read_bytes()) for path in (tmp_path / "outbox").iterdir()]
    [letter] = [one for one in letters if one["To"].addresses[0].addr_spec == message["to"]["email"]]
    assert message["subject"] == letter["Subject"]
    plain = letter.get_body(("plain",))
    assert plain is not None
    links = {line.split(": ")[-1] for line in plain.get_content().splitlines() if "/why?" in line}
    assert links
    told, ours = (
        {re.sub("&letter=.*", "", link) for link in found}  # each way has signatures of its own
        for found in (re.findall(r"http\S+/why\?\S+", message["text"]), links)
    )
    assert told == ours


@pytest.mark.parametrize(("status", "state"), [(503, "delayed"), (429, "delayed"), (400, "failed"), (422, "failed")])
def test_an_answer_tells_later_from_never_and_the_letter_goes_its_own_way(
    database: Database, bridge: Bridge, tmp_path: Path, status: int, state: str
) -> None:
    bridge.status = status
    clock = Clock()
    sent = over(database, bridge, tmp_path / "outbox", clock).run(WEEK)
    assert sent.sent == 2
    with database.read() as connection:
        found = {one.way: one.state.value for one in Deliveries(connection).of(WEEK)}
    assert found == {Way.MAIL: "sent", Way.WEBHOOK: state}
    bridge.status = 200
    clock.now += timedelta(minutes=5)
    assert over(database, bridge, tmp_path / "outbox", clock).run(WEEK).sent == (2 if state == "delayed" else 0)


@pytest.mark.parametrize("status", [401, 404, 302])
def test_a_wrong_address_or_secret_stops_the_run_and_fails_nobody(
    database: Database, bridge: Bridge, status: int
) -> None:
    bridge.status, bridge.headers = status, {"Location": bridge.url} if status == 302 else {}
    only = {Way.WEBHOOK: ByWebhook(by_mail(database, Outbox(Path("unused"), FROM)), Webhook(bridge.url, KEY))}
    sent = sending(database, only).run(WEEK)
    assert (sent.sent, sent.failed, sent.skipped) == (0, 0, {"delayed": 2})
    assert len(bridge.got) == 1
    assert sent.closed is not None
    assert "MATCHER_WEBHOOK_URL" in sent.closed.step.en


def test_a_line_that_breaks_leaves_it_uncertain_and_the_same_message_comes_again(bridge: Bridge) -> None:
    bridge.hangs_up = True
    with pytest.raises(MailUncertainError):
        Webhook(bridge.url, KEY).send("m-1", b"{}", MONDAY)
    bridge.hangs_up = False
    Webhook(bridge.url, KEY).send("m-1", b"{}", MONDAY)
    assert [headers["x-matcher-delivery"] for headers, _ in bridge.got] == ["m-1", "m-1"]


def test_a_bridge_that_is_not_there_may_be_there_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(MailDelayedError) as told:
            Webhook(f"http://127.0.0.1:{taken.getsockname()[1]}/", KEY, timeout=1).send("m-1", b"{}", MONDAY)
    assert told.value.closed
    assert KEY not in str(told.value)


def test_whoever_complained_gets_nothing_here_either_and_a_dead_mailbox_is_no_matter(
    database: Database, bridge: Bridge, tmp_path: Path
) -> None:
    with database.begin() as connection:
        for number, cause in ((0, Cause.COMPLAINT), (1, Cause.BOUNCE)):
            Suppressions(connection).add(Suppression(address=f"user{number}@example.org", cause=cause, since=MONDAY))
    sent = over(database, bridge, tmp_path / "outbox").run(WEEK)
    assert (sent.sent, sent.skipped) == (1, {"suppressed": 3})
    assert json.loads(bridge.got[0][1])["to"]["account_id"] == "u001"


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://far.example.org/", KEY),
        ("https://user:geheim@far.example.org/", KEY),
        ("far.example.org", KEY),
        ("ftp://far.example.org", KEY),
        ("https://far.example.org:port/", KEY),
        ("https://far.example.org/", "short"),
    ],
)
def test_an_unusable_address_or_secret_is_refused_without_being_repeated(url: str, secret: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        require_usable(url, secret)
    assert "geheim" not in str(refused.value)
    assert "MATCHER_WEBHOOK" in str(refused.value)


def test_a_refusal_is_one_of_mail(bridge: Bridge) -> None:
    bridge.status = 413
    with pytest.raises(MailRefusedError, match="413"):
        Webhook(bridge.url, KEY).send("m-1", b"{}", MONDAY)
