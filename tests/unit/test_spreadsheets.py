"""Files for spreadsheets: typed cells, nothing a program would run, whole or not at all."""

from __future__ import annotations

import csv
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from matcher.errors import UnsupportedFileError
from matcher.reporting.cells import FORMULA
from matcher.reporting.spreadsheets import Sheet, Value, write_spreadsheet

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "\n=1", '=HYPERLINK("http://x","y")')
DAY = date(2026, 1, 22)


def sheet(*rows: tuple[Value, ...]) -> Sheet:
    return Sheet("登记数据", ("甲", "乙"), rows)


def test_a_workbook_keeps_types_headings_and_sheets(tmp_path: Path) -> None:
    write_spreadsheet(
        tmp_path / "a.xlsx", [sheet(("文字", 12.5), (DAY, None), (True, 3.0)), Sheet("说明", ("一",), ())]
    )
    book = load_workbook(tmp_path / "a.xlsx")
    page = book["登记数据"]

    assert book.sheetnames == ["登记数据", "说明"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=1, max_row=2)] == [
        ["甲", "乙"],
        ["文字", 12.5],
    ]
    assert page["A3"].is_date
    assert page["B3"].value is None
    assert (page["A4"].value, page["B4"].value) == ("是", 3)
    assert page.freeze_panes == "A2"


@pytest.mark.parametrize("text", EVIL)
def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path, text: str) -> None:
    for name in ("a.xlsx", "a.csv"):
        write_spreadsheet(tmp_path / name, [sheet((text, -5.0))])
    cell = load_workbook(tmp_path / "a.xlsx")["登记数据"]["A2"]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))

    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix
    assert rows[1] == [f"'{text}", "-5"], "a negative number is no formula"


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_no_text_begins_a_cell_of_a_csv_like_a_formula_and_a_workbook_takes_every_text(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = text.encode("utf-8", "replace").decode("utf-8")
        path = Path(folder) / "a.csv"
        write_spreadsheet(path, [sheet((text, None))])
        write_spreadsheet(Path(folder) / "a.xlsx", [sheet((text, None))])
        with path.open(encoding="utf-8-sig", newline="") as file:
            cell = list(csv.reader(file))[1][0]
        assert not cell.startswith(FORMULA)
        assert load_workbook(Path(folder) / "a.xlsx")["登记数据"]["A2"].data_type != "f"


@pytest.mark.parametrize("letter", ["\x00", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_no_workbook_can_hold_is_left_out(tmp_path: Path, letter: str) -> None:
    write_spreadsheet(tmp_path / "a.xlsx", [sheet((f"甲{letter}乙", None))])

    assert load_workbook(tmp_path / "a.xlsx")["登记数据"]["A2"].value == "甲乙"


def test_a_csv_opens_in_excel(tmp_path: Path) -> None:
    write_spreadsheet(tmp_path / "a.csv", [sheet(("合同", DAY), (None, 1_200_000.0), (False, 0.5))])
    raw = (tmp_path / "a.csv").read_bytes()

    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines() == ["甲,乙", "合同,2026-01-22", ",1200000", "否,0.5"]


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("旧", encoding="utf-8")
    write_spreadsheet(path, [sheet(("新", None))])

    assert "旧" not in path.read_text(encoding="utf-8-sig")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.ods", "a", "nowhere/a.csv"])
def test_another_format_or_a_place_that_is_none_is_a_named_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedFileError) as raised:
        write_spreadsheet(tmp_path / name, [sheet()])
    assert raised.value.step.zh
    assert list(tmp_path.iterdir()) == []
