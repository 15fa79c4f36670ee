"""Who is entitled to a grant, joined with what the register of grants tells: entitled, applied, paid, what is wrong.

There is one entry for a rule and a carrier, whatever the number of events or of rows: nothing is ever due twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.called import called
from matcher.domain.matches import Basis, State
from matcher.domain.records import Incubator
from matcher.domain.registers import Event, Grant, GrantState
from matcher.policy.grants import BEST_FIRST, Carried, Entitlement, GrantRule, entitlement
from matcher.policy.irregularities import YUAN, Irregularity, irregularities
from matcher.policy.rules import Rulebook
from matcher.wording import Said, Word


class Step(Word):
    """How far a grant is."""

    ENTITLED = "entitled", "应享未申请", "entitled, not applied for"
    APPLIED = "applied", "已申请未拨付", "applied for, not paid"
    PAID = "paid", "已拨付", "paid"
    UNKNOWN = "unknown", "待核实", "unknown"
    NOT_ENTITLED = "not_entitled", "不符合", "not entitled"


APPLIED_ON = Said("申请日期", "day of the application")
PAID_ON = Said("拨付日期", "day of the payment")
AMOUNT = Said("拨付金额", "amount paid")


@dataclass(frozen=True, slots=True)
class Entry:
    """One grant of one carrier on a day."""

    rule: GrantRule
    basis: Basis
    carried: Carried
    entitlement: Entitlement | None
    """The event that decides; None where a row of the register rests on none."""
    rows: tuple[Grant, ...]
    """What the register tells, what is furthest on first."""
    step: Step
    day: date
    irregularities: tuple[Irregularity, ...] = ()
    doubt: Incubator | None = None
    """A carrier that may be this one and comes first for this grant."""

    @property
    def row(self) -> Grant | None:
        """The row that counts."""
        return self.rows[0] if self.rows else None

    @property
    def event(self) -> Event | None:
        """The event that decides."""
        return self.entitlement.event if self.entitlement else None

    @property
    def passes(self) -> bool:
        """Whether the carrier is entitled."""
        return self.entitlement is not None and self.entitlement.verdict.state is State.PASS

    @property
    def sum(self) -> float:
        """What was paid in yuan, over all rows and as far as told; else what is or would be due."""
        if self.step is not Step.PAID:
            return self.rule.amount
        paid = (row for row in self.rows if row.state is GrantState.PAID and row.currency in YUAN)
        return sum(row.amount or 0.0 for row in paid)

    @property
    def missing(self) -> tuple[Said, ...]:
        """What nobody told and somebody has to."""
        verdict = self.entitlement.verdict if self.entitlement else None
        found = list(verdict.missing) if verdict and verdict.state is State.UNKNOWN else []
        if self.doubt:
            found.append(Said(f"与{self.doubt_name}是否同一载体", f"whether it is one carrier with {self.doubt_name}"))
        row = self.row
        if row and row.applied_on is None:
            found.append(APPLIED_ON)
        if row and row.state is GrantState.PAID:
            found += [PAID_ON] if row.paid_on is None else []
            found += [AMOUNT] if row.amount is None else []
        return tuple(dict.fromkeys(found))

    @property
    def doubt_name(self) -> str:
        """What the carrier in doubt is called beside this one; empty where there is none."""
        return called((self.carried.carrier, self.doubt))[self.doubt.id] if self.doubt else ""

    @property
    def days_to_apply(self) -> int | None:
        """Days from the event to the application."""
        return _days(self.event.decided_on if self.event else None, self.row.applied_on if self.row else None)

    @property
    def days_to_pay(self) -> int | None:
        """Days from the event to the payment."""
        return _days(self.event.decided_on if self.event else None, self.row.paid_on if self.row else None)

    @property
    def days_in_office(self) -> int | None:
        """Days from the application to the payment."""
        return _days(self.row.applied_on, self.row.paid_on) if self.row else None

    @property
    def days_waiting(self) -> int | None:
        """Days that what is not paid has waited: since the application, else since the event."""
        if self.step is Step.APPLIED and self.row:
            return _days(self.row.applied_on, self.day)
        return _days(self.event.decided_on, self.day) if self.step is Step.ENTITLED and self.event else None


def entries(
    book: Rulebook, carriers: Mapping[str, Carried], grants: Mapping[str, Sequence[Grant]], day: date
) -> list[Entry]:
    """The ledger on a day, rule by rule in the order of the file, carriers by id.

    Args:
        book: the rules.
        carriers: every carrier once, with its events, by id.
        grants: the rows of the register by carrier.
        day: what happened later is not known yet.
    """
    found = []
    for rule in book.of(GrantRule):
        for name, carried in sorted(carriers.items()):
            rows = sorted((row for row in _known(grants.get(name, ()), day) if row.rule == rule.id), key=_furthest)
            if entry := _entry(book, rule, carried, tuple(rows), day):
                found.append(entry)
    return found


def doubted(entries: Sequence[Entry], pairs: Sequence[tuple[str, str]]) -> list[Entry]:
    """The entries, where of two carriers that may be one only the first is due: who is furthest on, then who was first.

    Whether the other is another carrier is not known; until somebody decides, its entitlement is not either.
    """
    doubts: dict[int, Incubator] = {}
    for one, other in pairs:
        for rule in {entry.rule.id for entry in entries}:
            both = [entry for entry in entries if entry.rule.id == rule and entry.carried.carrier.id in (one, other)]
            if len(both) == 2 and all(entry.passes or entry.rows for entry in both):
                first, second = sorted(both, key=_precedence)
                doubts[id(second)] = first.carried.carrier
    return [_doubted(entry, doubts[id(entry)]) if id(entry) in doubts else entry for entry in entries]


def _doubted(entry: Entry, other: Incubator) -> Entry:
    if entry.rows:
        return replace(entry, doubt=other, irregularities=(*entry.irregularities, Irregularity.SAME_CARRIER))
    return replace(entry, doubt=other, step=Step.UNKNOWN)


def _precedence(entry: Entry) -> tuple[int, date, str]:
    order = [Step.PAID, Step.APPLIED, Step.ENTITLED, Step.UNKNOWN, Step.NOT_ENTITLED]
    on = entry.event.decided_on if entry.event else None
    return order.index(entry.step), on or date.max, entry.carried.carrier.id


def _known(rows: Sequence[Grant], day: date) -> Iterator[Grant]:
    """The rows as they stood on a day; an application that was withdrawn is none."""
    for row in rows:
        if row.state is GrantState.WITHDRAWN or (row.applied_on and row.applied_on > day):
            continue
        if row.paid_on and row.paid_on > day:
            yield replace(row, state=GrantState.APPLIED, paid_on=None, amount=None)
        else:
            yield row


def _furthest(row: Grant) -> tuple[bool, date, str]:
    return row.state is not GrantState.PAID, row.paid_on or row.applied_on or date.max, row.carrier_id


def _entry(book: Rulebook, rule: GrantRule, carried: Carried, rows: tuple[Grant, ...], day: date) -> Entry | None:
    due = entitlement(book, rule, carried, day)
    paid = rows[0].paid_on if rows and rows[0].state is GrantState.PAID else None
    if paid:  # what was due when it was paid stays due, whatever was revoked afterwards
        due = _better(entitlement(book, rule, carried, paid), due)
    if due is None and not rows:
        return None
    wrong = tuple(irregularities(rule, due, rows, carried.events))
    return Entry(rule, book.basis(rule.id), carried, due, rows, _step(due, rows), day, wrong)


def _better(one: Entitlement | None, other: Entitlement | None) -> Entitlement | None:
    found = [each for each in (one, other) if each]
    return min(found, key=lambda each: BEST_FIRST.index(each.verdict.state), default=None)


def _step(due: Entitlement | None, rows: Sequence[Grant]) -> Step:
    if rows:
        return Step.PAID if rows[0].state is GrantState.PAID else Step.APPLIED
    states = {State.PASS: Step.ENTITLED, State.UNKNOWN: Step.UNKNOWN}
    return states.get(due.verdict.state, Step.NOT_ENTITLED) if due else Step.NOT_ENTITLED


def _days(first: date | None, last: date | None) -> int | None:
    return (last - first).days if first and last else None
