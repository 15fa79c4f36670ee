"""One-off grants (通创办发〔2023〕2号 三(一)): which event entitles a carrier to which amount, and why others do not.

What entitles is rules of kind `grant` in `data/policy/grants.yaml`; this module works out what they look at. The day of
the event has to lie in the rule's time. An event that lacks a fact makes the answer unknown, never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic import Field

from matcher.domain.matches import State, Verdict
from matcher.domain.places import Gazetteer
from matcher.domain.records import Incubator
from matcher.domain.registers import Event, EventKind
from matcher.domain.rounding import yuan
from matcher.policy import tenure
from matcher.policy.criteria import judge_briefly
from matcher.policy.facts import Fact, stated
from matcher.policy.locality import in_city
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said

DAY = Said("事件日期", "day of the event")
REGION = Said("载体所在地区", "the carrier's region")
FIRST_TOLD = Said("是否获批后首次评价（事件台账“首次评价”一列填是或否）", "whether it is the first (column 首次评价)")
FIRST = "grant_first_evaluation"
BEST_FIRST = (State.PASS, State.UNKNOWN, State.FAIL)


LOOKS_AT = frozenset(
    {
        "grant_event",
        "grant_carrier_kind",
        "grant_level",
        "grant_grade",
        "grant_in_city",
        "grant_held_before",
        "grant_revoked_since",
        FIRST,
    }
)


class GrantRule(Rule):
    """An amount that a carrier gets once, by an event that `when` names and the criterion tests."""

    amount: float = Field(gt=0)
    """In yuan."""

    @property
    def looks_at(self) -> frozenset[str]:
        """What is worked out for it."""
        return LOOKS_AT

    def means(self, _: Rulebook) -> Said:
        """The amount in words."""
        return Said(f"一次性 {yuan(self.amount)}元", f"{yuan(self.amount)} yuan once")


@dataclass(frozen=True, slots=True)
class Entitlement:
    """An event of a carrier before a rule: it entitles (pass), does not (fail), or a fact is missing (unknown)."""

    rule: GrantRule
    event: Event
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Carried:
    """A carrier with its events, and where places lie."""

    carrier: Incubator
    events: Sequence[Event]
    gazetteer: Gazetteer


def entitlement(book: Rulebook, rule: GrantRule, carried: Carried, day: date) -> Entitlement | None:
    """What the carrier's events until a day say to a rule; None where none of them is of its sort.

    The first event that entitles decides, as there is one grant only; else the first that may, else the last that does
    not.
    """
    known = [one for one in carried.events if one.decided_on is None or one.decided_on <= day]
    told = [(one, _verdict(book, rule, one, replace(carried, events=known), day)) for one in known]
    found = [Entitlement(rule, one, verdict) for one, verdict in told if verdict]
    for state in BEST_FIRST:
        of = sorted((one for one in found if one.verdict.state is state), key=_order)
        if of:
            return of[-1 if state is State.FAIL else 0]
    return None


def _order(one: Entitlement) -> tuple[date, str]:
    return one.event.decided_on or date.max, one.event.id


def _verdict(book: Rulebook, rule: GrantRule, event: Event, carried: Carried, day: date) -> Verdict | None:
    facts = stated(event, book)
    facts = facts.with_(_facts(rule, event, carried, day, facts.known))
    told = judge_briefly(book, rule, facts, day=day)
    if told is None or event.decided_on is None:
        return told if told is None or told.state is State.FAIL else _undated(told)
    if rule.in_force(event.decided_on):
        return told
    return _out_of_time(told, rule, event.decided_on) if event.carrier_kind and event.level else None


def _undated(told: Verdict) -> Verdict:
    said = Said(f"事件日期未填；{told.said.zh}", f"the event has no day; {told.said.en}")
    return replace(told, state=State.UNKNOWN, said=said, missing=tuple(dict.fromkeys((DAY, *told.missing))))


def _out_of_time(told: Verdict, rule: GrantRule, day: date) -> Verdict:
    first, last = rule.effective_from or date.min, rule.effective_to
    said = Said(f"{day} 早于规则施行日 {first}", f"{day} lies before the rule, in force from {first}")
    if day >= first:
        said = Said(f"{day} 晚于规则失效日 {last}", f"{day} lies after the rule, in force until {last}")
    return Verdict(told.basis, State.FAIL, said, value=str(day), threshold=str(first if day < first else last))


def _facts(rule: GrantRule, event: Event, carried: Carried, day: date, told: Mapping[str, Fact]) -> dict[str, Fact]:
    """What has to be worked out beside what the event states."""
    others = [one for one in carried.events if one is not event]
    facts = {"grant_in_city": in_city(carried.carrier.region, carried.gazetteer, REGION)}
    if event.event is EventKind.EVALUATED:
        facts[FIRST] = _first(rule, event, others, told.get(FIRST))
    else:
        facts["grant_held_before"] = _answer(
            tenure.held_before(event, others),
            Said("事件台账", "the register of events"),
            Said("此前各次认定、备案和撤销的日期、级别、载体类型", "day, level and kind of earlier approvals"),
        )
    facts["grant_revoked_since"] = _answer(
        tenure.lost(event, others, day),
        Said("事件台账", "the register of events"),
        Said("撤销事件的日期、级别、载体类型", "day, level and kind of the revocation"),
    )
    return facts


def _answer(answer: tenure.Answer, origin: Said, lacks: Said) -> Fact:
    if answer is None:
        why = Said("事件台账中另有事件不完整", "another event of the register is incomplete")
        return Fact(None, why, lacks=lacks)
    return Fact(answer, origin)


def _first(rule: GrantRule, event: Event, others: Sequence[Event], told: Fact | None) -> Fact:
    """Whether it is the first evaluation after the approval. What the register shows counts before a column 首次评价.

    The register of events is taken to be whole from the day the rule began; what was evaluated before nobody noted.
    """
    approval = tenure.approval_of(event, others)
    first = tenure.first_evaluation(event, approval, others)
    if first is False:
        why = Said("事件台账中获批后已有同级评价，或级别已撤销", "the register has an earlier one, or a revocation")
        return Fact(False, why)
    if told and told.value is not None:
        return told
    if approval is None or approval.decided_on is None:
        why = Said("事件台账中没有可确定的获批事件", "the register has no approval for certain")
        return Fact(None, why, lacks=Said("获批（认定或备案）的日期", "day of the approval"))
    if first is None:
        why = Said("另有评价或撤销事件不完整", "another evaluation or revocation is incomplete")
        return Fact(None, why, lacks=Said("各次评价和撤销的日期、级别、载体类型", "day, level and kind of all of them"))
    return _since(approval.decided_on, rule.effective_from or date.min)


def _since(approved: date, began: date) -> Fact:
    """A first evaluation by the register, as far back as that goes."""
    if approved < began:
        zh, en = f"{approved} 获批，早于规则施行日", f"approved on {approved}, before the rule began"
        why = Said(f"{zh}，此前有无评价没有记录", f"{en}; evaluations of that time are not on record")
        return Fact(None, why, lacks=FIRST_TOLD)
    said = Said(f"{approved} 获批，此后无更早的评价", f"approved on {approved}, no earlier evaluation since")
    return Fact(True, said)
