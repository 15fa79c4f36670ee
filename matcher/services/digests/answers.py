"""Questions to candidates: the rankers, rules and visibility of search, for many readers at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from matcher.digest.fingerprints import fingerprint
from matcher.digest.offers import Found, Key, Shown
from matcher.domain.controls import Question
from matcher.domain.matches import Match
from matcher.domain.records import Achievement, Kind, PairKind, Record
from matcher.domain.visibility import Viewer
from matcher.ranking.asked import Asked
from matcher.ranking.matcher import Matcher
from matcher.ranking.ranker import Direction, Ranker, default_ranker
from matcher.ranking.shortlist import Shortlist, explained, matching, screening
from matcher.services.digests.questions import TOPICS, Asking
from matcher.services.pairings import Loaded, Pairings

Tell = Callable[[str, int, int | None], object]
Dated = Callable[[Record], date | None]
"""When a record came into the world."""
POOR = "poor"
"""Counts candidates that suit far worse than the best one of their question."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a candidate stands, so that it can be explained."""

    matcher: Matcher
    shortlist: Shortlist
    at: int

    @property
    def pair(self) -> Asked:
        """The pair as it was asked about."""
        return self.shortlist.pairs[self.at]

    def match(self) -> Match:
        """The pair with all there is to say of it."""
        return explained(self.matcher, self.shortlist, [self.at])[0]


@dataclass
class Answers:
    """All candidates of a week, and what they were made with."""

    found: list[Found] = field(default_factory=list)
    sources: dict[Key, Source] = field(default_factory=dict)
    places: dict[Shown, int] = field(default_factory=dict)
    excluded: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What rules kept out, by reader and rule."""
    made_with: dict[str, Any] = field(default_factory=dict)
    rankers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all questions of a week share."""

    day: date
    pool: int
    floor: float
    told: Mapping[tuple[str, Kind, str], int]
    """How many pairs a reader was told of lately, by the record of theirs."""
    working: frozenset[tuple[PairKind, str, str, str]]
    """Pairs of open cases, by who works on them."""
    dated: Dated
    fresh_since: date


def answered(
    askings: Sequence[Asking],
    viewers: Mapping[str, Viewer],
    pairings: Pairings,
    ground: Ground,
    *,
    tell: Tell,
) -> Answers:
    """Ask everything. Readers who see the same share what is in memory."""
    answers, done = Answers(), 0
    for (pairing, viewer), group in _grouped(askings, viewers, pairings).items():
        loaded = pairings.load(pairing, ground.day, viewer)
        _note(answers, pairing, loaded)
        question = pairings.wishing(loaded)
        for asking in group:
            _ask(answers, loaded, asking, viewer, question, ground)
            done += 1
            tell("digest", done, len(askings))
    return answers


def _grouped(
    askings: Iterable[Asking], viewers: Mapping[str, Viewer], pairings: Pairings
) -> Mapping[tuple[PairKind, Viewer], list[Asking]]:
    """By what must be in memory, in a fixed order."""
    groups: dict[tuple[PairKind, Viewer], list[Asking]] = defaultdict(list)
    known: dict[Viewer, Viewer] = {}
    for asking in askings:
        viewer = _narrowed(viewers[asking.reader], asking.pairing)
        if viewer not in known:
            known[viewer] = pairings.known_as(viewer)
        groups[asking.pairing, known[viewer]].append(asking)
    order = sorted(groups, key=lambda key: (key[0], key[1].clearance, sorted(key[1].opened)))
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


def _ask(answers: Answers, loaded: Loaded, asking: Asking, viewer: Viewer, wishes: Question, ground: Ground) -> None:
    own = loaded.pooled.standing.get(asking.record_id, asking.record_id)
    question = Question(asking.question.must, asking.question.ban, wishes.controls)
    most = ground.pool + ground.told.get((asking.reader, asking.record_kind, own), 0)
    shortlist = _shortlist(loaded, asking, own, most, viewer, question, ground)
    if shortlist is None:
        return
    answers.excluded[asking.reader].update(shortlist.excluded)
    answers.places.update({(asking.pairing.right, name): left for name, left in shortlist.places.items()})
    least = ground.floor * max(shortlist.probabilities, default=0.0)
    for at, one in enumerate(_found(shortlist, asking, ground)):
        if one.probability < least and not one.tier:
            answers.excluded[asking.reader][POOR] += 1
            continue
        answers.found.append(one)
        answers.sources.setdefault(one.key, Source(loaded.matcher, shortlist, at))


def _shortlist(
    loaded: Loaded, asking: Asking, own: str, most: int, viewer: Viewer, question: Question, ground: Ground
) -> Shortlist | None:
    """The best candidates, and as many fresh ones from further down; None for a record that the reader may not see."""
    matcher, corpus = loaded.matcher, loaded.corpus
    shared: dict[str, Any] = {"favoured": lambda record: _fresh(record, ground)}
    if asking.record_kind is asking.pairing.right:
        if own not in corpus.right.rows:
            return None
        shared["rival"] = _rival(loaded, Direction.SCREEN)
        return screening(matcher, own, most, viewer, question, **shared)
    if own not in corpus.left.rows:
        return None
    shared["rival"] = _rival(loaded, Direction.RECOMMEND)
    return matching(matcher, corpus.left.take([corpus.left.rows[own]]), most, viewer, question, **shared)


def _found(shortlist: Shortlist, asking: Asking, ground: Ground) -> Iterator[Found]:
    for at, pair in enumerate(shortlist.pairs):
        yield Found(
            reader=asking.reader,
            topic=TOPICS[asking.about],
            kind=asking.pairing,
            left_id=pair.left.id,
            right_id=pair.right.id,
            about=asking.about,
            probability=round(shortlist.probabilities[at], 6),
            rival=round(shortlist.rivals[at], 6) if shortlist.rivals else None,
            tier=shortlist.tiers[at],
            institution=pair.institution,
            record=fingerprint(pair.shown),
            published=ground.dated(pair.shown),
            working=(asking.pairing, pair.left.id, pair.right.id, asking.reader) in ground.working,
        )


def _fresh(record: Record, ground: Ground) -> bool:
    published = ground.dated(record)
    return published is not None and published >= ground.fresh_since


def dating(arrived: Mapping[Kind, Mapping[str, date]]) -> Dated:
    """A result by its day of publication, anything else by when it came, where that tells something."""

    def dated(record: Record) -> date | None:
        published = record.published_on if isinstance(record, Achievement) else None
        return published or arrived[record.table].get(record.id)

    return dated


def _rival(loaded: Loaded, direction: Direction) -> Ranker | None:
    """The documented mix, where a fitted ranker serves."""
    mix = default_ranker(loaded.corpus.pairing)
    return None if loaded.matcher.scorer.trained[direction].ranker.name == mix.name else mix


def _note(answers: Answers, pairing: PairKind, loaded: Loaded) -> None:
    trained = loaded.matcher.scorer.trained
    answers.rankers.update(one.ranker.name for one in trained.values())
    answers.made_with[pairing.value] = {
        "revision": loaded.origin.revision,
        "stamp": loaded.origin.stamp,
        "encoder": loaded.origin.encoder,
        "text_version": loaded.origin.text_version,
        "rankers": {direction.value: one.ranker.name for direction, one in trained.items()},
        "model": sha256(repr(sorted(trained.items())).encode()).hexdigest()[:16],
    }
