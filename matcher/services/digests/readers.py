"""Who gets a digest of a week, and who gets none and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matcher.digest.offers import Reader
from matcher.domain.accounts import Account, Actor, Organisation
from matcher.domain.digests import Digest, DigestSettings, Frequency, Silence
from matcher.domain.weeks import Week
from matcher.store import Accounts, Digests, Organisations

PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """An account with what decides on its digest."""

    actor: Actor
    settings: DigestSettings
    last: Digest | None = None
    """What they were told last."""
    silence: Silence | None = None

    @property
    def id(self) -> str:
        """The account's id."""
        return self.actor.id

    @property
    def reader(self) -> Reader:
        """What the selection needs to know of them."""
        return Reader(account_id=self.id, size=self.settings.size, left_out=self.settings.left_out)


def addressees(connection: Any, week: Week) -> list[Addressee]:
    """Every account by id, silent ones too."""
    stored = Organisations(connection)
    organisations = {one.id: one for one in _organisations(stored)}
    opened = {one: stored.opened_to(one) for one in organisations}
    digests = Digests(connection)
    wanted, last = digests.all_settings(), digests.last_told(week)
    found = []
    for account in _accounts(Accounts(connection)):
        home = organisations.get(account.organisation_id)
        actor = Actor(account=account, organisation=home, opened=opened[home.id] if home else frozenset())
        settings = wanted.get(account.id, DigestSettings(account_id=account.id))
        before = last.get(account.id)
        silence = silenced(account, settings, before.week if before else None, week)
        found.append(Addressee(actor=actor, settings=settings, last=before, silence=silence))
    return found


def silenced(account: Account, settings: DigestSettings, last: Week | None, week: Week) -> Silence | None:
    """Why somebody gets nothing in a week, whatever there is to tell."""
    if not account.active:
        return Silence.INACTIVE
    if settings.frequency is Frequency.NEVER:
        return Silence.NEVER
    if settings.quiet_until is not None and week.monday <= settings.quiet_until:
        return Silence.QUIET
    early = last is not None and last > week.back(settings.frequency.weeks)
    return Silence.FREQUENCY if early else None


def _accounts(stored: Accounts) -> Iterator[Account]:
    after = ""
    while page := stored.all(after, PAGE):
        yield from page
        after = page[-1].id


def _organisations(stored: Organisations) -> Iterator[Organisation]:
    after = ""
    while page := stored.all(after, PAGE):
        yield from page
        after = page[-1].id
