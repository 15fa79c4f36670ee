"""One record as a file that `read` takes back as it was: for edits that a person reviews before importing them."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from matcher.domain.records import KEYS, Row, Source, Term
from matcher.errors import UnsupportedFileError
from matcher.intake.reader import read
from matcher.wording import Said

WRITABLE = (".csv", ".jsonl")


def write_record(path: Path, record: Row) -> None:
    """Write a table of one row, by the suffix as .csv (Chinese headers, for spreadsheets) or .jsonl.

    Raises:
        UnsupportedFileError: the suffix is another one, the file exists, or the format cannot keep a value.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITABLE or path.exists():
        raise UnsupportedFileError(
            Said(
                f"不能写 {path.name}：文件已存在，或不是 .csv、.jsonl。",
                f"{path.name} cannot be written: it exists, or is neither .csv nor .jsonl.",
            ),
            Said("请换一个文件名。", "Choose another name."),
        )
    if suffix == ".csv":
        cells = {header: _cell(value) for header, value in _values(record).items()}
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([list(cells), list(cells.values())])
    else:
        content = {name: _plain(value) for name, value in _values(record).items()}
        path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
    if not _kept(path, record):
        path.unlink()
        name = " / ".join(str(getattr(record, key)) for key in KEYS[record.table])
        raise UnsupportedFileError(
            Said(
                f"记录 {name} 有的内容写进 {suffix} 后读不回原样。",
                f"{suffix} cannot keep everything that {name} holds.",
            ),
            Said("请改用 .jsonl，或手工修改原文件。", "Use .jsonl, or change your own file by hand."),
        )


def _values(record: Row) -> dict[str, object]:
    """Every value that is told, by its Chinese header; columns that no table knows keep their own."""
    told = {
        field.metadata["headers"][0]: getattr(record, field.name)
        for field in dataclasses.fields(record)
        if "headers" in field.metadata
    }
    return {header: value for header, value in told.items() if value not in (None, "", (), {})} | dict(record.extra)


def _plain(value: object) -> object:
    match value:
        case Term():
            return value.value
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case tuple():
            return [_plain(item) for item in value]
    return value


def _cell(value: object) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case Term():
            return value.label
        case float():
            return f"{value:.0f}" if value.is_integer() else repr(value)
        case Mapping():
            return json.dumps(dict(value), ensure_ascii=False)
        case tuple():
            return ";".join(_cell(item) for item in value)
    return str(_plain(value))


def _kept(path: Path, record: Row) -> bool:
    found = list(read(path, kind=record.table))
    return [dataclasses.replace(one, source=Source()) for one in found if isinstance(one, type(record))] == [
        dataclasses.replace(record, source=Source())
    ]
