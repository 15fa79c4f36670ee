"""What people do by a link of a letter, without signing in: answer an item, get fewer letters, get none."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matcher.domain.accounts import Account, Actor, Deed
from matcher.domain.digests import DigestSettings, Frequency, Item, Topic
from matcher.domain.feedback import Feedback, Judgement
from matcher.errors import ConflictError, LinkError, NotAllowedError, NotEntitledError, RecordNotFoundError
from matcher.services.access import Access
from matcher.services.delivery.links import Links, Purpose, expired, forged
from matcher.services.digests.reading import seen_now
from matcher.services.feedback import Judging
from matcher.services.journal import Journal
from matcher.store import Database, Deliveries, Digests, FeedbackRows
from matcher.wording import Said

ANSWERED_WITHIN = timedelta(weeks=8)
"""After the week of the digest."""
LONGEST_REASON = 500
TRIES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """An item that a link asks about: of whom, and what the link says of it."""

    account: Account
    item: Item
    verdict: Judgement
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose digests they are, and how they are set."""

    account: Account
    settings: DigestSettings


class Answers:
    """The use cases of links in letters on one installation."""

    def __init__(self, database: Database, links: Links, access: Access, judging: Judging, journal: Journal) -> None:
        self._database = database
        self._links = links
        self._access = access
        self._judging = judging
        self._journal = journal

    def asked(self, token: str, now: datetime) -> Asked:
        """What a link asks: nothing but what the letter told and its reader may still see. Nothing is changed.

        Raises:
            LinkError: the link is not valid, or no longer.
        """
        actor, item, verdict = self._item(token, now)
        return Asked(actor.account, item, verdict)

    def answer(self, token: str, verdict: Judgement, reason: str, now: datetime) -> Asked:
        """Keep the answer of whoever has the letter; the same one again changes nothing.

        Raises:
            LinkError: the link is not valid, or the two records can no longer be judged.
        """
        reason = reason.strip()[:LONGEST_REASON]
        with self._database.begin() as connection, self._database.joining(connection):
            actor, item, _ = self._item(token, now)
            last = FeedbackRows(connection).last_of(actor.id, item.kind, item.left_id, item.right_id)
            if last is None or (last.verdict, last.reason) != (verdict, reason):
                self._give(item, verdict, reason, actor, now)
        return Asked(actor.account, item, verdict, reason)

    def subscription(self, token: str, now: datetime) -> Subscription:
        """Whose digests a link is about, and how they are set. Nothing is changed. Raises LinkError."""
        (account_id,) = self._parts(Purpose.SETTINGS, token, now, 1)
        actor = self._actor(account_id)
        with self._database.read() as connection:
            return Subscription(actor.account, Digests(connection).settings(actor.id))

    def set(self, token: str, frequency: Frequency, left_out: Collection[Topic] | None, now: datetime) -> Subscription:
        """Get digests as often as that, and about these topics no more (None: as before). Raises LinkError.

        What was asked for holds whatever somebody else changes meanwhile, and it is read back before it is said.
        """
        for _ in range(TRIES):
            found = self.subscription(token, now)
            topics = found.settings.left_out if left_out is None else frozenset(left_out)
            wanted = replace(found.settings, frequency=frequency, left_out=topics)
            with suppress(ConflictError):
                return Subscription(found.account, self._kept(wanted, now))
        raise not_kept()

    def _kept(self, wanted: DigestSettings, now: datetime) -> DigestSettings:
        """Write settings, and read them back. Raises ConflictError where they are not what was asked for."""
        with self._database.begin() as connection, self._database.joining(connection):
            Digests(connection).save_settings(wanted)
            kept = Digests(connection).settings(wanted.account_id)
            if (kept.frequency, kept.left_out) != (wanted.frequency, wanted.left_out):
                raise not_kept()
            self._noted("set_digests_by_mail", wanted.account_id, wanted.frequency.value, now)
        return kept

    def stop(self, token: str, now: datetime) -> Subscription:
        """Get no more digests (RFC 8058: one click)."""
        return self.set(token, Frequency.NEVER, None, now)

    def _give(self, item: Item, verdict: Judgement, reason: str, actor: Actor, now: datetime) -> Feedback:
        try:
            given = self._judging.give(item.left_id, item.right_id, verdict, reason, actor, now)
        except (RecordNotFoundError, NotEntitledError, NotAllowedError):
            raise _taken_back() from None
        self._noted("answer_by_mail", actor.id, f"{item.kind}/{item.left_id}/{item.right_id}", now)
        return given

    def _item(self, token: str, now: datetime) -> tuple[Actor, Item, Judgement]:
        delivery_id, item_id, verdict = self._parts(Purpose.ANSWER, token, now, 3)
        with self._database.read() as connection:
            delivery = Deliveries(connection).get(delivery_id)
            digest = Digests(connection).get(delivery.digest_id) if delivery else None
        if delivery is None or digest is None or now.date() > delivery.week.sunday + ANSWERED_WITHIN:
            raise expired()
        actor = self._actor(delivery.account_id)
        with self._database.read() as connection:
            items = seen_now(connection, digest, actor.viewer).items
        item = next((one for one in items if one.id == item_id and item_id in delivery.handed), None)
        if item is None:
            raise _taken_back()
        return actor, item, Judgement(verdict)

    def _parts(self, purpose: Purpose, token: str, now: datetime, count: int) -> tuple[str, ...]:
        parts = self._links.opened(purpose, token, now)
        if len(parts) != count:
            raise forged()
        return parts

    def _actor(self, account_id: str) -> Actor:
        actor = self._access.of_account(account_id)
        if actor is None:
            raise expired()
        return actor

    def _noted(self, operation: str, account_id: str, target: str, now: datetime) -> None:
        self._journal.note(Deed(at=now, account_id=account_id, operation=operation, target=target))


def _taken_back() -> LinkError:
    return LinkError(
        Said("这条推荐已撤下。", "This recommendation was taken back."),
        Said("无需再答复。", "There is nothing left to answer."),
    )


def not_kept() -> ConflictError:
    """The error for settings that are not what was asked for."""
    return ConflictError(
        Said("设置没有保存。", "The settings were not kept."),
        Said("请重试；若仍不行，请联系管理员。", "Try again; if it fails again, ask the administrator."),
    )
