"""Letters, and two ways out: files in a folder, or a mail server. Who writes a letter does not know which."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from matcher.appearing import appearing
from matcher.errors import MailDelayedError, MailError, MailRefusedError
from matcher.services.mail_server import MailServer, Security
from matcher.wording import Said

PLAIN = policy.SMTP.clone(cte_type="7bit")
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


class Mailer(Protocol):
    """A way out for letters."""

    def send(self, letter: Letter, now: datetime) -> None:
        """Hand a letter over.

        Raises:
            MailDelayedError: it may pass later.
            MailRefusedError: it will not pass as it is.
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
        """Connect, hand the letter over, part."""
        message = compose(letter, self._sender, now)
        with self._translated(), self._connected() as connection:
            connection.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, tls = self._server, self._tls or ssl.create_default_context()
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=tls)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        with connection:
            if server.security is Security.STARTTLS:
                connection.starttls(context=tls)
            if server.user:
                connection.login(server.user, server.password)
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the server or the line says into a named error without the letter's address and the password."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise self._answered(max(code for code, _ in error.recipients.values())) from None
        except smtplib.SMTPAuthenticationError as error:
            raise self._refused(Said(f"登录失败（{error.smtp_code}）", f"login failed ({error.smtp_code})")) from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise self._refused(Said("不支持所需的功能", "it lacks what is needed")) from None
        except ssl.SSLCertVerificationError as error:
            said = Said(f"证书无效（{error.verify_message}）", f"invalid certificate ({error.verify_message})")
            raise self._refused(said) from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._delayed(Said("连接失败", f"no connection, {type(error).__name__}")) from None

    def _answered(self, code: int) -> MailError:
        said = Said(f"应答 {code}", f"answer {code}")
        return self._delayed(said) if 400 <= code < 500 else self._refused(said)

    def _delayed(self, why: Said) -> MailDelayedError:
        return MailDelayedError(
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


def compose(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as a message. Raises MailRefusedError for what no header can hold."""
    message = EmailMessage(policy=PLAIN)
    try:
        author, reader = parsed(sender), parsed(letter.to)
        message["From"], message["To"] = author, reader
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{letter.id}@{author.domain}>"
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
