"""How large a file may be. Checked before reading where that is possible."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from matcher.errors import LimitExceededError, UnreadableFileError
from matcher.wording import Said

MIB = 1024 * 1024
SMALL_ARCHIVE = 10 * MIB
"""Below this unpacked size a high compression ratio is harmless: a sheet of equal rows packs very well."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one file. Rows are those that hold something."""

    max_bytes: int = 200 * MIB
    max_rows: int = 1_000_000
    max_cell_chars: int = 100_000
    max_columns: int = 300
    max_uncompressed: int = 1024 * MIB
    max_ratio: float = 200


def exceeded(file: str, what: tuple[str, str], value: float, limit: float, step: tuple[str, str]) -> LimitExceededError:
    """The error for one limit, naming the file, the value and the limit."""
    return LimitExceededError(
        Said(
            f"文件“{file}”的{what[0]}为 {value:,.0f}，超过上限 {limit:,.0f}。",
            f"The {what[1]} of the file '{file}' is {value:,.0f}, more than the limit of {limit:,.0f}.",
        ),
        Said(*step),
    )


SPLIT = ("请把文件拆成几个较小的文件，分别导入。", "Split the file into smaller ones and import them one by one.")


def check_bytes(path: Path, limits: Limits) -> None:
    """Refuse a file that is missing or too large, before its first byte is read."""
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise UnreadableFileError(
            Said(
                f"无法打开文件“{path}”（{error.strerror}）。", f"The file '{path}' cannot be opened ({error.strerror})."
            ),
            Said(
                "请检查路径和读取权限；若文件正在 Excel 中打开，请先关闭。",
                "Check the path and the permissions; close the file if it is open in Excel.",
            ),
        ) from error
    if size > limits.max_bytes:
        raise exceeded(path.name, ("大小（字节）", "size in bytes"), size, limits.max_bytes, SPLIT)


def check_rows(file: str, rows: int, limits: Limits) -> None:
    """Refuse a table with too many rows."""
    if rows > limits.max_rows:
        raise exceeded(file, ("行数", "number of rows"), rows, limits.max_rows, SPLIT)


def check_columns(file: str, columns: int, limits: Limits) -> None:
    """Refuse a table with too many columns."""
    if columns > limits.max_columns:
        step = ("请删除用不到的列后再导入。", "Delete the columns that are not needed and import again.")
        raise exceeded(file, ("列数", "number of columns"), columns, limits.max_columns, step)


def check_archive(path: Path, unpacked: int, limits: Limits) -> None:
    """Refuse a workbook that unpacks to far more than it looks like."""
    step = (
        "请在 Excel 中删除多余的空白行列和图片，另存为新的 .xlsx 后再导入。",
        "Delete empty rows, columns and pictures in Excel, save as a new .xlsx and import again.",
    )
    if unpacked > limits.max_uncompressed:
        raise exceeded(path.name, ("解压后大小（字节）", "unpacked size"), unpacked, limits.max_uncompressed, step)
    ratio = unpacked / max(1, path.stat().st_size)
    if unpacked > SMALL_ARCHIVE and ratio > limits.max_ratio:
        raise exceeded(path.name, ("压缩比", "compression ratio"), ratio, limits.max_ratio, step)
