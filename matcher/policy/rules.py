"""What rules, rulesets and the rulebook are.

The engine: `vocabulary` (sources and metrics), `trees` (criteria), this module, `loading` (files → rulebook, or file,
line and reason), `facts` (records → named figures with their origin), `comparing` and `criteria` (rule + facts → pass,
fail or unknown), `figures` (values and criteria in words). What a rule means for one field of work stands in a module
of its own beside them (`eligibility`, `priority`, `carriers` …).

To add a rule to a kind there is: write it under `data/policy/` (data/policy/README.md), add its cases to
`tests/unit/test_policy_thresholds.py`, run `scripts/tables.py`. To add a *kind* of rule:

1. In a module of its own, derive from `Rule` and name what such a rule says besides its criterion, e.g.
   `class GrantRule(Rule): amount: float`. The types of the fields are what the loader checks; `looks_at` names the
   metrics that are worked out for such rules.
2. Enter the class under its name in `loading.KINDS`; a ruleset of a file says `kind: <name>`.
3. In the same module ask `book.of(GrantRule, day)` for the rules in force on the day of the event, build `Facts`, and
   call `criteria.judge(book, rule, facts)`: the verdict carries clause, source, confidence and effect by itself.
4. A use case of it that needs the database belongs in `matcher/services/policy.py`, a large one beside it
   (`matcher/services/chain_gaps.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeVar, cast

from pydantic import Field

from matcher.domain.matches import Basis, Confidence, Effect
from matcher.domain.records import CarrierKind
from matcher.policy.trees import Criterion, Unobtained
from matcher.policy.vocabulary import Metric, Model, Source, folded
from matcher.wording import Said


class Jurisdiction(StrEnum):
    """Whose rule it is."""

    NATIONAL = "cn"
    INNER_MONGOLIA = "nm"
    TONGLIAO = "tongliao"
    SERVICE = "service"
    """This service's own agreement, or what a party states of itself."""


class Rule(Model):
    """One rule. What is the same for a whole ruleset stands once in the ruleset's head."""

    id: str = Field(pattern=r"^\S+$")
    ruleset: str
    name: Said
    clause: str = Field(min_length=1)
    source: str
    jurisdiction: Jurisdiction
    subject: str
    confidence: Confidence
    effect: Effect
    effective_from: date | None = None
    effective_to: date | None = None
    """The last day; None: open."""
    criterion: Criterion
    when: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """The rule is silent unless each of these text metrics is one of these words."""
    note: Said | None = None

    def in_force(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return (self.effective_from or date.min) <= day <= (self.effective_to or date.max)

    def means(self, book: Rulebook) -> Said | None:
        """What it says besides its criterion, in words; kinds of rules that say more override it."""
        return None

    def faults(self, book: Rulebook) -> Iterator[tuple[str, str]]:
        """What is wrong with what it says besides its criterion, as (key, reason)."""
        yield from ()

    @property
    def looks_at(self) -> frozenset[str]:
        """The metrics that are worked out for rules of this kind; empty: any metric there is."""
        return frozenset()

    @property
    def decides(self) -> bool:
        """Whether the ruleset's answer hangs on this rule; what was not obtained keeps the answer unknown."""
        return self.effect is Effect.REJECT or isinstance(self.criterion, Unobtained)


class Relief(Model):
    """A cut of the minima that are marked with `relief`, for subjects in remote areas."""

    factor: float = Field(gt=0, lt=1)
    clause: str = Field(min_length=1)
    note: Said


class Ruleset(Model):
    """Rules that answer one question together, e.g. whether a carrier reaches a level."""

    id: str = Field(pattern=r"^\S+$")
    name: Said
    kind: str
    clause: str
    combine: Literal["all", "any"] = "all"
    carriers: tuple[CarrierKind, ...] = ()
    """The kinds of carrier it is about."""
    level: str = ""
    """The level it leads to."""
    relief: Relief | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    note: Said | None = None
    steps: tuple[Said, ...] = ()
    """What is done within it, in order."""
    rules: tuple[Rule, ...] = Field(min_length=1)

    def in_force(self, day: date) -> bool:
        """Whether the ruleset is in force on a day."""
        return (self.effective_from or date.min) <= day <= (self.effective_to or date.max)

    def faults(self, book: Rulebook) -> Iterator[tuple[str, str]]:
        """What is wrong with what its head says, as (key, reason)."""
        yield from ()


RuleT = TypeVar("RuleT", bound=Rule)


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All rules of a folder, checked. `version` changes with every byte of the files."""

    version: str
    sources: Mapping[str, Source]
    metrics: Mapping[str, Metric]
    rulesets: Mapping[str, Ruleset]

    def of(self, kind: type[RuleT], day: date | None = None) -> tuple[RuleT, ...]:
        """The rules of exactly one kind, in the order of the files; those in force on a day, when one is given."""
        if (kind, day) not in self._asked:
            rules = self._kinds.get(kind, ())
            self._asked[kind, day] = tuple(rule for rule in rules if not day or rule.in_force(day))
        return cast("tuple[RuleT, ...]", self._asked[kind, day])

    def basis(self, rule_id: str) -> Basis:
        """What verdicts of this rule stand on."""
        return self._bases[rule_id]

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule by id."""
        return {rule.id: rule for ruleset in self.rulesets.values() for rule in ruleset.rules}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people may write for a metric, folded, to its id."""
        return {folded(name): key for key, metric in self.metrics.items() for name in metric.written(key)}

    @cached_property
    def fields(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """For each table of records, its fields that hold a metric, and which."""
        found: dict[str, list[tuple[str, str]]] = {}
        for key, metric in self.metrics.items():
            for path in metric.fields:
                table, _, field = path.partition(".")
                found.setdefault(table, []).append((field, key))
        return found

    @cached_property
    def _kinds(self) -> Mapping[type[Rule], Sequence[Rule]]:
        kinds: dict[type[Rule], list[Rule]] = {}
        for rule in self.rules.values():
            kinds.setdefault(type(rule), []).append(rule)
        return kinds

    @cached_property
    def _asked(self) -> dict[tuple[type[Rule], date | None], tuple[Rule, ...]]:
        """What `of` found; the same day is asked for again and again."""
        return {}

    @cached_property
    def _bases(self) -> Mapping[str, Basis]:
        return {rule.id: self._basis(rule) for rule in self.rules.values()}

    def _basis(self, rule: Rule) -> Basis:
        cites = self.sources[rule.source].cites
        return Basis(rule.id, rule.name, rule.clause, rule.source, cites, rule.confidence, rule.effect)
