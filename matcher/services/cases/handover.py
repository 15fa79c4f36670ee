"""Handing a case to another owner, when a broker leaves or is ill."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from matcher.domain.accounts import OVERSEEING, Actor
from matcher.domain.cases import Case, Event, Happening
from matcher.domain.visibility import visible
from matcher.errors import CaseError, NotAllowedError
from matcher.services.access import actor_of
from matcher.services.cases.access import OPENING, Desk, Seen, seen
from matcher.services.cases.texts import kept
from matcher.store import Accounts, Database
from matcher.store.versions import Seen as Version
from matcher.store.versions import require_version
from matcher.wording import Said


class HandingOver:
    """The use case of handing over, for the owner and for those who oversee cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hand_over(self, case_id: str, version: Version, to: str, actor: Actor, now: datetime) -> Case:
        """Give the case, with the open tasks of its owner, to another account, named by its id or address.

        Raises:
            RecordNotFoundError: there is no such case for this actor.
            NotAllowedError: they are neither its owner nor oversee it.
            CaseError: the other one cannot own it.
            ConflictError: somebody else changed it meanwhile.
        """
        to = kept(to, "account")
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            come = seen(desk, case_id, actor, lock=True)
            if not may_hand_over(come.case, actor):
                raise NotAllowedError(
                    Said("只有经办人、管理员或科技局可以移交。", "Only its owner or staff can hand a case over."),
                    Said("请经办人移交，或请管理员代办。", "Let the owner do it, or ask an administrator."),
                )
            require_version(version, come.case.version)
            taker = _taker(desk, Accounts(connection), to, come)
            organisation = taker.organisation.id if taker.organisation else ""
            saved = desk.cases.save(replace(come.case, owner=taker.id, organisation_id=organisation), now)
            tasks = desk.papers.reassign(saved.id, come.case.owner, taker.id)
            said = {"from": come.case.owner, "to": taker.id, "tasks": tasks}
            desk.cases.log(Event(case_id=saved.id, at=now, by=actor.id, what=Happening.HANDED, said=said))
            return saved


def may_hand_over(case: Case, actor: Actor) -> bool:
    """Whether somebody who sees the case may give it away."""
    return case.owner == actor.id or actor.role in OVERSEEING


def _taker(desk: Desk, accounts: Accounts, to: str, come: Seen) -> Actor:
    """Who is to own the case. Why somebody cannot is not told: it would tell of other people's accounts."""
    account = accounts.get(to) or accounts.by_email(to)
    taker = actor_of(accounts, desk.organisations, account.id) if account else None
    may = taker is not None and taker.role in OPENING and taker.id != come.case.owner
    if taker is None or not may or not all(visible(record, taker.viewer) for record in (come.left, come.right)):
        raise CaseError(
            Said(f"不能移交给 {to[:80]}。", f"The case cannot be handed to {to[:80]}."),
            Said(
                "须为另一个启用中的经纪人、载体或管理员账户，且看得到双方记录。",
                "It takes another active account of a broker, carrier or administrator who may see both records.",
            ),
        )
    return taker
