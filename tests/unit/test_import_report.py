"""What an import prints: every refusal, and what only tells the same of many rows once."""

from __future__ import annotations

from matcher.cli.reports import issue_lines
from matcher.domain.records import Source
from matcher.intake import RowIssue
from matcher.intake.issues import issue_at, tell, warn
from matcher.wording import Language

EMPTY = tell("no_figures", ("没有填写任何指标。", "No figure."), ("请填写。", "Fill in."))
BAD = warn("bad_figure", ("看不懂。", "Not read."), ("请改。", "Correct it."))


def issues(remark: object, *rows: int, file: str = "表.xlsx") -> list[RowIssue]:
    return [issue_at(Source(file, row), "metrics", "", remark) for row in rows]  # type: ignore[arg-type]


def test_what_is_only_told_is_one_line_for_all_rows_of_a_file() -> None:
    found = issue_lines([*issues(EMPTY, 6, 7, 8, 12), *issues(EMPTY, 6, file="乙.xlsx")], Language.ZH)

    assert [line.split(" · ")[0] for _, line in found] == ["表.xlsx 第 6–8, 12 行", "乙.xlsx 第 6 行"]


def test_what_leaves_something_out_is_told_of_each_row() -> None:
    found = issue_lines(issues(BAD, 6, 7), Language.EN)

    assert [line.split(" · ")[0] for _, line in found] == ["表.xlsx row 6", "表.xlsx row 7"]
