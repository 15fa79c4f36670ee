"""What a single cell holds, before anybody knows which field it belongs to."""

from __future__ import annotations

import functools
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from matcher.intake.issues import Remark, warn

BLANKS = frozenset(
    {"", "-", "--", "---", "—", "——", "–", "/", "//", "\\", "n/a", "na", "null", "none", "nan", "nil", "<na>"}
    | {"无", "暂无", "空", "未知", "不详", "未填", "未填写", "待定", "待补充"}
)
"""What people write into a cell that has nothing to say."""

NAME_BLANKS = frozenset({"", "-", "--", "---", "—", "——", "–", "/", "//", "\\", "无", "暂无", "n/a"})
"""The same for names and identifiers, where “NA” or “None” may be meant."""

CELL_ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)

_LONGEST_BLANK = max(map(len, BLANKS))
# Control characters, zero-width and direction marks, lone surrogates, and the escapes Excel writes for them.
_DIRT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]|_x00[01][0-9A-Fa-f]_"
)


@dataclass(frozen=True, slots=True)
class Uncached:
    """A formula whose result was never stored in the workbook."""

    formula: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says for its field. `keep` asks to keep the cell's text too, because it says more."""

    value: object = None
    remark: Remark | None = None
    currency: str = ""
    keep: bool = False


NOTHING = Reading()


def unread(code: str, message: tuple[str, str], step: tuple[str, str]) -> Reading:
    """A reading without a value: the warning tells why, the text is kept."""
    return Reading(remark=warn(code, message, step), keep=True)


def clean(text: str) -> str:
    """The text without surrounding white space, control characters and Excel's `="…"` wrapping."""
    text = text.strip()
    if not text.isprintable() or "_x0" in text:
        text = _DIRT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].strip()
    return text


def plain(text: str) -> str:
    """The text as it is compared: NFKC (full-width digits become ASCII), lower case, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_blank(text: str) -> bool:
    """Whether the text only says that there is nothing."""
    return len(text) <= _LONGEST_BLANK and _is_blank(text)


@functools.lru_cache(maxsize=16_384)
def _is_blank(text: str) -> bool:
    return plain(text) in BLANKS


def is_empty(cell: object) -> bool:
    """Whether the cell holds nothing at all."""
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def has_content(cells: object) -> bool:
    """Whether any cell of the row holds something."""
    return isinstance(cells, list | tuple) and any(not is_empty(cell) for cell in cells)


def as_text(cell: object) -> str:
    """The cell as a person would type it."""
    if isinstance(cell, str):
        return clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return number_text(cell)
    return _other_text(cell)


def number_text(number: float) -> str:
    """A number without the `.0` that spreadsheets add; nothing for NaN."""
    if isinstance(number, int):
        # Beyond 4,300 digits Python refuses to print an int; no file means such a number.
        return str(number) if number.bit_length() < 10_000 else f"0x{number:x}"
    if math.isnan(number):
        return ""
    return str(int(number)) if abs(number) < 1e17 and number.is_integer() else repr(number)


def _other_text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, Uncached | timedelta):
        return cell.formula if isinstance(cell, Uncached) else str(cell)
    if isinstance(cell, list | tuple) and not any(isinstance(item, list | dict) for item in cell):
        return "；".join(text for text in map(as_text, cell) if text)
    try:
        return clean(json.dumps(cell, ensure_ascii=False, default=str))
    except (RecursionError, ValueError):
        return "…"  # Nested deeper than anybody means.


def broken(cell: object) -> Remark | None:
    """The warning for an Excel error value or a formula without a stored result; None for any other cell."""
    if isinstance(cell, Uncached):
        return warn(
            "formula_without_value",
            (
                f"单元格是公式“{cell.formula[:60]}”，文件里没有保存计算结果。",
                f"The formula '{cell.formula[:60]}' has no stored result.",
            ),
            (
                "请用 Excel 打开并保存一次，或把该列“粘贴为数值”。",
                "Open and save it in Excel, or paste the column as values.",
            ),
        )
    if isinstance(cell, str) and cell.startswith("#") and cell.strip().upper() in CELL_ERRORS:
        return warn(
            "formula_error",
            (f"单元格是 Excel 错误值“{cell.strip()}”。", f"The cell holds the Excel error '{cell.strip()}'."),
            ("请在 Excel 中修正公式后重新导入。", "Correct the formula in Excel and import again."),
        )
    return None
