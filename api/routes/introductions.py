"""Introductions as the asked sides see them: received, answered, taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.guard import GuardedRoute
from api.parts import Acting, Limit, Now, Parts
from api.routes.case_models import InvitationShown, ReplyAsked
from matcher.domain.introductions import Side
from matcher.plain import cases as case_json
from matcher.services.cases.introducing import Answering
from matcher.services.cases.invitations import Invitation

router = APIRouter(prefix="/introductions", tags=["cases"], route_class=GuardedRoute)

IntroductionId = Annotated[str, Path(max_length=100)]


@router.get("")
def list_introductions(
    request: Request, parts: Parts, actor: Acting, now: Now, limit: Limit = 100
) -> list[InvitationShown]:
    """The introductions in which the account's organisation is a side, of the newest cases first."""
    return [_told(one, request, parts) for one in parts.introducing.received(actor, now, limit)]


@router.get("/{introduction_id}")
def read_introduction(
    introduction_id: IntroductionId, request: Request, parts: Parts, actor: Acting, now: Now
) -> InvitationShown:
    """One introduction. What it is about is told once both have accepted, where it is not open to the reader."""
    return _told(parts.introducing.get(introduction_id, actor, now), request, parts)


@router.post("/{introduction_id}/answer")
def answer_introduction(
    introduction_id: IntroductionId, asked: ReplyAsked, request: Request, parts: Parts, actor: Acting, now: Now
) -> InvitationShown:
    """Accept, or decline with the class of the reason. Contacts are told once both have accepted."""
    side = Side(asked.side) if asked.side else None
    answering = Answering(asked.accepted, asked.refusal, asked.reason, asked.contact, side)
    return _told(parts.introducing.answer(introduction_id, answering, actor, now), request, parts)


@router.delete("/{introduction_id}/answer", status_code=204)
def undo_answer(introduction_id: IntroductionId, parts: Parts, actor: Acting, now: Now) -> None:
    """Take the account's answer back, within five minutes."""
    parts.case_undoing.undo_answer(introduction_id, actor, now)


def _told(invited: Invitation, request: Request, parts: Parts) -> InvitationShown:
    request.state.shown.update(parts.records.not_public([invited.left_id]))
    return InvitationShown.model_validate(case_json.invitation_json(invited))
