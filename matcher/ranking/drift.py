"""Stated focus against revealed decisions: what somebody says to take, what was taken, and an edit that closes the gap.

A statement is not broken by a single exception: up to `TOLERANCE` of the decisions may lie outside of it. Each
departure is an exact binomial test against that share; over all tests of a record the chance of a single false alarm
is `LEVEL` (Holm, 1979). An addition counts only decisions that nothing stated covers, so that all additions to one list
are bounded by the one test of its outside share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from matcher.domain.records import Left, Right
from matcher.ranking.mandate import Decision, Facet, Mandates, Window
from matcher.ranking.significance import at_least, holm, wilson
from matcher.wording import Said

TOLERANCE = 0.1
LEVEL = 0.05
FEWEST = 8
"""Decisions from which anything is said at all."""
COVERED = 0.9
"""Share of the decisions that a proposed limit lets in."""


class State(StrEnum):
    """What can be said of one statement."""

    UNSTATED = "unstated"
    FEW = "few"
    STEADY = "steady"
    DRIFT = "drift"


class Change(StrEnum):
    """What is done to a field."""

    ADD = "add"
    DROP = "drop"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the 95 % Wilson interval."""

    label: str
    count: int
    total: int
    stated: bool = False

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the truth may lie."""
        return wilson(self.count, self.total)


@dataclass(frozen=True, slots=True)
class Edit:
    """One proposed change of one field, how probable the finding is by chance, and the decisions behind it."""

    field: str
    change: Change
    value: str | float
    said: Said
    p: float
    support: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One statement and what was decided."""

    field: str
    said: Said
    stated: tuple[str, ...]
    outside: Share
    shares: tuple[Share, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Review:
    """All statements of one record, the edits that hold, and the record with them."""

    dimensions: tuple[Dimension, ...]
    edits: tuple[Edit, ...]
    edited: Right


@dataclass(frozen=True, slots=True)
class _Tested:
    """A statement with its tests; a test that proposes nothing counts in the family all the same."""

    dimension: Dimension
    tests: tuple[tuple[float, Edit | None], ...] = ()


def review(
    right: Right,
    accepted: Sequence[Decision],
    market: Sequence[Left],
    mandates: Mandates,
    rejected: Sequence[Decision] = (),
) -> Review:
    """What the accepted decisions say of the record's statements.

    `market`: what was on offer to anybody meanwhile. Rejected decisions are named as evidence and counted nowhere.
    """
    decided = accepted, rejected
    tested = [_facet(facet, getattr(right, facet.field), decided, market) for facet in mandates.facets(right)]
    tested += [_window(window, right, accepted) for window in mandates.windows(right)]
    tests = [test for one in tested for test in one.tests]
    held = holm([p for p, _ in tests], LEVEL)
    edits = tuple(edit for (_, edit), holds in zip(tests, held, strict=True) if holds and edit)
    edits = tuple(edit for edit in edits if not _empties(right, edit, edits))
    moved = {edit.field for edit in edits}
    dimensions = tuple(
        replace(one.dimension, state=State.DRIFT)
        if {edit.field for _, edit in one.tests if edit} & moved
        else one.dimension
        for one in tested
    )
    return Review(dimensions, edits, edited(right, edits))


def edited(right: Right, edits: Sequence[Edit]) -> Right:
    """The record with the edits made."""
    changes: dict[str, Any] = {}
    for edit in edits:
        before = changes.get(edit.field, getattr(right, edit.field))
        match edit.change:
            case Change.ADD:
                changes[edit.field] = (*before, edit.value)
            case Change.DROP:
                changes[edit.field] = tuple(item for item in before if item != edit.value)
            case Change.SET:
                changes[edit.field] = edit.value
    return replace(right, **changes)


def _empties(right: Right, edit: Edit, edits: Sequence[Edit]) -> bool:
    """Whether a list would lose its last item: an empty list means that anything is taken."""
    of_field = [one for one in edits if one.field == edit.field]
    return edit.change is Change.DROP and not getattr(edited(right, of_field), edit.field)


def _facet(
    facet: Facet, stated: Sequence[str], decided: tuple[Sequence[Decision], Sequence[Decision]], market: Sequence[Left]
) -> _Tested:
    accepted, rejected = decided
    told = [(one, values) for one in accepted if (values := facet.values(one.left))]
    outside = [(one, values) for one, values in told if not _covered(facet, stated, values)]
    shown = tuple(facet.shown(item) for item in stated)
    state = State.UNSTATED if not stated else State.FEW if len(told) < FEWEST else State.STEADY
    dimension = Dimension(
        facet.field, facet.said, shown, Share("", len(outside), len(told)), _shares(facet, stated, told), state
    )
    if state is not State.STEADY:
        return _Tested(dimension)
    tests = [*_additions(facet, outside, len(told)), *_removals(facet, stated, told, rejected, market)]
    return _Tested(dimension, tuple(tests))


def _covered(facet: Facet, stated: Sequence[str], values: Sequence[str]) -> bool:
    return any(facet.covers(item, value) for item in stated for value in values)


Told = Sequence[tuple[Decision, Sequence[str]]]


def _shares(facet: Facet, stated: Sequence[str], told: Told) -> tuple[Share, ...]:
    """Each stated item, then each category of what was decided that nothing stated includes, most frequent first."""
    within = [
        Share(facet.shown(item), sum(_covered(facet, [item], values) for _, values in told), len(told), True)
        for item in stated
    ]
    others = [
        Share(facet.shown(name), len(decisions), len(told))
        for name, decisions in _categories(facet, told)
        if not _covered(facet, stated, [name])
    ]
    return (*sorted(within, key=lambda share: -share.count), *others)


def _categories(facet: Facet, told: Told) -> list[tuple[str, list[Decision]]]:
    """The categories of decisions under the name most often used for each, most frequent first."""
    names: dict[Hashable, Counter[str]] = {}
    found: dict[Hashable, dict[int, Decision]] = {}
    for place, (decision, values) in enumerate(told):
        for value in values:
            names.setdefault(facet.key(value), Counter())[value] += 1
            found.setdefault(facet.key(value), {})[place] = decision
    best = {key: min(counts, key=lambda name: (-counts[name], name)) for key, counts in names.items()}
    return sorted(
        ((best[key], list(decisions.values())) for key, decisions in found.items()),
        key=lambda category: (-len(category[1]), category[0]),
    )


def _additions(facet: Facet, outside: Told, total: int) -> Iterator[tuple[float, Edit]]:
    """The category that explains most of the decisions outside, then of the rest, and so on."""
    rest = outside
    while rest:
        name, support = _categories(facet, rest)[0]
        share = Share(facet.shown(name), len(support), total)
        p = at_least(len(support), total, TOLERANCE)
        said = Said(
            f"{facet.said.zh}增加 {share.label}（{_told(share).zh}）",
            f"{facet.said.en}: add {share.label} ({_told(share).en})",
        )
        yield p, Edit(facet.field, Change.ADD, facet.item(name), said, p, tuple(support))
        rest = [one for one in rest if one[0] not in support]


def _removals(
    facet: Facet, stated: Sequence[str], told: Told, rejected: Sequence[Decision], market: Sequence[Left]
) -> Iterator[tuple[float, Edit | None]]:
    """Stated items that nothing was taken of though they were on offer.

    Were an item meant, it would be found in its share of the offer inside the statement, or in an even share of it
    where the offer is larger.
    """
    offered = [values for left in market if _covered(facet, stated, values := facet.values(left))]
    for item in stated:
        if any(_covered(facet, [item], values) for _, values in told):
            yield 1.0, None
            continue
        offer = sum(_covered(facet, [item], values) for values in offered)
        expected = min(offer / max(len(offered), 1), 1 / len(stated))
        p = (1 - (1 - TOLERANCE) * expected) ** len(told)
        zh = f"{facet.said.zh}删去 {facet.shown(item)}（0/{len(told)} 笔，同期可选 {offer}/{len(offered)}）"
        en = f"{facet.said.en}: drop {facet.shown(item)} (0/{len(told)}; on offer {offer}/{len(offered)})"
        refused = tuple(one for one in rejected if _covered(facet, [item], facet.values(one.left)))
        yield p, Edit(facet.field, Change.DROP, item, Said(zh, en), p, refused)


def _window(window: Window, right: Right, accepted: Sequence[Decision]) -> _Tested:
    low, high = getattr(right, window.low), getattr(right, window.high)
    told = [(one, value) for one in accepted if (value := window.value(one)) is not None]
    below = [one for one, value in told if low is not None and value < low]
    above = [one for one, value in told if high is not None and value > high]
    unstated = low is None and high is None
    state = State.UNSTATED if unstated else State.FEW if len(told) < FEWEST else State.STEADY
    stated = () if unstated else ("–".join("" if limit is None else window.shown(limit) for limit in (low, high)),)
    outside = Share("", len(below) + len(above), len(told))
    values = [value for _, value in told]
    shares = (Share(_range(window, values), len(told), len(told)),) if told else ()
    dimension = Dimension(window.low, window.said, stated, outside, shares, state)
    if state is not State.STEADY:
        return _Tested(dimension)
    lower = float(np.quantile(values, 1 - COVERED, method="lower"))
    upper = float(np.quantile(values, COVERED, method="higher"))
    sides = ((window.low, low, lower, below), (window.high, high, upper, above))
    tests = [_limit(window, field, old, new, beyond, len(told)) for field, old, new, beyond in sides if old is not None]
    return _Tested(dimension, tuple(tests))


def _range(window: Window, values: Sequence[float]) -> str:
    """Smallest, median and largest."""
    points = (min(values), float(np.median(values)), max(values))
    return " · ".join(map(window.shown, points))


def _limit(
    window: Window, field: str, old: float, new: float, beyond: Sequence[Decision], total: int
) -> tuple[float, Edit]:
    """The limit that would let in nine tenths of what was taken, tested by how many lie beyond the stated one."""
    p = at_least(len(beyond), total, TOLERANCE)
    share = _told(Share("", len(beyond), total))
    zh = f"{window.said.zh}的{'下限' if field == window.low else '上限'}由 {window.shown(old)} 改为 {window.shown(new)}"
    en = f"{window.said.en} {field.rpartition('_')[2]}: {window.shown(old)} → {window.shown(new)}"
    value = type(old)(new)
    return p, Edit(
        field, Change.SET, value, Said(f"{zh}（超出 {share.zh}）", f"{en} (beyond: {share.en})"), p, tuple(beyond)
    )


def _told(share: Share) -> Said:
    (low, high), counts = share.interval, f"{share.count}/{share.total}"
    return Said(f"{counts} 笔，95% 区间 {low:.0%}–{high:.0%}", f"{counts}, 95 % interval {low:.0%}–{high:.0%}")
