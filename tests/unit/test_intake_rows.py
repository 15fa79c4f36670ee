"""Rows to records: ids, what is required, what contradicts itself, what is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.cli.reports import issue_lines
from matcher.domain.records import Achievement, Fund, Incubator, Kind, Outcome, PairKind, Project, Result, Visibility
from matcher.errors import ConfigurationError, UnsupportedFileError
from matcher.intake import RowIssue, Severity, Withdrawal, read
from matcher.wording import Language, Said


def rows(
    tmp_path: Path, name: str, *lines: str, mapping: dict[str, object] | None = None
) -> tuple[list[object], list[RowIssue]]:
    path = tmp_path / f"{name}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = list(read(path, mapping=mapping))
    issues = [item for item in found if isinstance(item, RowIssue)]
    return [item for item in found if not isinstance(item, RowIssue)], issues


def codes(issues: list[RowIssue]) -> list[tuple[int, str, str]]:
    return [(issue.row, issue.code, issue.severity.value) for issue in issues]


def test_a_derived_id_is_found_again_whatever_else_changes(tmp_path: Path) -> None:
    (first,), _ = rows(tmp_path, "成果", "成果名称,完成单位,成果简介", "稀土 电机,内蒙古大学,旧简介")
    (second,), _ = rows(tmp_path, "成果", "成果简介,完成单位,成果名称,关键词", "新简介,内蒙古大学,稀土  电机,x")
    assert isinstance(first, Achievement)
    assert isinstance(second, Achievement)
    assert first.id == second.id
    assert first.id.startswith("a-")
    assert len(first.id) == 14


def test_the_summary_tells_who_a_record_is_only_without_a_title(tmp_path: Path) -> None:
    found, _ = rows(tmp_path, "成果", "成果名称,完成单位,成果简介", ",大学,甲", ",大学,乙")
    assert len({record.id for record in found if isinstance(record, Achievement)}) == 2


def test_a_result_without_a_title_goes_by_its_summary_with_a_warning(tmp_path: Path) -> None:
    (_, untitled), issues = rows(tmp_path, "成果", "成果名称,成果简介", "甲,乙", ",牛粪垫料回用设备。", ",")
    assert isinstance(untitled, Achievement)
    assert untitled.summary == "牛粪垫料回用设备。"
    (issue,) = issues
    assert (issue.row, issue.field, issue.code, issue.severity) == (3, "title", "no_title", Severity.WARNING)
    assert issue.message == Said("第 3 行没有名称，暂用简介代替。", "Row 3 has no title; it goes by its summary.")


def test_a_bare_small_number_among_amounts_with_units_is_asked_about(tmp_path: Path) -> None:
    prices = ["300万元", "80万", "1.2亿", "面议", "60", "45000", "60元", ""]
    found, issues = rows(tmp_path, "成果", "成果名称,意向价格", *(f"成果{n},{price}" for n, price in enumerate(prices)))
    assert (len(found), codes(issues)) == (8, [(6, "amount_without_unit", "warning")])
    assert (issues[0].field, issues[0].value, "是否为 60 万元？" in issues[0].message.zh) == (
        "asking_price",
        "60",
        True,
    )


def test_a_number_a_thousand_times_smaller_than_its_column_is_asked_about(tmp_path: Path) -> None:
    prices = ("3000000", "60", "1200000", "800000")
    _, issues = rows(tmp_path, "成果", "成果名称,意向价格", *(f"成果{n},{price}" for n, price in enumerate(prices)))
    assert codes(issues) == [(3, "amount_without_unit", "warning")]


@pytest.mark.parametrize(
    ("header", "prices"),
    [("意向价格（万元）", ("300", "60", "1.2亿元")), ("意向价格", ("60", "80", "300万")), ("意向价格", ("60", "900"))],
)
def test_small_numbers_are_in_order_under_a_unit_or_among_their_like(
    tmp_path: Path, header: str, prices: tuple[str, ...]
) -> None:
    _, issues = rows(tmp_path, "成果", f"成果名称,{header}", *(f"成果{n},{price}" for n, price in enumerate(prices)))
    assert issues == []


def test_an_amount_that_is_said_to_be_approximate_is_read_and_said_so(tmp_path: Path) -> None:
    (record,), issues = rows(tmp_path, "成果", "成果名称,意向价格", "甲,约1.5亿元")
    assert isinstance(record, Achievement)
    assert (record.asking_price, dict(record.extra)) == (1.5e8, {"意向价格": "约1.5亿元"})
    assert codes(issues) == [(2, "amount_is_approximate", "warning")]


def test_a_project_is_known_by_its_name_alone(tmp_path: Path) -> None:
    (first,), _ = rows(tmp_path, "项目", "项目名称,项目简介", "甲公司,旧")
    (second,), _ = rows(tmp_path, "项目", "项目名称,项目简介", "甲公司,新")
    assert isinstance(first, Project)
    assert isinstance(second, Project)
    assert first.id == second.id


def test_the_same_id_with_other_content_is_refused_naming_the_first_row(tmp_path: Path) -> None:
    found, issues = rows(tmp_path, "成果", "编号,成果名称", "A1,甲", "A2,乙", "A1,甲", "Ａ1,丙")
    assert len(found) == 2
    assert codes(issues) == [(4, "repeated_row", "info"), (5, "duplicate_id", "error")]
    assert "第 2 行" in issues[1].message.zh
    assert "row 2" in issues[1].message.en


def test_ids_are_unique_over_all_files_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "成果1.csv").write_text("编号,成果名称\nA1,甲\n", encoding="utf-8")
    (tmp_path / "成果2.csv").write_text("编号,成果名称\nA1,乙\n", encoding="utf-8")
    found = list(read(tmp_path))
    assert [type(item) for item in found] == [Achievement, RowIssue]
    assert isinstance(found[1], RowIssue)
    assert "成果1.csv" in found[1].message.zh


@pytest.mark.parametrize(
    ("name", "header", "line"),
    [
        ("成果", "编号,成果名称,关键词", "A1,,x"),
        ("载体", "编号,载体名称", "i1,-"),
        ("项目", "编号,项目名称", "p1,"),
        ("基金", "编号,基金名称", "f1,/"),
    ],
)
def test_a_row_without_what_is_required_is_refused(tmp_path: Path, name: str, header: str, line: str) -> None:
    found, issues = rows(tmp_path, name, header, line)
    assert found == []
    assert codes(issues) == [(2, "required_missing", "error")]


def test_a_bad_optional_value_leaves_the_field_empty_and_the_text_in_extra(tmp_path: Path) -> None:
    (record,), issues = rows(tmp_path, "成果", "成果名称,发布日期,意向价格（万元）", "甲,2023-02-30,50-100")
    assert isinstance(record, Achievement)
    assert (record.published_on, record.asking_price) == (None, None)
    assert record.extra == {"发布日期": "2023-02-30", "意向价格（万元）": "50-100"}
    assert codes(issues) == [(2, "impossible_date", "warning"), (2, "amount_range", "warning")]


def test_the_header_unit_multiplies_and_its_currency_is_the_rows(tmp_path: Path) -> None:
    (record,), issues = rows(tmp_path, "项目", "项目名称,融资需求（万美元）", "甲,50")
    assert isinstance(record, Project)
    assert (record.funding_sought, record.currency, issues) == (500_000, "USD", [])


def test_a_unit_above_the_header_multiplies_amounts_and_not_counts(tmp_path: Path) -> None:
    (record,), _ = rows(tmp_path, "项目", "在孵企业情况表,单位：万元,", "企业名称,资产总额,员工数", "甲,50,12")
    assert isinstance(record, Project)
    assert (record.assets, record.employees, record.currency) == (500_000, 12, "")


def test_the_currency_column_decides_and_yuan_stays_unsaid(tmp_path: Path) -> None:
    found, issues = rows(
        tmp_path, "成果", "成果名称,意向价格,币种", "甲,300万元,", "乙,1万,美元", "丙,$5万,", "丁,$5万,人民币"
    )
    records = [record for record in found if isinstance(record, Achievement)]
    assert [(r.asking_price, r.currency) for r in records] == [(3e6, ""), (1e4, "USD"), (5e4, "USD"), (None, "CNY")]
    assert codes(issues) == [(5, "currency_conflict", "warning")]
    assert records[3].extra == {"意向价格": "$5万"}


def test_two_currencies_in_a_row_are_not_mixed(tmp_path: Path) -> None:
    (record,), issues = rows(tmp_path, "项目", "项目名称,融资需求,营业收入", "甲,100万美元,500万元")
    assert isinstance(record, Project)
    assert (record.funding_sought, record.revenue, record.currency) == (1e6, None, "USD")
    assert codes(issues) == [(2, "currency_conflict", "warning")]


def test_exchanged_limits_are_left_out_and_kept_as_text(tmp_path: Path) -> None:
    (fund,), issues = rows(tmp_path, "基金", "基金名称,单笔下限,单笔上限", "甲,500万,100万")
    assert isinstance(fund, Fund)
    assert (fund.ticket_min, fund.ticket_max) == (None, None)
    assert fund.extra == {"单笔下限": "500万", "单笔上限": "100万"}
    assert codes(issues) == [(2, "limits_swapped", "warning")]


def test_an_overfull_carrier_is_reported_and_goes_in_as_it_is(tmp_path: Path) -> None:
    (carrier,), issues = rows(tmp_path, "载体", "载体名称,可容纳企业数,在孵数量", "甲,50,60家")
    assert isinstance(carrier, Incubator)
    assert (carrier.capacity, carrier.occupied) == (50, 60)
    assert codes(issues) == [(2, "over_capacity", "warning")]


def test_metric_columns_become_metrics(tmp_path: Path) -> None:
    (carrier,), issues = rows(
        tmp_path, "载体", "载体名称,metrics.tenants_count,指标:收入(万元),指标：毕业率", "甲,98家,20,30%"
    )
    assert isinstance(carrier, Incubator)
    assert carrier.metrics == {"tenants_count": 98.0, "收入": 200_000.0, "毕业率": 0.3}
    assert issues == []


def test_unknown_columns_are_kept_and_reported_once(tmp_path: Path) -> None:
    found, issues = rows(tmp_path, "成果", "成果名称,合作企业,", "甲,乙公司,备注1", "丙,,备注2")
    assert [record.extra for record in found if isinstance(record, Achievement)] == [
        {"合作企业": "乙公司", "第3列": "备注1"},
        {"第3列": "备注2"},
    ]
    assert codes(issues) == [(1, "unknown_column", "info"), (2, "column_without_header", "info")]


def test_a_header_that_stands_in_the_table_again_is_skipped(tmp_path: Path) -> None:
    found, issues = rows(tmp_path, "成果", "编号,成果名称", "A1,甲", "编号,成果名称", "A2,乙")
    assert len(found) == 2
    assert codes(issues) == [(3, "repeated_header", "info")]


@pytest.mark.parametrize("header", ["撤回", "是否撤回", "withdrawn", "状态", "Status"])
@pytest.mark.parametrize("word", ["撤回", "已撤回"])
def test_a_withdrawn_row_is_a_withdrawal_and_no_record(tmp_path: Path, header: str, word: str) -> None:
    found, issues = rows(tmp_path, "成果", f"编号,成果名称,{header}", f"A1,甲,{word}", "A2,乙,")
    assert isinstance(found[0], Withdrawal)
    assert (found[0].table, found[0].id, found[0].source.row) == (Kind.ACHIEVEMENTS, "A1", 2)
    assert isinstance(found[1], Achievement)
    assert issues == []


def test_a_withdrawal_needs_no_more_than_an_id(tmp_path: Path) -> None:
    found, issues = rows(tmp_path, "基金", "编号,撤回", "f1,是", "f2,否", "f3,也许", ",是")
    assert [item.id for item in found if isinstance(item, Withdrawal)] == ["f1"]
    assert {(issue.row, issue.code) for issue in issues if issue.refuses} >= {
        (3, "required_missing"),
        (4, "bad_bool"),
        (5, "required_missing"),
    }


def test_a_status_that_is_no_withdrawal_is_kept(tmp_path: Path) -> None:
    (record,), issues = rows(tmp_path, "成果", "成果名称,状态", "甲,洽谈中")
    assert isinstance(record, Achievement)
    assert (record.extra, issues) == ({"状态": "洽谈中"}, [])


def test_a_visibility_that_cannot_be_read_is_never_public(tmp_path: Path) -> None:
    found, issues = rows(tmp_path, "成果", "成果名称,可见范围", "甲,仅领导", "乙,", "丙,内部")
    assert [record.visibility for record in found if isinstance(record, Achievement)] == [
        Visibility.RESTRICTED,
        Visibility.PUBLIC,
        Visibility.BROKERS,
    ]
    assert codes(issues) == [(2, "unknown_term", "warning")]


def test_an_outcome_is_told_by_its_headers(tmp_path: Path) -> None:
    header = "成果编号,载体编号,项目编号,基金编号,对接结果,日期"
    found, issues = rows(
        tmp_path,
        "对接结果",
        header,
        "A1,i1,,,成功,2023-03",
        ",,p1,f1,在谈,2023",
        "A1,,,f1,成功,2023",
        "A1,i1,p1,,成功,2023",
    )
    assert [(o.kind, o.left_id, o.right_id, o.result) for o in found if isinstance(o, Outcome)] == [
        (PairKind.ACHIEVEMENT_INCUBATOR, "A1", "i1", Result.ACCEPTED),
        (PairKind.PROJECT_FUND, "p1", "f1", Result.IN_TALKS),
    ]
    assert {issue.row for issue in issues if issue.refuses} == {4, 5}


@pytest.mark.parametrize(
    "line",
    [
        "x,i1,成功,2023",
        ",i1,成功,2023",
        "A1,,成功,2023",
        "A1,i1,也许,2023",
        "A1,i1,,2023",
        "A1,i1,成功,",
        "A1,i1,成功,某日",
    ],
)
def test_an_outcome_without_sides_result_or_day_is_refused(tmp_path: Path, line: str) -> None:
    found, issues = rows(tmp_path, "outcomes", "成果编号,载体编号,对接结果,日期", line)
    if line.startswith("x"):
        assert isinstance(found[0], Outcome)
        assert found[0].decided_on == date(2023, 1, 1)
    else:
        assert found == []
        assert [issue.severity for issue in issues] == ["error"]


def test_an_outcome_table_that_does_not_tell_its_pairing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match="kind"):
        rows(tmp_path, "outcomes", "left_id,right_id,result,decided_on", "a,b,accepted,2023")


def test_the_same_pair_may_have_several_days_but_not_two_results_on_one(tmp_path: Path) -> None:
    header = "成果编号,载体编号,结果,日期"
    found, issues = rows(
        tmp_path, "outcomes", header, "A,i,在谈,2023-01-01", "A,i,成功,2023-02-01", "A,i,失败,2023-02-01"
    )
    assert len(found) == 2
    assert codes(issues) == [(4, "duplicate_id", "error")]


def test_a_mapping_names_the_columns(tmp_path: Path) -> None:
    (record,), _ = rows(tmp_path, "成果", "甲列,乙列", "题,2023", mapping={"甲列": "title", "乙列": "published_on"})
    assert isinstance(record, Achievement)
    assert (record.title, record.published_on) == ("题", date(2023, 1, 1))
    with pytest.raises(ConfigurationError):
        rows(tmp_path, "成果", "甲列", "x", mapping={"甲列": "titel"})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), min_size=4, max_size=4))
def test_no_row_whatever_stops_the_file(tmp_path: Path, cells: list[str]) -> None:
    import csv

    path = tmp_path / "achievements.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["title", "trl", "asking_price", "visibility"], cells, ["最后一行", "", "", ""]])
    found = list(read(path))
    assert isinstance(found[-1], Achievement | RowIssue)
    assert any(isinstance(item, Achievement) and item.title == "最后一行" for item in found)


def test_a_missing_field_is_named_by_its_standard_header_in_each_language(tmp_path: Path) -> None:
    _, [issue] = rows(tmp_path, "成果", "成果名称,成果简介,完成单位", ",,内蒙古大学")

    assert issue.message.zh == "缺少必填项：成果名称 / 成果简介。"
    assert issue.message.en == "The required title / summary is missing."
    assert issue.field == "title"


def test_a_field_is_named_with_the_header_of_the_file_where_that_is_another(tmp_path: Path) -> None:
    mapping: dict[str, object] = {"题目（甲）": "title", "说明": "summary"}
    _, [issue] = rows(tmp_path, "成果", "题目（甲）,说明,完成单位", ",,内蒙古大学", mapping=mapping)

    assert issue.message.zh == "缺少必填项：成果名称（列“题目（甲）”） / 成果简介（列“说明”）。"
    assert issue.message.en == "The required title (column '题目（甲）') / summary (column '说明') is missing."
    [(_, line)] = issue_lines([issue], Language.ZH)
    assert "· 成果名称（列“题目（甲）”）" in line


def test_limits_that_were_exchanged_are_named_as_the_file_names_them(tmp_path: Path) -> None:
    _, [issue] = rows(tmp_path, "载体", "载体名称,最低就绪度,TRL上限", "甲孵化器,7,3")

    assert issue.message.zh == "最低就绪度 7 大于最高就绪度（列“TRL上限”） 3，两项都未采用。"
    assert "trl min 7 exceeds trl max" in issue.message.en


def test_a_lacking_column_is_named_in_the_language_of_the_reader(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError) as error:
        rows(tmp_path, "载体", "载体类型,所在地区", "众创空间,通辽市")

    assert "作为“孵化载体”表缺少必需的列：载体名称。" in error.value.message.zh
    assert "as incubators lacks the required column name." in error.value.message.en


@pytest.mark.parametrize("visibility", [None, *Visibility])
def test_rows_that_do_not_say_who_sees_them_are_seen_as_the_import_says(
    tmp_path: Path, visibility: Visibility | None
) -> None:
    for name, text in (("成果", "成果名称,可见范围\n甲,\n乙,公开\n丙,看情况\n"), ("载体", "载体名称\n甲\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    found = [one for one in read(tmp_path, visibility=visibility) if isinstance(one, Achievement | Incubator)]
    results = [one.visibility for one in found if isinstance(one, Achievement)]
    assert results == [visibility or Visibility.PUBLIC, Visibility.PUBLIC, Visibility.RESTRICTED]
    assert len(found) == 4
