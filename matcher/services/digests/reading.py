"""Composed digests as their readers may know them now, made again from their receipts, and how people want theirs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from matcher.digest.receipt import Composition, again
from matcher.domain.accounts import Actor
from matcher.domain.digests import Digest, DigestSettings, Frequency, Item, Line, Topic
from matcher.domain.records import Achievement, Kind, Record
from matcher.domain.visibility import Viewer, told, visible
from matcher.domain.weeks import Week
from matcher.errors import RecordNotFoundError
from matcher.services.records import not_public
from matcher.store import Accounts, Database, Digests, Receipt, Records
from matcher.store.seen import hidden_called, name_seen
from matcher.store.versions import Seen, require_version
from matcher.wording import Said

UNSAID = Said("", "")
Side = tuple[Kind, str]
_NAMED = re.compile("《([^》]*)(》?)")


@dataclass(frozen=True, slots=True)
class Again:
    """A week made again from its receipt, and whether it says what it said."""

    week: Composition
    receipt: Receipt
    parts: Mapping[str, Mapping[str, Any]]
    same: bool


class DigestBook:
    """The use cases of composed digests on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def archive(self, actor: Actor, before: str, limit: int) -> list[Digest]:
        """The actor's own digests, the latest first; those of weeks before one."""
        with self._database.read() as connection:
            found = Digests(connection).archive(actor.id, before, limit)
            return [seen_now(connection, one, actor.viewer) for one in found]

    def read(self, week: Week, actor: Actor) -> Digest:
        """What the actor was told of a week. Raises RecordNotFoundError where that is nothing."""
        with self._database.read() as connection:
            found = Digests(connection).of(actor.id, week)
            if found is None or found.silence is not None:
                raise RecordNotFoundError(
                    Said(f"您在 {week} 没有简报。", f"You have no digest of {week}."),
                    Said("请查看其他各周的简报。", "See the digests of other weeks."),
                )
            return seen_now(connection, found, actor.viewer)

    def not_public(self, digests: Iterable[Digest]) -> set[str]:
        """The records that are not public and that the digests tell of, as the audit names them."""
        with self._database.read() as connection:
            return {name for one in digests for name in hidden_in(connection, one)}

    def counts(self, before: str, limit: int) -> dict[Week, dict[str, int]]:
        """How many digests each composed week has by silence (empty: to be told), the latest week first."""
        with self._database.read() as connection:
            return Digests(connection).counts(before, limit)

    def of_week(self, week: Week, account: str = "") -> list[Digest]:
        """All digests of a week, silent ones too, or that of one account by its id or address.

        Raises:
            RecordNotFoundError: the week is not composed, or has no such account.
        """
        with self._database.read() as connection:
            digests = Digests(connection)
            if digests.receipt(week) is None:
                raise _nothing(week)
            found = list(digests.composed(week, silent=True))
        return self.among(found, week, account)

    def among(self, found: Sequence[Digest], week: Week, account: str) -> list[Digest]:
        """Those of an account by its id or address, or all. Raises RecordNotFoundError where it has none."""
        if not account:
            return list(found)
        with self._database.read() as connection:
            known = Accounts(connection).by_email(account)
        wanted = known.id if known else account
        mine = [one for one in found if one.account_id == wanted]
        if not mine:
            raise _nobody(week, account)
        return mine

    def settings(self, actor: Actor) -> DigestSettings:
        """How the actor wants their digests."""
        return self.settings_of(actor.id)

    def settings_of(self, account_id: str) -> DigestSettings:
        """How an account wants its digests."""
        with self._database.read() as connection:
            return Digests(connection).settings(account_id)

    def account(self, account: str) -> str:
        """The id of an account by its id or address. Raises RecordNotFoundError for an unknown one."""
        with self._database.read() as connection:
            stored = Accounts(connection)
            found = stored.by_email(account) or stored.get(account)
        if found is None:
            raise RecordNotFoundError(
                Said(f"没有账户 {account}。", f"There is no account {account}."),
                Said("用 matcher account list 查看。", "See `matcher account list`."),
            )
        return found.id

    def change(
        self,
        account_id: str,
        seen: Seen,
        *,
        frequency: Frequency,
        size: int,
        left_out: Iterable[Topic],
        quiet_until: date | None,
    ) -> DigestSettings:
        """Write settings over the version that was seen. Raises ConflictError where they have another one by now."""
        with self._database.begin() as connection:
            kept = Digests(connection).settings(account_id)
            require_version(seen, kept.version)
            wanted = replace(
                kept, frequency=frequency, size=size, left_out=frozenset(left_out), quiet_until=quiet_until
            )
            return Digests(connection).save_settings(wanted)

    def again(self, week: Week) -> Again:
        """The week made again from its receipt alone. Raises RecordNotFoundError while it is not composed."""
        with self._database.read() as connection:
            digests = Digests(connection)
            receipt = digests.receipt(week)
            if receipt is None:
                raise _nothing(week)
            parts, kept = digests.parts(week), list(digests.composed(week, silent=True))
        made = again(week, receipt.id, receipt.composed_at, receipt.content, parts)
        return Again(made, receipt, parts, list(made.digests) == kept)


def seen_now(connection: Any, digest: Digest, viewer: Viewer) -> Digest:
    """The digest without what the viewer may not know any more: records that are gone, or hidden by now, and
    reasons that name such ones."""
    known = known_of(connection, digest, viewer)
    seen = [one for one in digest.items if known.keys() >= {*sides(one)}]
    return replace(
        digest,
        items=tuple(_made_known(_sayable(connection, one, viewer), known, viewer) for one in seen),
        lines=tuple(line for line in digest.lines if known.keys() >= {*_about(line)}),
    )


def known_of(connection: Any, digest: Digest, viewer: Viewer) -> dict[Side, Record]:
    """The records that a digest names and the viewer may see, as they are now."""
    records = Records(connection)
    return {
        (kind, record_id): record
        for kind, ids in _named(digest).items()
        for record_id, record in records.many(kind, ids).items()
        if visible(record, viewer)
    }


def hidden_in(connection: Any, digest: Digest) -> set[str]:
    """The records that are not public and that the digest names or whose names its reasons give, for the audit."""
    ids = {record_id for named in _named(digest).values() for record_id in named}
    cited = {name for item in digest.items for name in _NAMED.findall(item.reason.zh)}
    called = {one for name, end in cited for one in hidden_called(connection, name.removesuffix("…"), whole=bool(end))}
    return not_public(Records(connection), sorted(ids)) | called


def _sayable(connection: Any, item: Item, viewer: Viewer) -> Item:
    """The item, without its reason where that names (in full, or cut off) what the viewer may not see."""
    named = _NAMED.findall(item.reason.zh)
    seen = all(name_seen(connection, viewer, name.removesuffix("…"), whole=bool(end)) for name, end in named)
    return item if seen else replace(item, reason=UNSAID)


def _made_known(item: Item, known: Mapping[Side, Record], viewer: Viewer) -> Item:
    """The item with whose the recommended result is and who made it, as far as the viewer may read that."""
    result = known[item.about, item.left_id] if item.about is Kind.ACHIEVEMENTS else None
    if not isinstance(result, Achievement):
        return item
    shown = told(result, viewer)
    return replace(item, institution=shown.institution, inventors=shown.inventors)


def _named(digest: Digest) -> Mapping[Kind, set[str]]:
    found: dict[Kind, set[str]] = defaultdict(set)
    paired = (side for item in digest.items for side in sides(item))
    for kind, record_id in (*paired, *(one for line in digest.lines for one in _about(line))):
        found[kind].add(record_id)
    return found


def sides(item: Item) -> tuple[Side, Side]:
    """The two records of an item."""
    return (item.kind.left, item.left_id), (item.kind.right, item.right_id)


def _about(line: Line) -> list[Side]:
    return [(Kind(table), record_id) for table, _, record_id in (each.partition("/") for each in line.about)]


def _nothing(week: Week) -> RecordNotFoundError:
    return RecordNotFoundError(
        Said(f"没有 {week} 的简报。", f"There is no digest of {week}."),
        Said(f"生成：matcher digest compose --week {week}。", f"Compose it: `matcher digest compose --week {week}`."),
    )


def _nobody(week: Week, account: str) -> RecordNotFoundError:
    return RecordNotFoundError(
        Said(f"{week} 没有给 {account} 的简报。", f"{week} has no digest for {account}."),
        Said(f"用 matcher digest show --week {week} 查看。", f"See `matcher digest show --week {week}`."),
    )
