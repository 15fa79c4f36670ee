"""Composing the digests of a week: what everybody may be told is gathered, chosen together, put into words, kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from matcher.digest.compose import Recipient, speaks
from matcher.digest.fingerprints import grounds
from matcher.digest.offers import Key, Shown
from matcher.digest.receipt import Composition, composed, head, parts
from matcher.digest.selection import Material, select
from matcher.digest.sieve import Before, Sees, sieve
from matcher.digest.terms import Terms
from matcher.domain.records import name_of
from matcher.domain.visibility import Viewer, visible
from matcher.domain.weeks import Week
from matcher.errors import ConflictError
from matcher.services.digests.answers import Answers, Tell, answered
from matcher.services.digests.changes import changes_of
from matcher.services.digests.lines import Lines, UseCases
from matcher.services.digests.readers import Addressee
from matcher.services.digests.twins import twins_of
from matcher.services.digests.week_facts import WeekFacts
from matcher.services.digests.week_state import week_state
from matcher.services.digests.writing import telling
from matcher.services.duplicates import Duplicates
from matcher.services.pairings import Pairings
from matcher.store import Database, Digests, Receipt
from matcher.wording import Said

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


class Composing:
    """The use case of composing a week on one installation."""

    def __init__(
        self,
        database: Database,
        pairings: Pairings,
        duplicates: Duplicates,
        uses: UseCases,
        versions: Mapping[str, str],
    ) -> None:
        self._database = database
        self._pairings = pairings
        self._duplicates = duplicates
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
        state = week_state(self._database, week, terms)
        ready = state.ready
        readers = {one.id: one.reader for one in ready.values()}
        viewers = {one.id: one.actor.viewer for one in ready.values()}
        answers = answered(state.askings, viewers, self._pairings, state.ground(day), tell=tell)
        again = answers.matches(_told_of(answers, before := state.before))
        offers, passed = sieve(
            answers.found,
            readers,
            before,
            week,
            terms,
            sees=_sees(answers, viewers),
            grounds=lambda one: grounds(again[one.key].reasons),
            twins=twins_of(answers, state, self._duplicates),
        )
        material = Material(
            week=week,
            seed=seed,
            terms=terms,
            readers=readers,
            offers=offers,
            places=_needed(answers.places, [offer.right for offer in offers]),
            showings=_needed(state.showings, [offer.shown for offer in offers]),
            ranker=SERVING,
            rival=MIX if any(offer.rival is not None for offer in offers) else "",
        )
        selection = select(material)
        chosen = {offers[number].key: offers[number] for number in sorted(selection.chosen)}
        matches = answers.matches(chosen)
        changes = changes_of(self._database, chosen.values(), before, answers.sources)
        receipt_id = sha256(f"{week}/{seed}/{now.isoformat()}".encode()).hexdigest()[:16]
        made = composed(
            material,
            self._recipients(state.everybody, week, day),
            selection,
            {
                key: telling(offer, answers.sources[key], matches[key], changes.get(key, ()))
                for key, offer in chosen.items()
            },
            receipt_id=receipt_id,
            composed_at=now,
        )
        content = head(made, {**self._versions, "day": day.isoformat(), "pairings": answers.made_with})
        kept_out = {reader: answers.excluded[reader] + Counter(counts) for reader, counts in passed.items()}
        receipt = Receipt(id=receipt_id, week=week, composed_at=now, content=content)
        return Composed(made, receipt, parts(made, kept_out), _names(answers, selection.unmet), written=False)

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


def _sees(answers: Answers, viewers: Mapping[str, Viewer]) -> Sees:
    """Whether a reader may know of a record: asked once more of what search has let through."""
    records = {
        (record.table, record.id): record
        for source in answers.sources.values()
        for record in (source.left, source.right)
    }
    return lambda reader, kind, record_id: visible(records[kind, record_id], viewers[reader])


def _told_of(answers: Answers, told: Mapping[Key, Before]) -> list[Key]:
    """The candidates that were told before and say what they said: whether there is a new reason must be looked at."""
    return [one.key for one in answers.found if one.key in told and told[one.key].record == one.record]


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
