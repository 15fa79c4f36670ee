"""Lines about what a reader has in hand: overdue tasks, places of their carriers, what criteria still want."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from matcher.domain.accounts import Role
from matcher.domain.digests import Line, Topic
from matcher.domain.records import Incubator, name_of
from matcher.services.cases.papers import CasePapers
from matcher.services.digests.readers import Addressee
from matcher.services.digests.week_facts import WeekFacts
from matcher.services.digests.wording import MOST, case_page, cut, more, record_page, ref
from matcher.services.policy import Policy
from matcher.wording import Said, joined

SHORTFALLS = 3
"""Things that one line says are short."""
IN_HAND = frozenset({Topic.TASKS, Topic.CAPACITY})
"""The topics of these lines, which any day may make untrue."""
WORKING = frozenset({Role.BROKER, Role.INCUBATOR})


def own_lines(who: Addressee, papers: CasePapers, policy: Policy, facts: WeekFacts) -> Iterator[Line]:
    """All of them."""
    if who.actor.role in WORKING:
        yield from task_lines(who, papers, facts)
    if who.actor.role is Role.INCUBATOR:
        yield from carrier_lines(who, policy, facts)


def task_lines(who: Addressee, papers: CasePapers, facts: WeekFacts) -> Iterator[Line]:
    """Tasks that should have been done before the day, the oldest first."""
    late = papers.overdue(who.actor, datetime.combine(facts.day, time(), UTC))
    for seen, task in late[:MOST]:
        pair, text = f"《{cut(name_of(seen.left))}》—{cut(name_of(seen.right))}", cut(task.text)
        said = Said(f"{pair}：{text}（{task.due} 到期）", f"{pair}: {text} (due {task.due})")
        about = (ref(seen.left), ref(seen.right))
        yield Line(topic=Topic.TASKS, said=said, path=case_page(seen.case.id), about=about)
    if len(late) > MOST:
        yield more(Topic.TASKS, len(late) - MOST, "/cases?due=overdue")


def carrier_lines(who: Addressee, policy: Policy, facts: WeekFacts) -> Iterator[Line]:
    """Free places of the reader's carriers, and what their next level still wants."""
    home = who.actor.organisation
    for carrier_id in home.incubator_ids if home else ():
        if (carrier := facts.incubators.get(carrier_id)) is not None:
            yield from _places(carrier)
            yield from _criteria(carrier, policy, facts)


def _places(carrier: Incubator) -> Iterator[Line]:
    total, used = carrier.capacity, carrier.occupied
    if total is not None and used is not None:
        free, name = max(0, total - used), cut(carrier.name)
        said = Said(f"{name}：余位 {free}（容量 {total}，在孵 {used}）", f"{name}: {free} of {total} places free")
        yield Line(topic=Topic.CAPACITY, said=said, path=record_page(carrier), about=(ref(carrier),))


def _criteria(carrier: Incubator, policy: Policy, facts: WeekFacts) -> Iterator[Line]:
    tenants = facts.tenants.get(carrier.id, [])
    for standing in policy.standings(carrier, tenants, facts.financed, facts.day):
        if standing.in_force and standing.shortfalls:
            wanted = standing.assessment.ruleset.name
            short, name = joined(standing.shortfalls[:SHORTFALLS]), cut(carrier.name)
            said = Said(f"{name}距“{wanted.zh}”还差：{short.zh}", f"{name} lacks for “{wanted.en}”: {short.en}")
            yield Line(topic=Topic.CAPACITY, said=said, path=record_page(carrier), about=(ref(carrier),))
