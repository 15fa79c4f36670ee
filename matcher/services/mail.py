"""Letters, and two ways out: files in a folder, or a mail server. Who writes a letter does not know which."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from matcher.appearing import appearing
from matcher.errors import MailboxError, MailDelayedError, MailError, MailRefusedError, MailUncertainError
from matcher.services.mail_server import MailServer, Security
from matcher.wording import Said


class Unfolded(UnstructuredHeader, BaseHeader):
    """A header that stands on one line: folded, a long address would be written as an encoded word nobody resolves."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


_REGISTRY = HeaderRegistry()
_REGISTRY.map_to_type("list-unsubscribe", Unfolded)
PLAIN = policy.SMTP.clone(cte_type="7bit", header_factory=_REGISTRY)
"""Letters of ASCII bytes only, which every server on the way passes on."""

TIMEOUT = 20.0
"""Seconds to wait for the server's next word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent to one person."""

    id: str
    """Random, or derived from what the letter is about: it names the letter to every mailbox, which shows it once."""
    to: str
    subject: str
    text: str
    html: str = ""
    """The same for a mailbox that shows HTML; may be empty."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """More of them, of ASCII."""


class Mailer(Protocol):
    """A way out for letters."""

    def send(self, letter: Letter, now: datetime) -> None:
        """Hand a letter over.

        Raises:
            MailDelayedError: it may pass later.
            MailUncertainError: it may have passed; the same letter again is the same one.
            MailRefusedError: it will not pass as it is.
            MailboxError: the server takes none for this address.
        """


class Outbox:
    """Writes each letter to a file that any mail program opens; for a machine without a mail server, and for trials."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, letter: Letter, now: datetime) -> None:
        """Write the letter whole, for its owner only. The same letter again replaces it."""
        content = compose(letter, self._sender, now).as_bytes()
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with appearing(self._folder / f"{letter.id}.eml") as file:
                file.write(content)
        except OSError as error:
            raise MailDelayedError(
                Said(f"无法写入发件箱（{error.strerror}）。", f"The outbox cannot be written ({error.strerror})."),
                Said("请检查 outbox 文件夹的权限和磁盘空间。", "Check the outbox folder's permissions and the disk."),
            ) from error


class Smtp:
    """Hands each letter to a mail server."""

    def __init__(
        self, server: MailServer, sender: str, *, tls: ssl.SSLContext | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._server = server
        self._sender = sender
        self._tls = tls
        self._timeout = timeout

    def send(self, letter: Letter, now: datetime) -> None:
        """Connect, hand the letter over, part. Once the server has taken it, nothing that goes wrong counts."""
        message = compose(letter, self._sender, now)
        with self._translated():
            connection = self._connected()
        try:
            with self._translated(handing=True):
                connection.send_message(message)
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
        finally:
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server, tls = self._server, self._tls or ssl.create_default_context()
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=tls)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            if server.security is Security.STARTTLS:
                connection.starttls(context=tls)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self, *, handing: bool = False) -> Iterator[None]:
        """Turn what the server or the line says into a named error without the letter's address and the password."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise self._unwanted(*max(error.recipients.values())) from None
        except smtplib.SMTPAuthenticationError as error:
            said = Said(f"登录失败（{error.smtp_code}）", f"login failed ({error.smtp_code})")
            raise _closed(self._refused(said)) from None
        except smtplib.SMTPSenderRefused as error:
            raise _closed(self._answered(error.smtp_code)) from None
        except smtplib.SMTPResponseException as error:
            answered = self._answered(error.smtp_code)
            raise (answered if handing else _closed(answered)) from None
        except smtplib.SMTPNotSupportedError:
            raise _closed(self._refused(Said("不支持所需的功能", "it lacks what is needed"))) from None
        except ssl.SSLCertVerificationError as error:
            said = Said(f"证书无效（{error.verify_message}）", f"invalid certificate ({error.verify_message})")
            raise _closed(self._refused(said)) from None
        except (OSError, smtplib.SMTPException) as error:
            said = Said("连接中断" if handing else "连接失败", f"no connection, {type(error).__name__}")
            raise _closed(self._delayed(said, uncertain=handing)) from None

    def _unwanted(self, code: int, text: bytes) -> MailError:
        if 400 <= code < 500:
            return self._answered(code)
        refused = self._refused(Said(f"应答 {code}", f"answer {code}"))
        return MailboxError(refused.message, refused.step, gone=no_mailbox(code, text.decode("ascii", "replace")))

    def _answered(self, code: int) -> MailError:
        said = Said(f"应答 {code}", f"answer {code}")
        if not 400 <= code < 500:
            return self._refused(said)
        return _closed(self._delayed(said)) if code == 421 else self._delayed(said)

    def _delayed(self, why: Said, *, uncertain: bool = False) -> MailDelayedError:
        return (MailUncertainError if uncertain else MailDelayedError)(
            Said(
                f"邮件服务器 {self._server.place} 暂时不能收信（{why.zh}）。",
                f"The mail server {self._server.place} does not take the letter now ({why.en}).",
            ),
            Said(
                "请稍后重试；若一直如此，请检查 MATCHER_SMTP_URL。",
                "Try later; if it stays so, check MATCHER_SMTP_URL.",
            ),
        )

    def _refused(self, why: Said) -> MailRefusedError:
        return MailRefusedError(
            Said(
                f"邮件服务器 {self._server.place} 拒收（{why.zh}）。",
                f"The mail server {self._server.place} refuses the letter ({why.en}).",
            ),
            Said(
                "请检查收件地址、MATCHER_MAIL_FROM 和 MATCHER_SMTP_URL 的用户与密码。",
                "Check the address, MATCHER_MAIL_FROM, and user and password in MATCHER_SMTP_URL.",
            ),
        )


def no_mailbox(code: int, said: str) -> bool:
    """Whether a refusal says that there is no such mailbox (RFC 3463: 5.1.x, and 5.2.1, which is closed).

    Other refusals, as of policy or of a full mailbox, say nothing about the next letter.
    """
    found = _STATUS.search(said)
    return found[0].startswith(("5.1.", "5.2.1")) if found else code in (550, 551, 553)


_STATUS = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])")


def _closed(error: MailError) -> MailError:
    error.closed = True
    return error


def compose(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as a message. Raises MailRefusedError for what no header can hold."""
    message = EmailMessage(policy=PLAIN)
    try:
        author, reader = parsed(sender), parsed(letter.to)
        message["From"], message["To"] = author, reader
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{letter.id}@{author.domain}>"
        for name, value in letter.headers.items():
            message[name] = value.encode("ascii").decode()
    except (ValueError, IndexError):
        raise MailRefusedError(
            Said("收件地址或主题不能写入邮件。", "The address or the subject cannot stand in a letter."),
            Said("请检查账户的邮箱地址。", "Check the account's e-mail address."),
        ) from None
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice comes back
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


def parsed(address: str) -> Address:
    """`name@host` or `Name <name@host>`, the host in ASCII. Raises ValueError for anything else."""
    shown, _, rest = address.rpartition("<")
    plain = (rest.removesuffix(">") if shown or rest.endswith(">") else rest).strip()
    user, at, host = plain.rpartition("@")
    # A name beyond ASCII before the @ needs SMTPUTF8, which hardly any server on the way has.
    if not (user.isascii() and user and at and host) or " " in plain or not address.isprintable():
        raise ValueError(address)
    return Address(shown.strip(' "'), user, host.encode("idna").decode())
