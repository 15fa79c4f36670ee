from __future__ import annotations

from pathlib import Path

import pytest

from matcher.domain.identity import Decision
from matcher.domain.records import IdentityKind
from matcher.errors import UnreadableFileError, UnsupportedFileError
from matcher.intake import RowIssue
from matcher.intake.aliases import read_aliases


def rows_of(path: Path, text: str, encoding: str = "utf-8") -> list[Decision | RowIssue]:
    path.write_bytes(text.encode(encoding))
    return list(read_aliases(path))


def test_chinese_headers_in_any_order_and_encoding_are_understood(tmp_path: Path) -> None:
    text = "类型;规范名称;别名\r\n基金;红柳基金;ＨＬ 基金\r\n\r\n单位;平原大学;平大\r\n"
    assert rows_of(tmp_path / "别名.csv", text, "gb18030") == [
        Decision(IdentityKind.FUND, "ＨＬ 基金", "红柳基金"),
        Decision(IdentityKind.INSTITUTION, "平大", "平原大学"),
    ]


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (",红柳基金,fund", "alias", "missing_value"),
        ("HL,,fund", "canonical", "missing_value"),
        ("HL,HL,fund", "alias", "alias_of_itself"),
        ("HL,红柳基金,", "kind", "unknown_kind"),
        ("HL,红柳基金,boat", "kind", "unknown_kind"),
        ("HL", "canonical", "missing_value"),
    ],
)
def test_a_row_that_cannot_be_used_is_an_issue_with_its_place(tmp_path: Path, row: str, field: str, code: str) -> None:
    (issue,) = rows_of(tmp_path / "aliases.csv", f"alias,canonical,kind\n{row}\n")
    assert isinstance(issue, RowIssue)
    assert (issue.row, issue.field, issue.code, issue.refuses) == (2, field, code, True)


def test_a_table_that_is_none_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match="kind"):
        rows_of(tmp_path / "aliases.csv", "alias,canonical\na,b\n")
    with pytest.raises(UnsupportedFileError, match="alias"):
        rows_of(tmp_path / "empty.csv", "")
    with pytest.raises(UnreadableFileError):
        rows_of(tmp_path / "aliases.csv", "PK\x03\x04")
