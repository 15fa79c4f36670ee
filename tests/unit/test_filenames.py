"""Names that come with files from elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from matcher.domain.filenames import LONGEST, safe_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("成果清单.csv", "成果清单.csv"),
        ("../../etc/achievements.csv", "achievements.csv"),
        ("C:\\Users\\王\\achievements.csv", "achievements.csv"),
        ("..\\..\\.csv", "csv"),
        ("~$funds.xlsx", "funds.xlsx"),
        (".hidden.csv", "hidden.csv"),
        ("a\x00b\n\u202ec?.csv", "abc_.csv"),
        ("", "file"),
        ("..", "file"),
        ("a" * 300 + ".csv", "a" * (LONGEST - 4) + ".csv"),
        ("e\u0301.csv", "\u00e9.csv"),
        ("\ud800.csv", "csv"),
        ("../../etc/合同.PDF", "合同.pdf"),
        ("C:\\docs\\a:b.docx", "a_b.docx"),
        ("con.txt", "_con.txt"),
        ("...", "file"),
        (".pdf", "pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("报告" * 80 + ".pdf", "报告" * 38 + ".pdf"),
    ],
)
def test_a_name_keeps_its_stem_and_nothing_that_leads_elsewhere(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@generated(st.text())
def test_no_name_leaves_its_folder_or_grows_too_long(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= LONGEST + 1
    assert len(safe.encode()) < 255 * 2
    assert not set(safe) & set('<>:"/\\|?*\0\n\r')
    assert safe not in (".", "..")
    assert not safe.startswith(".")
    assert safe_name(safe) == safe
