from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.text.words import WordCutter, bigrams, fold
from tests.builders import word_cutter


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("蒙药", ["蒙药"]),
        ("传统蒙药制剂", ["传统", "统蒙", "蒙药", "药制", "制剂"]),
        ("蒙A3", ["蒙", "a3"]),
        ("用AI识别牛脸", ["用", "ai", "识别", "别牛", "牛脸"]),
        ("sodium-ion v2.0", ["sodium-ion", "v2.0"]),
        ("ＴＲＬ　５级", ["trl", "5", "级"]),
        ("snake_case，【括号】!", ["snake", "case", "括号"]),
        ("3.5 吨/年", ["3.5", "吨", "年"]),
        ("", []),
        ("，。！", []),
    ],
)
def test_chinese_is_cut_into_pairs_and_other_scripts_into_words(text: str, terms: list[str]) -> None:
    assert bigrams(text) == terms


def test_mongolian_medicine_is_found_by_bigrams_and_with_the_domain_dictionary_as_one_word() -> None:
    text = "一种治疗风湿的蒙成药，属于蒙药"

    assert [term for term in bigrams(text) if term == "蒙药"] == ["蒙药"]
    assert [word for word in word_cutter().words(text) if "蒙" in word] == ["蒙成药", "蒙药"]
    assert "蒙成药" not in WordCutter().words(text)


def test_words_of_both_languages_are_kept_in_order_and_folded() -> None:
    assert WordCutter(["绒山羊"]).words("绒山羊 ＧＥＮＥ editing 绒山羊") == ["绒山羊", "gene", "editing", "绒山羊"]


def test_stop_words_single_characters_and_punctuation_are_no_words() -> None:
    cutter = WordCutter(["淀粉"], ["方法"])

    assert cutter.words("淀粉的方法，……！a") == ["淀粉"]


def test_the_real_stop_words_are_left_out() -> None:
    assert word_cutter().words("玉米淀粉的研究") == ["玉米淀粉"]
    assert WordCutter(["玉米淀粉"]).words("玉米淀粉的研究") == ["玉米淀粉", "研究"]


@given(st.text(alphabet="蒙药玉米ａＢ1２ -，", max_size=20))
def test_width_and_case_never_matter(text: str) -> None:
    assert bigrams(text.upper()) == bigrams(text.lower()) == bigrams(fold(text))


@given(st.text(alphabet="蒙药玉米淀粉", min_size=2, max_size=20))
def test_a_chinese_run_has_one_pair_less_than_characters_and_they_spell_it(text: str) -> None:
    pairs = bigrams(text)

    assert len(pairs) == len(text) - 1
    assert pairs[0][0] + "".join(pair[1] for pair in pairs) == text
