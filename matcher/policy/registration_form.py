"""The fields of the form on which a technology contract is registered: rules of kind `form`, one a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain.matches import Effect, State, Verdict
from matcher.domain.records import Achievement, Kind, Project, Term
from matcher.domain.registers import Contract
from matcher.policy.contracts import Check
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact
from matcher.policy.rules import Rule, Rulebook
from matcher.policy.trees import Given
from matcher.wording import Said

Cell = str | float | date | bool | None
PREFILLED = {"form_field": "field", "form_ip": "ip", "form_industry": "industry"}
"""What the result (or, for the industry, the firm that buys) may tell for the contract, by metric."""


class FormRule(Rule):
    """A field of the form; the criterion names the figure that fills it."""

    criterion: Given

    @property
    def given(self) -> str:
        """The metric that fills the field."""
        return self.criterion.given


@dataclass(frozen=True, slots=True)
class FormRow:
    """One contract on the form: a cell for every field, and what is still to be filled in."""

    check: Check
    cells: tuple[Cell, ...]
    missing: tuple[Said, ...]
    """Fields that the form asks for and that are empty."""
    open: tuple[Said, ...]
    """Fields that it may ask for: known from memory, or asked of another type of contract."""
    warnings: tuple[Said, ...]


def columns(book: Rulebook) -> tuple[FormRule, ...]:
    """The fields in their order."""
    return book.of(FormRule)


def form_row(check: Check, book: Rulebook, origin: Achievement | None, buyer: Project | None, day: date) -> FormRow:
    """The contract on the form; `origin` and `buyer` are the records it names, as far as the viewer may know them."""
    facts = check.facts.with_(dict(_prefilled(check, origin, buyer)))
    fields = {metric: field for field, metric in book.fields.get(Kind.CONTRACTS.value, ())}
    judged = [(rule, judge(book, rule, facts, day=day)) for rule in columns(book)]
    empty = [
        (rule, one.effect is Effect.INFO or book.metrics[rule.given].name not in one.missing)
        for rule, one in judged
        if one and one.state is State.UNKNOWN
    ]
    return FormRow(
        check,
        tuple(_cell(verdict, check.contract, fields.get(rule.given, "")) for rule, verdict in judged),
        tuple(rule.name for rule, doubtful in empty if not doubtful),
        tuple(rule.name for rule, doubtful in empty if doubtful),
        tuple(verdict.said for verdict in check.verdicts if verdict.state is State.FAIL),
    )


def _prefilled(check: Check, origin: Achievement | None, buyer: Project | None) -> Iterator[tuple[str, Fact]]:
    for metric, name in PREFILLED.items():
        told = ((one, getattr(one, name, None)) for one in (buyer, origin) if one)
        record, value = next(((one, value) for one, value in told if value), (None, None))
        if record and value and check.facts.find(metric) is None:
            text = value if isinstance(value, str) else "；".join(value)
            yield metric, Fact(text, Said(f"取自 {record.id}", f"from {record.id}"))


def _cell(verdict: Verdict | None, contract: Contract, field: str) -> Cell:
    """The value as the register has it, with its type; the label of a word of a closed list."""
    if verdict is None or verdict.state is not State.PASS:
        return None
    value = getattr(contract, field, None)
    if isinstance(value, Term):
        return value.label
    return value if isinstance(value, str | float | date) else verdict.value
