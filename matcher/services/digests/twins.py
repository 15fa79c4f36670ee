"""The near-duplicates among what a week could tell, was told lately, and what carriers and funds have already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cache

from matcher.digest.offers import Found
from matcher.digest.twins import Beside, Twins, beside
from matcher.domain.records import Kind
from matcher.services.digests.answers import Answers, Room
from matcher.services.digests.week_state import WeekState
from matcher.services.duplicates import Duplicates


def twins_of(answers: Answers, state: WeekState, duplicates: Duplicates) -> Twins:
    """Which of them are near-duplicates, and what each reader may know to be taken or in hand."""
    working: dict[Beside, set[str]] = defaultdict(set)
    for who in state.ready.values():
        for case in state.desk.cases_of(who):
            working[who.id, case.pairing, case.right_id].add(case.left_id)

    @cache
    def taken(room: Room, column: int) -> frozenset[str]:
        known = room.loaded.matcher.known
        return frozenset(known.left.ids[row] for row in known.taken_on.get(column, {}))

    def had(one: Found) -> Collection[str]:
        source = answers.sources[one.key]
        return taken(source.room, source.column) | working.get(beside(one), set())

    ids: dict[Kind, set[str]] = defaultdict(set)
    for one in answers.found:
        ids[one.kind.left].update((one.left_id, *had(one)))
    for pair in state.told:
        ids[pair.kind.left].add(pair.left_id)
    found = {(kind, name): twins for kind in ids for name, twins in duplicates.twins(kind, ids[kind]).items()}
    return Twins(found, had)
