from __future__ import annotations

import pytest

from matcher.domain.industries import Industry, IndustryTree
from tests.builders import industries


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("蒙药", {"tcm"}),
        ("现代中医药（蒙医药）", {"tcm"}),
        ("风电", {"energy", "strategic"}),
        ("energy", {"energy", "strategic"}),
        ("ＳＯＦＴＷＡＲＥ", {"electronics", "strategic"}),
        ("战略性新兴产业", {"strategic"}),
    ],
)
def test_a_name_an_alias_and_a_code_stand_for_the_node_and_its_parents(word: str, codes: set[str]) -> None:
    assert industries().codes([word]) == codes


def test_several_words_give_all_their_nodes() -> None:
    assert industries().codes(["蒙药", "光伏"]) == {"tcm", "energy", "strategic"}


def test_a_longer_word_is_known_by_the_longest_name_it_holds() -> None:
    tree = IndustryTree([Industry("farm", "农业", "", ""), Industry("smart", "智慧农业", "", "")])

    assert tree.codes(["新型智慧农业装备"]) == {"smart"}


def test_a_latin_name_inside_another_word_means_nothing() -> None:
    assert industries().codes(["cobwebs"]) == {"cobwebs"}


def test_an_unknown_word_stands_for_itself_so_that_two_records_can_still_share_it() -> None:
    assert industries().codes(["量子计算"]) == {"量子计算"}
    assert industries().codes(["Quantum "]) == industries().codes(["ＱＵＡＮＴＵＭ"]) == {"quantum"}


def test_blank_words_name_nothing() -> None:
    assert industries().codes(["", "  "]) == frozenset()
    assert industries().codes([]) == frozenset()
