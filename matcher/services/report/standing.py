"""What was decided about carriers in the period, how they stand in the last evaluation, and what follows from it."""

from __future__ import annotations

from matcher.domain.registers import Event
from matcher.reporting.sections import Column, Headline, Line, Section, Shape
from matcher.services.evaluation import Evaluation
from matcher.services.report.context import CARRIER, Context
from matcher.wording import Said

POINTS = Said("分", "points")


def standing_sections(context: Context) -> tuple[Section, ...]:
    """Events of the period; the internal evaluation of the last full year; proposals."""
    return (_events(context), _evaluation(context), _proposals(context))


def _events(context: Context) -> Section:
    columns = (
        Column(Said("日期", "day"), Shape.DAY),
        *CARRIER,
        Column(Said("事件", "event")),
        Column(Said("类型", "kind")),
        Column(Said("级别", "level")),
        Column(Said("评价年度", "year"), Shape.TEXT),
        Column(Said("等级", "grade")),
        Column(Said("文号", "document"), Shape.LONG),
    )
    lines = tuple(_event(context, one) for one in context.events)
    return Section(
        "events", Said("认定、备案、评价和撤销", "recognitions, filings, evaluations, revocations"), columns, lines
    )


def _event(context: Context, one: Event) -> Line:
    words = [Said(term.label, term.value) if term else None for term in (one.event, one.carrier_kind, one.level)]
    year, grade = str(one.year) if one.year else None, Said(one.grade.label, one.grade.value) if one.grade else None
    name = context.name(one.carrier_id)
    cells = (one.decided_on, name, one.carrier_id, *words, year, grade, one.document or None)
    return Line(cells, context.cite.rows([one]))


def _evaluation(context: Context) -> Section:
    columns = (
        Column(Said("类别", "class")),
        *CARRIER,
        Column(Said("名次", "rank"), Shape.CODE),
        Column(Said("得分（低）", "score, lowest"), Shape.NUMBER, POINTS),
        Column(Said("得分（高）", "score, highest"), Shape.NUMBER, POINTS),
        Column(Said("内部等级", "internal grade")),
        Column(Said("数据覆盖", "coverage"), Shape.SHARE),
        Column(Said("上年（低）", "year before, lowest"), Shape.NUMBER, POINTS),
        Column(Said("上年（高）", "year before, highest"), Shape.NUMBER, POINTS),
        Column(Said("官方等级", "official grade")),
    )
    scored = [one for one in context.evaluations if one.internal and one.periods]
    year = context.evaluated
    return Section(
        "evaluation",
        Said(f"{year} 年分类评价（内部，不是官方评分）", f"classified evaluation of {year} (internal, not official)"),
        columns,
        tuple(_evaluated(context, one) for one in scored),
        (
            *_about_scores(context),
            Said("没有填报数据和没有指标集的载体未列。", "Carriers without figures or set: left out."),
        ),
        (
            Headline(
                Said(f"{year} 年内部评价：有得分的载体", f"scored for {year}"), float(len(scored)), unit=Said("家", "")
            ),
        ),
    )


def _about_scores(context: Context) -> list[Said]:
    notes = [
        Said(
            "得分为本服务自用，指标和权重见 data/policy/evaluation.yaml；缺数据的为区间。",
            "Scores are this service's own (data/policy/evaluation.yaml); ranges where figures are missing.",
        )
    ]
    if not any(one.official for one in context.evaluations):
        notes.append(Said("官方指标和权重表未录入，没有官方得分。", "No official table was entered."))
    for one in context.evaluations:
        for score in one.official:
            low, high, name = f"{score.span.low:g}", f"{score.span.high:g}", one.carrier.name
            said = score.card.name
            notes.append(Said(f"{name} {said.zh}：{low}–{high} 分。", f"{name}, {said.en}: {low}–{high}."))
    return notes


def _evaluated(context: Context, one: Evaluation) -> Line:
    score, before, place, rule = one.internal, one.before, one.place, one.classed.rule
    rank = (f"{place.best}" if place.best == place.worst else f"{place.best}–{place.worst}") if place else None
    names = [each.name for each in (score.grades if score else ())]
    grade = names[0] if len(names) == 1 else Said("未定", "open") if names else None
    official = [each for each in one.history if each.year == one.year and each.grade]
    told = context.known.submissions.get(one.carrier.id, {})
    rows = context.cite.rows(row.row for period, row in sorted(told.items()) if period.year == one.year)
    events = [event for event in context.known.events.get(one.carrier.id, ()) if event.id in _ids(one)]
    refs = (*rows, *context.cite.rows(events))
    if rule and score:
        refs += (
            context.cite.rule(rule.id),
            context.cite.ruleset(score.card.id),
            context.cite.ruleset(score.card.grades),
        )
    return Line(
        (
            rule.name if rule else None,
            one.carrier.name,
            one.carrier.id,
            f"{rank}/{place.of}" if place else None,
            score.span.low if score else None,
            score.span.high if score else None,
            grade,
            score.coverage if score else None,
            before.span.low if before else None,
            before.span.high if before else None,
            Said(official[-1].grade.label, official[-1].grade.value) if official and official[-1].grade else None,
        ),
        refs,
    )


def _ids(one: Evaluation) -> set[str]:
    return {name for each in one.history if each.year == one.year for name in each.events}


def _proposals(context: Context) -> Section:
    columns = (
        *CARRIER,
        Column(Said("情形", "case"), Shape.LONG),
        Column(Said("建议", "proposal"), Shape.LONG),
        Column(Said("依据", "by"), Shape.LONG),
    )
    lines = []
    for one in context.evaluations:
        events = [event for event in context.known.events.get(one.carrier.id, ()) if event.id in _latest(one)]
        for each in one.proposals:
            basis = each.verdict.basis
            said = (
                each.rule.proposal if each.made else Said(f"尚不能确定：{each.verdict.said.zh}", each.verdict.said.en)
            )
            cites = Said(f"{basis.cites.zh} {basis.clause}", f"{basis.cites.en} {basis.clause}")
            refs = (*context.cite.rows(events), context.cite.rule(each.rule.id))
            lines.append(Line((one.carrier.name, one.carrier.id, each.rule.name, said, cites), refs))
    note = Said("依据官方评价结果，由有权部门决定。", "By official results; the authority decides.")
    return Section("proposals", Said("动态管理建议", "dynamic management"), columns, tuple(lines), (note,))


def _latest(one: Evaluation) -> set[str]:
    return {name for each in one.history[-2:] for name in each.events}
