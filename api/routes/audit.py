"""Who saw, changed or sent what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.guard import GuardedRoute
from api.parts import Cursor, Limit, Page, Parts, from_number, page
from api.texts import Moment

router = APIRouter(prefix="/audit", tags=["audit"], route_class=GuardedRoute)


class DeedShown(BaseModel):
    """One line of the audit."""

    id: int
    at: Moment
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
    found = parts.journal.latest(from_number(cursor), limit + 1, account_id)
    shown = [DeedShown.model_validate(deed, from_attributes=True) for deed in found]
    return page(shown, limit, lambda deed: str(deed.id))
