"""The mail server that a URL names."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from matcher.errors import ConfigurationError
from matcher.wording import Said


class Security(StrEnum):
    """How the line is protected; the value is the URL's scheme."""

    TLS = "smtps"
    STARTTLS = "smtp+starttls"
    NONE = "smtp"


PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters go."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """The server in words that may be shown."""
        return f"{self.host}:{self.port}"


def parse_server(url: str) -> MailServer:
    """The server of a URL. Raises ConfigurationError, which does not repeat the URL: it may hold a password."""
    try:
        parts = urlsplit(url)
        security = Security(parts.scheme)
        port = parts.port or PORTS[security]
    except ValueError:
        raise _unusable(Said("无法解析", "it cannot be parsed")) from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise _unusable(Said("须恰好给出主机和端口", "it has to name host and port, and nothing behind them"))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password and security is Security.NONE and parts.hostname not in LOOPBACK:
        raise _unusable(Said("密码不得经未加密的连接发送", "a password must not go over a line in the clear"))
    return MailServer(parts.hostname, port, security, user, password)


def _unusable(why: Said) -> ConfigurationError:
    return ConfigurationError(
        Said(f"MATCHER_SMTP_URL 不能使用：{why.zh}。", f"MATCHER_SMTP_URL cannot be used: {why.en}."),
        Said(
            "写法如 smtps://用户:密码@主机（465）、smtp+starttls://用户:密码@主机（587）、smtp://localhost（25）；"
            "特殊字符写成 %40 之类。",
            "Use smtps://user:password@host (465), smtp+starttls://user:password@host (587) or smtp://localhost (25), "
            "special characters as %40 and the like.",
        ),
    )
