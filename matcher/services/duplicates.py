"""Near-duplicates among results and among projects: found by meaning, confirmed by words, never merged silently."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from matcher.domain.identity import Decision, Identities
from matcher.domain.likeness import Likeness, alike, likeness, spelling
from matcher.domain.names import Organisations, normal_name
from matcher.domain.records import Achievement, IdentityKind, Kind, Left, Project, name_of
from matcher.domain.visibility import Viewer
from matcher.index.neighbours import near_pairs
from matcher.index.snapshot import Snapshot
from matcher.services.indexing import Indexer, Progress
from matcher.services.parties import known_to
from matcher.store import Database, Decisions, Records
from matcher.text.words import bigrams

NEAREST = 8
"""Neighbours in meaning that a record is compared with."""
VERBATIM = 0.75
"""Share of common bigrams (Dice) above which two summaries are one text."""
TITLE, TEXT = 0.6, 0.6
"""The same for titles and summaries of records that share an institution or a person."""
SAME_TITLE, SAME_TITLE_TEXT = 0.95, 0.35
"""The same for records of one title."""
FEWEST = 10
"""Bigrams of a summary that says something."""
MOST_COUNTED = 20_000
"""Records indexed at once whose near-duplicates are counted in passing; beyond, it would take minutes."""
NOT_COMPARED = frozenset({"id", "source", "extra"})


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two records that may be one, how alike they are (0 to 1, None where one has no text), and where they differ."""

    alias: Left
    canonical: Left
    title: float
    text: float | None
    institution: bool | None
    """Whether they are of one institution; None where one names none."""
    people: bool
    differs: tuple[str, ...]
    """Names of the fields that differ."""
    outcomes: tuple[int, int]

    @property
    def likeness(self) -> float:
        """The order of the list: mean of title and text, and a little for a common institution and common people."""
        text = self.title if self.text is None else self.text
        return (self.title + text) / 2 + 0.05 * bool(self.institution) + 0.05 * self.people


class Duplicates:
    """Finds near-duplicates in one installation."""

    def __init__(self, database: Database, indexer: Indexer) -> None:
        self._database = database
        self._indexer = indexer

    def find(
        self, kind: Kind, viewer: Viewer, *, among: Collection[str] | None = None, progress: Progress | None = None
    ) -> list[Duplicate]:
        """Undecided pairs, the most alike first; with `among`, only those of which one is named there.

        What is found among all stands for the viewer until a record, an outcome, a decision or the index changes.
        """
        snapshot, _ = self._indexer.refresh(progress)
        if among is not None:
            return self._find(snapshot, kind, viewer, among)
        asked = (Duplicates, kind, viewer, snapshot.origin)
        with self._database.read() as connection:
            remembered, stored = self._database.remembered, Records(connection)
            return [*remembered.made(stored, asked, lambda: self._find(snapshot, kind, viewer, None))]

    def _find(self, snapshot: Snapshot, kind: Kind, viewer: Viewer, among: Collection[str] | None) -> list[Duplicate]:
        known, identity = known_to(viewer, self._database), IdentityKind.of(kind)
        standing = known.standing(identity)
        apart = _apart(known.decisions)
        records = [
            record
            for record in known.records[kind].values()
            if isinstance(record, Achievement | Project) and record.id not in standing
        ]
        organisations = known.identities.organisations()
        profiles = [Profile(record) for record in records]
        found = [
            dataclasses.replace(each, outcomes=(known.outcomes[each.alias.id], known.outcomes[each.canonical.id]))
            for one, other in _pairs(records, snapshot, kind, among)
            if frozenset((records[one].id, records[other].id)) not in apart
            and (each := compare(profiles[one], profiles[other], organisations))
        ]
        return sorted(found, key=lambda each: (-each.likeness, each.canonical.id, each.alias.id))

    def twins(self, kind: Kind, ids: Collection[str]) -> dict[str, frozenset[str]]:
        """Of these records alone, by id, those that are near-duplicates of each other and not decided to be two.

        Any of them is compared, whoever may see it: whoever asks names only what may be told of.
        """
        snapshot, _ = self._indexer.refresh()
        with self._database.read() as connection:
            stored, decisions = Records(connection), Decisions(connection).all()
            everything = self._database.remembered.all(stored, kind)
        records = [one for one in everything if one.id in ids and isinstance(one, Achievement | Project)]
        organisations = Identities(decisions).organisations()
        apart, profiles = _apart(decisions), [Profile(record) for record in records]
        found: dict[str, set[str]] = defaultdict(set)
        for one, other in _pairs(records, snapshot, kind, None):
            pair = records[one].id, records[other].id
            if frozenset(pair) not in apart and compare(profiles[one], profiles[other], organisations):
                found[pair[0]].add(pair[1])
                found[pair[1]].add(pair[0])
        return {name: frozenset(others) for name, others in found.items()}

    def count_among(self, ids: Mapping[Kind, Collection[str]]) -> dict[Kind, int]:
        """Undecided pairs with one of these records, by table; none of a table with none or with very many.

        Restricted records are not counted: whoever runs an index need not be entitled to them.
        """
        asked = {kind: ids.get(kind, ()) for kind in (Kind.ACHIEVEMENTS, Kind.PROJECTS)}
        found = {
            kind: len(self.find(kind, Viewer.BROKERS, among=new))
            for kind, new in asked.items()
            if 0 < len(new) <= MOST_COUNTED
        }
        return {kind: count for kind, count in found.items() if count}


class Profile:
    """A record and what of it is compared, worked out when it is first needed."""

    def __init__(self, record: Left) -> None:
        self.record = record

    @cached_property
    def title(self) -> frozenset[str]:
        """Bigrams of the title or name."""
        return frozenset(bigrams(name_of(self.record)))

    @cached_property
    def text(self) -> frozenset[str]:
        """Bigrams of the summary."""
        return frozenset(bigrams(self.record.summary))

    @cached_property
    def people(self) -> frozenset[str]:
        """Who made it."""
        return frozenset(self.record.inventors) if isinstance(self.record, Achievement) else frozenset()


def compare(one: Profile, other: Profile, organisations: Organisations) -> Duplicate | None:
    """The two as near-duplicates, the one with the higher id as the alias; None when they are not alike enough."""
    title, text = _title(one, other), None
    if min(len(one.text), len(other.text)) >= FEWEST:
        text = _dice(one.text, other.text)
    institution, people = _institution(one.record, other.record, organisations), bool(one.people & other.people)
    numbered = spelling(name_of(one.record)).numbers == spelling(name_of(other.record)).numbers
    if text is None:
        alike_enough = title >= SAME_TITLE and institution is not False
    else:
        titled = title >= SAME_TITLE and text >= SAME_TITLE_TEXT
        related = (institution or people) and title >= TITLE and text >= TEXT
        alike_enough = text >= VERBATIM or titled or bool(related)
    if not (alike_enough and numbered):
        return None
    canonical, alias = sorted((one.record, other.record), key=lambda record: record.id)
    return Duplicate(alias, canonical, title, text, institution, people, _differing(alias, canonical), (0, 0))


def _apart(decisions: Iterable[Decision]) -> set[frozenset[str]]:
    """The pairs that were decided to be two."""
    return {frozenset((each.alias, each.canonical)) for each in decisions if not each.same}


def _title(one: Profile, other: Profile) -> float:
    names = name_of(one.record), name_of(other.record)
    company = isinstance(one.record, Project) and likeness(*names) not in (None, Likeness.CONTAINS, Likeness.EDIT)
    return 1.0 if company else _dice(one.title, other.title)


def _institution(one: Left, other: Left, organisations: Organisations) -> bool | None:
    if not (isinstance(one, Achievement) and isinstance(other, Achievement)):
        return None
    return organisations.same(one.institution, other.institution) if one.institution and other.institution else None


def _differing(one: Left, other: Left) -> tuple[str, ...]:
    names = (field.name for field in dataclasses.fields(one) if field.name not in NOT_COMPARED)
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def _dice(one: Collection[Any], other: Collection[Any]) -> float:
    """Common share of two sets (Dice, 1945): 2 |a ∩ b| / (|a| + |b|)."""
    both = len(one) + len(other)
    return 2 * len(frozenset(one) & frozenset(other)) / both if both else 0.0


def _pairs(
    records: Sequence[Left], snapshot: Snapshot, kind: Kind, among: Collection[str] | None
) -> Iterator[tuple[int, int]]:
    """Places of the pairs worth comparing: neighbours in meaning, equal titles, company names that may be one."""
    rows = {name: row for row, name in enumerate(snapshot.tables[kind].vectors.ids)}
    indexed = [place for place, record in enumerate(records) if record.id in rows]
    matrix = snapshot.tables[kind].vectors.matrix[[rows[records[place].id] for place in indexed]]
    asked = None if among is None else [at for at, place in enumerate(indexed) if records[place].id in among]
    found = {(indexed[one], indexed[other]) for one, other in near_pairs(matrix, NEAREST, asked)}
    found.update(_same_title(records))
    if kind is Kind.PROJECTS:
        found.update(
            (one, other) for one, other, _ in alike([record.name for record in records if isinstance(record, Project)])
        )
    chosen = (pair for pair in sorted(found) if among is None or any(records[place].id in among for place in pair))
    yield from chosen


def _same_title(records: Iterable[Left]) -> Iterator[tuple[int, int]]:
    """Each with the next of the same title."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        places[normal_name(name_of(record))].append(place)
    return (pair for same in places.values() for pair in pairwise(same))
