"""Records opened to organisations, by those whose they are."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from api.guard import GuardedRoute
from api.parts import About, Acting, Now, Parts, Sent
from matcher.domain.records import Kind

router = APIRouter(tags=["users"], route_class=GuardedRoute)

Id = Annotated[str, Path(max_length=300)]
Hideable = Literal["achievements", "projects"]
"""Tables whose records may be hidden, and so be opened."""


class Opening(Sent):
    """Who may see one record."""

    organisation_id: str = Field(min_length=1, max_length=300, examples=["org-1"])


@router.post("/{kind}/{record_id:path}/openings", status_code=204)
def open_record(
    kind: Hideable, record_id: Id, opening: Opening, parts: Parts, actor: Acting, now: Now, about: About
) -> None:
    """Let an organisation see a record that is one's own."""
    parts.records.require_own(Kind(kind), record_id, actor)
    parts.people.open_to(Kind(kind), record_id, opening.organisation_id, actor.id, now)
    about(kind, record_id, "openings", opening.organisation_id)


@router.delete("/{kind}/{record_id:path}/openings/{organisation_id:path}", status_code=204)
def close_record(kind: Hideable, record_id: Id, organisation_id: Id, parts: Parts, actor: Acting) -> None:
    """Take that back."""
    parts.records.require_own(Kind(kind), record_id, actor)
    parts.people.close_to(Kind(kind), record_id, organisation_id)
