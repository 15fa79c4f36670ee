"""What the people of a case are called, as far as its reader may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcher.domain.accounts import LOCAL, Account, Actor
from matcher.domain.cases import Case
from matcher.services.cases.access import Part
from matcher.store import Accounts
from matcher.wording import Said

UNKNOWN = {
    LOCAL: Said("本机管理员", "administrator of this installation"),
}
GONE = Said("已注销的账户", "an account that was erased")
OTHERS = Said("其他方", "another party")

Names = Mapping[str, Said]


def names(accounts: Accounts, ids: Iterable[str]) -> dict[str, Said]:
    """What accounts are called, by id."""
    asked = set(ids)
    found = accounts.many(asked)
    return {one: called(found[one]) if one in found else UNKNOWN.get(one, GONE) for one in asked}


def names_on(accounts: Accounts, ids: Iterable[str], case: Case, part: Part, actor: Actor) -> dict[str, Said]:
    """The same on one case: a side learns the names of its own people and of those who work on the case, since
    whom to call on the other side is told only once both have accepted."""
    told = names(accounts, ids)
    if part is not Part.SIDE:
        return told
    near = {case.organisation_id, actor.account.organisation_id} - {""}
    known = {one.id for one in accounts.many(told).values() if one.organisation_id in near}
    return {one: name if one in known | {case.owner, actor.id} else OTHERS for one, name in told.items()}


def called(account: Account) -> Said:
    """What an account is called; its address where it has no name."""
    name = account.name or account.email
    return Said(name, name)
