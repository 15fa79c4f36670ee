"""A real mail server on this machine, which keeps what comes or answers as it is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from matcher.services.mail_server import MailServer, Security


@dataclass
class Post:
    """A mail server's handler that keeps what comes, or answers as it is told."""

    kept: list[bytes] = field(default_factory=list)
    to: str = "250 OK"
    data: str = "250 OK"
    parting: str = "221 Bye"
    hangs_up: bool = False
    """Whether it takes the letter and cuts the line before it says so."""
    answers: Callable[[str], str | None] = lambda address: None
    """What it answers for an address; None: what it answers to everybody."""
    taken: Callable[[], None] = lambda: None
    """Called when a letter is there, before it is said."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self.answers(address) or self.to
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.kept.append(envelope.content)
            self.taken()
        if self.hangs_up:
            server.transport.abort()
        return self.data

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return self.parting


class LetIn:
    """Lets in whoever knows the password."""

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = data.password == b"s&cret"
        return AuthResult(success=known, handled=known)


@dataclass
class Running:
    """A mail server on this machine."""

    post: Post
    server: MailServer
    trust: ssl.SSLContext


@contextmanager
def served(security: Security = Security.NONE, certificate: tuple[Path, Path] | None = None) -> Iterator[Running]:
    """A real mail server while the block lasts."""
    mine, trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    if certificate is not None:
        mine.load_cert_chain(*certificate)
        trust.load_verify_locations(certificate[0])
    options: dict[str, Any] = {"authenticator": LetIn(), "auth_require_tls": False}
    if security is Security.TLS:
        options |= {"ssl_context": mine}
    elif security is Security.STARTTLS:
        options |= {"tls_context": mine, "require_starttls": True}
    post = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = _Controller(post, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield Running(post, MailServer("localhost", port, security, "matcher", "s&cret"), trust)
    finally:
        controller.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # Its own one would speak TLS and trust nobody's certificate.
        socket.create_connection((self.hostname, self.port), timeout=5).close()


def letter(home: Path, address: str = "user0@example.org") -> str:
    """The text of the only letter to somebody that lies in the outbox on disk."""
    found = [read(path.read_bytes()) for path in (home / "outbox").glob("*.eml")]
    [mine] = [one for one in found if one["To"].addresses[0].addr_spec == address]
    body = mine.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def read(content: bytes) -> EmailMessage:
    """A letter as it came."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
