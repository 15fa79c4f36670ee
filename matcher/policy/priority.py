"""The notice's priority of city funds for what carriers undertake, as a tier above the score, never a hidden bonus.

The tiers and the funds they apply to are rules of `data/policy/matching.yaml`: a rule of level 0 tells before which
funds they hold, the others are tried from the first level down. A fund may switch them on or off for itself by a column
优先支持; funds of the city follow them unless it says no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from matcher.domain.matches import Basis, State
from matcher.domain.records import CarrierKind, Fund, Left, Project, Right
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said


class TierRule(Rule):
    """A place in the queue, 1 first, by what the project states; a rule of level 0 tells which funds keep the queue."""

    level: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Tier:
    """A place in the queue; 0 means that no priority rule applies to the pair."""

    level: int
    said: Said
    basis: Basis | None = None

    @property
    def clause(self) -> str:
        """Number of the document and clause; empty where no clause speaks."""
        return f"{self.basis.cites.zh} {self.basis.clause}" if self.basis else ""


NONE = Tier(0, Said("无优先级规则", "no priority rule applies"))
OTHER = Said("未填或未找到承接载体", "no carrier that undertakes it is known")


def tier(
    left: Left,
    right: Right,
    carriers: Mapping[str, CarrierKind | None],
    book: Rulebook,
    day: date | None = None,
) -> Tier:
    """The tier of a project before a fund that keeps the priority; tier 0 for every other pair.

    `carriers` tells the kinds of the known carriers; a project named to belong to another one is in the last tier.
    """
    return place(left, carriers, book, day) if keeps_queue(right, book, day) else NONE


def keeps_queue(right: Right, book: Rulebook, day: date | None = None) -> bool:
    """Whether a fund keeps the priority, by what it states itself."""
    if not isinstance(right, Fund):
        return False
    facts, rules = stated(right, book), book.of(TierRule, day)
    return bool(rules) and all(_passes(book, rule, facts, day) for rule in rules if rule.level == 0)


def place(left: Left, carriers: Mapping[str, CarrierKind | None], book: Rulebook, day: date | None = None) -> Tier:
    """The tier of a project before the funds that keep the priority, by what it and its carrier state."""
    if not isinstance(left, Project):
        return NONE
    facts = stated(left, book).with_(_undertaken(left, carriers))
    first = next((rule for rule in _queue(book, day) if _passes(book, rule, facts, day)), None)
    return _tier(book, first) if first else _last(book, day)


def tiers(book: Rulebook, day: date | None = None) -> tuple[Tier, ...]:
    """All places in the queue, the first one first; the last one is of whatever no carrier undertakes."""
    return (*(_tier(book, rule) for rule in _queue(book, day)), _last(book, day))


def _queue(book: Rulebook, day: date | None) -> list[TierRule]:
    return sorted((rule for rule in book.of(TierRule, day) if rule.level), key=lambda rule: rule.level)


def _tier(book: Rulebook, rule: TierRule) -> Tier:
    return Tier(rule.level, rule.name, book.basis(rule.id))


def _last(book: Rulebook, day: date | None) -> Tier:
    return Tier(max((rule.level for rule in _queue(book, day)), default=0) + 1, OTHER)


def _passes(book: Rulebook, rule: TierRule, facts: Facts, day: date | None) -> bool:
    verdict = judge(book, rule, facts, day=day)
    return verdict is not None and verdict.state is State.PASS


def _undertaken(project: Project, carriers: Mapping[str, CarrierKind | None]) -> dict[str, Fact]:
    kind = carriers.get(project.incubator_id)
    return {"undertaken_by": Fact(kind.value, Said("所在载体", "the project's carrier"))} if kind else {}
