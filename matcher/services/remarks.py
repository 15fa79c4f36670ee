"""What is told while a pairing is loaded."""

from __future__ import annotations

from matcher.errors import RecordNotFoundError
from matcher.services.indexing import IndexReport
from matcher.wording import Said

UNCALIBRATED = Said(
    "概率只是假定：对接结果太少或尚未训练，请运行 matcher train。",
    "Probabilities are only assumed: too few outcomes, or no training yet; run `matcher train`.",
)


def should_train(why: Said) -> Said:
    """That a model should be fitted again, and why."""
    return Said(f"{why.zh}，建议运行 matcher train。", f"{why.en[0].upper()}{why.en[1:]}: consider `matcher train`.")


def left_out(count: int) -> Said:
    """That records stand for others."""
    return Said(
        f"{count} 条记录已判定与另一条相同，不单独列出（matcher identity list）。",
        f"{count} record(s) count as another one and are not listed by themselves (matcher identity list).",
    )


def refreshed(report: IndexReport) -> Said:
    """That the index was brought up to date, and why."""
    why = report.rebuilt or Said("记录有更新", "records have changed")
    return Said(
        f"索引已更新：{why.zh}（新编 {report.indexed} 条，移除 {report.removed} 条）。",
        f"The index was brought up to date: {why.en} ({report.indexed} indexed, {report.removed} removed).",
    )


def empty(error: RecordNotFoundError) -> RecordNotFoundError:
    """The error for an unknown id where there are no records at all."""
    return RecordNotFoundError(
        Said(f"数据库还是空的：{error.message.zh}", f"The database is still empty: {error.message.en}"),
        Said("请先导入：matcher import 文件夹或文件。", "Import first: matcher import FOLDER_OR_FILE."),
    )
