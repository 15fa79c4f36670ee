"""How a carrier is run and who resides in it, with the clauses of the notice that encourage it.

A fund that resides in the carrier of a project is a plus for the pair: it is told, never scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matcher.domain.called import Called, naming
from matcher.domain.matches import Basis, Reason, State
from matcher.domain.records import Fund, Incubator, Project
from matcher.domain.registers import Arrangement, ArrangementKind
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said

ROW = Said("运营与入驻登记", "the register of arrangements")


class EncouragementRule(Rule):
    """An arrangement that a clause names."""


class ResidenceRule(Rule):
    """A fund before a project of the carrier it resides in."""


class When(StrEnum):
    """How an arrangement stands to a day."""

    NOW = "now"
    """It is in force, as far as is told."""
    UNDATED = "undated"
    """Nobody told since when; it has not ended."""
    AHEAD = "ahead"
    ENDED = "ended"

    @property
    def holds(self) -> bool:
        """Whether it counts on the day."""
        return self in (When.NOW, When.UNDATED)


@dataclass(frozen=True, slots=True)
class Arranged:
    """An arrangement on a day, with the clauses that encourage it."""

    arrangement: Arrangement
    fund: Fund | None
    when: When
    clauses: tuple[Basis, ...]

    @property
    def partner(self) -> str:
        """Who runs it, or resides; empty where nobody is told."""
        return self.arrangement.party or (self.fund.name if self.fund else "")


def arranged(row: Arrangement, carrier: Incubator, fund: Fund | None, book: Rulebook, day: date) -> Arranged:
    """An arrangement of a carrier before the rules of a day; `fund` is the record it names."""
    facts = _facts(row, carrier, fund, book)
    judged = ((rule, judge(book, rule, facts, day=day)) for rule in book.of(EncouragementRule, day))
    clauses = tuple(book.basis(rule.id) for rule, verdict in judged if verdict and verdict.state is State.PASS)
    return Arranged(row, fund, when(row, day), clauses)


def when(row: Arrangement, day: date) -> When:
    """How the arrangement stands to a day; its last day belongs to it."""
    if row.until and row.until < day:
        return When.ENDED
    if row.since is None:
        return When.UNDATED
    return When.AHEAD if row.since > day else When.NOW


def _facts(row: Arrangement, carrier: Incubator, fund: Fund | None, book: Rulebook) -> Facts:
    known: dict[str, Fact] = {}
    if carrier.operator_type:
        known["arrangement_operator"] = Fact(carrier.operator_type.value, Said("载体登记信息", "the carrier's record"))
    if carrier.focus_type:
        known["arrangement_focus"] = Fact(carrier.focus_type.value, Said("载体登记信息", "the carrier's record"))
    if fund and fund.kind:
        known["resident_kind"] = Fact(fund.kind.value, Said("基金登记信息", "the fund's record"))
    return stated(row, book).with_(known)


Residents = Mapping[tuple[str, str], Arrangement]
"""By carrier and fund, the residence that holds on a day."""


def residents(rows: Iterable[Arrangement], day: date) -> Residents:
    """The funds that reside in a carrier on a day."""
    return {
        (row.carrier_id, row.fund_id): row
        for row in rows
        if row.kind is ArrangementKind.RESIDENT and row.fund_id and row.carrier_id and when(row, day).holds
    }


def resident_plus(
    project: Project, fund: Fund, known: Residents, book: Rulebook, day: date, names: Called
) -> Iterator[Reason]:
    """That the fund resides in the carrier that undertakes the project, with the clause."""
    row = known.get((project.incubator_id, fund.id))
    facts = Facts(book.metrics, {"resident_fund": Fact(value=row is not None, origin=ROW)})
    for rule in book.of(ResidenceRule, day) if row else ():
        verdict = judge(book, rule, facts, day=day)
        if row and verdict and verdict.state is State.PASS:
            since = Said(f"，{row.since} 起", f" since {row.since}") if row.since else Said("", "")
            stands = f"{verdict.basis.cites.zh} {verdict.basis.clause}"
            carrier = naming(names, row.carrier_id)
            zh = f"基金入驻项目所在载体{carrier.zh}{since.zh}（{stands}）"
            yield Reason(Said(zh, f"it resides in the project's carrier{carrier.en}{since.en} ({stands})"), RESIDENT)


RESIDENT = "resident_fund"
"""The evidence such a reason names."""
