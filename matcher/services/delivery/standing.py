"""What of a digest still stands when it is sent: the account, its wishes, the records and the rules' word on them may
have changed since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from matcher.domain.accounts import Actor
from matcher.domain.deliveries import Cause, Suppression, Way
from matcher.domain.digests import Digest, DigestSettings, Item, Line, Silence, Topic
from matcher.domain.phases import OPEN
from matcher.domain.records import PairKind
from matcher.services.access import Access
from matcher.services.cases.papers import CasePapers
from matcher.services.delivery.letter import Reader
from matcher.services.delivery.rulings import Rulings
from matcher.services.digests.own_lines import IN_HAND, own_lines
from matcher.services.digests.readers import Addressee, silenced
from matcher.services.digests.reading import known_of, seen_now, sides
from matcher.services.digests.week_facts import WeekFacts
from matcher.services.digests.week_state import MOST_CASES
from matcher.services.policy import Policy
from matcher.services.records import owns
from matcher.store import Cases, Database, Digests, Mine, Records, Suppressions, Wanted

STOPPING_ALL = (Cause.COMPLAINT, Cause.MANUAL)
"""Who was taken off the list by a person gets nothing by other ways either; a mailbox that is gone is only that."""


class Standing:
    """Looks at digests once more, just before they are sent."""

    def __init__(
        self, database: Database, access: Access, rulings: Rulings, policy: Policy, papers: CasePapers
    ) -> None:
        self._database = database
        self._access = access
        self._rulings = rulings
        self._policy = policy
        self._papers = papers

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
            who = Addressee(actor=actor, settings=settings)
            items = self._items(connection, digest, who, today)
            told = replace(digest, items=items, lines=tuple(self._lines(connection, digest, who, today)))
            left = seen_now(connection, told, actor.viewer)
        due = any(one.topic is Topic.TASKS for one in left.lines)
        if not left.items and not due and (digest.items or not left.lines):
            return Silence.NOTHING
        return Reader(account=actor.account, settings=settings), left

    def _items(self, connection: Any, digest: Digest, who: Addressee, today: date) -> tuple[Item, ...]:
        """The items that search would still show, of records that are the reader's; none that they work on by now."""
        viewer = who.actor.viewer
        known, working = known_of(connection, digest, viewer), _working(connection, who.actor)
        read = [one for one in digest.items if wanted(one, who.settings) and known.keys() >= {*sides(one)}]
        rules = {kind: self._rulings.of(kind, viewer, today) for kind in {one.kind for one in read}}
        return tuple(
            one
            for one in read
            if any(owns(who.actor, known[side]) for side in sides(one))
            and (one.kind, one.left_id, one.right_id) not in working
            and rules[one.kind].possible(one.left_id, one.right_id)
        )[: who.settings.size]

    def _lines(self, connection: Any, digest: Digest, who: Addressee, today: date) -> Iterator[Line]:
        """The lines; those about what the reader has in hand as they are today, in the place of the first of each."""
        made: list[Line] | None = None
        done: set[Topic] = set()
        for line in digest.lines:
            if not wanted(line, who.settings):
                continue
            if line.topic not in IN_HAND:
                yield line
            elif line.topic not in done:
                done.add(line.topic)
                made = self._own(connection, digest, who, today) if made is None else made
                yield from (one for one in made if one.topic is line.topic)

    def _own(self, connection: Any, digest: Digest, who: Addressee, today: date) -> list[Line]:
        asked = (Standing, digest.week, today)
        facts = self._database.remembered.made(
            Records(connection), asked, lambda: WeekFacts(self._database, digest.week, today)
        )
        return list(own_lines(who, self._papers, self._policy, facts))


def wanted(part: Item | Line, settings: DigestSettings) -> bool:
    """Whether the account wants to read about the topic."""
    return part.topic not in settings.left_out


def _working(connection: Any, actor: Actor) -> set[tuple[PairKind, str, str]]:
    """The pairs of open cases that somebody works on."""
    mine = Mine(account_id=actor.id, organisation_id=actor.account.organisation_id)
    return {one.pair for one in Cases(connection).page(Wanted(frozenset(OPEN), limit=MOST_CASES), mine)}


def _stopped(suppressed: Suppression | None, way: Way) -> Silence | None:
    stops = suppressed is not None and (way is Way.MAIL or suppressed.cause in STOPPING_ALL)
    return Silence.SUPPRESSED if stops else None
