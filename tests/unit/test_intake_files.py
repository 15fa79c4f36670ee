"""Files and folders: encodings, separators, sheets, limits, and what is said about the rest."""

from __future__ import annotations

import codecs
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from matcher.domain.records import Achievement, Fund, Incubator, Kind, Project, Source
from matcher.errors import IntakeError, LimitExceededError, UnreadableFileError, UnsupportedFileError
from matcher.intake import Limits, Progress, RowIssue, Severity, Withdrawal, read

TEXT = "编号,成果名称,关键词\r\nA1,稀土永磁电机,稀土;电机\r\nA2,绒山羊繁育,绒山羊\r\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def parts(path: Path, *, kind: Kind | None = None, limits: Limits | None = None) -> tuple[list[object], list[RowIssue]]:
    found = list(read(path, kind=kind, limits=limits))
    issues = [item for item in found if isinstance(item, RowIssue)]
    return [item for item in found if not isinstance(item, RowIssue)], issues


def book(path: Path, sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> Path:
    workbook = openpyxl.Workbook()
    del workbook["Sheet"]
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    workbook.save(path)
    workbook.close()
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_is_read_in_any_encoding_an_office_saves(tmp_path: Path, encoding: str) -> None:
    records, issues = parts(write(tmp_path / "achievements.csv", TEXT, encoding))
    assert issues == []
    first, second = records
    assert isinstance(first, Achievement)
    assert (first.id, first.title, first.keywords) == ("A1", "稀土永磁电机", ("稀土", "电机"))
    assert isinstance(second, Achievement)
    assert second.source == Source("achievements.csv", 3)


@pytest.mark.parametrize("late", [0, 1 << 20, (1 << 20) - 1])
def test_bytes_in_no_known_encoding_are_named_by_their_offset(tmp_path: Path, late: int) -> None:
    path = tmp_path / "achievements.csv"
    start = "编号,成果名称\n".encode() + b"x" * late
    path.write_bytes(start + b"\xff\xff\n")
    with pytest.raises(UnreadableFileError, match=f"byte {len(start):,}") as caught:
        read(path)
    assert "CSV UTF-8" in caught.value.step.zh


def test_a_utf16_file_cut_in_half_a_character_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "achievements.csv"
    path.write_bytes(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le") + b"\x41")
    with pytest.raises(UnreadableFileError):
        read(path)


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("csv", ";"), ("csv", "\t"), ("tsv", "\t")])
def test_the_delimiter_is_found_from_the_header(tmp_path: Path, suffix: str, delimiter: str) -> None:
    text = f'编号{delimiter}成果名称{delimiter}关键词\nA1{delimiter}甲{delimiter}"乙;丙,丁\t戊"\n'
    records, issues = parts(write(tmp_path / f"成果.{suffix}", text))
    assert issues == []
    assert isinstance(records[0], Achievement)
    assert records[0].title == "甲"


def test_rows_are_numbered_as_excel_shows_them(tmp_path: Path) -> None:
    text = '科研成果清单,,\n,,\n编号,成果名称,就绪度\n\nA1,"两行\n题名",5\n,,\nA2,乙,99\n'
    records, issues = parts(write(tmp_path / "成果.csv", text))
    assert [(record.id, record.source.row) for record in records if isinstance(record, Achievement)] == [
        ("A1", 5),
        ("A2", 7),
    ]
    assert [(issue.row, issue.field, issue.code, issue.value) for issue in issues] == [(7, "trl", "bad_trl", "99")]
    assert isinstance(records[0], Achievement)
    assert records[0].title == "两行 题名"


def test_a_row_with_too_many_cells_is_refused_and_named(tmp_path: Path) -> None:
    records, issues = parts(write(tmp_path / "成果.csv", "编号,成果名称,关键词\nA1,甲,乙,戊\nA2,丙,,,\nA3,丁\nA4\n"))
    assert [record.id for record in records if isinstance(record, Achievement)] == ["A2", "A3"]
    assert [(issue.row, issue.code, issue.value) for issue in issues] == [
        (2, "too_many_cells", "A1 | 甲 | 乙 | 戊"),
        (5, "required_missing", ""),
    ]


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_row(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="row 3"):
        read(write(tmp_path / "成果.csv", '编号,成果名称\nA1,甲\nA2,"乙\nA3,丙\n'))


def test_a_quotation_mark_inside_a_cell_is_just_a_character(tmp_path: Path) -> None:
    records, issues = parts(write(tmp_path / "成果.csv", '编号,成果名称\nA1,5" 屏\n'))
    assert issues == []
    assert isinstance(records[0], Achievement)
    assert records[0].title == '5" 屏'


def test_a_line_that_is_no_json_object_is_an_issue_and_the_others_go_in(tmp_path: Path) -> None:
    lines = [
        '{"id": "i1", "name": "甲", "services": ["检测", "中试"], "metrics": {"area": 12}}',
        "{oops",
        "[1]",
        "",
        '{"名称": "乙"}',
    ]
    records, issues = parts(write(tmp_path / "incubators.jsonl", "\n".join(lines)))
    assert [(issue.row, issue.code, issue.severity) for issue in issues if issue.refuses] == [
        (2, "bad_json", "error"),
        (3, "not_an_object", "error"),
        (5, "required_missing", "error"),
    ]
    (first,) = records
    assert isinstance(first, Incubator)
    assert (first.services, first.metrics) == (("检测", "中试"), {"area": 12.0})


def test_every_known_sheet_of_a_workbook_is_a_table_in_table_order(tmp_path: Path) -> None:
    path = book(
        tmp_path / "数据.xlsx",
        {
            "基金": [["基金名称", "单笔下限(万元)"], ["甲基金", 50]],
            "填写说明": [["请勿修改"]],
            "成果": [["成果名称", "发布日期", "编号"], ["乙", datetime(2023, 3, 5), 12]],  # noqa: DTZ001
            "旧项目": [["项目名称"], ["丙"]],
            "Sheet9": [],
        },
        hidden=("旧项目",),
    )
    records, issues = parts(path)
    assert [type(record) for record in records] == [Achievement, Fund]
    first, second = records
    assert isinstance(first, Achievement)
    assert (first.id, str(first.published_on), first.source) == ("12", "2023-03-05", Source("数据.xlsx[成果]", 2))
    assert isinstance(second, Fund)
    assert second.ticket_min == 500_000
    assert {(issue.value, issue.code) for issue in issues} == {
        ("填写说明", "unknown_table"),
        ("旧项目", "hidden_sheet"),
    }


def test_a_single_sheet_with_a_meaningless_name_is_named_by_its_file(tmp_path: Path) -> None:
    records, issues = parts(book(tmp_path / "2026项目清单.xlsx", {"Sheet1": [["项目名称"], ["甲"]]}))
    assert [type(record) for record in records] == [Project]
    assert issues == []


def test_excel_errors_and_formulas_without_result_are_issues(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["成果名称", "成熟度", "意向价格", "关键词"],
        ["甲", "=1+5", "#REF!", "=A9"],
        ["#N/A", 3, 1, "乙"],
    ]
    records, issues = parts(book(tmp_path / "成果.xlsx", {"成果": rows}))
    assert [(issue.row, issue.field, issue.code) for issue in issues] == [
        (2, "trl", "formula_without_value"),
        (2, "asking_price", "formula_error"),
        (2, "keywords", "formula_without_value"),
        (3, "title", "formula_error"),
    ]
    (record,) = records
    assert isinstance(record, Achievement)
    assert (record.trl, record.asking_price, record.keywords) == (None, None, ())


def test_a_single_file_with_a_meaningless_name_is_told_by_its_headers_and_says_so(tmp_path: Path) -> None:
    records, issues = parts(write(tmp_path / "导出.csv", "基金名称,投资阶段,单笔上限\n甲,天使轮,100万\n"))
    assert [type(record) for record in records] == [Fund]
    assert [(issue.code, issue.severity) for issue in issues] == [("table_guessed", Severity.INFO)]


def test_a_file_that_could_be_any_table_is_refused_with_the_known_names(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError) as caught:
        read(write(tmp_path / "导出.csv", "名称,简介\n甲,乙\n"))
    assert all(kind.value in str(caught.value) for kind in Kind)
    (record,) = read(tmp_path / "导出.csv", kind=Kind.FUNDS)
    assert isinstance(record, Fund)


def test_a_folder_is_read_in_table_order_and_names_what_it_leaves(tmp_path: Path) -> None:
    write(tmp_path / "2026成果清单.csv", TEXT)
    write(tmp_path / "funds.csv", "id,name\nf1,甲\n")
    write(tmp_path / "incubators.jsonl", '{"id": "i1", "name": "乙"}\n')
    for name in ("README.md", "LICENSE", ".hidden", "~$成果.xlsx", "notes.txt"):
        write(tmp_path / name, "x")
    write(tmp_path / "通讯录.csv", "x,y\n\xff\n", "latin-1")
    write(tmp_path / "预算.xlsx", "x")
    write(tmp_path / "成果.docx", "x")
    (tmp_path / "附件").mkdir()
    records, issues = parts(tmp_path)
    assert [type(record) for record in records] == [Achievement, Achievement, Incubator, Fund]
    assert {(issue.file, issue.code) for issue in issues} == {
        ("通讯录.csv", "unknown_table"),
        ("预算.xlsx", "unknown_table"),
        ("成果.docx", "unknown_table"),
        ("附件", "subfolder"),
    }


def test_a_folder_can_be_read_for_one_table_only(tmp_path: Path) -> None:
    write(tmp_path / "2026成果清单.csv", TEXT)
    write(tmp_path / "funds.csv", "id,name\nf1,甲\n")
    records, issues = parts(tmp_path, kind=Kind.FUNDS)
    assert [type(record) for record in records] == [Fund]
    assert [issue.code for issue in issues] == ["other_table"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write(tmp_path / "secret.csv", TEXT)
    write(folder / "funds.csv", "id,name\nf1,甲\n")
    (folder / "achievements.csv").symlink_to(tmp_path / "secret.csv")
    records, issues = parts(folder)
    assert [type(record) for record in records] == [Fund]
    assert [issue.code for issue in issues] == ["outside_folder"]


def test_an_old_excel_file_in_a_folder_stops_it_unless_a_readable_copy_is_there(tmp_path: Path) -> None:
    write(tmp_path / "成果.xls", "x")
    with pytest.raises(UnsupportedFileError, match=r"成果\.xls"):
        read(tmp_path)
    write(tmp_path / "成果.csv", TEXT)
    records, issues = parts(tmp_path)
    assert len(records) == 2
    assert [issue.code for issue in issues] == ["unknown_table"]


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError):
        read(tmp_path)


@pytest.mark.parametrize("name", ["成果.xls", "成果.json", "成果.docx", "成果.txt", "成果"])
def test_a_format_that_is_not_read_says_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedFileError) as caught:
        read(write(tmp_path / name, TEXT))
    assert caught.value.step.zh


@pytest.mark.parametrize(
    "content",
    [b"no zip at all", b"", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")],
)
def test_a_workbook_that_is_none_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "成果.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError):
        read(path)


def test_a_zip_that_is_no_workbook_and_a_damaged_workbook_are_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "成果.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(UnreadableFileError):
        read(path)
    book(path, {"成果": [["成果名称"], ["甲"]]})
    packed = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w") as archive:
        for name in packed.namelist():
            text = packed.read(name)
            archive.writestr(name, text[: len(text) // 2] if name.startswith("xl/worksheets/sheet") else text)
    with pytest.raises(UnreadableFileError):
        list(read(path))


def test_a_workbook_with_xml_entities_is_unreadable(tmp_path: Path) -> None:
    path = book(tmp_path / "成果.xlsx", {"成果": [["成果名称"], ["甲"]]})
    packed = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    with zipfile.ZipFile(path, "w") as archive:
        for name in packed.namelist():
            archive.writestr(name, bomb if name.startswith("xl/worksheets/sheet") else packed.read(name))
    with pytest.raises(UnreadableFileError):
        list(read(path))


@pytest.mark.parametrize("name", ["成果.csv", "成果.jsonl", "成果.xlsx"])
def test_an_empty_file_is_a_named_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("xlsx"):
        book(path, {"成果": []})
    else:
        path.write_bytes(b"")
    with pytest.raises(IntakeError):
        read(path)


def test_a_missing_file_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"achievements\.csv"):
        read(tmp_path / "achievements.csv")


def test_a_workbook_saved_as_csv_by_its_name_only_is_unreadable(tmp_path: Path) -> None:
    source = book(tmp_path / "成果.xlsx", {"成果": [["成果名称"]]})
    with pytest.raises(UnreadableFileError, match="xlsx"):
        read(source.rename(tmp_path / "成果.csv"))


def test_headers_that_mean_nothing_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match="甲, 乙"):
        read(write(tmp_path / "成果.csv", "甲,乙\n1,2\n"))


def test_a_missing_required_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match="title / summary"):
        read(write(tmp_path / "成果.csv", "编号,关键词\n1,2\n"))


@pytest.mark.parametrize(
    "limits",
    [Limits(max_bytes=10), Limits(max_rows=1), Limits(max_columns=2)],
)
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_a_limit_is_a_named_error_for_every_format(tmp_path: Path, suffix: str, limits: Limits) -> None:
    path = tmp_path / f"成果.{suffix}"
    rows = [["编号", "成果名称", "关键词"], ["A1", "甲", "x"], ["A2", "乙", "y"]]
    if suffix == "csv":
        write(path, "\n".join(",".join(map(str, row)) for row in rows))
    elif suffix == "jsonl":
        write(path, "\n".join(json.dumps(dict(zip(map(str, rows[0]), row, strict=True))) for row in rows[1:]))
    else:
        book(path, {"成果": [list(row) for row in rows]})
    with pytest.raises(LimitExceededError) as caught:
        list(read(path, limits=limits))
    assert path.name in str(caught.value)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "成果.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (12 << 20))
    with pytest.raises(LimitExceededError, match="ratio"):
        read(path)
    with pytest.raises(LimitExceededError, match="unpacked"):
        read(path, limits=Limits(max_uncompressed=1000))


def test_a_cell_that_is_too_long_refuses_its_row_only(tmp_path: Path) -> None:
    path = write(tmp_path / "成果.csv", f"编号,成果名称\nA1,{'x' * 200_000}\nA2,乙\n")
    records, (issue,) = parts(path)
    assert (issue.row, issue.code, issue.severity, len(issue.value)) == (2, "cell_too_long", "error", 80)
    assert [record.id for record in records if isinstance(record, Achievement)] == ["A2"]


def test_progress_is_told_with_the_total_where_it_is_known(tmp_path: Path) -> None:
    told: list[Progress] = []
    text = "id,title\n" + "".join(f"A{number},题{number}\n" for number in range(2500))
    assert sum(1 for _ in read(write(tmp_path / "achievements.csv", text), progress=told.append)) == 2500
    assert [(step.rows, step.total) for step in told] == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_an_issue_is_plain_json(tmp_path: Path) -> None:
    _, (issue,) = parts(write(tmp_path / "成果.csv", "成果名称,就绪度\n甲,99\n"))
    assert json.loads(json.dumps(issue.to_json()))["message"]["zh"]
    assert issue.to_json()["severity"] == "warning"


def test_the_same_file_gives_the_same_answer_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "成果.csv", "成果名称,就绪度,状态\n甲,99,\n乙,3,撤回\n")
    assert list(read(path)) == list(read(path))
    assert [type(item) for item in read(path)] == [RowIssue, Achievement, Withdrawal]


@pytest.mark.parametrize("word", ["合计", "小计：", "总 计", " Total", "grand total:"])
def test_a_sum_below_a_table_is_left_out_with_a_word_in_every_format_and_place(tmp_path: Path, word: str) -> None:
    rows: list[list[object]] = [
        ["序号", "编号", "成果名称", "意向价格"],
        ["1", "A1", "合计算法", "300万"],
        [word, "", "6项", "1.5亿元"],
        ["", "", word, "1.5亿元"],
        ["2", "A2", "总计费系统", ""],
        ["3", word, "x", ""],
    ]
    keys = [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in keys)
    files = (
        (write(tmp_path / "成果.csv", "\n".join(",".join(map(str, row)) for row in rows)), [3, 4, 6]),
        (book(tmp_path / "成果二.xlsx", {"成果": rows}), [3, 4, 6]),
        (write(tmp_path / "成果三.jsonl", lines), [2, 3, 5]),
        (tmp_path, None),
    )
    for path, places in files:
        kind = None if path.is_dir() else Kind.ACHIEVEMENTS
        records, issues = parts(path, kind=kind)
        assert {one.title for one in records if isinstance(one, Achievement)} == {"合计算法", "总计费系统"}
        sums = [issue for issue in issues if issue.code == "total_row"]
        assert places is None or [issue.row for issue in sums] == places
        assert len(sums) == (9 if places is None else 3)
        assert all(word.strip() in issue.message.zh and word.strip() in issue.message.en for issue in sums)
        assert all(issue.step.zh and not issue.refuses for issue in sums)


def test_a_sum_is_no_carrier_fund_or_row_of_a_register_either(tmp_path: Path) -> None:
    tables = {"载体": "载体名称,可容纳企业数", "基金": "基金名称,可投余额", "合同": "合同名称,金额",
              "填报数据": "载体编号,填报期,毕业企业数", "对接结果": "成果编号,载体编号,结果,日期"}  # fmt: skip
    for name, header in tables.items():
        records, issues = parts(write(tmp_path / f"{name}.csv", f"{header}\n合计{',9' * header.count(',')}\n"))
        assert (records, [issue.code for issue in issues][-1]) == ([], "total_row"), name
