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
    parts, size, form = [], 0, request.headers.get("content-type", "").startswith("multipart/form-data")
    async for part in request.stream():
        size += len(part)
        if size <= most:
            parts.append(part)
        elif not form or size > READ_ON * most:
            break
    if size > most:
        raise _files_too_large(request, most) if form else _too_long(most)
    request._body = body = b"".join(parts)  # the framework's own place for a body that was read
    if b"\\u" in body and _holds_half_characters(body):
        raise unkeepable()


READ_ON = 8
"""Times the limit that a form of files is read to its end, and thrown away: a browser that is cut off while it sends
shows no answer at all. What is longer still has somebody at it who knows what they do."""
MB = 1024 * 1024


def _too_long(most: int) -> Refused:
    said = Said(f"请求超过 {most:,} 字节。", f"The request is longer than {most:,} bytes.")
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)


def _files_too_large(request: Request, most: int) -> Refused:
    """The error for files that somebody chose in a form: the limit, what they come to, and what can be done."""
    stated = request.headers.get("content-length", "")
    size = f"{int(stated) / MB:.1f} MB" if stated.isdecimal() else ""
    limit = f"{most // MB} MB"
    said = Said(
        f"所选文件共 {size}，超过上限 {limit}。" if size else f"所选文件超过上限 {limit}。",
        f"The chosen files come to {size}, more than {limit}." if size else f"The chosen files exceed {limit}.",
    )
    step = Said(
        "没有上传任何内容。请拆成几个文件分次上传；清单另存为 .xlsx 或 .csv 并删去其中的图片；扫描件和图片先压缩。",
        "Nothing was uploaded. Split it and upload in several goes; save a list as .xlsx or .csv without its pictures; "
        "make scans and pictures smaller.",
    )
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said, step)


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
