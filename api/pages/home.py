"""The first page: what is to be done, for whoever it is; and the help."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.cases import named
from api.pages.rendering import rendered
from api.pages.routing import PageRoute
from api.parts import Acting, Now, Parts
from api.problems import Refused
from matcher.domain.records import Kind
from matcher.wording import Said

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/", name="page_home")
def home_page(request: Request, parts: Parts, actor: Acting, now: Now) -> HTMLResponse:
    """Where to begin."""
    todo = parts.agenda.todo(actor, now)
    named(request, parts, [*(one.line for one in todo.duties.tasks), *todo.still], todo.waiting)
    mine = actor.organisation
    owned = ((Kind.INCUBATORS, mine.incubator_ids), (Kind.FUNDS, mine.fund_ids)) if mine else ()
    own = [record for kind, ids in owned for record in parts.records.many(kind, ids, actor.viewer).values()]
    return rendered(request, "home.html", own=own, todo=todo, day=now.date())


@router.get("/help", name="page_help")
def help_page(request: Request) -> HTMLResponse:
    """What the figures mean, why something is missing, how priority works."""
    return rendered(request, "help.html")


unknown = APIRouter(include_in_schema=False, route_class=PageRoute)
"""Stands after everything else."""


@unknown.get("/{path:path}", name="page_unknown")
def unknown_page(path: str) -> HTMLResponse:
    """Say that there is no such page."""
    raise Refused(
        HTTPStatus.NOT_FOUND,
        Said("没有这个页面。", "There is no such page."),
        Said("请从上方菜单进入。", "Take the menu above."),
    )
