"""The records: lists to search and narrow, and one record with where it comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import PageRoute
from api.parts import Acting, Now, Parts, shown
from api.permissions import STAFF
from matcher.domain.columns import references
from matcher.domain.records import RECORD_KINDS, Kind, name_of
from matcher.domain.visibility import withheld
from matcher.services.finding import FACETS
from matcher.services.records import may_add, may_open, owns
from matcher.store.fields import Form, fields_of

router = APIRouter(prefix="/records", include_in_schema=False, route_class=PageRoute)

PART = 20
NAMED = ("title", "name", "id", "extra", "visibility", "summary", "focus", "thesis", "metrics")
"""Fields that the page shows otherwise than in the list of facts."""

RecordKind = Annotated[Kind, Path()]
Id = Annotated[str, Path(min_length=1, max_length=300)]


@router.get("/{kind}", name="page_records")
def list_page(
    request: Request, kind: RecordKind, parts: Parts, actor: Acting, now: Now,
    q: Annotated[str, Query(max_length=2000)] = "", n: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HTMLResponse:  # fmt: skip
    """Records that fit words and facets; `n` is how many stand before the first one shown."""
    chosen = {name: request.query_params.getlist(name) for name in FACETS[kind]}
    found = parts.finding.search(kind, q, chosen, actor.viewer, now.date(), offset=n, limit=PART)
    shown(request, found.records)
    return rendered(
        request,
        "records/list.html",
        kind=kind,
        kinds=RECORD_KINDS,
        found=found,
        chosen=chosen,
        q=q,
        n=n,
        part=PART,
        adds=may_add(actor, kind),
    )


@router.get("/{kind}/{record_id:path}", name="page_record")
def record_page(
    request: Request, kind: RecordKind, record_id: Id, parts: Parts, actor: Acting, now: Now
) -> HTMLResponse:
    """One record, what is known of it, and what is like it."""
    stored = parts.records.read(kind, record_id, actor.viewer)
    near = parts.finding.similar(kind, record_id, actor.viewer, now.date(), 5)
    shown(request, [stored.record, *(record for record, _ in near)])
    fields = [each for each in fields_of(type(stored.record)) if each.name not in NAMED]
    hidden = withheld(stored.record, actor.viewer)
    told = [each for each in fields if getattr(stored.record, each.name) not in (None, "", (), {})]
    opens, record = may_open(actor, stored.record), stored.record
    named = {
        each.field: parts.records.many(each.to, each.ids(record), actor.viewer) for each in references(type(record))
    }
    shown(request, [other for found in named.values() for other in found.values()])
    return rendered(
        request, "records/record.html", kind=kind, stored=stored, record=record, name=name_of(record), named=named,
        near=near, told=told, many=Form.MANY,
        silent=[each for each in fields if each not in told and each.name not in hidden], hidden=hidden,
        mine=owns(actor, stored.record), origins=parts.records.origins(kind, record_id, actor.viewer), opens=opens,
        openings=parts.people.with_access(kind, record_id) if opens else (),
        organisations=parts.people.organisations() if opens and actor.role in STAFF else (),
    )  # fmt: skip
