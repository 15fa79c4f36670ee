"""What the database says when a week is composed: who there is, what they have in hand, what they were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from matcher.digest.fingerprints import from_text
from matcher.digest.offers import Key, Shown
from matcher.digest.sieve import Before
from matcher.digest.terms import Terms
from matcher.domain.phases import OPEN
from matcher.domain.records import RECORD_KINDS, Kind, PairKind
from matcher.domain.weeks import Week
from matcher.services.digests.answers import Ground, dating
from matcher.services.digests.questions import Asking, Desk, askings
from matcher.services.digests.readers import Addressee, addressees
from matcher.store import Cases, Database, Digests, Mandates, ToldPair, Wanted
from matcher.store.arrivals import arrivals

MOST_CASES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekState:
    """All of it, as of one moment."""

    week: Week
    terms: Terms
    everybody: Sequence[Addressee]
    desk: Desk
    told: Sequence[ToldPair]
    arrived: Mapping[Kind, Mapping[str, date]]

    @property
    def ready(self) -> dict[str, Addressee]:
        """Those who may be told something, by id."""
        return {one.id: one for one in self.everybody if one.silence is None}

    @property
    def before(self) -> dict[Key, Before]:
        """What somebody was last told of a pair; the pairs come by week."""
        return {
            (pair.account_id, pair.kind, pair.left_id, pair.right_id): Before(
                pair.week, pair.record, from_text(pair.grounds)
            )
            for pair in self.told
        }

    @property
    def showings(self) -> Counter[Shown]:
        """How often each record was shown in the weeks that count."""
        since = self.week.back(self.terms.memory)
        return Counter(
            (pair.about, pair.left_id if pair.about is pair.kind.left else pair.right_id)
            for pair in self.told
            if pair.week >= since
        )

    @property
    def askings(self) -> list[Asking]:
        """The questions of everybody who may be told something."""
        return [asking for one in self.ready.values() for asking in askings(one, self.desk)]

    def ground(self, day: date) -> Ground:
        """What all questions share."""
        told: Counter[tuple[str, Kind, str]] = Counter()
        for pair in self.told:
            left = pair.about is pair.kind.right  # the record that is not shown is the reader's
            mine = (pair.kind.left, pair.left_id) if left else (pair.kind.right, pair.right_id)
            told[pair.account_id, *mine] += 1
        working: set[tuple[PairKind, str, str, str]] = {
            (*case.pair, one.id) for one in self.ready.values() for case in self.desk.cases_of(one)
        }
        return Ground(
            day=day,
            terms=self.terms,
            told=told,
            working=frozenset(working),
            dated=dating(self.arrived),
            fresh_since=self.week.monday - timedelta(days=self.terms.fresh_days),
        )


def week_state(database: Database, week: Week, terms: Terms) -> WeekState:
    """The state of this moment."""
    since = datetime.combine(week.monday - timedelta(days=terms.fresh_days), time(), UTC)
    with database.read() as connection:
        cases = Cases(connection).page(Wanted(frozenset(OPEN), limit=MOST_CASES), None)
        return WeekState(
            week=week,
            terms=terms,
            everybody=addressees(connection, week),
            desk=Desk(cases, Mandates(connection).all()),
            told=Digests(connection).told(week.back(2 * terms.window), week),
            arrived={kind: arrivals(connection, kind, since, terms.bulk) for kind in RECORD_KINDS},
        )
