"""The four tables of records: listed, searched, read, written."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field, create_model

from api.guard import GuardedRoute
from api.models import RECORDS, SHOWN, content_of
from api.parts import (
    Acting,
    Cursor,
    IfMatch,
    Limit,
    Now,
    Page,
    Parts,
    created,
    from_cursor,
    page,
    shown,
    tagged,
    untagged,
)
from matcher.domain.records import RECORD_KINDS, Kind, name_of
from matcher.services.finding import FACETS
from matcher.services.records import Stored

Id = Annotated[str, Path(min_length=1, max_length=300)]
ONE = "/{record_id:path}"
"""An id is its owner's and may hold a slash, so whatever has a longer path stands before it."""
Words = Annotated[str, Query(max_length=2000, description="检索词。What to look for.")]
Offset = Annotated[int, Query(ge=0, le=100_000)]


class Similar(BaseModel):
    """A record like the one asked about."""

    id: str
    name: str
    likeness: float = Field(description="高于本表平均的标准差数。Standard deviations above the table's mean.")


def _answer(stored: Stored, kind: Kind, response: Response) -> Any:
    tagged(response, stored.tag)
    stamp = stored.stamp
    told = {"first_seen_at": stamp.first_seen_at, "changed_at": stamp.changed_at}
    return SHOWN[kind](**content_of(stored.record), **told)


def build(kind: Kind) -> APIRouter:
    """The operations on one table."""
    router = APIRouter(prefix=f"/{kind}", tags=[kind.value], route_class=GuardedRoute)
    body, answer = RECORDS[kind], SHOWN[kind]
    found = create_model(
        f"{body.__name__}Found",
        __doc__="A part of the hits, and counts by what each facet says.",
        items=(list[body], ...),  # type: ignore[valid-type]
        total=(int, ...),
        facets=(dict[str, dict[str, int]], ...),
    )
    facets = create_model(
        f"{body.__name__}Facets",
        q=(Annotated[str, Field(max_length=2000, description="检索词。What to look for.")], ""),
        offset=(Annotated[int, Field(ge=0, le=100_000)], 0),
        limit=(Annotated[int, Field(ge=1, le=200)], 20),
        **{name: (Annotated[list[str], Field(max_length=50)], []) for name in FACETS[kind]},  # type: ignore[call-overload]
    )

    def list_all(request: Request, parts: Parts, actor: Acting, cursor: Cursor = "", limit: Limit = 50) -> Any:
        """Records by id."""
        records = parts.records.page(kind, actor.viewer, from_cursor(cursor), limit + 1)
        shown(request, records[:limit])
        return page([body(**content_of(each)) for each in records], limit, lambda each: each.id)

    def search(request: Request, parts: Parts, actor: Acting, now: Now, asked: Any) -> Any:
        """Records that fit words and facets, best first, with counts for each facet."""
        chosen = {name: getattr(asked, name) for name in FACETS[kind]}
        hits = parts.finding.search(
            kind, asked.q, chosen, actor.viewer, now.date(), offset=asked.offset, limit=asked.limit
        )
        shown(request, hits.records)
        items = [content_of(each) for each in hits.records]
        return {"items": items, "total": hits.total, "facets": hits.facets}

    search.__annotations__["asked"] = Annotated[facets, Query()]

    def read(record_id: Id, request: Request, parts: Parts, actor: Acting, response: Response) -> Any:
        """One record, with its ETag."""
        stored = parts.records.read(kind, record_id, actor.viewer)
        shown(request, [stored.record])
        return _answer(stored, kind, response)

    def similar(
        record_id: Id, request: Request, parts: Parts, actor: Acting, now: Now, limit: Limit = 10
    ) -> list[Similar]:
        """The records of the same table that are most like one."""
        parts.records.read(kind, record_id, actor.viewer)
        near = parts.finding.similar(kind, record_id, actor.viewer, now.date(), limit)
        shown(request, [record for record, _ in near])
        return [Similar(id=record.id, name=name_of(record), likeness=value) for record, value in near]

    def create(new: Any, request: Request, parts: Parts, actor: Acting, response: Response, now: Now) -> Any:
        """Write a new record; without an id it gets one from what it says."""
        stored = parts.records.create(kind, _told(new), actor, now)
        shown(request, [stored.record])
        created(response, kind, stored.record.id)
        return _answer(stored, kind, response)

    def replace(
        record_id: Id, new: Any, request: Request, parts: Parts, actor: Acting, response: Response, now: Now,
        if_match: IfMatch,
    ) -> Any:  # fmt: skip
        """Write a record anew over the content whose ETag If-Match names."""
        stored = parts.records.replace(kind, record_id, _told(new), untagged(if_match), actor, now)
        shown(request, [stored.record])
        return _answer(stored, kind, response)

    create.__annotations__["new"] = replace.__annotations__["new"] = body

    def delete(record_id: Id, parts: Parts, actor: Acting, if_match: IfMatch) -> None:
        """Delete a record with the facts about it."""
        parts.records.delete(kind, record_id, untagged(if_match), actor)

    for path, method, function, status, model in (
        ("", "GET", list_all, 200, Page[body]),  # type: ignore[valid-type]
        ("", "POST", create, 201, answer),
        ("/search", "GET", search, 200, found),
        (f"{ONE}/similar", "GET", similar, 200, list[Similar]),
        (ONE, "GET", read, 200, answer),
        (ONE, "PUT", replace, 200, answer),
        (ONE, "DELETE", delete, 204, None),
    ):
        name = f"{function.__name__.removesuffix('_all')}_{kind}"
        router.add_api_route(path, function, methods=[method], name=name, status_code=status, response_model=model)
    return router


def _told(new: BaseModel) -> dict[str, object]:
    """What the body says; an empty text or list says nothing."""
    return {name: value for name, value in new.model_dump(mode="json").items() if value not in ("", [], {}, None)}


routers = [build(kind) for kind in RECORD_KINDS]
