"""What keeps pairs out, where rules are asked once for all that they cannot tell apart: the same as pair by pair."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from matcher.domain.records import Achievement, Fund, Incubator, Left, Project, Right
from matcher.intake import read
from matcher.policy import eligibility
from matcher.policy.hurdles import LOOKS_AT, Hurdles
from matcher.policy.pairs import Pair, PairRule
from matcher.resources import data_folder
from tests.builders import achievement, gazetteer, incubator, industries, rulebook

DAY = date(2026, 11, 1)
BOOK, PLACES, TREE = rulebook(), gazetteer(), industries()
SAMPLE = list(read(data_folder("sample")))
LEFTS: list[Left] = [item for item in SAMPLE if isinstance(item, Achievement | Project)][::4]
RIGHTS: list[Right] = [item for item in SAMPLE if isinstance(item, Incubator | Fund)]


def pair(left: Left, right: Right) -> Pair:
    return Pair(left, right, (), PLACES, TREE, (), DAY)


def plain(_left: Left, right: Right) -> bool:
    return not (isinstance(right, Fund) and (right.ban_terms or right.must_terms))


def test_every_pair_of_the_sample_is_kept_out_by_what_its_rules_say_of_it_alone() -> None:
    hurdles = Hurdles(BOOK, DAY, pair, plain)
    told = [(left, right, hurdles.of(left, right)) for left in LEFTS for right in RIGHTS]
    assert all(list(found) == eligibility.hurdles(pair(left, right), BOOK) for left, right, found in told)
    assert len({verdict.rule for _, _, found in told for verdict in found}) > 4, "many rules keep somebody out"


class Watched(Project):
    """A project that notes which of its fields are read."""

    __slots__ = ("read",)

    def __getattribute__(self, name: str) -> object:
        if name not in ("read", "__class__"):
            object.__getattribute__(self, "read").add(name)
        return object.__getattribute__(self, name)


class WatchedResult(Achievement):
    """A result that does so."""

    __slots__ = ("read",)
    __getattribute__ = Watched.__getattribute__


def watched(record: Left) -> Left:
    of: type[Left] = Watched if isinstance(record, Project) else WatchedResult
    found = of.__new__(of)
    object.__setattr__(found, "read", set())
    for field in fields(record):
        object.__setattr__(found, field.name, getattr(record, field.name))
    return found


@pytest.mark.parametrize(
    "rule", [rule for rule in BOOK.of(PairRule, DAY) if rule.id in LOOKS_AT], ids=lambda one: one.id
)
def test_a_check_looks_at_no_other_field_of_a_left_record_than_it_is_said_to(rule: PairRule) -> None:
    seen: set[str] = set()
    for left in map(watched, LEFTS):
        for right in RIGHTS:
            list(eligibility.CHECKS[rule.id](pair(left, right), rule))
        seen |= left.read  # type: ignore[union-attr]
    assert seen <= set(LOOKS_AT[rule.id])


def test_rules_are_asked_once_for_records_that_they_cannot_tell_apart() -> None:
    asked: list[tuple[str, str]] = []

    def noted(left: Left, right: Right) -> Pair:
        asked.append((left.id, right.id))
        return pair(left, right)

    hurdles, carrier = Hurdles(BOOK, DAY, noted, plain), incubator("I1", capacity=5, occupied=5)
    first = achievement("A1", institution="甲大学")
    for left in (first, *(replace(first, id=f"A{n}", title=f"题目{n}", summary="不同的正文") for n in range(2, 9))):
        assert [verdict.rule for verdict in hurdles.of(left, carrier)] == ["capacity"]
    assert {left for left, _ in asked} == {"A1"}
    hurdles.of(replace(first, id="A9", institution="乙大学"), carrier)
    assert [left for left, _ in asked].count("A9") == 1, "only the rule that looks at the institution"
