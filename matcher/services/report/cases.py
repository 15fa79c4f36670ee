"""Outcomes of the period: what carriers took, what funds gave, and each case that came about."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.domain.phases import PHASES, Phase
from matcher.domain.records import Incubator, Outcome, PairKind, Record, Result, name_of
from matcher.reporting.sections import Column, Headline, Line, Section, Shape
from matcher.services.report.context import Context
from matcher.wording import Said

PAIRINGS = {
    PairKind.ACHIEVEMENT_INCUBATOR: Said("成果—载体", "result → carrier"),
    PairKind.PROJECT_FUND: Said("项目—基金", "project → fund"),
}
YUAN = frozenset({"", "CNY"})
ONE, PIECES = Said("次", ""), Said("项", "")


def cases_sections(context: Context) -> tuple[Section, ...]:
    """Counts by pairing and by who took it, what came about, and where the cases under way stand."""
    return (_counts(context), _cases(context), _phases(context))


def _counts(context: Context) -> Section:
    columns = (
        Column(Said("承接或投资方", "taken by"), Shape.LONG),
        Column(Said("编号", "id"), Shape.CODE),
        Column(Said("类别", "pairing")),
        Column(Said("所在", "place")),
        Column(Said("已对接", "accepted"), Shape.NUMBER, ONE),
        Column(Said("未成", "rejected"), Shape.NUMBER, ONE),
        Column(Said("洽谈中", "in talks"), Shape.NUMBER, ONE),
        Column(Said("金额", "amount"), Shape.YUAN, Said("元", "yuan")),
    )
    lines: list[Line] = []
    headlines: list[Headline] = []
    for pairing, outcomes in context.outcomes.items():
        for right_id in sorted({one.right_id for one in outcomes}):
            lines.append(_count(context, pairing, right_id, [one for one in outcomes if one.right_id == right_id]))
        if outcomes:
            numbers = _numbers(outcomes)
            said = PAIRINGS[pairing]
            total = Said(f"{said.zh}合计", f"{said.en}: sum")
            lines.append(Line((total, "", said, None, *numbers), context.cite.rows(outcomes), total=True))
            headlines.append(Headline(Said(f"{said.zh}：已对接", f"{said.en}: accepted"), numbers[0], unit=ONE))
            headlines.append(
                Headline(Said(f"{said.zh}：金额", f"{said.en}: amount"), numbers[3], Shape.YUAN, Said("元", "yuan"))
            )
    notes = (
        Said(
            "按本期内的对接结果计次；金额只合计人民币且已填的。",
            "By outcomes of the period; amounts in yuan that were told.",
        ),
        Said("只含当前身份可见的成果和项目。", "Only results and projects that this viewer may see."),
    )
    return Section("outcomes", Said("对接结果", "outcomes"), columns, tuple(lines), notes, tuple(headlines))


def _count(context: Context, pairing: PairKind, right_id: str, outcomes: Sequence[Outcome]) -> Line:
    taker = context.records[right_id]
    place = context.place(taker) if isinstance(taker, Incubator) else None
    cells = (name_of(taker), right_id, PAIRINGS[pairing], place, *_numbers(outcomes))
    return Line(cells, context.cite.rows(outcomes))


def _numbers(outcomes: Sequence[Outcome]) -> tuple[float, float, float, float | None]:
    counts = [float(sum(one.result is result for one in outcomes)) for result in Result]
    amounts = [one.amount for one in outcomes if one.result is Result.ACCEPTED and one.amount and one.currency in YUAN]
    return counts[0], counts[1], counts[2], sum(amounts) if amounts else None


def _cases(context: Context) -> Section:
    columns = (
        Column(Said("日期", "day"), Shape.DAY),
        Column(Said("类别", "pairing")),
        Column(Said("成果或项目", "result or project"), Shape.LONG),
        Column(Said("承接或投资方", "taken by"), Shape.LONG),
        Column(Said("金额", "amount"), Shape.NUMBER),
        Column(Said("币种", "currency")),
    )
    found = [
        (pairing, one)
        for pairing, outcomes in context.outcomes.items()
        for one in outcomes
        if one.result is Result.ACCEPTED
    ]
    lines = [_case(context, pairing, one) for pairing, one in sorted(found, key=lambda pair: pair[1].decided_on)]
    return Section("cases", Said("本期案例", "cases of the period"), columns, tuple(lines))


def _phases(context: Context) -> Section:
    columns = (
        Column(Said("类别", "pairing")),
        *(Column(PHASES[phase], Shape.NUMBER, PIECES) for phase in Phase),
    )
    lines = [
        Line((PAIRINGS[pairing], *(float(counts.get(phase, 0)) for phase in Phase)), ())
        for pairing, counts in context.phases.items()
        if counts
    ]
    notes = (
        Said("本服务中登记的对接案件，按编制时所处环节。", "Cases of this service, by where they stand as it is made."),
    )
    return Section("phases", Said("对接案件所处环节", "where cases stand"), columns, tuple(lines), notes)


def _case(context: Context, pairing: PairKind, one: Outcome) -> Line:
    left, right = (_called(context.records[name]) for name in (one.left_id, one.right_id))
    currency = Said("人民币", "CNY") if one.currency in YUAN else Said(one.currency, one.currency)
    money = (one.amount, currency if one.amount is not None else None)
    return Line((one.decided_on, PAIRINGS[pairing], left, right, *money), context.cite.rows([one]))


def _called(record: Record) -> str:
    return f"{name_of(record)}（{record.id}）"
