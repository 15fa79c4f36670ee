"""Files of the registers: told apart from other tables, read field by field, bad rows as issues."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from matcher.domain.records import RECORD_KINDS, REGISTER_KINDS, TABLE_LABELS, Kind, Level, Row, Visibility
from matcher.domain.registers import (
    Contract,
    Event,
    EventKind,
    Filing,
    Grade,
    Grant,
    GrantState,
    Resource,
    Submission,
)
from matcher.intake import RowIssue, Withdrawal, read, template
from matcher.intake.names import kind_of
from tests.commandline import SAMPLE


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def rows_of(path: Path) -> list[Row | Withdrawal]:
    return [item for item in read(path) if not isinstance(item, RowIssue)]


def issues_of(path: Path) -> list[RowIssue]:
    return [item for item in read(path) if isinstance(item, RowIssue)]


def test_an_event_is_read_from_chinese_headers(tmp_path: Path) -> None:
    path = table(
        tmp_path / "载体事件.csv",
        "载体编号,事件,载体类型,级别,评价年度,评价等级,日期,文号",
        "I1,绩效评价,众创空间,自治区级,2025年度,A,2026年7月9日,示例〔2026〕1号",
    )
    [event] = rows_of(path)
    assert isinstance(event, Event)
    assert (event.event, event.level, event.year, event.grade) == (
        EventKind.EVALUATED,
        Level.REGION,
        2025,
        Grade.EXCELLENT,
    )
    assert event.decided_on == date(2026, 7, 9)
    assert event.id.startswith("e-")


@pytest.mark.parametrize(
    ("text", "grade"), [("不合格", Grade.UNQUALIFIED), ("合格", Grade.QUALIFIED), ("B", Grade.GOOD)]
)
def test_a_grade_is_never_read_as_its_opposite(tmp_path: Path, text: str, grade: Grade) -> None:
    [event] = rows_of(table(tmp_path / "events.csv", "carrier_id,event,grade", f"I1,evaluated,{text}"))
    assert isinstance(event, Event)
    assert event.grade is grade


def test_a_row_without_what_it_needs_is_refused_at_its_field_and_the_others_go_in(tmp_path: Path) -> None:
    path = table(tmp_path / "events.csv", "carrier_id,event,note", "I1,认定,甲", ",认定,乙", "I3,,丙", "I4,拟认定,丁")
    assert [row.carrier_id for row in rows_of(path) if isinstance(row, Event)] == ["I1"]
    assert [(issue.row, issue.field, issue.refuses) for issue in issues_of(path)] == [
        (3, "carrier_id", True),
        (4, "event", True),
        (5, "event", True),
    ]


def test_the_same_event_gets_the_same_derived_id_and_a_corrected_grade_does_not_change_it(tmp_path: Path) -> None:
    head = "carrier_id,event,year,grade"
    first = rows_of(table(tmp_path / "events.csv", head, "I1,evaluated,2025,B"))[0]
    second = rows_of(table(tmp_path / "events.csv", head, "I1,绩效评价,2025年,A"))[0]
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert (first.id, first.grade, second.grade) == (second.id, Grade.GOOD, Grade.EXCELLENT)


def test_figures_are_named_columns_one_cell_or_whatever_nobody_knows(tmp_path: Path) -> None:
    path = table(
        tmp_path / "填报数据.csv",
        "载体编号,载体名称,填报期,指标:在孵企业数,指标,毕业企业数(家),孵化资金（万元）,活动,填报日期",
        "I1,甲孵化器,2026年第三季度,41,面积=1200；在孵面积占比=80%,12家,420,若干,2026-10-08",
    )
    [submission] = rows_of(path)
    assert isinstance(submission, Submission)
    assert submission.period == "2026Q3"
    assert dict(submission.metrics) == {
        "在孵企业数": 41,
        "面积": 1200,
        "在孵面积占比": 0.8,
        "毕业企业数(家)": 12,
        "孵化资金": 4_200_000,
    }
    assert submission.extra == {"载体名称": "甲孵化器", "活动": "若干"}
    told = issues_of(path)
    assert {issue.code for issue in told} == {"column_as_figure"}
    assert [issue.field for issue in told] == ["毕业企业数(家)", "孵化资金（万元）", "活动"]


def test_a_line_of_a_form_that_nobody_filled_in_is_left_out_and_refuses_nothing(tmp_path: Path) -> None:
    path = table(
        tmp_path / "periods.csv",
        "载体编号,载体名称,填报期,指标:面积,填报日期",
        "I1,甲,2026Q3,,",
        "I2,乙,2026Q3,0,",
        "I3,丙,2026Q3,,2026-10-08",
    )
    assert [row.carrier_id for row in rows_of(path) if isinstance(row, Submission)] == ["I2", "I3"]
    [issue] = issues_of(path)
    assert (issue.row, issue.code, issue.refuses) == (2, "no_figures", False)


@pytest.mark.parametrize("text", ["abc", "-3"])
def test_a_figure_that_cannot_be_used_names_its_column_and_speaks_of_no_amount(tmp_path: Path, text: str) -> None:
    [issue] = issues_of(
        table(tmp_path / "periods.csv", "载体编号,填报期,指标:在孵企业数,指标:工位数", f"I1,2026Q3,{text},3")
    )

    assert (issue.field, issue.code, issue.value) == ("metrics.在孵企业数", "bad_figure", text)
    assert "金额" not in issue.message.zh + issue.step.zh


def test_a_carrier_still_keeps_columns_that_nobody_knows_as_text(tmp_path: Path) -> None:
    [carrier] = rows_of(table(tmp_path / "incubators.csv", "载体名称,活动场次", "甲,3"))
    assert not isinstance(carrier, Withdrawal)
    assert carrier.extra == {"活动场次": "3"}


def test_a_period_that_cannot_be_read_refuses_its_row(tmp_path: Path) -> None:
    path = table(tmp_path / "periods.csv", "carrier_id,period,metrics.a", "I1,前三季度,1", "I1,2026Q3,1")
    assert len(rows_of(path)) == 1
    [issue] = issues_of(path)
    assert (issue.row, issue.code, issue.refuses) == (2, "bad_period", True)


def test_two_different_rows_of_one_carrier_and_period_are_told_by_their_key(tmp_path: Path) -> None:
    path = table(
        tmp_path / "periods.csv", "carrier_id,period,metrics.a", "I1,2026Q3,1", "I1,2026年三季度,2", "i1,2026Q3,3"
    )
    assert len(rows_of(path)) == 2
    [issue] = issues_of(path)
    assert (issue.row, issue.code, issue.value) == (3, "duplicate_id", "I1 / 2026Q3")


def test_days_in_the_wrong_order_are_left_out_but_kept_as_written(tmp_path: Path) -> None:
    path = table(tmp_path / "filings.csv", "carrier_id,kind,started_on,ended_on", "I1,品牌输出,2026-05-01,2026-01-01")
    [filing] = rows_of(path)
    assert isinstance(filing, Filing)
    assert (filing.started_on, filing.ended_on) == (None, None)
    assert filing.extra == {"started_on": "2026-05-01", "ended_on": "2026-01-01"}
    assert [issue.code for issue in issues_of(path)] == ["dates_swapped"]


def test_whom_a_resource_is_open_to_is_a_list_of_ids(tmp_path: Path) -> None:
    path = table(
        tmp_path / "共享资源.csv",
        "资源名称,类型,开放对象,可见范围",
        "质谱,仪器设备,Ｉ1；I2、I2,内部",
        "中试线,中试基地,不限,",
        "实验室,实验室,,看情况",
    )
    resources = [row for row in rows_of(path) if isinstance(row, Resource)]
    assert [row.open_to for row in resources] == [("I1", "I2"), (), ()]
    assert [row.visibility for row in resources] == [Visibility.BROKERS, Visibility.PUBLIC, Visibility.RESTRICTED]


@pytest.mark.parametrize("word", ["未拨付", "拟拨付", "待拨付"])
def test_a_payment_is_never_guessed(tmp_path: Path, word: str) -> None:
    path = table(tmp_path / "grants.csv", "rule,carrier_id,state,amount", f"R,I1,{word},50万", "R,I2,已拨付,50万")
    [grant] = rows_of(path)
    assert isinstance(grant, Grant)
    assert (grant.carrier_id, grant.state, grant.amount) == ("I2", GrantState.PAID, 500_000)


def test_a_grant_in_another_currency_says_so(tmp_path: Path) -> None:
    [grant] = rows_of(table(tmp_path / "grants.csv", "rule,carrier_id,state,amount", "R,I1,已拨付,50万美元"))
    assert isinstance(grant, Grant)
    assert grant.currency == "USD"


def test_a_contract_reads_money_in_the_unit_of_the_table_and_leaves_the_unknown_unknown(tmp_path: Path) -> None:
    path = table(
        tmp_path / "技术合同.csv",
        "单位：万元",
        "合同名称,合同类型,合同成交额,书面合同,定价方式",
        "甲,技术许可,120,否,协议定价",
        "乙,,,,",
    )
    first, second = (row for row in rows_of(path) if isinstance(row, Contract))
    assert (first.amount, first.written) == (1_200_000, False)
    assert (second.amount, second.written, second.kind, second.pricing) == (None, None, None, None)


def test_rows_are_taken_back_by_id_or_by_their_key(tmp_path: Path) -> None:
    events = table(tmp_path / "events.csv", "id,withdrawn", "E1,是")
    assert [(row.table, row.key) for row in rows_of(events) if isinstance(row, Withdrawal)] == [(Kind.EVENTS, ("E1",))]
    periods = table(tmp_path / "periods.csv", "carrier_id,period,撤回,a", "I1,2026Q3,是,", "I1,,是,", "I2,2026Q3,,1")
    assert [row.key for row in rows_of(periods) if isinstance(row, Withdrawal)] == [("I1", "2026Q3")]
    refused = [(issue.row, issue.field) for issue in issues_of(periods) if issue.refuses]
    assert refused == [(3, "period")]


def test_a_standing_that_was_revoked_does_not_take_the_row_back(tmp_path: Path) -> None:
    [event] = rows_of(table(tmp_path / "events.csv", "carrier_id,event,状态", "I1,认定,撤销"))
    assert isinstance(event, Event)


# --- which table is it ---


@pytest.mark.parametrize("kind", REGISTER_KINDS)
def test_a_register_is_told_by_its_names_and_reading_a_sheet_so_named_works(tmp_path: Path, kind: Kind) -> None:
    assert {kind_of(name) for name in (kind.value, *TABLE_LABELS[kind])} == {kind}
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = TABLE_LABELS[kind][0]
    sheet.append(template(kind))
    book.save(tmp_path / "表.xlsx")
    assert [issue.code for issue in read(tmp_path / "表.xlsx") if isinstance(issue, RowIssue)] == ["no_rows"]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_file_with_the_headers_of_a_template_is_guessed_to_be_that_table(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / "导出.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(template(kind))
    [guessed] = [one for one in issues_of(path) if one.code == "table_guessed"]
    assert kind.value in guessed.message.en


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("载体名称,载体类型,级别,认定日期,文号", Kind.INCUBATORS),
        ("项目名称,项目编号,所属行业,融资需求,备注", Kind.PROJECTS),
        ("基金编号,基金名称,基金类型,联系人", Kind.FUNDS),
        ("成果名称,所属单位,技术领域,转化方式,合同金额", Kind.ACHIEVEMENTS),
        ("成果编号,载体编号,结果,日期,备注", Kind.OUTCOMES),
        ("编号,资源名称,类型,所属单位,开放条件,收费标准", Kind.RESOURCES),
    ],
)
def test_a_register_does_not_claim_the_lists_of_other_tables(tmp_path: Path, headers: str, kind: Kind) -> None:
    [guessed] = [one for one in issues_of(table(tmp_path / "导出.csv", headers)) if one.code == "table_guessed"]
    assert kind.value in guessed.message.en


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2026年孵化器认定名单", Kind.INCUBATORS),
        ("孵化器认定记录", Kind.EVENTS),
        ("2026三季度孵化器填报数据", Kind.PERIODS),
        ("项目合同台账", Kind.CONTRACTS),
        ("成果与载体对接表", Kind.OUTCOMES),
        ("可共享的成果", Kind.ACHIEVEMENTS),
    ],
)
def test_names_of_other_tables_keep_their_meaning(name: str, kind: Kind) -> None:
    assert kind_of(name) is kind


def test_a_folder_can_be_read_without_its_registers(tmp_path: Path) -> None:
    table(tmp_path / "funds.csv", "id,name", "F1,甲")
    table(tmp_path / "events.csv", "没有表头")
    table(tmp_path / "合同.xls", "x")
    book = Workbook()
    book.create_sheet("技术合同").append(["备注"])
    book.create_sheet("项目").append(["项目名称"])
    book["项目"].append(["乙"])
    book.save(tmp_path / "汇总与合同.xlsx")
    found = [item for item in read(tmp_path, kinds=RECORD_KINDS) if not isinstance(item, RowIssue)]
    assert [row.table for row in found] == [Kind.PROJECTS, Kind.FUNDS]


def test_every_row_of_the_sample_states_a_field_that_the_table_knows() -> None:
    for line in (SAMPLE / "contracts.jsonl").read_text(encoding="utf-8").splitlines():
        assert json.loads(line).keys() <= {*Contract.__dataclass_fields__}
