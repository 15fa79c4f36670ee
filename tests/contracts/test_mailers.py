"""Both ways out keep one contract: the letter arrives once, whole, in any script; errors tell later from never."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import (
    ConfigurationError,
    MailboxError,
    MailDelayedError,
    MailRefusedError,
    MailUncertainError,
)
from matcher.services.mail import Letter, Mailer, Outbox, Smtp
from matcher.services.mail_server import MailServer, Security, parse_server
from tests.post import Running, read, served

Way = tuple[Mailer, Callable[[], list[bytes]]]

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
FROM = "撮合服务 <matcher@example.org>"
LETTER = Letter(
    id="a1b2",
    to="zhao@example.org",
    subject="重置密码：" + "很长的主题" * 20,
    text="请点击：\n.\n链接 é\n",
    html="<p>链接</p>",
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of `localhost` that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*made, *names], check=True, capture_output=True)
    return cert, key


@pytest.fixture(params=list(Security))
def running(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[Running]:
    """A real mail server of each security."""
    with served(request.param, certificate) as one:
        yield one


@pytest.fixture(params=["outbox", *Security])
def way(request: pytest.FixtureRequest, tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[Way]:
    """Either way out, and what has come out of it."""
    if request.param == "outbox":
        folder = tmp_path / "outbox"
        yield Outbox(folder, FROM), lambda: [path.read_bytes() for path in sorted(folder.glob("*.eml"))]
        return
    with served(request.param, certificate) as one:
        yield Smtp(one.server, FROM, tls=one.trust), lambda: one.post.kept


def test_a_letter_arrives_whole_in_any_script(way: Way) -> None:
    mailer, arrived = way
    mailer.send(LETTER, NOW)
    (content,) = arrived()
    assert content.isascii()
    assert max(map(len, content.splitlines())) <= 78
    message = read(content)
    assert message["Subject"] == LETTER.subject
    assert message["From"].addresses[0].display_name == "撮合服务"
    assert (message["To"], message["Message-ID"]) == ("zhao@example.org", "<a1b2@example.org>")
    assert message["Date"].datetime == NOW
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html


def test_a_letter_without_html_is_plain_text(way: Way) -> None:
    mailer, arrived = way
    mailer.send(replace(LETTER, html=""), NOW)
    assert read(arrived()[0]).get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "change",
    [
        {"to": "nobody"},
        {"to": "a@b.org\nBcc: all@example.org"},
        {"to": "a b@example.org"},
        {"to": "甲@example.org"},
        {"to": ""},
        {"subject": "密码\nBcc: all@example.org"},
        {"headers": {"List-Unsubscribe": "<https://example.org>\r\nBcc: all@example.org"}},
        {"headers": {"List-Id": "周报 <digest.example.org>"}},
    ],
)
def test_what_no_header_can_hold_is_never_sent(way: Way, change: dict[str, Any]) -> None:
    mailer, arrived = way
    with pytest.raises(MailRefusedError) as refused:
        mailer.send(replace(LETTER, **change), NOW)
    assert "example.org" not in str(refused.value)
    assert arrived() == []


def test_a_host_in_chinese_is_written_as_mail_servers_know_it(way: Way) -> None:
    mailer, arrived = way
    mailer.send(replace(LETTER, to="zhao@例子.中国"), NOW)
    assert read(arrived()[0])["To"] == "zhao@xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize(
    ("where", "answer", "error"),
    [
        ("to", "450 mailbox busy <zhao@example.org>", MailDelayedError),
        ("to", "550 no such user <zhao@example.org>", MailRefusedError),
        ("data", "451 try later", MailDelayedError),
        ("data", "554 spam", MailRefusedError),
    ],
)
def test_the_servers_answer_tells_later_from_never(
    running: Running, where: str, answer: str, error: type[Exception]
) -> None:
    setattr(running.post, where, answer)
    with pytest.raises(error) as told:
        Smtp(running.server, FROM, tls=running.trust).send(LETTER, NOW)
    assert "zhao" not in str(told.value)
    assert answer[:3] in str(told.value)


def test_a_wrong_password_is_for_good_and_is_not_told(running: Running) -> None:
    wrong = replace(running.server, password="secret-2")  # noqa: S106  # it opens nothing
    with pytest.raises(MailRefusedError) as told:
        Smtp(wrong, FROM, tls=running.trust).send(LETTER, NOW)
    assert "secret" not in str(told.value) + repr(wrong)
    assert "MATCHER_SMTP_URL" in told.value.step.en
    assert told.value.closed


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        ("550 no such user", True),
        ("550 5.1.1 no such user", True),
        ("550 5.2.1 closed", True),
        ("550 5.7.1 your network is not welcome", False),
        ("552 5.2.2 mailbox full", False),
        ("554 refused", False),
    ],
)
def test_a_mailbox_that_is_not_there_is_told_from_one_that_wants_no_mail(
    certificate: tuple[Path, Path], answer: str, gone: bool
) -> None:
    with served(Security.NONE, certificate) as running:
        running.post.to = answer
        with pytest.raises(MailboxError) as told:
            Smtp(running.server, FROM).send(LETTER, NOW)
    assert told.value.gone is gone
    assert not told.value.closed


def test_a_letter_that_was_taken_is_handed_over_whatever_the_server_says_in_parting(running: Running) -> None:
    running.post.parting = "421 too many connections"
    Smtp(running.server, FROM, tls=running.trust).send(LETTER, NOW)
    assert len(running.post.kept) == 1


def test_a_line_that_breaks_while_the_letter_is_handed_over_leaves_it_uncertain(running: Running) -> None:
    running.post.hangs_up = True
    with pytest.raises(MailUncertainError):
        Smtp(running.server, FROM, tls=running.trust).send(LETTER, NOW)
    assert len(running.post.kept) == 1


def test_headers_arrive_on_one_line_however_long_and_unencoded(way: Way) -> None:
    mailer, arrived = way
    link = "<https://example.org/unsubscribe/" + "abcdefgh" * 20 + ">"
    mailer.send(replace(LETTER, headers={"List-Unsubscribe": link, "Precedence": "bulk"}), NOW)
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in arrived()[0].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert read(arrived()[0])["Precedence"] == "bulk"


def test_an_unknown_certificate_is_refused(running: Running) -> None:
    if running.server.security is Security.NONE:
        pytest.skip("there is none")
    with pytest.raises(MailRefusedError, match="certificate"):
        Smtp(running.server, FROM).send(LETTER, NOW)
    assert running.post.kept == []


def test_a_server_that_is_not_there_or_says_nothing_may_be_there_later() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        server = MailServer("127.0.0.1", port, Security.NONE)
        with pytest.raises(MailDelayedError) as closed:
            Smtp(server, FROM).send(LETTER, NOW)
        assert closed.value.closed
        assert not isinstance(closed.value, MailUncertainError)
        silent.listen()
        with pytest.raises(MailDelayedError):
            Smtp(server, FROM, timeout=0.2).send(LETTER, NOW)


def test_letters_in_the_outbox_are_for_its_owner_and_the_same_letter_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    for _ in range(2):
        Outbox(folder, FROM).send(LETTER, NOW)
    (path,) = folder.iterdir()
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_outbox_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(MailDelayedError, match="outbox"):
        Outbox(tmp_path / "outbox", FROM).send(LETTER, NOW)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://u%40x:p%2Fw@mail.example.org", MailServer("mail.example.org", 465, Security.TLS, "u@x", "p/w")),
        ("smtp+starttls://mail.example.org:2525", MailServer("mail.example.org", 2525, Security.STARTTLS)),
        ("smtp://localhost", MailServer("localhost", 25, Security.NONE)),
        ("smtp://u:p@localhost", MailServer("localhost", 25, Security.NONE, "u", "p")),
    ],
)
def test_a_server_is_read_from_its_url(url: str, server: MailServer) -> None:
    assert parse_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "https://x",
        "smtp://",
        "smtp://h:port",
        "smtps://u:geheim@",
        "smtp://u:geheim@far",
        "smtp://h/x",
    ],
)
def test_an_unusable_url_is_named_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_server(url)
    assert "MATCHER_SMTP_URL" in refused.value.message.en
    assert "geheim" not in str(refused.value)
