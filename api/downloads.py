"""Files that people gave us, given back so that a browser saves them and never runs them."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response

from matcher.domain.cases import Attachment


def saved(attachment: Attachment, content: bytes) -> Response:
    """An attachment to save."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    return Response(content, media_type=attachment.media, headers=headers)
