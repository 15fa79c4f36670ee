"""For administrators: accounts and organisations. For them and the bureau: models in force and the audit."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import Again, PageRoute, done, led
from api.pages.showing import path_part
from api.parts import About, Acting, Now, Parts
from matcher.bootstrap import Installation
from matcher.domain.accounts import Account, Organisation, Role
from matcher.errors import MatcherError
from matcher.services.cases.naming import UNKNOWN
from matcher.store.versions import require_version
from matcher.wording import Language

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=PageRoute)

PART = 50
MOST = 500
"""Accounts or organisations of one list."""

Id = Annotated[str, Path(min_length=1, max_length=300)]
After = Annotated[str, Query(max_length=300)]
Line = Annotated[str, Form(max_length=300)]
Lines = Annotated[str, Form(max_length=100_000)]
Version = Annotated[int, Form(ge=0)]


@router.get("", name="page_admin")
def users_page(request: Request, parts: Parts, after: After = "") -> HTMLResponse:
    """All accounts."""
    return rendered(request, "admin/users.html", **_users(parts, after))


@router.post("/users", name="page_create_user")
def user_sent(
    parts: Parts, now: Now, background: BackgroundTasks, about: About, role: Annotated[Role, Form()],
    email: Line = "", name: Line = "", organisation: Line = "", language: Annotated[Language, Form()] = Language.ZH,
) -> Response:  # fmt: skip
    """Make an account; its owner gets a letter by which to set a password."""
    try:
        account = parts.people.create(email.strip(), name, role, now, organisation_id=organisation, language=language)
    except MatcherError as error:
        typed = {"email": email, "name": name, "role": role.value, "organisation": organisation}
        raise Again("admin/users.html", error, **_users(parts, "", typed)) from error
    _write(parts, account, now, background)
    about("users", account.id)
    return led(done("/admin", "sent"))


@router.get("/users/{user_id}", name="page_user")
def user_page(request: Request, user_id: Id, parts: Parts) -> HTMLResponse:
    """One account."""
    return rendered(request, "admin/user.html", **_user(parts, parts.people.get(user_id)))


@router.post("/users/{user_id}", name="page_change_user")
def user_changed(
    user_id: Id, parts: Parts, role: Annotated[Role, Form()], version: Version,
    name: Line = "", organisation: Line = "", active: bool = Form(False),
) -> Response:  # fmt: skip
    """Change an account. Who is shut out is signed out at once."""
    before = parts.people.get(user_id)
    after = replace(before, name=name.strip(), role=role, organisation_id=organisation, active=active)
    try:
        require_version(version, before.version)
        parts.people.change(after)
    except MatcherError as error:
        raise Again("admin/user.html", error, **_user(parts, after)) from error
    return led(done(f"/admin/users/{user_id}", "saved"))


@router.post("/users/{user_id}/letter", name="page_user_letter")
def user_letter_sent(user_id: Id, parts: Parts, now: Now, background: BackgroundTasks) -> Response:
    """Send a letter by which the password can be set."""
    _write(parts, parts.people.get(user_id), now, background)
    return led(done(f"/admin/users/{user_id}", "sent"))


@router.post("/users/{user_id}/erase", name="page_erase_user")
def user_erased(user_id: Id, parts: Parts) -> Response:
    """Erase an account; the audit keeps an id that names nobody."""
    parts.people.erase(user_id)
    return led(done("/admin", "deleted"))


@router.get("/organisations", name="page_organisations")
def organisations_page(request: Request, parts: Parts, after: After = "") -> HTMLResponse:
    """All organisations, and a form for another one."""
    found = parts.people.organisations(after, PART + 1)
    return rendered(
        request, "admin/organisations.html", found=found[:PART], more=len(found) > PART, one=None, typed=_texts(None)
    )


@router.post("/organisations", name="page_create_organisation")
def organisation_sent(
    parts: Parts, about: About,
    id: Line = "", name: Line = "", institutions: Lines = "", incubators: Lines = "", funds: Lines = "",
) -> Response:  # fmt: skip
    """Add an organisation."""
    new = _organisation(id.strip(), name, institutions, incubators, funds)
    try:
        parts.people.found(new)
    except MatcherError as error:
        found = parts.people.organisations("", PART)
        context = {"found": found, "more": False, "one": None, "typed": _texts(new)}
        raise Again("admin/organisations.html", error, **context) from error
    about("organisations", new.id)
    return led(done("/admin/organisations", "saved"))


@router.get("/organisations/{organisation_id}", name="page_organisation")
def organisation_page(request: Request, organisation_id: Id, parts: Parts) -> HTMLResponse:
    """One organisation and what is its own."""
    one = parts.people.organisation(organisation_id)
    return rendered(request, "admin/organisation.html", one=one, typed=_texts(one))


@router.post("/organisations/{organisation_id}", name="page_change_organisation")
def organisation_changed(
    organisation_id: Id, parts: Parts, version: Version,
    name: Line = "", institutions: Lines = "", incubators: Lines = "", funds: Lines = "",
) -> Response:  # fmt: skip
    """Write an organisation anew."""
    before = parts.people.organisation(organisation_id)
    after = replace(_organisation(organisation_id, name, institutions, incubators, funds), version=before.version)
    try:
        require_version(version, before.version)
        parts.people.reshape(after)
    except MatcherError as error:
        raise Again("admin/organisation.html", error, one=before, typed=_texts(after)) from error
    return led(done(f"/admin/organisations/{path_part(organisation_id)}", "saved"))


@router.get("/models", name="page_models")
def models_page(request: Request, parts: Parts, now: Now) -> HTMLResponse:
    """What ranks, and how good it was found to be."""
    return rendered(request, "admin/models.html", cards=parts.model_cards.all(now.date()))


@router.post("/models/train", name="page_train")
def training_asked(
    parts: Parts, actor: Acting, now: Now, about: About, only_stale: Annotated[bool, Form()]
) -> Response:
    """Have the rankers trained by a job: all, or those that are stale."""
    told = {"only_stale": True} if only_stale else {}
    job = parts.jobs.submit("train", told, actor, now)
    about("jobs", job.id)
    return led(f"/data/jobs/{job.id}")


@router.get("/audit", name="page_audit")
def audit_page(
    request: Request, parts: Parts, account: After = "",
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> HTMLResponse:  # fmt: skip
    """What was done and seen, the latest first."""
    found = parts.journal.latest(before, PART + 1, account or None)
    people = {each.id: each for each in parts.people.all("", MOST)}
    return rendered(
        request, "admin/audit.html", found=found[:PART], more=len(found) > PART, people=people, account=account,
        unknown=UNKNOWN,
    )  # fmt: skip


def _users(parts: Installation, after: str, typed: dict[str, str] | None = None) -> dict[str, Any]:
    found = parts.people.all(after, PART + 1)
    empty = {"email": "", "name": "", "role": Role.BROKER.value, "organisation": ""}
    return {
        "found": found[:PART], "more": len(found) > PART, "typed": typed or empty, "roles": tuple(Role),
        "organisations": parts.people.organisations("", MOST),
    }  # fmt: skip


def _user(parts: Installation, account: Account) -> dict[str, Any]:
    return {"one": account, "roles": tuple(Role), "organisations": parts.people.organisations("", MOST)}


def _write(parts: Installation, account: Account, now: Any, background: BackgroundTasks) -> None:
    if letter := parts.letters.reset(account.email, now):
        background.add_task(parts.letters.send, letter, now)


def _organisation(id_: str, name: str, institutions: str, incubators: str, funds: str) -> Organisation:
    return Organisation(
        id=id_, name=name.strip(), institutions=_items(institutions), incubator_ids=_items(incubators),
        fund_ids=_items(funds),
    )  # fmt: skip


def _items(text: str) -> tuple[str, ...]:
    """One a line, or parted by semicolons."""
    return tuple(dict.fromkeys(item.strip() for item in re.split(r"[\n;；]+", text) if item.strip()))


def _texts(one: Organisation | None) -> dict[str, str]:
    if one is None:
        return dict.fromkeys(("id", "name", "institutions", "incubators", "funds"), "")
    listed = {"institutions": one.institutions, "incubators": one.incubator_ids, "funds": one.fund_ids}
    return {"id": one.id, "name": one.name, **{name: "\n".join(items) for name, items in listed.items()}}
