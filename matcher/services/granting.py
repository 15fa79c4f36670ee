"""Noting what becomes of a grant: applied for, paid, or neither after all. Nothing is noted without entitlement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from matcher.domain.matches import State
from matcher.domain.records import Incubator, Kind
from matcher.domain.registers import Event, Grant, GrantState
from matcher.domain.visibility import Viewer
from matcher.errors import GrantError
from matcher.policy.grants import GrantRule
from matcher.policy.ledger import Entry
from matcher.services.grants import Grants
from matcher.services.roll import carrier_on_roll, carriers_on_roll
from matcher.store import Database, Registers
from matcher.wording import Said

SEE = Said("用 matcher policy grants 载体编号 查看台账。", "See the ledger: `matcher policy grants CARRIER`.")


@dataclass(frozen=True, slots=True)
class Noting:
    """On which day something happened, and when it is written down."""

    on: date
    today: date
    """Nothing can have happened after it."""
    now: datetime
    document: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The grant somebody means."""

    rule: GrantRule
    carrier: Incubator
    on: date
    entry: Entry | None
    """What the ledger says of it on the day."""
    rows: tuple[Grant, ...]
    """What is kept of it now, but for what was withdrawn, whatever its days."""

    def refuse(self, why: Said, step: Said = SEE) -> GrantError:
        """The error that says why nothing is noted."""
        name, rule = f"{self.carrier.name}（{self.carrier.id}）", self.rule
        return GrantError(
            Said(f"{name}的“{rule.name.zh}”（{rule.id}）：{why.zh}。", f"{name}, {rule.id}: {why.en}."), step
        )


class Granting:
    """The noting of grants on one installation."""

    def __init__(self, database: Database, grants: Grants) -> None:
        self._database = database
        self._grants = grants

    def apply(self, rule_id: str, carrier: str, noting: Noting, viewer: Viewer) -> Entry:
        """Note an application. Raises GrantError where it is not entitled on that day, or was applied for already."""
        asked = self._asked(rule_id, carrier, noting, viewer)
        if asked.rows:
            raise asked.refuse(
                Said("已有申请或拨付，一次性经费不得重复", "it was applied for or paid, and is given once")
            )
        event = _entitling(asked)
        row = Grant(
            rule=asked.rule.id,
            carrier_id=asked.carrier.id,
            event_id=event.id,
            state=GrantState.APPLIED,
            amount=asked.rule.amount,
            applied_on=noting.on,
            document=noting.document,
        )
        return self._note(asked, row, noting, viewer)

    def pay(self, rule_id: str, carrier: str, noting: Noting, viewer: Viewer, amount: float | None = None) -> Entry:
        """Note a payment, of the rule's amount unless told. Raises GrantError where it is not entitled or not due."""
        asked = self._asked(rule_id, carrier, noting, viewer)
        _entitling(asked)
        if any(row.state is GrantState.PAID for row in asked.rows):
            raise asked.refuse(Said("已经拨付，一次性经费不得重复", "it was paid already, and is given once"))
        if not asked.rows:
            command = f"matcher policy grants apply {asked.rule.id} {asked.carrier.id}"
            raise asked.refuse(
                Said("尚未登记申请", "no application is noted"),
                Said(f"请先登记申请：{command}。", f"Note the application first: `{command}`."),
            )
        row = _one(asked, carrier)
        if row.applied_on and noting.on < row.applied_on:
            why = Said(f"拨付日期 {noting.on} 早于申请日期 {row.applied_on}", f"{noting.on} is before {row.applied_on}")
            raise asked.refuse(why, Said("请核对日期。", "Check the day."))
        paid = replace(
            row,
            state=GrantState.PAID,
            amount=asked.rule.amount if amount is None else amount,
            paid_on=noting.on,
            document=noting.document or row.document,
        )
        return self._note(asked, paid, noting, viewer)

    def undo(self, rule_id: str, carrier: str, noting: Noting, viewer: Viewer) -> Entry | None:
        """Take the last step back: a payment is an application again, an application is withdrawn.

        What was noted stays in the register's history. None where the ledger then has nothing to say of the grant.
        """
        asked = self._asked(rule_id, carrier, noting, viewer)
        if not asked.rows:
            raise asked.refuse(Said("没有登记可以撤回", "nothing is noted that could be taken back"))
        row = _one(asked, carrier)
        if row.state is GrantState.PAID:
            row = self._before_payment(row, asked.rule)
        else:
            row = replace(row, state=GrantState.WITHDRAWN)
        self._write(row, noting)
        return self._entry(asked.rule, asked.carrier, viewer, noting.on)

    def _asked(self, rule_id: str, carrier: str, noting: Noting, viewer: Viewer) -> _Asked:
        rule = self._rule(rule_id)
        roll = carriers_on_roll(self._database, viewer)
        found = carrier_on_roll(self._database, roll, carrier, viewer)
        with self._database.read() as connection:
            kept = Registers(connection).of_carrier(Kind.GRANTS, *roll.members(found.id))
        rows = [row for row in kept if isinstance(row, Grant) and row.rule == rule.id]
        live = tuple(row for row in rows if row.state is not GrantState.WITHDRAWN)
        asked = _Asked(rule, found, noting.on, self._entry(rule, found, viewer, noting.on), live)
        if noting.on > noting.today:
            raise asked.refuse(
                Said(f"日期 {noting.on} 还没有到", f"{noting.on} lies ahead"), Said("请核对 --on。", "Check --on.")
            )
        return asked

    def _rule(self, rule_id: str) -> GrantRule:
        """A rule by its id, or by the end of it that only one has."""
        rules = self._grants.book.of(GrantRule)
        found = [one for one in rules if one.id == rule_id] or [
            one for one in rules if one.id.partition(".")[2] == rule_id
        ]
        if len(found) != 1:
            known = ", ".join(one.id for one in rules)
            raise GrantError(
                Said(f"没有编号为 {rule_id} 的奖补规则。", f"There is no grant rule {rule_id}."),
                Said(f"可用的规则：{known}。", f"The rules are: {known}."),
            )
        return found[0]

    def _entry(self, rule: GrantRule, carrier: Incubator, viewer: Viewer, day: date) -> Entry | None:
        ledger = self._grants.ledger(viewer, day, carrier.id)
        return next((one for one in ledger.entries if one.rule.id == rule.id), None)

    def _note(self, asked: _Asked, row: Grant, noting: Noting, viewer: Viewer) -> Entry:
        self._write(row, noting)
        entry = self._entry(asked.rule, asked.carrier, viewer, noting.on)
        if entry is None:
            raise asked.refuse(Said("登记后台账中没有该项", "the ledger lacks what was noted"))
        return entry

    def _write(self, row: Grant, noting: Noting) -> None:
        with self._database.begin() as connection:
            Registers(connection).upsert([row], noting.now)

    def _before_payment(self, row: Grant, rule: GrantRule) -> Grant:
        """The application as it was before it was paid; where it was taken in as paid, as it must have been."""
        with self._database.read() as connection:
            past = Registers(connection).history(Kind.GRANTS, (row.rule, row.carrier_id))
        for one in reversed(past):
            if isinstance(one.row, Grant) and one.row.state is GrantState.APPLIED:
                return one.row
        return replace(row, state=GrantState.APPLIED, amount=rule.amount, paid_on=None)


def _entitling(asked: _Asked) -> Event:
    """The event that entitles; raises GrantError that tells the reason and the next step."""
    entry = asked.entry
    if entry is None or entry.entitlement is None:
        why = Said(f"截至 {asked.on} 没有相应的认定、备案或评价事件", f"there is no such event until {asked.on}")
        raise asked.refuse(why, Said("请先导入载体事件台账（events）。", "Import the event (table events) first."))
    if entry.doubt:
        raise _doubtful(asked, entry.doubt, entry.doubt_name)
    verdict = entry.entitlement.verdict
    if verdict.state is State.FAIL:
        why = Said(f"不符合 {verdict.basis.clause}：{verdict.said.zh}", f"{verdict.basis.clause}: {verdict.said.en}")
        raise asked.refuse(why)
    if verdict.state is State.UNKNOWN:
        why = Said(f"资格待核实：{verdict.said.zh}", f"the entitlement is not known: {verdict.said.en}")
        raise asked.refuse(why, _to_tell(verdict.missing))
    return entry.entitlement.event


def _to_tell(missing: Sequence[Said]) -> Said:
    """What somebody has to tell; where no fact is missing but the text, who decides and where that is written."""
    if not missing:
        zh, en = (
            "由市科技局明确后写入 data/policy/grants.yaml",
            "Once the bureau has decided, write it into grants.yaml",
        )
        return Said(f"{zh}。", f"{en}.")
    zh, en = "、".join(one.zh for one in missing), ", ".join(one.en for one in missing)
    return Said(f"请先补充：{zh}。", f"Tell first: {en}.")


def _doubtful(asked: _Asked, other: Incubator, name: str) -> GrantError:
    pair = f"{asked.carrier.id} {other.id}"
    why = Said(f"疑似与{name}为同一载体，后者在先", f"it may be one carrier with {name}, which comes first")
    same, different = f"matcher identity same {pair}", f"matcher identity different {pair}"
    step = Said(f"请先判定：{same}，或 {different}。", f"Decide first: `{same}` or `{different}`.")
    return asked.refuse(why, step)


def _one(asked: _Asked, text: str) -> Grant:
    """The row that is meant; of several that were decided to be one carrier's, the one whose id was given."""
    if len(asked.rows) == 1:
        return asked.rows[0]
    named = [row for row in asked.rows if row.carrier_id == text]
    if not named:
        ids = [row.carrier_id for row in asked.rows]
        raise asked.refuse(
            Said(f"登记在 {'、'.join(ids)} 名下各有一条", f"there are rows of {', '.join(ids)}"),
            Said("请用其中一个编号指明是哪一条。", "Say which by one of these ids."),
        )
    return named[0]
