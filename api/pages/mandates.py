"""Standing queries: kept, changed, deleted, and applied to the board by its address."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api.pages.meaning import Meant, meant
from api.pages.rendering import rendered
from api.pages.routing import Again, PageRoute, done, led
from api.parts import About, Acting, Now, Parts
from api.problems import Refused
from api.routes.mandates import MandateWanted
from api.texts import terms_of
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.mandates import Asked, Mandate
from matcher.domain.records import Kind
from matcher.errors import MatcherError
from matcher.wording import Said

router = APIRouter(prefix="/screen/mandates", include_in_schema=False, route_class=PageRoute)

PART = 50
PLACE = "/screen/mandates"
Id = Annotated[str, Path(max_length=100)]
Text = Annotated[str, Form(max_length=20_000)]
Short = Annotated[str, Query(max_length=500)]


class Typed:
    """What the form holds, as it was typed."""

    def __init__(
        self, name: Text = "", record_id: Text = "", text: Text = "", to: Text = "", must: Text = "", ban: Text = "",
        k: Text = "10", diverse: Annotated[bool, Form()] = False,
    ) -> None:  # fmt: skip
        self.name, self.record_id, self.text, self.to = name, record_id, text, to
        self.must, self.ban, self.k, self.diverse = must, ban, k, diverse

    @classmethod
    def of(cls, asked: Asked) -> Typed:
        """The form of a kept question."""
        return cls(
            asked.name, asked.record_id, asked.text, asked.to or "", " ".join(asked.must), " ".join(asked.ban),
            str(asked.k), asked.diverse,
        )  # fmt: skip

    def asked(self) -> Asked:
        """The question. Raises RequestValidationError for one that cannot be kept."""
        told = {"name": self.name.strip(), "k": self.k.strip(), "diverse": self.diverse}
        told |= {"must": terms_of(self.must), "ban": terms_of(self.ban)}
        told |= {"record_id": self.record_id.strip() or None, "text": self.text.strip() or None}
        told |= {"to": self.to or Kind.INCUBATORS.value} if told["text"] else {}
        try:
            return MandateWanted.model_validate(told).asked()
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from error


Form_ = Annotated[Typed, Depends()]


@router.get("", name="page_mandates")
def list_page(
    request: Request, parts: Parts, actor: Acting, after: Short = "",
    record: Short = "", must: Short = "", ban: Short = "",
) -> HTMLResponse:  # fmt: skip
    """One's own and one's organisation's, and the form for another one, filled in from the address."""
    return rendered(
        request, "screen/mandates.html", **_list(parts, actor, Typed("", record, must=must, ban=ban), after)
    )


@router.post("", name="page_create_mandate")
def created(parts: Parts, actor: Acting, now: Now, about: About, typed: Form_) -> Response:
    """Keep a question."""
    who = _named(parts, actor, now, typed)
    try:
        _require_one(who)
        kept = parts.mandates.create(typed.asked(), actor, now)
    except (MatcherError, RequestValidationError, Refused) as error:
        raise Again("screen/mandates.html", error, who=who, **_list(parts, actor, typed)) from error
    about("mandates", kept.id)
    return led(done(f"/screen?mandate={kept.id}", "saved"))


@router.get("/{mandate_id}", name="page_mandate")
def mandate_page(request: Request, mandate_id: Id, parts: Parts, actor: Acting) -> HTMLResponse:
    """The form of one of them."""
    kept = parts.mandates.read(mandate_id, actor)
    return rendered(request, "screen/mandate.html", **_one(parts, actor, kept, Typed.of(kept.asked), str(kept.version)))


@router.post("/{mandate_id}", name="page_change_mandate")
def changed(
    mandate_id: Id, parts: Parts, actor: Acting, now: Now, typed: Form_, tag: Annotated[str, Form(max_length=100)]
) -> Response:
    """Ask something else over the version that was read."""
    kept, who = parts.mandates.read(mandate_id, actor), _named(parts, actor, now, typed)
    try:
        _require_one(who)
        parts.mandates.replace(mandate_id, typed.asked(), tag, actor, now)
    except (MatcherError, RequestValidationError, Refused) as error:
        raise Again("screen/mandate.html", error, who=who, **_one(parts, actor, kept, typed, tag)) from error
    return led(done(PLACE, "saved"))


@router.post("/{mandate_id}/delete", name="page_delete_mandate")
def deleted(mandate_id: Id, parts: Parts, actor: Acting, tag: Annotated[str, Form(max_length=100)]) -> Response:
    """Delete the version that was read."""
    parts.mandates.delete(mandate_id, tag, actor)
    return led(done(PLACE, "deleted"))


def _named(parts: Installation, actor: Actor, now: datetime, typed: Typed) -> Meant | None:
    """Whom the box names, by name or id; where that is clear the form goes on with the id."""
    if not typed.record_id.strip():
        return None
    who = meant(parts, actor, now.date(), (Kind.FUNDS, Kind.INCUBATORS), typed.record_id)
    if who.one:
        typed.record_id = who.one.id
    return who


def _require_one(who: Meant | None) -> None:
    """Raise Refused where it is not clear whom the box names."""
    if who and not who.one:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Said(f"“{who.typed}”不能确定是哪一个。", f"It is not clear who “{who.typed}” is."),
            Said("请填写所列之一的编号，或换一个名称。", "Put in the id of one that is listed, or another name."),
        )


def _list(parts: Installation, actor: Actor, typed: Typed, after: str = "") -> dict[str, Any]:
    found = parts.mandates.page(actor, after, PART + 1)
    return {
        "listed": found[:PART], "more": len(found) > PART, "typed": typed, "own": parts.boards.own(actor),
        "names": _names(parts, actor, found[:PART]), "path": PLACE,
    }  # fmt: skip


def _one(parts: Installation, actor: Actor, kept: Mandate, typed: Typed, tag: str) -> dict[str, Any]:
    return {
        "kept": kept, "typed": typed, "tag": tag, "own": parts.boards.own(actor), "path": f"{PLACE}/{kept.id}",
        "stale": str(kept.version) != tag,
    }  # fmt: skip


def _names(parts: Installation, actor: Actor, mandates: list[Mandate]) -> dict[str, str]:
    """What the records they are about are called."""
    found: dict[str, str] = {}
    for kind in (Kind.FUNDS, Kind.INCUBATORS):
        ids = [one.asked.record_id for one in mandates if one.record_kind is kind]
        found |= {name: record.name for name, record in parts.records.many(kind, ids, actor.viewer).items()}  # type: ignore[union-attr]
    return found
