"""Who is who: records that may be there twice and names that may be one, for people to decide; and to take back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.fields import MONEY
from api.pages.rendering import rendered
from api.pages.routing import PageRoute, done, led
from api.parts import About, Acting, Now, Parts, shown
from matcher.domain.records import IdentityKind, Kind
from matcher.services.identity import NAMED
from matcher.store.fields import Form as Shape
from matcher.store.fields import fields_of

router = APIRouter(prefix="/data", include_in_schema=False, route_class=PageRoute)

COMPARED = (Kind.ACHIEVEMENTS, Kind.PROJECTS)
PART = 20

Side = Annotated[str, Form(min_length=1, max_length=300)]
Place = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/duplicates", name="page_duplicates")
def duplicates_page(
    request: Request, parts: Parts, actor: Acting,
    kind: Annotated[Literal["achievements", "projects"], Query()] = "achievements", n: Place = 0,
) -> HTMLResponse:  # fmt: skip
    """One pair after the other, side by side."""
    table = Kind(kind)
    found = parts.duplicates.find(table, actor.viewer)
    one = found[min(n, len(found) - 1)] if found else None
    if one:
        shown(request, [one.alias, one.canonical])
    fields = [each for each in fields_of(type(one.alias)) if each.name != "extra"] if one else []
    told = (
        [each for each in fields if any(_says(side, each.name) for side in (one.alias, one.canonical))] if one else []
    )
    return rendered(
        request, "data/duplicates.html", kind=table, kinds=COMPARED, one=one, n=min(n, max(len(found) - 1, 0)),
        total=len(found), told=told, many=Shape.MANY, money=MONEY,
    )  # fmt: skip


@router.get("/aliases", name="page_aliases")
def aliases_page(
    request: Request, parts: Parts, actor: Acting,
    kind: Annotated[str, Query(max_length=40)] = "", n: Place = 0, m: Place = 0,
) -> HTMLResponse:  # fmt: skip
    """Names that may be one, and what was decided so far."""
    chosen = IdentityKind(kind) if kind in NAMED else None
    found = parts.identity.review(actor.viewer, chosen)
    decided = parts.identity.decisions(actor.viewer)[::-1]
    return rendered(
        request, "data/aliases.html", found=found[n : n + PART], total=len(found), kinds=NAMED, kind=kind, n=n,
        part=PART, decided=decided[m : m + PART], decisions=len(decided), m=m, me=actor.id,
    )  # fmt: skip


@router.post("/identities", name="page_decide")
def decided_sent(
    parts: Parts, actor: Acting, now: Now, about: About, alias: Side, canonical: Side,
    kind: Annotated[IdentityKind, Form()], verdict: Annotated[Literal["same", "reversed", "different"], Form()],
    back: Annotated[str, Form(max_length=2000)] = "/data/aliases",
) -> Response:  # fmt: skip
    """Say that two are one, and which of them stands for both, or that they are not."""
    pair = (canonical, alias) if verdict == "reversed" else (alias, canonical)
    same = verdict != "different"
    parts.identity.decide(pair, same=same, kind=kind, viewer=actor.viewer, by=actor.id, now=now)
    about("identities", alias, canonical)
    return led(done(back, "noted"))


@router.post("/identities/undo", name="page_undo_decision")
def undone_sent(parts: Parts, actor: Acting, about: About, alias: Side, canonical: Side) -> Response:
    """Take a decision back."""
    parts.identity.undo((alias, canonical), actor.viewer)
    about("identities", alias, canonical)
    return led(done("/data/aliases", "undone"))


def _says(record: Any, name: str) -> bool:
    return getattr(record, name) not in (None, "", (), {})
