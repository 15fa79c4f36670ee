"""Sheets for the office: Excel opens them with their Chinese, numbers and days, and runs nothing."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matcher.errors import UnsupportedFileError
from matcher.intake.sheets import Cell, write_sheet

COLUMNS = ["载体", "金额", "日期", "空"]
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\n=1"]


def written(tmp_path: Path, name: str, *rows: list[Cell]) -> Path:
    path = tmp_path / name
    write_sheet(path, "奖补台账", COLUMNS, rows)
    return path


def test_a_csv_bears_the_mark_that_excel_knows_utf8_by(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", ["甲孵化器", 500_000.0, date(2024, 5, 10), None])

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [COLUMNS, ["甲孵化器", "500000", "2024-05-10", ""]]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_of_a_csv_is_a_formula(tmp_path: Path, text: str) -> None:
    with written(tmp_path, "a.csv", [text, -1, None, None]).open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)

    assert row[:2] == [f"'{text}", "-1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_of_a_workbook_is_a_formula(tmp_path: Path, text: str) -> None:
    sheet = load_workbook(written(tmp_path, "a.xlsx", [text, 1, None, None]))["奖补台账"]

    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")


def test_a_workbook_keeps_numbers_as_numbers_and_days_as_days(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, "a.xlsx", ["甲", 500_000.0, date(2024, 5, 10), None]))["奖补台账"]

    assert [cell.value for cell in sheet[1]] == COLUMNS
    assert [cell.value for cell in sheet[2]] == ["甲", 500_000, datetime(2024, 5, 10), None]  # noqa: DTZ001
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_what_no_file_can_keep_is_left_out(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, ["甲\x00乙\ud800", None, None, None])
    text = path.read_text("utf-8-sig") if name == "a.csv" else str(load_workbook(path)["奖补台账"]["A2"].value)

    assert "甲乙" in text


def test_an_older_sheet_is_replaced(tmp_path: Path) -> None:
    written(tmp_path, "a.csv", ["旧", 1, None, None])

    assert "旧" not in written(tmp_path, "a.csv", ["新", 1, None, None]).read_text("utf-8-sig")


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match="pdf"):
        written(tmp_path, "a.pdf")
