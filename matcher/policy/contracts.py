"""A technology contract before the rules: type and form, pricing and publicity, reward, fee, registration.

The day of acceptance picks the version of registration (until then: the day of the question); of all else the day of
signing does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from matcher.domain.matches import Basis, State, Verdict
from matcher.domain.registers import Contract, ContractKind
from matcher.policy.criteria import Assessment, assess
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.fees import Consequence, consequences
from matcher.policy.rules import Rulebook
from matcher.policy.trees import Compare
from matcher.policy.vocabulary import Measure
from matcher.wording import Said

CONTRACT, REGISTRATION = "contract", "registration"
"""Subjects of the rules: what the contract must be like, and its registration."""
REGISTERED, PUBLICISED = "registration_days", "publicity_days"
"""Counts of days. Nothing is registered before it is accepted; what is published after signing is told."""


@dataclass(frozen=True, slots=True)
class Check:
    """A contract before every ruleset that speaks of it, and what follows for a broker's fee."""

    contract: Contract
    facts: Facts
    aspects: tuple[Assessment, ...]
    fees: tuple[Consequence, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, in the order of the aspects."""
        return tuple(verdict for one in self.aspects for verdict in one.verdicts)

    def count(self, state: State) -> int:
        """How many rules answer so."""
        return sum(one.state is state for one in self.verdicts)

    @property
    def missing(self) -> tuple[Said, ...]:
        """What nobody told and a rule would need; of a count of days, the day that is not told."""
        metrics, row = self.facts.metrics, self.contract
        days = {
            metrics[REGISTERED].name: "contract_registered" if row.accepted_on else "contract_accepted",
            metrics[PUBLICISED].name: "contract_signed" if row.publicised_on else "contract_publicised",
        }
        told = [metrics[days[name]].name if name in days else name for one in self.verdicts for name in one.missing]
        return tuple(dict.fromkeys(told))


def check(contract: Contract, book: Rulebook, day: date) -> Check:
    """The contract before the rules, as of a day."""
    facts = contract_facts(contract, book, day)
    days = {CONTRACT: contract.signed_on or day, REGISTRATION: contract.accepted_on or day}
    assessed = (
        assess(book, ruleset, facts, day=days[subject])
        for ruleset in book.rulesets.values()
        if ruleset.kind == "criteria"
        and (subject := ruleset.rules[0].subject) in days
        and ruleset.in_force(days[subject])
    )
    fees = consequences(book, facts, days[CONTRACT]) if _has_broker(contract) else ()
    return Check(contract, facts, tuple(one for one in assessed if one.verdicts), tuple(fees))


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of registration, and the rule that says so."""

    day: date
    basis: Basis


def registration_due(contract: Contract, book: Rulebook) -> Due | None:
    """Until when a contract that was accepted has to be registered; None where no rule that is in force says so."""
    accepted = contract.accepted_on
    for ruleset in book.rulesets.values() if accepted else ():
        for rule in ruleset.rules:
            leaf = rule.criterion
            limit = leaf.value if isinstance(leaf, Compare) and leaf.metric == REGISTERED and leaf.op == "<=" else None
            if accepted and isinstance(limit, float) and ruleset.in_force(accepted) and rule.in_force(accepted):
                return Due(accepted + timedelta(days=limit), book.basis(rule.id))
    return None


def contract_facts(contract: Contract, book: Rulebook, day: date) -> Facts:
    """What the row tells, in its fields and in columns of its own, and what can be counted from its days."""
    told = stated(contract, book)
    facts = told.with_(dict(_foreign(contract, told)))
    return facts.with_(dict(_counted(contract, day)) | dict(_derived(contract, facts)))


def _foreign(contract: Contract, told: Facts) -> Iterator[tuple[str, Fact]]:
    """Amounts in another currency than the rules speak of cannot be used as they are."""
    if contract.currency not in ("", "CNY"):
        origin = Said(f"币种 {contract.currency}，须先折算", f"in {contract.currency}; convert it first")
        for name in told.known:
            if told.metrics[name].measure is Measure.YUAN:
                yield name, Fact(None, origin)


def _counted(contract: Contract, day: date) -> Iterator[tuple[str, Fact]]:
    """Days between two dates; while the second is to come, those gone by are a lower bound."""
    for name, first, last, label in (
        (REGISTERED, contract.accepted_on, contract.registered_on, Said("受理至登记", "acceptance to entry")),
        (PUBLICISED, contract.publicised_on, contract.signed_on, Said("公示至签订", "publicity to signing")),
    ):
        if first is None or (last is None and day < first) or (last and last < first and name == REGISTERED):
            continue
        until = last or day
        still = Said("", "") if last else Said("，尚未办结", ", not done yet")
        said = Said(f"{label.zh} {first} 至 {until}{still.zh}", f"{label.en} {first} to {until}{still.en}")
        yield name, Fact(float((until - first).days), said, least=last is None)


def _derived(contract: Contract, facts: Facts) -> Iterator[tuple[str, Fact]]:
    yield "broker_named", _word(_has_broker(contract), Said("合同登记信息", "the contract's row"))
    if contract.kind:
        yield "agency_contract", _word(contract.kind is ContractKind.INTERMEDIARY, Said("合同类型", "its type"))
    if contract.broker_fee is not None:
        yield "fee_agreed", Fact(value=True, origin=Said("已填中介报酬", "a fee is told"))
    if contract.signed_on and contract.kind is not ContractKind.INTERMEDIARY:
        yield "contract_concluded", Fact(value=True, origin=Said("已填签订日期", "a day of signing is told"))
    if contract.mode:
        yield "reward_basis", _reward_basis(facts)


def _reward_basis(facts: Facts) -> Fact:
    """The floor of the law, unless another reward is told and the seller is told to be free to agree on it."""
    agreed, bound = (_value(facts, name) for name in ("reward_agreed", "state_institution"))
    if agreed is True and bound is False:
        return Fact("agreed", Said("奖励另有规定或约定", "another reward is laid down or agreed"))
    return Fact("statute", Said("未填另有规定或约定", "no other reward is told"))


def _value(facts: Facts, name: str) -> Any:
    fact = facts.find(name)
    return fact.value if fact else None


def _word(yes: bool, origin: Said) -> Fact:
    return Fact("yes" if yes else "no", origin)


def _has_broker(contract: Contract) -> bool:
    named = bool(contract.intermediary) or contract.broker_fee is not None
    return named or contract.kind is ContractKind.INTERMEDIARY
