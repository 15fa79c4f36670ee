"""Cells to values: what offices write, and what must not be guessed."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.records import (
    TYPES,
    CarrierKind,
    FundKind,
    Kind,
    Level,
    PairKind,
    Result,
    Stage,
    Term,
    TransferMode,
    Visibility,
)
from matcher.intake.amounts import NO_UNIT, Unit, read_amount, read_ratio, read_whole, unit_of
from matcher.intake.cells import Reading, clean
from matcher.intake.dates import read_date
from matcher.intake.terms import read_term, read_terms
from matcher.intake.values import (
    parsers,
    read_bool,
    read_currency,
    read_id,
    read_list,
    read_metric,
    read_metrics,
    read_trl,
)
from matcher.intake.values import read_text as read_plain_text

WAN = Unit(10_000)


def code(reading: Reading) -> str:
    return reading.remark.code if reading.remark else ""


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("3000000", 3e6, ""),
        ("300万", 3e6, ""),
        ("３００万元", 3e6, "元"),
        ("1.2亿元", 1.2e8, "元"),
        ("1亿2000万", 1.2e8, ""),
        ("¥1,200,000", 1.2e6, "CNY"),
        ("￥1，200，000.50", 1200000.5, "CNY"),
        ("人民币 5千万元", 5e7, "CNY"),
        ("500万元人民币", 5e6, "CNY"),
        ("100万美元", 1e6, "USD"),
        ("US$1.5M", 1.5e6, "USD"),
        ("$2 million", 2e6, "USD"),
        ("300万港币", 3e6, "HKD"),
        ("50万欧元", 5e5, "EUR"),
        ("1.1万", 11000.0, ""),
        ("1.2e6", 1.2e6, ""),
        ("0", 0.0, ""),
    ],
)
def test_an_amount_is_read_as_offices_write_it(text: str, amount: float, currency: str) -> None:
    reading = read_amount(text)
    assert (reading.value, reading.currency, reading.remark) == (amount, currency, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50-100万", "amount_range"),
        ("50万~100万", "amount_range"),
        ("50至100万元", "amount_range"),
        ("300万以上", "amount_is_bound"),
        ("≥300万", "amount_is_bound"),
        ("-5", "negative_amount"),
        ("1,20", "bad_amount"),
        ("三个亿吧", "bad_amount"),
        ("inf", "bad_amount"),
        ("1e300", "amount_too_large"),
        ("1" * 60 + "x", "bad_amount"),
    ],
)
def test_an_amount_that_is_not_one_amount_is_an_issue_and_never_a_guess(text: str, expected: str) -> None:
    reading = read_amount(text)
    assert reading.value is None
    assert reading.keep
    assert code(reading) == expected


@pytest.mark.parametrize("text", ["", "-", "/", "无", "N/A", "—", "nan", "暂无"])
def test_a_cell_that_says_nothing_is_empty_for_every_field_but_yes_and_no(text: str) -> None:
    assert read_amount(text) == read_date(text) == read_list(text) == read_trl(text) == Reading()
    assert read_term(Level, text) == read_plain_text(text) == read_ratio(text) == Reading()


def test_a_negotiable_price_is_empty_but_its_words_are_kept() -> None:
    assert read_amount("面议") == Reading(keep=True)


def test_an_approximate_amount_keeps_its_words() -> None:
    reading = read_amount("约300万")
    assert (reading.value, reading.keep, reading.remark and reading.remark.code) == (3e6, True, "amount_is_approximate")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("300", 3e6), (300, 3e6), (1.1, 11000.0), ("300万", 3e6), ("300元", 300.0), ("2亿", 2e8), ("1,200", 1.2e7)],
)
def test_the_unit_of_the_header_multiplies_unless_the_cell_states_its_own(cell: object, amount: float) -> None:
    assert read_amount(cell, WAN).value == amount


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("万元", Unit(10_000, "元")),
        ("亿元", Unit(10**8, "元")),
        ("单位：万元", Unit(10_000, "元")),
        ("万美元", Unit(10_000, "USD")),
        ("人民币万元", Unit(10_000, "CNY")),
        ("%", Unit(percent=True)),
        ("必填", None),
        ("", None),
        ("平方米", None),
    ],
)
def test_a_unit_is_told_from_any_other_note(text: str, unit: Unit | None) -> None:
    assert unit_of(text) == unit


@given(st.integers(0, 10**9), st.sampled_from([("", 1), ("万", 10**4), ("亿", 10**8)]))
def test_an_amount_with_a_scale_round_trips(number: int, scale: tuple[str, int]) -> None:
    reading = read_amount(f"{number:,}{scale[0]}")
    if number * scale[1] <= 10**15:
        assert reading.value == number * scale[1]
    else:
        assert code(reading) == "amount_too_large"


@pytest.mark.parametrize(
    ("cell", "ratio"), [("30%", 0.3), ("3成", 0.3), ("0.3", 0.3), (0.3, 0.3), ("１", 1.0), (0, 0.0)]
)
def test_a_ratio_is_a_fraction(cell: object, ratio: float) -> None:
    assert read_ratio(cell) == Reading(ratio)


def test_a_bare_number_above_one_is_taken_as_percent_and_said_so() -> None:
    reading = read_ratio("30")
    assert (reading.value, code(reading)) == (0.3, "ratio_as_percent")


@pytest.mark.parametrize("text", ["130%", "-3%", "101", "三成", "30%%", "10-20%"])
def test_an_impossible_ratio_is_an_issue(text: str) -> None:
    assert read_ratio(text).value is None
    assert code(read_ratio(text)) in {"ratio_out_of_range", "bad_ratio"}


def test_a_fraction_under_a_percent_header_is_unclear() -> None:
    percent = Unit(percent=True)
    assert read_ratio("30", percent) == Reading(0.3)
    assert code(read_ratio("0.3", percent)) == "ratio_unclear"


@pytest.mark.parametrize(
    ("cell", "count"), [("98", 98), ("98家", 98), (12.0, 12), ("1,200人", 1200), ("1.2万人", 12000)]
)
def test_a_count_is_read_with_its_measure_word(cell: object, count: int) -> None:
    assert read_whole(cell) == Reading(count)


@pytest.mark.parametrize("text", ["12.5", "-3", "约50", "50-60", "很多"])
def test_what_is_no_count_is_an_issue(text: str) -> None:
    assert code(read_whole(text)) == "bad_count"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2023年3月5日", date(2023, 3, 5)),
        ("2023 年 3 月 5 号", date(2023, 3, 5)),
        ("2023年3月", date(2023, 3, 1)),
        ("2023-03", date(2023, 3, 1)),
        ("2023.3.5", date(2023, 3, 5)),
        ("2023/3/5", date(2023, 3, 5)),
        ("２０２３/３/５", date(2023, 3, 5)),
        ("20230305", date(2023, 3, 5)),
        ("202303", date(2023, 3, 1)),
        ("2023", date(2023, 1, 1)),
        ("2023年", date(2023, 1, 1)),
        (2023, date(2023, 1, 1)),
        ("2023-03-05 12:30:00", date(2023, 3, 5)),
        ("2023-03-05T12:30:00Z", date(2023, 3, 5)),
        (datetime(2023, 3, 5, 9, 30), date(2023, 3, 5)),  # noqa: DTZ001
        (date(2023, 3, 5), date(2023, 3, 5)),
    ],
)
def test_a_date_is_read_as_offices_write_it(cell: object, day: date) -> None:
    assert read_date(cell) == Reading(day)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2023-02-30", "impossible_date"),
        ("2023年13月", "impossible_date"),
        ("1899-12-31", "date_out_of_range"),
        ("2101-01-01", "date_out_of_range"),
        ("0000-01-01", "impossible_date"),
        ("05/03/2023", "bad_date"),
        ("23-3-5", "bad_date"),
        ("2023-", "bad_date"),
        ("长期", "bad_date"),
        (2023.1, "date_unclear"),
    ],
)
def test_a_date_that_cannot_be_is_an_issue(cell: object, expected: str) -> None:
    assert (read_date(cell).value, code(read_date(cell))) == (None, expected)


def test_a_day_number_of_excel_becomes_its_date_and_is_said() -> None:
    reading = read_date(44990)
    assert (reading.value, code(reading)) == (date(2023, 3, 5), "date_from_serial")


@pytest.mark.parametrize(
    "cell", ["6", 6, 6.0, "6.0", "TRL6", "TRL 6", "TRL-6", "六级", "第六级", "6级", "六", "ＴＲＬ６"]
)
def test_a_readiness_level_is_read_however_it_is_written(cell: object) -> None:
    assert read_trl(cell) == Reading(6)


@pytest.mark.parametrize("cell", ["0", "10", "6-7", "6.5", "成熟", -1])
def test_a_readiness_level_outside_one_to_nine_is_an_issue(cell: object) -> None:
    assert code(read_trl(cell)) == "bad_trl"


@pytest.mark.parametrize("cell", ["是", "有", "√", "Y", "TRUE", "1", 1, True])
def test_yes_is_yes(cell: object) -> None:
    assert read_bool(cell) == Reading(value=True)


@pytest.mark.parametrize("cell", ["否", "无", "×", "n", "False", "0", 0, 0.0, False])
def test_no_is_no(cell: object) -> None:
    assert read_bool(cell) == Reading(value=False)


def test_neither_yes_nor_no_is_an_issue() -> None:
    assert code(read_bool("也许")) == "bad_bool"


@pytest.mark.parametrize(
    ("kind", "text", "member"),
    [
        (Level, "国家级科技企业孵化器；省部共建国家级留学人员创业园", Level.NATIONAL),
        (Level, "2021年度自治区级科技企业孵化器（6家之一，名单附件未收录）", Level.REGION),
        (Level, "NATIONAL", Level.NATIONAL),
        (CarrierKind, "agri_makerspace", CarrierKind.AGRI_MAKERSPACE),
        (CarrierKind, "企业加速器", CarrierKind.ACCELERATOR),
        (Stage, "Pre-A 轮", Stage.PRE_A),
        (Stage, "ｐｒｅ－Ａ", Stage.PRE_A),
        (Stage, "Series A", Stage.A),
        (Stage, "Seed+", Stage.SEED),
        (Stage, "A轮融资", Stage.A),
        (Stage, "B+轮", Stage.LATER),
        (Stage, "E轮", Stage.LATER),
        (Stage, "F轮-上市前", Stage.LATER),
        (Stage, "新三板", Stage.LATER),
        (Stage, "天使+轮", Stage.ANGEL),
        (FundKind, "政府天使投资基金", FundKind.ANGEL),
        (Result, "未成", Result.REJECTED),
        (PairKind, "成果-载体", PairKind.ACHIEVEMENT_INCUBATOR),
        (Visibility, "不公开", Visibility.RESTRICTED),
    ],
)
def test_a_term_is_found_by_value_label_spelling_or_within_the_text(kind: type[Term], text: str, member: Term) -> None:
    assert read_term(kind, text).value is member


def test_a_term_found_within_a_longer_text_keeps_the_text_and_says_so() -> None:
    reading = read_term(Level, "第10批国家大学科技园")
    assert (reading.value, code(reading), reading.keep) == (Level.NATIONAL, "term_in_text", True)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Level, "国家级、自治区级"),
        (Level, "开发区"),
        (Level, "非国家级"),
        (Stage, "Seed and Series A"),
        (Stage, "A轮以后"),
        (Stage, "Strategic"),
        (Stage, "unseeded"),
        (CarrierKind, "科技企业孵化器、众创空间"),
        (Result, "尚未签约"),
        (Result, "拟投资"),
        (Result, "not accepted"),
    ],
)
def test_an_unclear_term_is_an_issue_that_lists_the_allowed_words(kind: type[Term], text: str) -> None:
    reading = read_term(kind, text)
    assert (reading.value, code(reading), reading.keep) == (None, "unknown_term", True)
    assert reading.remark is not None
    assert all(member.label in reading.remark.step.zh and member.value in reading.remark.step.en for member in kind)


@pytest.mark.parametrize("text", ["未公开", "不宜对外公开", "非公开", "暂不公布", "领导批准后公开（未批）", "???"])
def test_a_visibility_that_cannot_be_read_is_restricted(text: str) -> None:
    assert read_term(Visibility, text).value is Visibility.RESTRICTED


@pytest.mark.parametrize(
    ("kind", "text", "members"),
    [
        (TransferMode, "许可；作价入股；许可", (TransferMode.LICENCE, TransferMode.EQUITY)),
        (TransferMode, "转让/许可", (TransferMode.TRANSFER, TransferMode.LICENCE)),
        (TransferMode, "专利转让或使用许可", (TransferMode.TRANSFER, TransferMode.LICENCE)),
        (Stage, "天使轮至A轮", (Stage.ANGEL, Stage.PRE_A, Stage.A)),
        (Stage, "种子轮、B轮及以后", (Stage.SEED, Stage.LATER)),
    ],
)
def test_several_terms_are_read_in_the_order_written(kind: type[Term], text: str, members: tuple[Term, ...]) -> None:
    assert read_terms(kind, text) == Reading(members)


def test_no_restriction_is_an_empty_list() -> None:
    assert read_terms(Stage, "不限") == read_list("不限") == Reading()


def test_an_unknown_term_in_a_list_leaves_the_others_in() -> None:
    reading = read_terms(TransferMode, "许可；抵押")
    assert (reading.value, code(reading)) == ((TransferMode.LICENCE,), "unknown_term")


@pytest.mark.parametrize("cell", ["稀土；永磁,电机、稀土|风电\n电机", ["稀土", "永磁", "电机", "稀土", "风电"]])
def test_a_list_is_split_and_de_duplicated_in_order(cell: object) -> None:
    assert read_list(cell) == Reading(("稀土", "永磁", "电机", "风电"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("美元", "USD"), ("usd", "USD"), ("人民币", "CNY"), ("元", "CNY"), ("chf", "CHF"), ("贝壳", "贝壳"), ("", None)],
)
def test_a_currency_becomes_its_code(text: str, expected: str | None) -> None:
    assert read_currency(text).value == expected


def test_an_unknown_currency_is_kept_because_it_is_not_yuan() -> None:
    assert code(read_currency("贝壳")) == "unknown_currency"


@pytest.mark.parametrize(
    ("cell", "id_"), [(" Ａ０１ ", "A01"), (12, "12"), (12.0, "12"), ('="0012"', "0012"), ("\ufeffx\n1", "x 1")]
)
def test_an_id_is_trimmed_and_normalised(cell: object, id_: str) -> None:
    assert read_id(cell).value == id_


def test_an_id_that_excel_rounded_is_reported() -> None:
    assert code(read_id("2.02E+11")) == "id_in_scientific_notation"


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("tenants_count", "98家", 98.0),
        ("独立法人", "是", 1.0),
        ("流动性", "0", 0.0),
        ("毕业率", "30%", 0.3),
        ("tenants_with_valid_ip_ratio", 30, 0.3),
        ("孵化资金", "500万元", 5e6),
        ("面积", "12000.5", 12000.5),
    ],
)
def test_a_metric_is_a_number(name: str, cell: object, value: float) -> None:
    assert read_metric(name, cell).value == value


@pytest.mark.parametrize("cell", ['{"a": 1, "b": "2家"}', {"a": 1, "b": 2}, "a=1；b：2"])
def test_metrics_in_one_cell_are_named_figures(cell: object) -> None:
    assert read_metrics(cell) == Reading({"a": 1.0, "b": 2.0})


def test_control_characters_are_removed_and_line_breaks_stay() -> None:
    assert clean(" a\x00b\u200b\r\n_x000D_c\ud800 ") == "ab\nc"


CELLS = st.one_of(
    st.none(),
    st.text(),
    st.text(alphabet="0123456789.,-+%万亿元年月日级$¥~至TRLA轮国家 ", max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.integers()),
)


@given(CELLS, st.sampled_from(list(Kind)), st.sampled_from([NO_UNIT, WAN, Unit(percent=True)]))
def test_no_cell_whatever_makes_a_parser_raise(cell: object, kind: Kind, unit: Unit) -> None:
    for parse in parsers(kind).values():
        reading = parse(cell, unit)
        assert isinstance(reading, Reading)
        assert not (reading.remark is None and reading.value == "")


def test_every_field_of_every_table_has_a_parser() -> None:
    for kind, type_ in TYPES.items():
        wanted = {field.name for field in dataclasses.fields(type_) if "headers" in field.metadata}
        assert wanted <= set(parsers(kind))
