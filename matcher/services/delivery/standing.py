"""What of a digest still stands when it is sent: the account, its wishes and what it may see can have changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from matcher.domain.accounts import Actor
from matcher.domain.controls import Control, Question
from matcher.domain.deliveries import Cause, Suppression, Way
from matcher.domain.digests import Digest, DigestSettings, Item, Line, Silence, Topic
from matcher.domain.records import Kind, PairKind, Record, Result
from matcher.domain.visibility import Viewer, visible
from matcher.policy.wishes import Wishes
from matcher.services.access import Access
from matcher.services.delivery.letter import Reader
from matcher.services.digests.readers import silenced
from matcher.services.digests.reading import sayable
from matcher.services.pooling import organisations
from matcher.services.records import owns
from matcher.store import Controls, Database, Digests, Outcomes, Records, Suppressions

DECIDED = (Result.ACCEPTED, Result.REJECTED)
STOPPING_ALL = (Cause.COMPLAINT, Cause.MANUAL)
"""Who was taken off the list by a person gets nothing by other ways either; a mailbox that is gone is only that."""


class Standing:
    """Looks at digests once more, just before they are sent."""

    def __init__(self, database: Database, access: Access) -> None:
        self._database = database
        self._access = access

    def look(self, digest: Digest, way: Way, today: date) -> tuple[Reader, Digest] | Silence:
        """Whom it goes to and what of it stands; or why nothing is sent."""
        with self._database.read() as connection, self._database.joining(connection):
            actor = self._access.of_account(digest.account_id)
            if actor is None:
                return Silence.INACTIVE
            settings = Digests(connection).settings(actor.id)
            last = Digests(connection).last_week(actor.id, digest.week)
            suppressed = Suppressions(connection).get(actor.account.email)
            silence = silenced(actor.account, settings, last, digest.week) or _stopped(suppressed, way)
            if silence := silence or digest.silence:
                return silence
            read = [one for one in digest.items if wanted(one, settings)]
            wishes = {kind: self._wishes(kind, today) for kind in {one.kind for one in read}}
            items = [self._item(one, actor, wishes[one.kind]) for one in read]
            lines = [one for one in digest.lines if wanted(one, settings) and self._line_stands(one, actor.viewer)]
        left = tuple(one for one in items if one is not None)[: settings.size]
        if not left and not any(one.topic is Topic.TASKS for one in lines) and (digest.items or not lines):
            return Silence.NOTHING
        reader = Reader(account=actor.account, settings=settings)
        return reader, replace(digest, items=left, lines=tuple(lines))

    def _item(self, item: Item, actor: Actor, wishes: Sequence[Control]) -> Item | None:
        """The item as it stands; its reason goes when it names what the reader may no longer see."""
        left = self._seen(item.kind.left, item.left_id, actor.viewer)
        right = self._seen(item.kind.right, item.right_id, actor.viewer)
        if left is None or right is None or not any(owns(actor, one) for one in (left, right)):
            return None
        if self._decided(item) or self._unwanted(left, right, wishes):
            return None
        with self._database.read() as connection:
            return sayable(connection, item, actor.viewer)

    def _seen(self, kind: Kind, record_id: str, viewer: Viewer) -> Record | None:
        with self._database.read() as connection:
            found = Records(connection).many(kind, [record_id]).get(record_id)
        return found if found is not None and visible(found, viewer) else None

    def _decided(self, item: Item) -> bool:
        with self._database.read() as connection:
            told = Outcomes(connection).of(item.kind, item.left_id, item.right_id)
        return any(one.result in DECIDED for one in told)

    def _wishes(self, kind: PairKind, today: date) -> list[Control]:
        with self._database.read() as connection:
            return [one for one in Controls(connection).of(kind) if one.holds_on(today)]

    def _unwanted(self, left: Record, right: Record, wishes: Sequence[Control]) -> bool:
        """Whether a standing wish of either side keeps the two apart."""
        askers = {(one.table, one.id) for one in (left, right)}
        theirs = tuple(one for one in wishes if (one.asker_kind, one.asker) in askers)
        if not theirs:
            return False
        asked = Wishes(Question(controls=theirs), organisations(self._database))
        return next(asked.binding(left, right), None) is not None

    def _line_stands(self, line: Line, viewer: Viewer) -> bool:
        """Whether every record it names is still there and may be seen."""
        named = (each.partition("/")[::2] for each in line.about)
        return all(self._seen(Kind(kind), record_id, viewer) is not None for kind, record_id in named)


def wanted(part: Item | Line, settings: DigestSettings) -> bool:
    """Whether the account wants to read about the topic."""
    return part.topic not in settings.left_out


def _stopped(suppressed: Suppression | None, way: Way) -> Silence | None:
    stops = suppressed is not None and (way is Way.MAIL or suppressed.cause in STOPPING_ALL)
    return Silence.SUPPRESSED if stops else None
