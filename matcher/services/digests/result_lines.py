"""Lines for a university: what became of its results, and the reasons of refusals, added up so that none is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from matcher.domain.digests import Line, Topic
from matcher.domain.records import Achievement, Kind, Refusal, Result, name_of
from matcher.services.digests.readers import Addressee
from matcher.services.digests.week_facts import WeekFacts
from matcher.services.digests.wording import MOST, cut, more, record_page, ref
from matcher.wording import Said

FEWEST_REFUSALS = 3
"""Refusals from which reasons are summed up: fewer would tell who gave which."""
YEAR = timedelta(days=365)
FIRST = 4
"""Weeks that a first digest looks back."""
RESULTS: Mapping[Result, Said] = {
    Result.ACCEPTED: Said("已与{}对接成功", "came together with {}"),
    Result.REJECTED: Said("与{}未成", "did not come about with {}"),
    Result.IN_TALKS: Said("正与{}洽谈", "is in talks with {}"),
}


def result_lines(who: Addressee, facts: WeekFacts) -> Iterator[Line]:
    """What became of the reader's results since their last digest, the latest first, and a year's reasons."""
    home = who.actor.organisation
    mine = [one for name in home.institutions for one in facts.results.get(name, [])] if home else []
    since = (who.last.week if who.last else facts.week.back(FIRST)).monday
    lately = [(left, one) for left in mine for one in facts.decided.get(left.id, []) if one.decided_on >= since]
    for left, one in sorted(lately, key=lambda pair: (pair[1].decided_on, pair[0].id), reverse=True)[:MOST]:
        right, said, name = facts.incubators.get(one.right_id), RESULTS[one.result], cut(name_of(left))
        taker = cut(right.name) if right else one.right_id
        told = Said(
            f"《{name}》{said.zh.format(taker)}（{one.decided_on}）",
            f"“{name}” {said.en.format(taker)} ({one.decided_on})",
        )
        about = (ref(left), f"{Kind.INCUBATORS}/{one.right_id}")
        yield Line(topic=Topic.CASES, said=told, path=record_page(left), about=about)
    if len(lately) > MOST:
        yield more(Topic.CASES, len(lately) - MOST)
    yield from _refusals(mine, facts)


def _refusals(mine: Sequence[Achievement], facts: WeekFacts) -> Iterator[Line]:
    refused = [
        one
        for left in mine
        for one in facts.decided.get(left.id, [])
        if one.result is Result.REJECTED and one.decided_on >= facts.day - YEAR
    ]
    classed = Counter(reason for one in refused if (reason := Refusal.of(one.reason)) is not None)
    if classed.total() < FEWEST_REFUSALS:
        return
    order = sorted(classed, key=lambda reason: (-classed[reason], reason))
    zh = "、".join(f"{reason.label} {classed[reason]}" for reason in order)
    en = ", ".join(f"{reason.value.replace('_', ' ')} {classed[reason]}" for reason in order)
    said = Said(f"近一年 {len(refused)} 次未成，原因：{zh}", f"{len(refused)} refusals within a year: {en}")
    yield Line(topic=Topic.CASES, said=said)
