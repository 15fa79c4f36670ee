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


def figure_lines(reporting: Reporting, facts: WeekFacts) -> Iterator[Line]:
    """What was decided last week, and the first headline of each section of the year's report."""
    last = facts.week.back(1)
    decided = (one for all_ in facts.outcomes.values() for one in all_)
    counts = Counter(one.result for one in decided if last.monday <= one.decided_on <= last.sunday)
    made, talks, refused = (counts[result] for result in (Result.ACCEPTED, Result.IN_TALKS, Result.REJECTED))
    yield _figure(
        f"上周：对接成功 {made}，洽谈 {talks}，未成 {refused}",
        f"last week: {made} came together, {talks} in talks, {refused} refused",
    )
    report = reporting.report(Period(str(facts.day.year)), Viewer.ENTITLED, facts.day)
    for one in (headline for section in report.sections for headline in section.headlines[:1]):
        column = Column(one.name, one.shape)
        zh, en = (f"{told(one.content, column, each)} {one.unit.to(each)}".rstrip() for each in Language)
        yield _figure(f"今年以来，{one.name.zh}：{zh}", f"this year, {one.name.en}: {en}")


def gap_lines(gaps: ChainGaps, facts: WeekFacts) -> Iterator[Line]:
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
