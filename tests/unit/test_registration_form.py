"""The registration form: every field filled with what is told, and what is missing named."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.domain.matches import Confidence, Effect
from matcher.domain.records import Achievement, Project
from matcher.domain.registers import Contract, ContractKind
from matcher.policy.contracts import check
from matcher.policy.registration_form import Cell, FormRow, columns, form_row
from tests.builders import achievement, project, rulebook
from tests.unit.test_contracts import DAY, contract

BOOK = rulebook()
NAMES = [rule.name.zh for rule in columns(BOOK)]


def row(
    origin: Achievement | None = None, buyer: Project | None = None, one: Contract | None = None, **changes: Any
) -> FormRow:
    return form_row(check(one or contract(**changes), BOOK, DAY), BOOK, origin, buyer, DAY)


def cells(found: FormRow) -> dict[str, Cell]:
    return dict(zip(NAMES, found.cells, strict=True))


def missing(found: FormRow) -> list[str]:
    return [one.zh for one in found.missing]


def test_what_is_told_stands_in_its_field_with_its_type() -> None:
    found = cells(row(registration_no="R-1"))

    assert found["项目名称"] == "实施许可合同"
    assert found["合同类别"] == "技术许可"
    assert found["合同签订日期"] == date(2025, 3, 20)
    assert found["合同成交额（元）"] == 1_000_000.0
    assert (found["卖方名称"], found["买方名称"]) == ("甲大学", "乙公司")
    assert found["合同登记编号"] == "R-1"


def test_what_the_register_has_no_field_for_is_named_and_a_column_of_ones_own_fills_it() -> None:
    assert {"卖方性质", "合同有效期限（起）", "技术交易额（元）"} <= set(missing(row()))
    filled = row(extra={"卖方性质": "高等院校", "有效期起": "2025-04-01"})

    assert cells(filled)["卖方性质"] == "高等院校"
    assert cells(filled)["合同有效期限（起）"] == "2025-04-01"
    assert not {"卖方性质", "合同有效期限（起）"} & set(missing(filled))


def test_a_transfer_tells_what_it_will_add_and_no_other_type_is_asked() -> None:
    added = {"预计新增投入（元）", "预计新增产值（元）"}

    assert added <= set(missing(row(kind=ContractKind.TRANSFER)))
    assert not added & set(missing(row()))
    unknown = row(kind=None)
    assert not added & set(missing(unknown))
    assert added <= {one.zh for one in unknown.open}, "of a contract without a type nobody knows"


def test_field_and_ip_come_from_the_result_and_the_industry_from_the_firm_that_buys() -> None:
    origin = achievement(field="新材料", ip="发明专利1件", industry=("玉米生物",))
    found = cells(row(origin, project(industry=("新能源", "储能"))))

    assert (found["技术领域"], found["知识产权类型"]) == ("新材料", "发明专利1件")
    assert found["服务的国民经济行业"] == "新能源；储能"
    assert cells(row(origin))["服务的国民经济行业"] == "玉米生物"
    assert cells(row())["技术领域"] is None


def test_a_column_of_ones_own_stands_above_what_the_result_tells() -> None:
    found = cells(row(achievement(field="新材料"), extra={"合同技术领域": "先进制造"}))

    assert found["技术领域"] == "先进制造"


def test_amounts_in_another_currency_are_left_empty_and_named() -> None:
    found = row(currency="USD")

    assert cells(found)["合同成交额（元）"] is None
    assert "合同成交额（元）" in missing(found)


def test_what_fails_stands_beside_the_row() -> None:
    assert row().warnings == ()
    assert any("奖励占净收入比例" in one.zh for one in row(reward=1.0).warnings)


def test_a_field_from_memory_is_never_asked_for_as_needed() -> None:
    remembered = [rule for rule in columns(BOOK) if rule.confidence is Confidence.MEMORY]

    assert remembered
    assert all(rule.effect is Effect.INFO for rule in remembered)
    assert not {rule.name.zh for rule in remembered} & set(missing(row()))
