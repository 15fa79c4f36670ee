"""Composing the digests of a week: what everybody may be told is gathered, chosen together, put into words, kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from matcher.digest.compose import Recipient, speaks
from matcher.digest.fingerprints import from_text, grounds
from matcher.digest.offers import Key, Shown
from matcher.digest.receipt import Composition, composed, head, parts
from matcher.digest.selection import Material, select
from matcher.digest.sieve import Before, Sees, sieve
from matcher.digest.terms import Terms
from matcher.domain.phases import OPEN
from matcher.domain.records import RECORD_KINDS, Kind, name_of
from matcher.domain.visibility import visible
from matcher.domain.weeks import Week
from matcher.errors import ConflictError
from matcher.services.digests.answers import Answers, Ground, Tell, answered, dating
from matcher.services.digests.lines import Lines, UseCases
from matcher.services.digests.questions import Desk, askings
from matcher.services.digests.readers import Addressee, addressees, speaking
from matcher.services.digests.week_facts import WeekFacts
from matcher.services.digests.writing import telling
from matcher.services.pairings import Pairings
from matcher.store import Cases, Database, Digests, Mandates, Receipt, ToldPair, Wanted
from matcher.store.arrivals import arrivals
from matcher.wording import Said

MOST_CASES = 1_000_000
SERVING, MIX = "serving", "default mix"


@dataclass(frozen=True, slots=True)
class Composed:
    """A composed week, and whether it was written."""

    week: Composition
    receipt: Receipt
    parts: Mapping[str, Mapping[str, Any]]
    """Each account's part of the receipt."""
    unmet: Mapping[Shown, str]
    """What new results and projects are shown to nobody, by name."""
    written: bool


@dataclass(frozen=True, slots=True)
class _State:
    """What the database said when the week was composed."""

    everybody: Sequence[Addressee]
    desk: Desk
    told: Sequence[ToldPair]
    arrived: Mapping[Kind, Mapping[str, date]]


class Composing:
    """The use case of composing a week on one installation."""

    def __init__(self, database: Database, pairings: Pairings, uses: UseCases, versions: Mapping[str, str]) -> None:
        self._database = database
        self._pairings = pairings
        self._uses = uses
        self._versions = versions

    def compose(
        self,
        week: Week,
        now: datetime,
        *,
        seed: int = 0,
        dry_run: bool = False,
        anew: bool = False,
        terms: Terms | None = None,
        tell: Tell = lambda *_: None,
    ) -> Composed:
        """Compose a week as of today, or as of its Monday when it is another one; all of it is kept, or nothing.

        Raises:
            ConflictError: it is composed already, or is to be composed anew and somebody was told of it.
        """
        if not dry_run:
            self._require_new(week, anew=anew)
        day = now.date() if Week.of(now.date()) == week else week.monday
        made = self._made(week, day, now, seed, terms or Terms(), tell)
        if dry_run:
            return made
        self._keep(made, anew=anew)
        return replace(made, written=True)

    def _made(self, week: Week, day: date, now: datetime, seed: int, terms: Terms, tell: Tell) -> Composed:
        state = self._state(week, terms)
        ready = speaking(state.everybody)
        told = {_key(pair): Before(pair.week, pair.record, from_text(pair.grounds)) for pair in state.told}
        answers = self._answers(ready, state, week, day, terms, tell)
        again = {key: grounds(match.reasons) for key, match in answers.matches(_told_of(answers, told)).items()}
        offers, passed = sieve(
            answers.found,
            {one.id: one.reader for one in ready.values()},
            told,
            week,
            terms,
            sees=_sees(answers, ready),
            grounds=lambda one: again[one.key],
        )
        compared = any(offer.rival is not None for offer in offers)
        material = Material(
            week=week,
            seed=seed,
            terms=terms,
            readers={one.id: one.reader for one in ready.values()},
            offers=offers,
            places=_needed(answers.places, [offer.right for offer in offers]),
            showings=_needed(_showings(state.told, week, terms), [offer.shown for offer in offers]),
            ranker=SERVING,
            rival=MIX if compared else "",
        )
        selection = select(material)
        chosen = {offers[number].key: offers[number] for number in sorted(selection.chosen)}
        matches = answers.matches(chosen)
        receipt_id = sha256(f"{week}/{seed}/{now.isoformat()}".encode()).hexdigest()[:16]
        made = composed(
            material,
            self._recipients(state.everybody, week, day),
            selection,
            {key: telling(offer, answers.sources[key], matches[key]) for key, offer in chosen.items()},
            receipt_id=receipt_id,
            composed_at=now,
        )
        content = head(made, {**self._versions, "day": day.isoformat(), "pairings": answers.made_with})
        kept_out = {reader: Counter(answers.excluded[reader]) for reader in passed}
        for reader, counts in passed.items():
            kept_out[reader].update({why.value: count for why, count in counts.items()})
        own = parts(made, kept_out)
        receipt = Receipt(id=receipt_id, week=week, composed_at=now, content=content)
        return Composed(made, receipt, own, _names(answers, selection.unmet), written=False)

    def _state(self, week: Week, terms: Terms) -> _State:
        since = datetime.combine(week.monday - timedelta(days=terms.fresh_days), time(), UTC)
        with self._database.read() as connection:
            wanted = Wanted(frozenset(OPEN), limit=MOST_CASES)
            desk = Desk(Cases(connection).page(wanted, None), Mandates(connection).all())
            return _State(
                addressees(connection, week),
                desk,
                Digests(connection).told(week.back(2 * terms.window), week),
                {kind: arrivals(connection, kind, since, terms.bulk) for kind in RECORD_KINDS},
            )

    def _answers(
        self, ready: Mapping[str, Addressee], state: _State, week: Week, day: date, terms: Terms, tell: Tell
    ) -> Answers:
        told: Counter[tuple[str, Kind, str]] = Counter()
        for pair in state.told:
            mine = pair.kind.right if pair.about is pair.kind.left else pair.kind.left
            told[pair.account_id, mine, pair.right_id if mine is pair.kind.right else pair.left_id] += 1
        working = {
            (case.pairing, case.left_id, case.right_id, one.id)
            for one in ready.values()
            for case in state.desk.cases_of(one)
        }
        ground = Ground(
            day=day,
            terms=terms,
            told=told,
            working=frozenset(working),
            dated=dating(state.arrived),
            fresh_since=week.monday - timedelta(days=terms.fresh_days),
        )
        asked = [asking for one in ready.values() for asking in askings(one, state.desk)]
        viewers = {one.id: one.actor.viewer for one in ready.values()}
        return answered(asked, viewers, self._pairings, ground, tell=tell)

    def _recipients(self, everybody: Sequence[Addressee], week: Week, day: date) -> list[Recipient]:
        lines = Lines(self._uses, WeekFacts(self._database, week, day))
        told = [(one, () if one.silence else lines.of(one)) for one in everybody]
        return [
            Recipient(
                account_id=one.id,
                language=one.actor.account.language,
                silence=one.silence,
                lines=said,
                spoken=speaks(said, one.last.lines if one.last else ()),
            )
            for one, said in told
        ]

    def _require_new(self, week: Week, *, anew: bool) -> None:
        with self._database.read() as connection:
            if Digests(connection).receipt(week) is not None and not anew:
                raise _composed_already(week)

    def _keep(self, made: Composed, *, anew: bool) -> None:
        week = made.receipt.week
        with self._database.begin() as connection:
            digests = Digests(connection)
            if anew and not digests.drop(week):
                raise _told_already(week)
            told = [(digest, made.parts[digest.account_id]) for digest in made.week.digests]
            if not digests.add(made.receipt, told):
                raise _composed_already(week)


def _key(pair: ToldPair) -> Key:
    return pair.account_id, pair.kind, pair.left_id, pair.right_id


def _sees(answers: Answers, ready: Mapping[str, Addressee]) -> Sees:
    """Whether a reader may know of a record: asked once more of what search has let through."""
    records = {
        (record.table, record.id): record
        for source in answers.sources.values()
        for record in (source.left, source.right)
    }
    return lambda reader, kind, record_id: visible(records[kind, record_id], ready[reader].actor.viewer)


def _told_of(answers: Answers, told: Mapping[Key, Before]) -> list[Key]:
    """The candidates that were told before and say what they said: whether there is a new reason must be looked at."""
    return [one.key for one in answers.found if one.key in told and told[one.key].record == one.record]


def _showings(told: Sequence[ToldPair], week: Week, terms: Terms) -> Counter[Shown]:
    """How often each record was shown in the weeks that count."""
    return Counter(
        (pair.about, pair.left_id if pair.about is pair.kind.left else pair.right_id)
        for pair in told
        if pair.week >= week.back(terms.memory)
    )


def _needed(counts: Mapping[Shown, int], shown: Iterable[Shown]) -> dict[Shown, int]:
    return {one: counts[one] for one in sorted(set(shown)) if one in counts}


def _names(answers: Answers, unmet: Sequence[Shown]) -> dict[Shown, str]:
    called = {}
    for source in answers.sources.values():
        for record in (source.left, source.right):
            called[record.table, record.id] = record
    return {one: name_of(called[one]) for one in unmet}


def _composed_already(week: Week) -> ConflictError:
    return ConflictError(
        Said(f"{week} 的简报已生成。", f"The digests of {week} are composed already."),
        Said(
            f"用 matcher digest show --week {week} 查看；尚未发出时可加 --anew 重新生成。",
            f"See `matcher digest show --week {week}`; with --anew they are composed anew while nobody was told.",
        ),
    )


def _told_already(week: Week) -> ConflictError:
    return ConflictError(
        Said(f"{week} 的简报已有人收到。", f"Somebody was told the digests of {week} already."),
        Said("已发出的简报不再改动；请生成下一周的。", "What was sent is not changed; compose the next week."),
    )
