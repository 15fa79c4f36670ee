from __future__ import annotations

import pytest
from rich.cells import cell_len

from matcher.cli.console import fold, rounded


@pytest.mark.parametrize("width", [10, 20, 33, 80])
def test_folding_keeps_every_character_and_the_width(width: int) -> None:
    text = "“湿法淀粉厂副产的玉米皮”经 NaOH-H2O2 处理，得率19%。 " * 5
    lines = fold(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(cell_len, lines)) <= width


def test_no_line_begins_with_punctuation_and_no_word_is_torn() -> None:
    lines = fold("载体余位为零（容量二十五），请稍后再试。use matcher init now。", 14)
    assert not [line for line in lines if line[0] in "，。）、"]
    assert any("matcher" in line for line in lines)


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert fold("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_nothing_is_one_empty_line() -> None:
    assert fold("", 10) == [""]


def test_numbers_are_rounded_and_what_is_no_number_is_null() -> None:
    assert rounded({"a": [0.1234567, float("nan")], "b": (1, "x")}) == {"a": [0.123457, None], "b": [1, "x"]}
