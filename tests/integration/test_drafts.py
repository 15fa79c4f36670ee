"""A list on its way in: looked at, told which column is which, corrected and handed in again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from openpyxl import load_workbook

from matcher.bootstrap import Installation
from matcher.domain.jobs import Job, JobState
from matcher.domain.records import Kind
from matcher.errors import ConflictError, IntakeError
from matcher.intake import ADVICE, Severity
from matcher.services.drafts import Column, empty_table
from matcher.services.jobs import ImportOrder
from matcher.services.uploads import Upload
from matcher.store import Records
from matcher.wording import Language
from tests.service import installed

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
MESSY = "编号,技术名字,成熟度\nB1,玉米淀粉,5\nB2,绒山羊选育,很成熟\n"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Installation]:
    """An installation without any record."""
    found = installed(tmp_path / "home")
    yield found
    found.close()


def handed_in(parts: Installation, name: str, content: bytes, order: ImportOrder) -> Job:
    job = parts.jobs.submit_import([Upload(name, io.BytesIO(content))], order, None, NOW)
    return worked(parts, job)


def worked(parts: Installation, job: Job) -> Job:
    while parts.jobs.get(job.id, None).unfinished:  # another import's index may stand before it
        parts.worker(Event()).once()
    return parts.jobs.get(job.id, None)


def titles(parts: Installation) -> list[str]:
    with parts.database.read() as connection:
        return [record.title for record in Records(connection).all(Kind.ACHIEVEMENTS)]  # type: ignore[union-attr]


def test_a_list_whose_headers_nobody_knows_is_shown_for_somebody_to_say_what_they_are(parts: Installation) -> None:
    order = ImportOrder(Kind.ACHIEVEMENTS, dry_run=True)
    job = handed_in(parts, "清单.csv", MESSY.encode("gb18030"), order)
    assert job.state is JobState.FAILED
    [seen] = parts.drafts.look(job.id, None)
    assert [(column.header, column.field) for column in seen.columns] == [
        ("编号", "id"), ("技术名字", ""), ("成熟度", "trl"),
    ]  # fmt: skip
    assert (seen.rows[0], seen.problem is None) == (("B1", "玉米淀粉", "5"), False)
    named = [Column("achievements", "技术名字", "title")]
    tried = worked(parts, parts.drafts.again(job.id, named, Kind.ACHIEVEMENTS, None, NOW, dry_run=True))
    assert (tried.state, tried.result and tried.result["tables"]["achievements"]["new"]) == (JobState.DONE, 2)
    assert titles(parts) == []
    done = worked(parts, parts.drafts.again(tried.id, (), None, None, NOW, dry_run=False))
    assert (done.state, titles(parts)) == (JobState.DONE, ["玉米淀粉", "绒山羊选育"])


def test_a_file_of_which_nothing_tells_the_table_is_shown_all_the_same(parts: Installation) -> None:
    job = handed_in(parts, "乱.csv", "甲,乙\n1,2\n".encode(), ImportOrder(dry_run=True))
    [seen] = parts.drafts.look(job.id, None)
    assert (seen.kind, [column.header for column in seen.columns], seen.rows) == (None, ["甲", "乙"], (("1", "2"),))
    assert "看不出" in str(seen.problem)


def test_refused_rows_come_back_with_what_to_do_and_go_in_once_corrected(parts: Installation) -> None:
    text = "编号,名字,意向价格\nB1,玉米淀粉,10万元\nB2,,20万元\nB1,重复,5\n"
    order = ImportOrder(Kind.ACHIEVEMENTS, {"achievements": {"名字": "title"}})
    job = handed_in(parts, "成果.csv", text.encode(), order)
    book = load_workbook(io.BytesIO(parts.drafts.corrections(job.id, None, Language.ZH)))
    sheet = book["科研成果"]
    assert [cell.value for cell in sheet[1]] == ["编号", "成果名称", "意向价格", ADVICE]
    assert ([row[0].value for row in sheet.iter_rows(min_row=2)], "编号" in str(sheet["D3"].value)) == (
        ["B2", "B1"],
        True,
    )
    sheet["B2"], sheet["A3"] = "绒山羊选育", "B3"
    corrected = io.BytesIO()
    book.save(corrected)
    again = handed_in(parts, "更正.xlsx", corrected.getvalue(), ImportOrder())
    assert (again.result and again.result["issues"], titles(parts)) == ([], ["玉米淀粉", "绒山羊选育", "重复"])
    with parts.database.read() as connection:
        assert Records(connection).get(Kind.ACHIEVEMENTS, "B2").extra == {}


def test_rows_with_warnings_come_back_too_and_once_corrected_are_the_same_records(parts: Installation) -> None:
    text = "成果名称,成果简介,成熟度\n玉米淀粉,一,5\n,牛粪垫料回用设备。,4\n绒山羊选育,二,很成熟\n合计,,\n,,3\n"
    job = handed_in(parts, "成果.csv", text.encode(), ImportOrder())
    assert len(titles(parts)) == 3
    content = parts.drafts.corrections(job.id, None, Language.ZH, Severity.WARNING)
    book = load_workbook(io.BytesIO(content))
    sheet = book["科研成果"]
    assert [cell.value for cell in sheet[1]] == ["编号", "成果名称", "成果简介", "成熟度", ADVICE]
    warned = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[2] for row in warned] == ["牛粪垫料回用设备。", "二"]  # neither the refused row nor the sum
    assert ("没有名称" in str(warned[0][4]), "很成熟" in str(warned[1][4])) == (True, True)
    sheet["B2"], sheet["D3"] = "牛粪垫料设备", 6
    corrected = io.BytesIO()
    book.save(corrected)
    again = handed_in(parts, "更正.xlsx", corrected.getvalue(), ImportOrder())
    assert again.result
    assert (again.result["issues"], again.result["tables"]["achievements"]["updated"]) == ([], 2)
    assert sorted(titles(parts)) == sorted(["玉米淀粉", "牛粪垫料设备", "绒山羊选育"])


def test_a_unit_above_the_table_is_not_lost_in_the_corrections(parts: Installation) -> None:
    text = "单位：万元,,\n编号,成果名称,意向价格\nB1,,30\n"
    job = handed_in(parts, "成果.csv", text.encode(), ImportOrder())
    sheet = load_workbook(io.BytesIO(parts.drafts.corrections(job.id, None, Language.ZH)))["科研成果"]
    assert [cell.value for cell in sheet[1]][:3] == ["编号", "成果名称", "意向价格（万元）"]


def test_an_import_without_refused_rows_has_nothing_to_correct_and_keeps_no_file(parts: Installation) -> None:
    job = handed_in(parts, "成果.csv", "编号,成果名称\nB1,玉米淀粉\n".encode(), ImportOrder())
    with pytest.raises(ConflictError, match="没有可更正的行"):
        parts.drafts.corrections(job.id, None, Language.ZH)
    with pytest.raises(IntakeError, match="已不在"):
        parts.drafts.look(job.id, None)


def test_an_import_names_the_number_by_which_a_job_undoes_it(parts: Installation) -> None:
    job = handed_in(parts, "成果.csv", "编号,成果名称\nB1,玉米淀粉\n".encode(), ImportOrder())
    assert job.result
    undo = parts.jobs.submit("undo", {"import": job.result["imports"][0]}, None, NOW)
    parts.worker(Event()).once()  # the index that follows the import
    undone = worked(parts, undo)
    assert (undone.result and undone.result["deleted"], titles(parts)) == ({"achievements": 1}, [])


@pytest.mark.parametrize("kind", list(Kind))
def test_an_empty_table_has_the_headers_of_every_field(kind: Kind) -> None:
    [sheet] = load_workbook(io.BytesIO(empty_table(kind))).worksheets
    assert all(cell.value for cell in sheet[1])
