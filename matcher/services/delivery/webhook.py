"""A signed request to one address, from which a bridge passes messages on to WeCom, Feishu or DingTalk."""

from __future__ import annotations

import hashlib
import hmac
import http.client
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from matcher.errors import ConfigurationError, MailDelayedError, MailError, MailRefusedError, MailUncertainError
from matcher.services.mail_server import LOOPBACK
from matcher.wording import Said

TIMEOUT = 20.0
LATER = frozenset({408, 409, 423, 425, 429})
"""Answers below 500 after which the same message may pass later."""
WAY_CLOSED = frozenset({401, 403, 404, 405, 410})
"""Answers that are about the address or the secret, and so about every message."""


class Webhook:
    """Posts messages to one address. `X-Matcher-Signature: t=SECONDS,v1=HEX` signs `SECONDS.BODY`."""

    def __init__(self, url: str, secret: str, timeout: float = TIMEOUT) -> None:
        self._url = url
        self._secret = secret
        self._timeout = timeout
        self._opener = build_opener(_NoRedirects)

    def send(self, message_id: str, body: bytes, now: datetime) -> None:
        """Post a message. The receiver knows a repeated one by `X-Matcher-Delivery`. Raises the errors of `Mailer`."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Matcher-Delivery": message_id,
            "X-Matcher-Signature": signature(self._secret, int(now.timestamp()), body),
        }
        request = Request(self._url, body, headers, method="POST")  # noqa: S310  # `require_usable` looked at its scheme
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                answer.read(1)
        except HTTPError as error:
            error.close()
            raise _answered(error.code) from None
        except ConnectionRefusedError:
            raise _unreached(MailDelayedError) from None
        except (OSError, http.client.HTTPException) as error:
            refused = isinstance(getattr(error, "reason", None), ConnectionRefusedError)
            raise _unreached(MailDelayedError if refused else MailUncertainError) from None


class _NoRedirects(HTTPRedirectHandler):
    """What is for one address goes to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The header by which the receiver knows who sent the message, and when."""
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def require_usable(url: str, secret: str) -> None:
    """Raise ConfigurationError for an address or a secret that a webhook cannot work with."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and parts.hostname in LOOPBACK
        usable = bool(parts.hostname) and parts.port != 0 and (parts.scheme == "https" or plain)
    except ValueError:
        usable = False
    if not usable or "@" in url:
        raise ConfigurationError(
            Said("MATCHER_WEBHOOK_URL 不能使用。", "MATCHER_WEBHOOK_URL cannot be used."),
            Said(
                "请写成 https://主机/路径，不含用户名；本机可用 http。",
                "Write it as https://host/path without a user; http only on this machine.",
            ),
        )
    if len(secret) < 16:
        raise ConfigurationError(
            Said("MATCHER_WEBHOOK_SECRET 少于 16 个字符。", "MATCHER_WEBHOOK_SECRET is shorter than 16 characters."),
            Said(
                "请设为随机的一串字符，并告知接收方。",
                "Set it to random characters, and give them to the receiver.",
            ),
        )


def _answered(status: int) -> MailError:
    said, step = _told(Said(f"应答 {status}", f"answer {status}"))
    error = (MailDelayedError if status >= 500 or status in LATER else MailRefusedError)(said, step)
    error.closed = status in WAY_CLOSED or 300 <= status < 400
    return error


def _unreached(kind: type[MailDelayedError]) -> MailDelayedError:
    error = kind(*_told(Said("连接失败", "no connection")))
    error.closed = True
    return error


def _told(why: Said) -> tuple[Said, Said]:
    return (
        Said(f"机器人接口没有收下消息（{why.zh}）。", f"The webhook did not take the message ({why.en})."),
        Said("请检查 MATCHER_WEBHOOK_URL 和接收方。", "Check MATCHER_WEBHOOK_URL and its receiver."),
    )
