"""Introductions from the command line: proposed, answered for a side, or gone on with the next-best taker."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli.desk import Class, Desk, Id, Message, Reason, Term, Version
from matcher.cli.session import Json
from matcher.domain.introductions import DAYS, Side
from matcher.services.cases.introducing import Answering
from matcher.store.versions import ANY


def introduce(
    case_id: Id,
    message: Message = "",
    days: Term = DAYS,
    version: Version = ANY,
    *,
    json: Json = False,
) -> None:
    """提出引荐，等双方答复。Propose an introduction to both sides."""
    with Desk() as desk:
        introducing = desk.installation.introducing
        told = introducing.propose(case_id, version, desk.actor, desk.now, message, days)
        desk.invited(introducing.get(told.id, desk.actor, desk.now), json=json)


def next_(
    case_id: Id,
    message: Message = "",
    days: Term = DAYS,
    version: Version = ANY,
    *,
    json: Json = False,
) -> None:
    """被谢绝或过期后，为下一个合适的承接方立案并引荐。Go on with the next-best taker."""
    with Desk() as desk:
        introducing = desk.installation.introducing
        with desk.busy():
            told = introducing.next(case_id, version, desk.actor, desk.now, message, days)
        desk.invited(introducing.get(told.id, desk.actor, desk.now), json=json)


def answer(
    introduction_id: Annotated[str, typer.Argument(metavar="INTRODUCTION", help="引荐编号。The introduction.")],
    says: Annotated[str, typer.Argument(metavar="accept|decline", help="同意或谢绝。")],
    side: Annotated[Side, typer.Option("--side", help="代哪一方答复。For which side.")],
    refusal: Class = None,
    reason: Reason = "",
    contact: Annotated[str, typer.Option("--contact", help="双方同意后给对方的联系方式。Whom to call.")] = "",
    *,
    json: Json = False,
) -> None:
    """代一方答复引荐。Answer an introduction for a side."""
    if says not in ("accept", "decline"):
        raise typer.BadParameter("须为 accept 或 decline。It is accept or decline.")
    with Desk() as desk:
        answering = Answering(says == "accept", refusal, reason, contact, side)
        invited = desk.installation.introducing.answer(introduction_id, answering, desk.actor, desk.now)
        desk.invited(invited, json=json)
