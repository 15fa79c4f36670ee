"""What an import says beside the records: issues with single rows, withdrawals, progress."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.records import Kind, Source
from matcher.wording import Said

VALUE_CHARS = 80


class Severity(StrEnum):
    """An error refuses the row, a warning leaves something out of it, an info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about one cell, one header or one file, before it is known where it stands."""

    code: str
    message: Said
    step: Said
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class RowIssue:
    """A remark and its place. Row 0 means the file as a whole; rows count as Excel shows them."""

    file: str
    row: int
    field: str
    code: str
    severity: Severity
    value: str
    message: Said
    step: Said
    label: Said | None = dataclasses.field(default=None, compare=False)
    """What people call the field, where it is one of a table."""

    @property
    def refuses(self) -> bool:
        """Whether the row stays out because of it."""
        return self.severity is Severity.ERROR

    def to_json(self) -> dict[str, object]:
        """The issue as plain JSON values."""
        return {
            "file": self.file,
            "row": self.row,
            "field": self.field,
            "code": self.code,
            "severity": self.severity.value,
            "value": self.value,
            "message": {"zh": self.message.zh, "en": self.message.en},
            "step": {"zh": self.step.zh, "en": self.step.en},
        }


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The owner takes the record back."""

    table: Kind
    key: tuple[str, ...]
    """The id; of a table without ids, the fields that tell its rows apart."""
    source: Source

    @property
    def id(self) -> str:
        """The id, or the key as it is shown."""
        return shown_key(self.key)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one table is. `total` is None where it is not known before the end."""

    file: str
    table: Kind
    rows: int
    total: int | None


def shown_key(key: Iterable[object]) -> str:
    """A key as people read it."""
    return " / ".join(map(str, key))


def cut(text: str, length: int = VALUE_CHARS) -> str:
    """The text on one line, shortened to at most `length` characters."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length else line[: length - 1] + "…"


def issue_at(place: Source, field: str, value: str, remark: Remark, label: Said | None = None) -> RowIssue:
    """The remark, put where it belongs."""
    return RowIssue(
        place.file, place.row, field, remark.code, remark.severity, cut(value), remark.message, remark.step, label
    )


def warn(code: str, message: tuple[str, str], step: tuple[str, str]) -> Remark:
    """A warning, said in Chinese and English."""
    return Remark(code, Said(*message), Said(*step), Severity.WARNING)


def tell(code: str, message: tuple[str, str], step: tuple[str, str]) -> Remark:
    """An info, said in Chinese and English."""
    return Remark(code, Said(*message), Said(*step), Severity.INFO)


def refuse(code: str, message: tuple[str, str], step: tuple[str, str]) -> Remark:
    """An error, said in Chinese and English."""
    return Remark(code, Said(*message), Said(*step), Severity.ERROR)
