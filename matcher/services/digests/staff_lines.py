"""Lines for the bureau: the week in figures, the report's first page, and the gaps of the industry chains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from matcher.domain.digests import Line, Topic
from matcher.domain.periods import Period
from matcher.domain.records import Result
from matcher.domain.visibility import Viewer
from matcher.policy.chain_states import STATES, ChainState
from matcher.reporting.sections import Column, told
from matcher.services.chain_gaps import ChainGaps
from matcher.services.digests.week_facts import WeekFacts
from matcher.services.digests.wording import MOST, more
from matcher.services.reporting import Reporting
from matcher.wording import Language, Said

MOST_RECORDS = 5_000
"""Results and projects up to which the year's report and the chains are worked out for a digest; they take minutes
for more, and a digest for everybody else does not wait for them."""


def staff_lines(reporting: Reporting, gaps: ChainGaps, facts: WeekFacts) -> Iterator[Line]:
    """All lines of the bureau."""
    yield from _week(facts)
    if facts.size > MOST_RECORDS:
        yield _figure(
            f"成果和项目共 {facts.size} 项，年度数据和产业链缺口请看报告",
            f"{facts.size} results and projects: see the report for the year's figures and the gaps in the chains",
        )
        return
    yield from _year(reporting, facts)
    yield from _gaps(gaps, facts)


def _week(facts: WeekFacts) -> Iterator[Line]:
    """What was decided last week."""
    last = facts.week.back(1)
    decided = (one for all_ in facts.outcomes.values() for one in all_)
    counts = Counter(one.result for one in decided if last.monday <= one.decided_on <= last.sunday)
    made, talks, refused = (counts[result] for result in (Result.ACCEPTED, Result.IN_TALKS, Result.REJECTED))
    yield _figure(
        f"上周：对接成功 {made}，洽谈 {talks}，未成 {refused}",
        f"last week: {made} came together, {talks} in talks, {refused} refused",
    )


def _year(reporting: Reporting, facts: WeekFacts) -> Iterator[Line]:
    """The first headline of each section of the year's report."""
    report = reporting.report(Period(str(facts.day.year)), Viewer.ENTITLED, facts.day)
    for one in (headline for section in report.sections for headline in section.headlines[:1]):
        column = Column(one.name, one.shape)
        zh, en = (f"{told(one.content, column, each)} {one.unit.to(each)}".rstrip() for each in Language)
        yield _figure(f"今年以来，{one.name.zh}：{zh}", f"this year, {one.name.en}: {en}")


def _gaps(gaps: ChainGaps, facts: WeekFacts) -> Iterator[Line]:
    """Nodes that are missing or weak, and how many results could fill each."""
    views = gaps.report(None, Viewer.ENTITLED, facts.day).chains
    lacking = [
        (gaps.chains.names[view.chain.code], node, state)
        for state in (ChainState.MISSING, ChainState.WEAK)
        for view in views
        for node in view.nodes
        if node.state.state is state
    ]
    for name, node, state in lacking[:MOST]:
        fills, said = len(node.fills), STATES[state]
        told = Said(
            f"{name.zh}·{node.node.name.zh}（{said.zh}）：可补成果 {fills} 项",
            f"{name.en}, {node.node.name.en} ({said.en}): {fills} results could fill it",
        )
        yield Line(topic=Topic.GAPS, said=told)
    if len(lacking) > MOST:
        yield more(Topic.GAPS, len(lacking) - MOST)


def _figure(zh: str, en: str) -> Line:
    return Line(topic=Topic.FIGURES, said=Said(zh, en))
