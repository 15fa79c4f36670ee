"""Brand output and managed services for others are filed with the bureau first (通创办发〔2023〕2号 三(二)).

Two rules of kind `filing` in `data/policy/filings.yaml` answer: which services it covers, and what it asks of them. A
service that was in order whether covered or not is in order; where a missing fact decides, the answer is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from matcher.domain.called import called
from matcher.domain.matches import State, Verdict
from matcher.domain.names import normal_name
from matcher.domain.places import Gazetteer
from matcher.domain.records import Incubator
from matcher.domain.registers import Filing
from matcher.policy.criteria import judge_briefly
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.locality import in_city
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said, Word

RECEIVER = Said("接受方", "the receiver")
REGION = Said("接受方所在地区（同名列或 --region）", "the receiver's region (a column 接受方所在地区, or --region)")
START = Said("服务开始日期", "the first day of the service")
FILED = Said("备案日期", "the day of filing")
REGISTER = Said("备案台账", "the register of filings")
REGION_COLUMNS = ("接受方所在地区", "接受方地区", "receiver_region")


LOOKS_AT = frozenset({"service_kind", "service_in_city", "service_for_itself", "service_filed", "service_filed_ahead"})


class FilingRule(Rule):
    """One half of the duty: which services it covers, or what is asked of these."""

    part: Literal["covers", "duty"]

    @property
    def looks_at(self) -> frozenset[str]:
        """What is worked out for it."""
        return LOOKS_AT


class FilingState(Word):
    """How a service stands before the duty on a day."""

    UNFILED = "unfiled", "已开展未备案", "started unfiled"
    PENDING = "pending", "未备案未开展", "not filed and not started"
    UNKNOWN = "unknown", "待核实", "unknown"
    LATE = "late", "逾期备案", "filed late"
    IN_TIME = "in_time", "按时备案", "filed in time"
    NOT_COVERED = "not_covered", "不需备案", "needs no filing"


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a carrier to somebody, with what is known of the two."""

    filing: Filing
    carrier: Incubator
    receiver: Incubator | None
    """The receiver's record, where it is a carrier of the table."""
    gazetteer: Gazetteer
    apart: bool = False
    """Whether somebody decided that the two are different, however alike their names are."""

    @property
    def receiver_name(self) -> str:
        """What the receiver is called; empty where nobody told."""
        return self.receiver.name if self.receiver else self.filing.receiver or self.filing.receiver_id

    @property
    def region(self) -> str:
        """Where the receiver sits: as the row tells in a column of its own, else as the receiver's record does."""
        told = next((text for name in REGION_COLUMNS if (text := self.filing.extra.get(name))), "")
        return told or (self.receiver.region if self.receiver else "")


@dataclass(frozen=True, slots=True)
class Filed:
    """A service before the duty."""

    service: Service
    state: FilingState
    verdicts: tuple[Verdict, ...]
    """Whether it is covered, and whether it was filed first; only the former where the notice came later."""
    days: int = 0
    """By how many days it was filed late, or how long it has run unfiled; 0 where its first day is not known."""
    running: bool = True
    """Whether it had not ended by the day."""

    @property
    def due(self) -> bool:
        """Whether somebody has to file now: it runs unfiled, or is about to start."""
        return self.state is FilingState.PENDING or (self.state is FilingState.UNFILED and self.running)

    @property
    def missing(self) -> tuple[Said, ...]:
        """What nobody told and the answer hangs on."""
        if self.state is not FilingState.UNKNOWN:
            return ()
        open_ = (verdict for verdict in self.verdicts if verdict.state is State.UNKNOWN)
        return tuple(dict.fromkeys(name for verdict in open_ for name in verdict.missing))


def examine(book: Rulebook, service: Service, day: date) -> Filed | None:
    """How a service stands on a day; None where no rule speaks of filings at all."""
    filing = known_on(service.filing, day)
    service = replace(service, filing=filing)
    ended = filing.ended_on is not None and filing.ended_on <= day
    began = filing.started_on or (filing.ended_on if ended else None) or day
    rules = {rule.part: rule for rule in reversed(book.of(FilingRule, began))}
    if set(rules) != {"covers", "duty"}:
        return _before_the_duty(book, service, began)
    facts = stated(filing, book).with_(_facts(service, day, ended=ended))
    covers, duty = (_judged(book, rules[part], facts, began) for part in ("covers", "duty"))
    until = filing.filed_on or (filing.ended_on if ended else None) or day
    late = (until - filing.started_on).days if filing.started_on else 0
    started = ended or (filing.started_on is not None and filing.started_on <= day)
    state = _state(covers, duty, facts, started=started)
    overdue = state in (FilingState.LATE, FilingState.UNFILED)
    return Filed(service, state, (covers, duty), late if overdue else 0, running=not ended)


def known_on(filing: Filing, day: date) -> Filing:
    """The row without a filing or an end that lie after the day."""
    filed = filing.filed_on if filing.filed_on is None or filing.filed_on <= day else None
    document = filing.document if filed == filing.filed_on else ""
    return replace(filing, filed_on=filed, document=document)


def _state(covers: Verdict, duty: Verdict, facts: Facts, *, started: bool) -> FilingState:
    if covers.state is State.FAIL:
        return FilingState.NOT_COVERED
    if duty.state is State.PASS:
        return FilingState.IN_TIME
    if State.UNKNOWN in (covers.state, duty.state):
        return FilingState.UNKNOWN
    filed = facts.find("service_filed")
    if filed and filed.value is True:
        return FilingState.LATE
    return FilingState.UNFILED if started else FilingState.PENDING


def _judged(book: Rulebook, rule: FilingRule, facts: Facts, day: date) -> Verdict:
    verdict = judge_briefly(book, rule, facts, day=day)
    if verdict is None:  # its `when` leaves the service out
        said = Said("规则不涉及此类服务", "the rule does not speak of such services")
        return Verdict(book.basis(rule.id), State.FAIL if rule.part == "covers" else State.PASS, said)
    return verdict


def _before_the_duty(book: Rulebook, service: Service, began: date) -> Filed | None:
    """A service that began when no such rule was in force needs no filing; the rule that came later says so."""
    later = [rule for rule in book.of(FilingRule) if rule.part == "covers" and not rule.in_force(began)]
    if not later:
        return None
    rule = later[0]
    zh, en = f"{began} 开展，规则自 {rule.effective_from} 施行", f"began {began}; in force from {rule.effective_from}"
    if rule.effective_from and rule.effective_from <= began:
        zh, en = f"{began} 开展，规则至 {rule.effective_to} 失效", f"began {began}; in force until {rule.effective_to}"
    verdict = Verdict(book.basis(rule.id), State.FAIL, Said(zh, en), value=str(began))
    return Filed(service, FilingState.NOT_COVERED, (verdict,))


def _facts(service: Service, day: date, *, ended: bool) -> dict[str, Fact]:
    facts = {
        "service_in_city": in_city(service.region, service.gazetteer, REGION),
        "service_for_itself": _for_itself(service),
        "service_filed": _filed(service.filing),
    }
    return facts | {"service_filed_ahead": _ahead(service.filing, day, ended=ended)}


def _for_itself(service: Service) -> Fact:
    if not service.receiver_name:
        return Fact(None, Said("接受方未填", "no receiver is stated"), lacks=RECEIVER)
    carrier, receiver = service.carrier, service.receiver
    alike = normal_name(service.receiver_name) == normal_name(carrier.name)
    if receiver is not None and receiver.id != carrier.id and alike and not service.apart:
        names = called((carrier, receiver))
        one, other = names[carrier.id], names[receiver.id]
        zh, en = f"与{other}是否同一载体", f"whether it is one carrier with {other}"
        why = Said(f"{one}与{other}名称相同，尚未判定", f"{one} and {other} are undecided")
        return Fact(None, why, lacks=Said(zh, en))
    return Fact(receiver.id == carrier.id if receiver else alike, REGISTER)


def _filed(filing: Filing) -> Fact:
    """The register is the bureau's own: what has neither day nor document was not filed."""
    if filing.filed_on is None and filing.document:
        why = Said(f"有文号 {filing.document} 而无日期", f"{filing.document} bears no day")
        return Fact(None, why, lacks=FILED)
    return Fact(filing.filed_on is not None, REGISTER)


def _ahead(filing: Filing, day: date, *, ended: bool) -> Fact:
    """Days from filing to start; for what has not started at least the days until now."""
    if filing.filed_on is None:
        return Fact(None, Said("没有备案日期", "there is no day of filing"), lacks=FILED)
    if filing.started_on:
        zh = f"{filing.filed_on} 备案，{filing.started_on} 开展"
        said = Said(zh, f"filed {filing.filed_on}, began {filing.started_on}")
        return Fact(float((filing.started_on - filing.filed_on).days), said)
    if ended:
        return Fact(None, Said("服务已结束而开始日期未填", "it has ended, its first day is not stated"), lacks=START)
    said = Said(f"{filing.filed_on} 备案，尚未开展", f"filed {filing.filed_on}, not begun")
    return Fact(float((day - filing.filed_on).days), said, least=True)
