"""The form a carrier fills in: what it holds, what it forbids, and that `matcher import` takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from matcher.domain.periods import Period
from matcher.domain.records import CarrierKind, Kind, OperatorType
from matcher.domain.registers import Submission
from matcher.domain.visibility import Viewer
from matcher.errors import StoreError
from matcher.policy.vocabulary import Measure, folded
from matcher.reporting.cells import at, put
from matcher.reporting.forms import Form, write_forms
from matcher.services.importing import Files, ImportReport, import_files
from matcher.store import Database, Records, Registers, open_database, upgrade
from matcher.wording import Language
from tests.builders import incubator, reporting, rulebook

BOOK = rulebook()
NOW = datetime(2026, 10, 8, tzinfo=UTC)
DAY = date(2026, 10, 8)
PERIODS = ("2026Q3", "2026", "2026H1")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    carriers = [
        incubator("I1", name="甲孵化器", kind=CarrierKind.INCUBATOR, region="通辽市"),
        incubator("I2", name='=HYPERLINK("http://x","乙")', kind=CarrierKind.INCUBATOR, region="通辽市"),
        incubator("M1", name="丙", kind=CarrierKind.MAKERSPACE, operator_type=OperatorType.UNIVERSITY, region="通辽市"),
        incubator("M2", name="丁", kind=CarrierKind.MAKERSPACE, operator_type=OperatorType.SOCIAL, region="通辽市"),
        incubator("F1", name="戊平台", kind=CarrierKind.PLATFORM, region="通辽市"),
        incubator("P1", name="己园区", kind=CarrierKind.PARK, region="通辽市"),
        incubator("O1", name="庚孵化器", kind=CarrierKind.INCUBATOR, region="赤峰市"),
    ]  # fmt: skip
    with opened.begin() as connection:
        Records(connection).upsert(carriers, NOW)
        figures = {"在孵企业数": 41.0, "毕业企业数": 34.0, "面积": 12600.0}
        Registers(connection).upsert([Submission(carrier_id="I1", period=Period("2026Q2"), metrics=figures)], NOW)
    yield opened
    opened.close()


def forms(database: Database, period: str, carrier: str | None = None) -> tuple[Form, ...]:
    return reporting(database).forms(Period(period), carrier, Viewer.BROKERS, DAY, Language.ZH)


def written(database: Database, path: Path, period: str, carrier: str | None = None) -> Path:
    write_forms(path, forms(database, period, carrier), NOW)
    return path


def header(sheet: Worksheet) -> int:
    return next(row for row in range(1, 11) if sheet.cell(row, 1).value == "载体编号")


def fill(path: Path, value: float = 0.25) -> dict[str, dict[str, object]]:
    """Fill every open cell as a person does: shares and sums as decimals, counts as whole numbers, flags as words."""
    book, typed = openpyxl.load_workbook(path), {}
    for sheet in book:
        top = header(sheet)
        for row in range(top + 1, sheet.max_row + 1):
            line: dict[str, object] = {}
            for cell in sheet[row]:
                head = str(sheet.cell(top, cell.column or 0).value)
                if cell.protection.locked or not head.startswith("指标:"):
                    continue
                name = head.removeprefix("指标:").removesuffix("（万元）")
                measure = BOOK.metrics[BOOK.names[folded(name)]].measure
                content: object = {Measure.SHARE: value, Measure.YUAN: 12.5, Measure.FLAG: "是"}.get(measure, 7)
                cell.value = line[name] = content  # type: ignore[assignment]
            line["填报日期"] = sheet.cell(row, sheet.max_column - 2).value = datetime(2026, 10, 8)  # noqa: DTZ001
            sheet.cell(row, sheet.max_column - 1).value = "白云杉"
            typed[str(sheet.cell(row, 1).value)] = line
    book.save(path)
    return typed


def taken(database: Database, path: Path) -> ImportReport:
    return import_files(database, Files([path]), now=NOW)


def rows(database: Database, period: str) -> dict[str, Submission]:
    with database.read() as connection:
        found = [one for one in Registers(connection).all(Kind.PERIODS) if isinstance(one, Submission)]
    return {one.carrier_id: one for one in found if one.period == period}


@pytest.mark.parametrize("period", PERIODS)
def test_a_filled_form_comes_back_as_it_was_filled_in_without_an_issue(
    database: Database, tmp_path: Path, period: str
) -> None:
    path = written(database, tmp_path / f"{period}.xlsx", period)
    typed = fill(path)
    report = taken(database, path)

    assert [issue.to_json() for issue in report.issues] == []
    found = rows(database, period)
    assert set(found) == set(typed)
    for name, line in typed.items():
        row = found[name]
        wanted = {
            key: 125_000.0 if value == 12.5 else 1.0 if value == "是" else value
            for key, value in line.items()
            if key != "填报日期"
        }
        assert dict(row.metrics) == wanted
        assert (row.submitted_on, row.submitted_by) == (DAY, "白云杉")


def test_a_form_that_nobody_filled_in_changes_nothing(database: Database, tmp_path: Path) -> None:
    first = written(database, tmp_path / "first.xlsx", "2026Q3")
    fill(first)
    taken(database, first)
    before = rows(database, "2026Q3")
    blank = openpyxl.load_workbook(first)
    for sheet in blank:
        for row in sheet.iter_rows(min_row=header(sheet) + 1, min_col=4):
            for cell in row:
                cell.value = None
    blank.save(tmp_path / "blank.xlsx")
    report = taken(database, tmp_path / "blank.xlsx")

    assert rows(database, "2026Q3") == before
    assert {issue.code for issue in report.issues} == {"no_figures"}


def test_what_was_submitted_already_stands_in_the_form_and_what_was_not_is_empty(
    database: Database, tmp_path: Path
) -> None:
    [again] = openpyxl.load_workbook(written(database, tmp_path / "again.xlsx", "2026Q2", "I1"))
    top = header(again)
    told = {again.cell(top, place).value: again.cell(top + 1, place).value for place in range(4, again.max_column - 2)}

    assert {name: value for name, value in told.items() if value is not None} == {
        "指标:在孵企业数": 41, "指标:累计毕业企业数": 34, "指标:孵化面积": 12600,
    }  # fmt: skip


def test_the_last_figures_stand_beside_and_nothing_is_invented(database: Database, tmp_path: Path) -> None:
    [own] = openpyxl.load_workbook(written(database, tmp_path / "own.xlsx", "2026Q3", "I1"))
    top = header(own)
    last = [own.cell(top - 1, place).value for place in range(1, own.max_column + 1)]
    assert last[0] == "上期 2026Q2"
    assert [value for value in last[3:] if value is not None and value != ""] == [41, 34, 12600]
    assert all(own.cell(top + 1, place).value is None for place in range(4, own.max_column + 1))

    many = openpyxl.load_workbook(written(database, tmp_path / "many.xlsx", "2026Q3"))["科技企业孵化器填报数据"]
    notes = {cell.coordinate: cell.comment.text for row in many.iter_rows() for cell in row if cell.comment}
    assert len(notes) == 3
    assert "上期 2026Q2：41 家" in notes.values()


def test_headings_are_locked_and_what_is_owed_is_open(database: Database, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(database, tmp_path / "f.xlsx", "2026"))["众创空间填报数据"]
    top = header(sheet)
    campus = next(place for place in range(4, sheet.max_column) if sheet.cell(top, place).value == "指标:师生团队数")

    assert sheet.protection.sheet
    assert all(cell.protection.locked for row in sheet.iter_rows(max_row=top) for cell in row)
    assert [sheet.cell(row, campus).protection.locked for row in (top + 1, top + 2)] == [False, True]
    assert sheet.freeze_panes == sheet.cell(top + 1, 4).coordinate
    assert {check.type for check in sheet.data_validations.dataValidation} == {"whole", "decimal", "date"}
    assert all(check.prompt for check in sheet.data_validations.dataValidation if check.type != "date")


def test_there_is_a_sheet_for_each_kind_and_none_for_who_owes_nothing(database: Database) -> None:
    assert [one.sheet for one in forms(database, "2026Q3")] == ["科技企业孵化器填报数据", "众创空间填报数据"]
    assert [one.sheet for one in forms(database, "2026H1")] == ["平台填报数据"]
    assert [line.carrier_id for one in forms(database, "2026Q3") for line in one.lines] == ["I1", "I2", "M1", "M2"]
    assert [len(one.lines) for one in forms(database, "2026Q3", "M1")] == [1]
    for name in ("P1", "O1", "F1"):
        with pytest.raises(StoreError, match="owes nothing"):
            forms(database, "2026Q3", name)


def test_a_name_that_looks_like_a_formula_stays_a_text(database: Database, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(database, tmp_path / "f.xlsx", "2026Q3"))["科技企业孵化器填报数据"]
    cell = sheet.cell(header(sheet) + 2, 2)

    assert (cell.value, cell.data_type, cell.quotePrefix) == ('=HYPERLINK("http://x","乙")', "s", True)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_ever_a_formula(text: str) -> None:
    cell = at(openpyxl.Workbook().worksheets[0], 1, 1)
    put(cell, text)

    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_what_no_workbook_can_hold_is_left_out() -> None:
    cell = at(openpyxl.Workbook().worksheets[0], 1, 1)
    put(cell, "甲\x0b乙" + "丙" * 40_000)

    assert str(cell.value).startswith("甲乙丙")
    assert len(str(cell.value)) == 32_767
