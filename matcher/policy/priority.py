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
from matcher.policy.facts import Fact, stated
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said


class TierRule(Rule):
    """A place in the queue, 1 first; a rule of level 0 tells before which funds the queue is kept."""

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
    if not (isinstance(left, Project) and isinstance(right, Fund)):
        return NONE
    queue = sorted(book.of(TierRule, day), key=lambda rule: rule.level)
    facts = stated(right, book).with_(stated(left, book).known).with_(_undertaken(left, carriers))
    for rule in queue:
        verdict = judge(book, rule, facts, day=day)
        passed = verdict is not None and verdict.state is State.PASS
        if rule.level == 0 and not passed:
            return NONE
        if rule.level and passed:
            return Tier(rule.level, rule.name, book.basis(rule.id))
    return Tier(queue[-1].level + 1, OTHER) if queue else NONE


def _undertaken(project: Project, carriers: Mapping[str, CarrierKind | None]) -> dict[str, Fact]:
    kind = carriers.get(project.incubator_id)
    return {"undertaken_by": Fact(kind.value, Said("所在载体", "the project's carrier"))} if kind else {}
