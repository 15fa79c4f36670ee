"""Which forms a period needs: a sheet for each kind of carrier, or the carrier's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.domain.periods import Period
from matcher.domain.records import CarrierKind, Incubator
from matcher.errors import StoreError
from matcher.policy.duties import Due, Owed
from matcher.policy.facts import Facts
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import COURSES, Measure
from matcher.reporting.forms import Asked, Form, Line
from matcher.services.submissions import owing
from matcher.services.yearbook import Yearbook
from matcher.wording import Language, Said


def forms(known: Yearbook, period: Period, carrier_id: str | None, language: Language) -> tuple[Form, ...]:
    """The forms for all carriers that owe something for the period, or for one of them.

    Raises:
        StoreError: nobody, or not this carrier, owes anything for the period.
    """
    found = [(carrier, due) for carrier, due in owing(known, period) if carrier_id in (None, carrier.id)]
    if not found:
        raise _nothing(period, known.carriers.get(carrier_id or ""))
    if carrier_id is not None:
        heading = f"{found[0][0].name} {_title(period)}"
        return (_form("填报数据", heading, found, known, period, language),)
    kinds = dict.fromkeys(carrier.kind for carrier, _ in found)
    return tuple(
        _form(
            f"{kind.label}填报数据",
            f"{kind.label} {_title(period)}",
            [one for one in found if one[0].kind is kind],
            known,
            period,
            language,
        )
        for kind in CarrierKind
        if kind in kinds
    )


def _title(period: Period) -> str:
    part = {"H1": "上半年", "H2": "下半年", "Q1": "第一季度", "Q2": "第二季度", "Q3": "第三季度", "Q4": "第四季度"}
    return f"{period.year}年{part.get(period[4:], '度')}信息报送表"


def _form(
    sheet: str,
    heading: str,
    found: Sequence[tuple[Incubator, Due]],
    known: Yearbook,
    period: Period,
    language: Language,
) -> Form:
    owed = {rule.metric: rule for _, due in found for rule in due.owed}
    return Form(
        sheet,
        heading,
        max(due.day for _, due in found),
        period,
        tuple(_asked(rule, known.book, language) for rule in owed.values()),
        tuple(_line(carrier, due, known, period) for carrier, due in found),
    )


def _asked(rule: Owed, book: Rulebook, language: Language) -> Asked:
    metric = book.metrics[rule.metric]
    course = f"{COURSES[metric.course].to(language)}；" if metric.course else ""
    note = rule.note.to(language) if rule.note else ""
    unit = {Measure.YUAN: "万元", Measure.SHARE: "%", Measure.FLAG: "是/否"}.get(metric.measure, metric.unit.zh)
    return Asked(rule.metric, rule.name.zh, course + note, unit, metric.measure)


def _line(carrier: Incubator, due: Due, known: Yearbook, period: Period) -> Line:
    told = known.told.get(carrier.id, {})
    earlier = [one for one in told if one.length is period.length and one.end < period.end]
    since = max(earlier, key=lambda one: one.end, default=None)
    row = known.submissions.get(carrier.id, {}).get(period)
    owed = frozenset(rule.metric for rule in due.owed)
    return Line(
        row.row.carrier_id if row else carrier.id,
        carrier.name,
        owed,
        _values(told.get(period), owed),
        _values(told.get(since) if since else None, owed),
        since,
        row.row.submitted_by if row else "",
    )


def _values(facts: Facts | None, owed: frozenset[str]) -> Mapping[str, float | bool]:
    """What was submitted, and nothing else."""
    known = facts.known if facts else {}
    return {name: fact.value for name, fact in known.items() if name in owed and isinstance(fact.value, float | bool)}


def _nothing(period: Period, carrier: Incubator | None) -> StoreError:
    who = Said(f"{carrier.name} 在 ", f"{carrier.name} owes ") if carrier else Said("", "Nobody owes ")
    return StoreError(
        Said(f"{who.zh}{period} 没有要填报的数。", f"{who.en}{'nothing' if carrier else 'figures'} for {period}."),
        Said(
            "填报要求见 data/policy/reporting.yaml；季度写 2026Q3，半年写 2026H1，全年写 2026。",
            "What is owed stands in data/policy/reporting.yaml; write 2026Q3, 2026H1 or 2026.",
        ),
    )
