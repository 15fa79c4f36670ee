"""Who saw, changed or sent what."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.guard import GuardedRoute
from api.parts import Cursor, Limit, Page, Parts, from_cursor, page
from api.problems import Refused
from matcher.wording import Said

router = APIRouter(prefix="/audit", tags=["audit"], route_class=GuardedRoute)


class DeedShown(BaseModel):
    """One line of the audit."""

    id: int
    at: datetime
    account_id: str
    operation: str
    target: str
    record_ids: list[str]
    request_id: str


@router.get("")
def list_audit(
    parts: Parts,
    cursor: Cursor = "",
    limit: Limit = 50,
    account_id: Annotated[str | None, Query(max_length=300)] = None,
) -> Page[DeedShown]:
    """What was done and seen, the latest first."""
    before = from_cursor(cursor)
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, Said("cursor 无效。", "The cursor is not one of ours."))
    found = parts.journal.latest(int(before) if before else None, limit + 1, account_id)
    shown = [DeedShown.model_validate(deed, from_attributes=True) for deed in found]
    return page(shown, limit, lambda deed: str(deed.id))
