"""Headers to fields, names to tables, and the user's own column names."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.domain.records import TYPES, Kind
from matcher.errors import ConfigurationError
from matcher.intake import load_mapping, template
from matcher.intake.amounts import Unit
from matcher.intake.headers import find_header, header_key, known_headers, split_unit
from matcher.intake.layout import lay_out
from matcher.intake.names import kind_of


def fields(kind: Kind, *headers: str, **mapping: str) -> list[str]:
    return [column.field for column in lay_out(headers, kind, mapping).columns]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_standard_header_and_every_field_name_is_understood(kind: Kind) -> None:
    headers = template(kind)
    assert [known_headers(kind)[header_key(header)][0] for header in headers] == fields(kind, *headers)
    assert all(known_headers(kind)[header_key(name)][0] == name for name in fields(kind, *headers))


@pytest.mark.parametrize(
    "header",
    [
        "*成果名称",
        "成果名称（必填）",
        " 成 果 名 称 ",
        "\ufeff成果名称",
        "TITLE",
        "Title*",
        "【成果名称】",
        "成果\n名称",
    ],
)
def test_a_header_is_understood_however_it_is_dressed(header: str) -> None:
    assert fields(Kind.ACHIEVEMENTS, header) == ["title"]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("融资需求(万元)", Unit(10_000, "元")),
        ("融资需求（亿元）", Unit(10**8, "元")),
        ("融资需求/万元", Unit(10_000, "元")),
        ("融资需求（单位：万美元）", Unit(10_000, "USD")),
        ("融资需求", Unit()),
    ],
)
def test_a_unit_in_a_header_is_kept_for_its_column(header: str, unit: Unit) -> None:
    assert split_unit(header) == ("融资需求", unit)


def test_an_exact_standard_header_beats_an_alias_and_the_rest_is_kept_as_extra() -> None:
    layout = lay_out(["名称", "成果名称"], Kind.ACHIEVEMENTS, {})
    assert [column.field for column in layout.columns] == ["", "title"]
    assert [(name, remark.code) for name, remark in layout.remarks] == [("名称", "duplicate_header")]


def test_of_two_equal_headers_the_left_one_is_used() -> None:
    layout = lay_out(["关键词", "关键词"], Kind.ACHIEVEMENTS, {})
    assert [(column.header, column.field) for column in layout.columns] == [("关键词", "keywords"), ("关键词 (2)", "")]


def test_an_unknown_column_is_reported_with_the_closest_known_header() -> None:
    ((name, remark),) = lay_out(["成果名称", "技术成熟程度"], Kind.ACHIEVEMENTS, {}).remarks
    assert (name, remark.code) == ("技术成熟程度", "unknown_column")
    assert "是否指“技术就绪度”？" in remark.message.zh  # as the field is called wherever it can be chosen
    assert "Did you mean 'trl'?" in remark.message.en


@pytest.mark.parametrize(
    ("header", "kind", "meant"),
    [
        ("转移形式", Kind.ACHIEVEMENTS, "transfer_modes"),  # the noun at the end, not the first characters
        ("挂牌金额", Kind.ACHIEVEMENTS, "asking_price"),
        ("单笔投资最低", Kind.FUNDS, "ticket_min"),
        ("急", Kind.ACHIEVEMENTS, ""),
        ("序号", Kind.ACHIEVEMENTS, ""),  # counts the rows; as ids two lists would overwrite each other
    ],
)
def test_what_an_unknown_header_may_mean_is_a_guess_that_nothing_is_read_by(
    header: str, kind: Kind, meant: str
) -> None:
    layout = lay_out([header], kind, {})
    assert [(column.field, column.guess) for column in layout.columns] == [("", meant)]


def test_no_two_columns_may_mean_the_same_and_none_a_field_that_another_feeds() -> None:
    layout = lay_out(["技术成熟程度", "技术成熟情况", "成果名字", "成果名称"], Kind.ACHIEVEMENTS, {})
    first, *others = (column.guess for column in layout.columns)
    assert first == "trl"
    assert {"trl", "title"}.isdisjoint(others)


def test_a_column_of_which_somebody_said_that_it_is_no_field_is_kept_without_a_word() -> None:
    layout = lay_out(["成果名称", "日期", "技术成熟程度"], Kind.ACHIEVEMENTS, {"日期": "", "技术成熟程度": ""})
    assert [(column.field, column.guess) for column in layout.columns] == [("title", ""), ("", ""), ("", "")]
    assert layout.remarks == ()


def test_a_column_that_keeps_records_back_is_understood_as_people_call_it() -> None:
    for header in ("可见范围", "可见性", "公开程度", "保密级别"):
        assert fields(Kind.ACHIEVEMENTS, "成果名称", header) == ["title", "visibility"], header


def test_the_header_row_is_the_one_that_names_most_fields() -> None:
    rows = [["2026年科研成果清单"], ["单位：万元", "日期"], ["成果名称", "成果简介", "关键词"], ["名称", "x", "y"]]
    assert find_header(rows, Kind.ACHIEVEMENTS, {}) == 2
    assert find_header([["甲", "乙"]], Kind.ACHIEVEMENTS, {}) is None


@pytest.mark.parametrize(
    "header", ["metrics.孵化面积", "指标:孵化面积", "指标：孵化面积", "指标.孵化面积", "考核指标.孵化面积"]
)
def test_a_metric_column_names_its_figure(header: str) -> None:
    (column,) = lay_out([header], Kind.INCUBATORS, {}).columns
    assert (column.field, column.metric) == ("metrics", "孵化面积")


def test_the_mapping_beats_what_the_header_would_mean() -> None:
    assert fields(Kind.ACHIEVEMENTS, "名称", "甲", 名称="institution", 甲="title") == ["institution", "title"]


def test_a_mapped_column_that_is_not_there_is_reported() -> None:
    assert ("丙", "mapped_column_missing") in [
        (name, remark.code) for name, remark in lay_out(["成果名称"], Kind.ACHIEVEMENTS, {"丙": "ip"}).remarks
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("achievements", Kind.ACHIEVEMENTS),
        ("ACHIEVEMENTS", Kind.ACHIEVEMENTS),
        ("2026成果清单", Kind.ACHIEVEMENTS),
        ("孵化器成果清单", Kind.ACHIEVEMENTS),
        ("科技企业孵化器名单", Kind.INCUBATORS),
        ("在孵企业2025", Kind.PROJECTS),
        ("基金项目", Kind.PROJECTS),
        ("funds_2026", Kind.FUNDS),
        ("成果与载体对接表", Kind.OUTCOMES),
        ("对接记录", Kind.OUTCOMES),
        ("refunds", None),
        ("Sheet1", None),
        ("通讯录", None),
    ],
)
def test_a_name_tells_its_table(name: str, kind: Kind | None) -> None:
    assert kind_of(name) is kind


def test_a_mapping_is_read_from_json_and_toml(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"科研成果": {"我的列": "title"}}', encoding="utf-8-sig")
    (tmp_path / "m.toml").write_text('[incubators]\n"面积" = "metrics.area"\n', encoding="utf-8")
    (tmp_path / "flat.json").write_text('{"我的列": "name"}', encoding="utf-8")
    assert load_mapping(tmp_path / "m.json") == {Kind.ACHIEVEMENTS: {"我的列": "title"}}
    assert load_mapping(tmp_path / "m.toml") == {Kind.INCUBATORS: {"面积": "metrics.area"}}
    assert load_mapping(tmp_path / "flat.json", kind=Kind.FUNDS) == {Kind.FUNDS: {"我的列": "name"}}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"achievements": {"甲": "titel"}}', "titel"),
        ('{"wishes": {"甲": "title"}}', "wishes"),
        ('{"甲": "title"}', "--kind"),
        ("[1]", "list"),
        ('{"achievements": 3}', "3"),
        ('{"achievements": {"甲": 3}}', "3"),
        ("{", "m.json"),
    ],
)
def test_a_wrong_mapping_is_a_named_error(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_mapping(path)
    assert named in str(caught.value)


def test_a_wrong_field_is_answered_with_the_valid_ones(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text('{"funds": {"甲": "title"}}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="title") as caught:
        load_mapping(path)
    assert "ticket_min" in caught.value.step.zh


def test_the_templates_cover_every_field_that_a_file_may_fill() -> None:
    assert template(Kind.ACHIEVEMENTS)[:3] == ["编号", "成果名称", "成果简介"]
    assert set(TYPES) == set(Kind)
