"""Who may use a shared resource on a day, and which step of readiness it helps: facts for `data/policy/resources.yaml`.

A limit that nobody states is no limit: a resource of the register is opened to carriers unless it names some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.matches import State, Verdict
from matcher.domain.names import Organisations
from matcher.domain.records import Incubator
from matcher.domain.registers import Resource
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.rules import Rule, Rulebook
from matcher.policy.trees import Compare, leaves
from matcher.wording import Said

RESOURCE = Said("资源登记信息", "the resource's row")


class OpenRule(Rule):
    """Whether a resource may be used; the facts are those of this module."""


class StepRule(Rule):
    """Which readiness a kind of resource helps."""


@dataclass(frozen=True, slots=True)
class User:
    """Who would use a resource: through which carrier, if any is known, and whether one is named at all."""

    carrier: Incubator | None = None
    undertaken: bool = False
    """Whether a carrier is named, be it known or not."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of the resource, and how a person is told of it."""

    metric: str
    fact: Fact
    said: Said
    change: Said | None = None


def openness(
    resource: Resource,
    user: User | None,
    names: Mapping[str, str],
    organisations: Organisations,
    book: Rulebook,
    day: date,
) -> tuple[Verdict, ...]:
    """Whether the user may use the resource on a day; where nobody is asked about, whether it is open at all.

    `names` are those of the carriers that it may be open to.
    """
    circle = _circle(resource, user, names, organisations) if user else ()
    told = {one.metric: one for one in (*_dates(resource, day), *circle)}
    facts = Facts(book.metrics, {metric: one.fact for metric, one in told.items()})
    found = []
    for rule in book.of(OpenRule, day):
        one = next((told[leaf.metric] for leaf in _compared(rule) if leaf.metric in told), None)
        verdict = judge(book, rule, facts, day=day) if one else None
        if one and verdict:
            change = one.change if verdict.state is not State.PASS else None
            found.append(replace(verdict, said=one.said, change=change, missing=()))
    return tuple(found)


def _compared(rule: Rule) -> Iterator[Compare]:
    return (leaf for leaf in leaves(rule.criterion) if isinstance(leaf, Compare))


def step(resource: Resource, trl: int | None, book: Rulebook, day: date) -> Verdict | None:
    """Whether the resource helps the step that this readiness stands before; None where no rule speaks of its kind."""
    if trl is None:
        return None
    known = {"need_trl": Fact(str(trl), Said("技术就绪度", "its readiness"))}
    facts = stated(resource, book).with_(known)
    told = (judge(book, rule, facts, day=day) for rule in book.of(StepRule, day))
    return next((verdict for verdict in told if verdict), None)


def _dates(resource: Resource, day: date) -> Iterator[Told]:
    first, last = resource.available_from, resource.available_until
    if first:
        opened = first <= day
        said = (
            Said(f"{first} 起开放", f"open since {first}") if opened else Said(f"{first} 才开放", f"opens on {first}")
        )
        yield Told("resource_days_open", _days((day - first).days), said, Said("届时可用", "it can be used then"))
    if last:
        ended = last < day
        said = (
            Said(f"{last} 已停止开放", f"closed since {last}")
            if ended
            else Said(f"开放至 {last}", f"open until {last}")
        )
        change = Said("可询问是否恢复开放", "ask whether it will open again")
        yield Told("resource_days_left", _days((last - day).days), said, change)


def _circle(resource: Resource, user: User, names: Mapping[str, str], organisations: Organisations) -> Iterator[Told]:
    """Whether the user's carrier is one of those it is open to; its own resource is open to it."""
    if not resource.open_to:
        told = Said("未限定开放对象", "open to all carriers")
        yield Told("resource_open_to", Fact(value=True, origin=RESOURCE), told)
        return
    only = [names[each] for each in resource.open_to if each in names]
    listed = "、".join(only) or "—"
    change = Said(
        f"由 {listed} 承接，或与开放单位商定", f"through {', '.join(only) or '—'}, or by agreement with its owner"
    )
    limit = Said(f"只对 {listed} 开放", f"open only to {', '.join(only) or '—'}")
    if user.carrier is None:
        why = Said("尚未落户载体", "no carrier undertakes it yet")
        if user.undertaken:
            why = Said("所在载体未知", "its carrier is not known")
        said = Said(f"{limit.zh}，{why.zh}", f"{limit.en}; {why.en}")
        yield Told("resource_open_to", Fact(None, RESOURCE), said, change)
        return
    inside = user.carrier.id in resource.open_to or _owns(user.carrier, resource, organisations)
    told = Said(f"对所在载体 {user.carrier.name} 开放", f"open to its carrier {user.carrier.name}")
    said = told if inside else limit
    yield Told("resource_open_to", Fact(value=inside, origin=RESOURCE), said, change)


def _owns(carrier: Incubator, resource: Resource, organisations: Organisations) -> bool:
    return bool(resource.owner) and organisations.same(carrier.name, resource.owner)


def _days(count: int) -> Fact:
    return Fact(float(count), RESOURCE)
