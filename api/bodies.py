"""The bodies of requests: read here, within bounds, and told apart."""

from __future__ import annotations

import hashlib
import json
from email.message import Message
from http import HTTPStatus

from fastapi import Request
from starlette.datastructures import FormData

from api.problems import Refused
from matcher.wording import Said


async def read_body(request: Request, most: int) -> None:
    """Read the body here, so that one that is too long is refused before it fills the memory."""
    if request.method in ("GET", "HEAD", "DELETE") and "transfer-encoding" not in request.headers:
        most = min(most, 10_000)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                Said(f"请求超过 {most:,} 字节。", f"The request is longer than {most:,} bytes."),
            )
        parts.append(part)
    request._body = body = b"".join(parts)  # the framework's own place for a body that was read
    if b"\\u" in body and _holds_half_characters(body):
        raise unkeepable()


def require_keepable(form: FormData) -> None:
    """Raise Refused for a form whose fields hold a NUL, which no database keeps; files may hold whatever they do."""
    if any("\0" in text for field in form.multi_items() for text in field if isinstance(text, str)):
        raise unkeepable()


def unkeepable() -> Refused:
    """The error for what no database keeps."""
    said = Said("内容含残缺字符或空字符。", "The content holds half a character, or a NUL.")
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said)


def _holds_half_characters(body: bytes) -> bool:
    """Whether a JSON body escapes what no database keeps and no answer can repeat."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return False  # no JSON, or nested beyond measure: whoever reads it says so
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return "\\u0000" in text


async def fingerprint_of(request: Request) -> str:
    """What makes a request the same; the boundary of a form is drawn anew whenever a client sends it."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n{request.headers.get('if-match', '')}\n"
    body = await request.body()
    kind = Message()
    kind["content-type"] = request.headers.get("content-type", "")
    if boundary := kind.get_boundary(""):
        body = body.replace(boundary.encode(), b"boundary")
    return hashlib.sha256(head.encode() + body).hexdigest()
