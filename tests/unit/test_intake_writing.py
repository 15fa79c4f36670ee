"""A record written as a file is read back as it was, or the file is not left behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.domain.records import KEYS, Outcome, Record
from matcher.errors import UnsupportedFileError
from matcher.intake import RowIssue, Withdrawal, read
from matcher.intake.writing import write_record
from matcher.resources import data_folder
from tests.builders import fund

SAMPLE = [item for item in read(data_folder("sample")) if not isinstance(item, RowIssue | Withdrawal | Outcome)]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_every_row_of_the_sample_comes_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    for record in SAMPLE:
        path = tmp_path / f"{'-'.join(getattr(record, name) for name in KEYS[record.table])}{suffix}"
        write_record(path, record)
        [found] = [one for one in read(path, kind=record.table) if not isinstance(one, RowIssue)]
        assert not isinstance(found, Withdrawal | Outcome)
        assert replace(found, source=record.source) == record


def test_columns_that_no_table_knows_are_kept(tmp_path: Path) -> None:
    record: Record = fund("F1", extra={"内部备注": "每季度复核"})
    write_record(tmp_path / "edit.csv", record)
    [found] = [one for one in read(tmp_path / "edit.csv", kind=record.table) if isinstance(one, type(record))]
    assert found.extra == record.extra


def test_what_a_csv_cannot_keep_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    record = fund("F1", industries=("新能源、储能",))
    with pytest.raises(UnsupportedFileError, match="F1") as refused:
        write_record(tmp_path / "edit.csv", record)
    assert ".jsonl" in refused.value.step.zh
    assert not (tmp_path / "edit.csv").exists()
    write_record(tmp_path / "edit.jsonl", record)


def test_another_suffix_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match="xlsx"):
        write_record(tmp_path / "edit.xlsx", fund("F1"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_already_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "funds.csv"
    path.write_text("id,name\nF1,基金\n", encoding="utf-8")
    with pytest.raises(UnsupportedFileError, match="funds"):
        write_record(path, fund("F1"))
    assert path.read_text(encoding="utf-8") == "id,name\nF1,基金\n"
