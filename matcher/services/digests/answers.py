"""Questions to candidates: the rankers, rules and visibility of search, for many readers at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from matcher.digest.fingerprints import fingerprint
from matcher.digest.offers import Found, Key, Shown
from matcher.digest.terms import Terms
from matcher.domain.controls import Question
from matcher.domain.matches import Match
from matcher.domain.records import Achievement, Kind, Left, PairKind, Record, Right
from matcher.domain.visibility import Viewer
from matcher.policy.wishes import Wishes
from matcher.ranking.contenders import Contenders, Contest, explained, matched, places, screened
from matcher.ranking.ranker import Direction, Ranker, default_ranker
from matcher.services.digests.questions import TOPICS, Asking
from matcher.services.pairings import Loaded, Pairings

Tell = Callable[[str, int, int | None], object]
Dated = Callable[[Record], date | None]
"""When a record came into the world."""


@dataclass(frozen=True, eq=False)
class Room:
    """What the questions of one group share: a pairing as some viewers know it, and what they ask for."""

    loaded: Loaded
    viewer: Viewer
    question: Question

    @cached_property
    def wishes(self) -> Wishes:
        """What is wished behind the questions."""
        return self.loaded.matcher.wishes(self.question)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a candidate stands, so that it can be explained."""

    room: Room
    row: int
    """The left row."""
    column: int

    @property
    def left(self) -> Left:
        """The left record."""
        return self.room.loaded.corpus.left.records[self.row]

    @property
    def right(self) -> Right:
        """The right record."""
        return self.room.loaded.corpus.right.records[self.column]


@dataclass(frozen=True, slots=True)
class Face:
    """What the selection looks at of a record."""

    fingerprint: str
    institution: str
    published: date | None


@dataclass
class Answers:
    """All candidates of a week, and what they were made with."""

    found: list[Found] = field(default_factory=list)
    sources: dict[Key, Source] = field(default_factory=dict)
    places: dict[Shown, int] = field(default_factory=dict)
    excluded: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What rules kept out, by reader and rule."""
    made_with: dict[str, Any] = field(default_factory=dict)
    asked_of_places: set[Shown] = field(default_factory=set)
    _shown: dict[Shown, Face] = field(default_factory=dict)

    def shown_as(self, room: Room, record: Record, ground: Ground) -> Face:
        """What the selection looks at of a record that is shown; worked out once, for it is shown to many."""
        key = (record.table, record.id)
        if key not in self._shown:
            self._shown[key] = Face(fingerprint(record), room.wishes.institution(record), ground.dated(record))
        return self._shown[key]

    def matches(self, keys: Iterable[Key]) -> dict[Key, Match]:
        """Everything there is to say of some candidates, many at once."""
        rooms: dict[Room, dict[tuple[int, int], list[Key]]] = {}
        for key in keys:
            source = self.sources[key]
            rooms.setdefault(source.room, {}).setdefault((source.row, source.column), []).append(key)
        return {
            key: match
            for room, wanted in rooms.items()
            for pair, match in explained(room.loaded.matcher, wanted, room.viewer, room.question)
            for key in wanted[pair]
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all questions of a week share."""

    day: date
    terms: Terms
    told: Mapping[tuple[str, Kind, str], int]
    """How many pairs a reader was told of lately, by the record of theirs."""
    working: frozenset[tuple[PairKind, str, str, str]]
    """Pairs of open cases, by who works on them."""
    dated: Dated
    fresh_since: date


def answered(
    askings: Sequence[Asking], viewers: Mapping[str, Viewer], pairings: Pairings, ground: Ground, *, tell: Tell
) -> Answers:
    """Ask everything. Readers who see the same and ask for the same are answered together."""
    answers, done = Answers(), 0
    for (kind, viewer, own), group in _grouped(askings, viewers, pairings).items():
        loaded = pairings.load(PairKind.of(kind), ground.day, viewer)
        _note(answers, PairKind.of(kind), loaded)
        room = Room(loaded, viewer, Question(own.must, own.ban, pairings.wishing(loaded).controls))
        for asked, contenders in _answered(room, kind, group, ground):
            for asking in asked:
                _take(answers, room, asking, contenders, ground)
            done += len(asked)
            tell("digest", done, len(askings))
    return answers


def dating(arrived: Mapping[Kind, Mapping[str, date]]) -> Dated:
    """A result by its day of publication, anything else by when it came, where that tells something."""

    def dated(record: Record) -> date | None:
        published = record.published_on if isinstance(record, Achievement) else None
        return published or arrived[record.table].get(record.id)

    return dated


def _grouped(
    askings: Iterable[Asking], viewers: Mapping[str, Viewer], pairings: Pairings
) -> Mapping[tuple[Kind, Viewer, Question], list[Asking]]:
    """By who asks about what: the side, what must be in memory, and the terms; in a fixed order."""
    groups: dict[tuple[Kind, Viewer, Question], list[Asking]] = defaultdict(list)
    known: dict[Viewer, Viewer] = {}
    for asking in askings:
        viewer = _narrowed(viewers[asking.reader], asking.pairing)
        if viewer not in known:
            known[viewer] = pairings.known_as(viewer)
        groups[asking.record_kind, known[viewer], asking.question].append(asking)
    order = sorted(groups, key=lambda key: (key[1].clearance, sorted(key[1].opened), key[0], key[2].must, key[2].ban))
    return {key: groups[key] for key in order}


def _narrowed(viewer: Viewer, pairing: PairKind) -> Viewer:
    """The viewer by what matters in a pairing, of which only left records can be hidden."""
    results = pairing.left is Kind.ACHIEVEMENTS
    return Viewer(
        viewer.clearance,
        institutions=viewer.institutions if results else frozenset(),
        carriers=frozenset() if results else viewer.carriers,
        opened=frozenset(each for each in viewer.opened if each[0] is pairing.left),
    )


def _answered(
    room: Room, kind: Kind, group: Sequence[Asking], ground: Ground
) -> Iterator[tuple[list[Asking], Contenders]]:
    """Each record asked about once, with all who ask. A record that the readers may not see is passed over."""
    corpus, standing = room.loaded.corpus, room.loaded.pooled.standing
    mine, shown = (corpus.right, corpus.left) if kind is corpus.pairing.right else (corpus.left, corpus.right)
    asked: dict[int, list[Asking]] = {}
    most: dict[int, int] = {}
    for asking in group:
        own = standing.get(asking.record_id, asking.record_id)
        if own in mine.rows:
            row = mine.rows[own]
            asked.setdefault(row, []).append(asking)
            told = ground.told.get((asking.reader, kind, own), 0)
            most[row] = max(most.get(row, 0), ground.terms.pool + told)
    direction = Direction.SCREEN if kind is corpus.pairing.right else Direction.RECOMMEND
    new = np.array([_fresh(record, ground) for record in shown.records], np.bool_)
    contest = Contest(most, new, room.viewer, room.question, _rival(room.loaded, direction), ground.terms.floor)
    run = screened if direction is Direction.SCREEN else matched
    for contenders in run(room.loaded.matcher, contest):
        yield asked[contenders.asker], contenders


def _take(answers: Answers, room: Room, asking: Asking, contenders: Contenders, ground: Ground) -> None:
    answers.excluded[asking.reader].update(contenders.excluded)
    pairing, about = asking.pairing, asking.about
    for at, shown in enumerate(contenders.shown):
        pair = (shown, contenders.asker) if about is pairing.left else (contenders.asker, shown)
        source = Source(room, *pair)
        left_id, right_id = source.left.id, source.right.id
        told = answers.shown_as(room, source.left if about is pairing.left else source.right, ground)
        one = Found(
            reader=asking.reader,
            topic=TOPICS[about],
            kind=pairing,
            left_id=left_id,
            right_id=right_id,
            about=about,
            probability=round(contenders.probabilities[at], 6),
            rival=round(contenders.rivals[at], 6) if contenders.rivals else None,
            tier=contenders.tiers[at],
            institution=told.institution,
            record=told.fingerprint,
            published=told.published,
            working=(pairing, left_id, right_id, asking.reader) in ground.working,
        )
        answers.found.append(one)
        answers.sources.setdefault(one.key, source)
        if (pairing.right, right_id) not in answers.asked_of_places:
            answers.asked_of_places.add((pairing.right, right_id))
            left = places(room.loaded.matcher, source.column, room.viewer)
            answers.places |= {} if left is None else {(pairing.right, right_id): left}


def _fresh(record: Record, ground: Ground) -> bool:
    published = ground.dated(record)
    return published is not None and published >= ground.fresh_since


def _rival(loaded: Loaded, direction: Direction) -> Ranker | None:
    """The documented mix, where a fitted ranker serves."""
    mix = default_ranker(loaded.corpus.pairing)
    return None if loaded.matcher.scorer.trained[direction].ranker.name == mix.name else mix


def _note(answers: Answers, pairing: PairKind, loaded: Loaded) -> None:
    trained = loaded.matcher.scorer.trained
    answers.made_with[pairing.value] = {
        "revision": loaded.origin.revision,
        "stamp": loaded.origin.stamp,
        "encoder": loaded.origin.encoder,
        "text_version": loaded.origin.text_version,
        "rankers": {direction.value: one.ranker.name for direction, one in trained.items()},
        "model": sha256(repr(sorted(trained.items())).encode()).hexdigest()[:16],
    }
