"""Technology contracts of the period by type: signed, with their amounts, and registered."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.domain.registers import Contract, ContractKind
from matcher.reporting.sections import Cell, Column, Headline, Line, Section, Shape
from matcher.services.report.cases import PIECES, YUAN
from matcher.services.report.context import Context
from matcher.wording import Said

MONEY = Said("元", "yuan")


def contracts_sections(context: Context) -> tuple[Section, ...]:
    """Contracts signed in the period, or registered in it."""
    signed = [one for one in context.contracts if context.within(one.signed_on)]
    registered = [one for one in context.contracts if context.within(one.registered_on)]
    kinds = [kind for kind in (*ContractKind, None) if any(one.kind is kind for one in (*signed, *registered))]
    lines = [
        _line(
            context,
            Said(kind.label, kind.value) if kind else Said("类型未填", "type not stated"),
            [one for one in signed if one.kind is kind],
            [one for one in registered if one.kind is kind],
        )
        for kind in kinds
    ]
    if lines:
        lines.append(_line(context, Said("合计", "sum"), signed, registered, total=True))
    columns = (
        Column(Said("合同类型", "type")),
        Column(Said("本期签订", "signed"), Shape.NUMBER, PIECES),
        Column(Said("合同成交额", "amount"), Shape.YUAN, MONEY),
        Column(Said("技术交易额", "technology amount"), Shape.YUAN, MONEY),
        Column(Said("其中已登记", "of these registered"), Shape.NUMBER, PIECES),
        Column(Said("本期登记", "registered in the period"), Shape.NUMBER, PIECES),
        Column(Said("本期登记的技术交易额", "technology amount registered"), Shape.YUAN, MONEY),
    )
    undated = sum(one.signed_on is None for one in context.contracts)
    notes = [
        Said("金额只合计人民币；有合同未填金额的，合计前加 ≥。", "Amounts in yuan; ≥ where a contract states none."),
        Said("只含当前身份可见的合同。", "Only contracts that this viewer may see."),
    ]
    if undated:
        notes.append(
            Said(f"另有 {undated} 份合同未填签订日期，未计入。", f"{undated} contract(s) without a day are left out.")
        )
    headlines = (
        Headline(Said("技术合同：本期签订", "contracts signed"), float(len(signed)), unit=PIECES),
        Headline(Said("技术合同：合同成交额", "contracts: amount"), _sum(signed, "amount"), Shape.YUAN, MONEY),
        Headline(Said("技术合同：本期登记", "contracts registered"), float(len(registered)), unit=PIECES),
    )
    return (
        Section("contracts", Said("技术合同", "technology contracts"), columns, tuple(lines), tuple(notes), headlines),
    )


def _line(
    context: Context, name: Said, signed: Sequence[Contract], registered: Sequence[Contract], *, total: bool = False
) -> Line:
    return Line(
        (
            name,
            float(len(signed)),
            _sum(signed, "amount"),
            _sum(signed, "technology_amount"),
            float(sum(one.registered_on is not None and one.registered_on <= context.day for one in signed)),
            float(len(registered)),
            _sum(registered, "technology_amount"),
        ),
        context.cite.rows((*signed, *registered)),
        total,
    )


def _sum(contracts: Sequence[Contract], field: str) -> Cell:
    """The sum in yuan, a lower bound while a contract states no amount."""
    amounts = [getattr(one, field) for one in contracts if one.currency in YUAN]
    known = [amount for amount in amounts if amount is not None]
    return Cell(sum(known) if known else None, least=len(known) < len(amounts))
