from __future__ import annotations

import csv
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.taxonomy import CLC, Node, Path, Taxonomy, best_match_average, coverage, similarity, steps
from matcher.resources import data_folder
from tests.builders import fields, gazetteer, industries

OURS, OFFICIAL, FIELDS = "industries.csv", "gbt4754.csv", "fields.csv"
paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(tuple)
nodes = st.frozensets(paths, min_size=1, max_size=2)


def rows(name: str) -> list[dict[str, str]]:
    with (data_folder("taxonomy") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


# what a word names


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("蒙药", {"tcm"}),
        ("现代中医药（蒙医药）", {"tcm"}),
        ("风电", {"energy", "strategic"}),
        ("energy", {"energy", "strategic"}),
        ("ＳＯＦＴＷＡＲＥ", {"electronics", "strategic"}),
        ("战略性新兴产业", {"strategic"}),
        ("real_estate", {"K"}),
        ("教育", {"P"}),
        ("玉米加工", {"C1313", "C131", "C13", "C", "agriculture", "corn"}),
    ],
)
def test_a_name_an_alias_and_a_code_stand_for_the_node_and_its_parents(word: str, codes: set[str]) -> None:
    assert industries().codes([word]) == codes


@pytest.mark.parametrize(
    ("word", "node"),
    [
        ("互联网", "electronics"),
        ("人工智能", "electronics"),
        ("大数据", "electronics"),
        ("物联网", "electronics"),
        ("web", "electronics"),
        ("mobile", "electronics"),
        ("enterprise", "electronics"),
        ("analytics", "electronics"),
    ],
)
def test_a_word_that_got_a_finer_node_still_lies_in_its_industry(word: str, node: str) -> None:
    assert {node, "strategic"} < industries().codes([word])


def test_several_words_give_all_their_nodes() -> None:
    assert industries().codes(["蒙药", "光伏"]) == {"tcm", "energy", "strategic"}


def test_the_leaves_of_several_words_are_those_above_none_of_the_others() -> None:
    tree = Taxonomy([Node("a", "甲"), Node("b", "乙", parents=("a",)), Node("c", "丙")])
    assert tree.leaves(["甲", "乙", "丙", "丁"]) == {"b", "c", "丁"}


def test_a_longer_word_is_known_by_the_longest_name_it_holds() -> None:
    tree = Taxonomy([Node("farm", "农业"), Node("smart", "智慧农业")])

    assert tree.codes(["新型智慧农业装备"]) == {"smart"}


def test_a_latin_name_inside_another_word_means_nothing() -> None:
    assert industries().codes(["cobwebs"]) == {"cobwebs"}


def test_an_unknown_word_stands_for_itself_so_that_two_records_can_still_share_it() -> None:
    assert industries().codes(["量子计算"]) == {"量子计算"}
    assert industries().codes(["Quantum "]) == industries().codes(["ＱＵＡＮＴＵＭ"]) == {"quantum"}
    assert not industries().knows("quantum")


def test_blank_words_name_nothing() -> None:
    assert industries().codes(["", "  "]) == frozenset()
    assert industries().codes([]) == frozenset()


def test_an_official_name_that_an_import_split_at_its_commas_is_put_together() -> None:
    assert industries().nodes(["酒", "饮料和精制茶制造业", "蒙药"]) == {"C15", "tcm"}


@pytest.mark.parametrize(
    ("mark", "path"),
    [
        ("C1313", ("C", "C13", "C131", "C1313")),
        ("c1321 饲料加工", ("C", "C13", "c132", "c1321")),
        ("B0610", ("B", "B06", "b061", "b0610")),
    ],
)
def test_a_class_that_the_table_leaves_out_lies_below_its_division(mark: str, path: Path) -> None:
    (node,) = industries().nodes([mark])

    assert path in industries().paths(node)
    assert industries().knows(node)


@pytest.mark.parametrize("word", ["L1", "C2C", "C99", "B2B", "5G"])
def test_what_only_looks_like_a_notation_is_a_word(word: str) -> None:
    assert not industries().codes([word]) & {"A", "B", "C", "L"}


@pytest.mark.parametrize(
    ("word", "paths_down"),
    [
        ("计算机科学技术", {("engineering", "520"), ("strategic", "electronics", "520")}),
        ("360 中医学与中药学", {("medicine", "360"), ("tcm", "360")}),
        ("生物与新医药", {("strategic", "biomedicine")}),
        (
            "TP391.41",
            {
                (*above, "520", "tp39", "tp391", "tp391.4", "tp391.41")
                for above in (("engineering",), ("strategic", "electronics"))
            },
        ),
        ("S", {("agricultural",)}),
        ("AI2", {("ai2",)}),
    ],
)
def test_a_field_is_read_from_its_name_its_code_or_its_library_class(word: str, paths_down: set[Path]) -> None:
    (node,) = fields().nodes([word])

    assert fields().paths(node) == paths_down


# the tables


@pytest.mark.parametrize("names", [(OURS, OFFICIAL), (OURS, FIELDS)])
def test_every_code_is_unique_and_every_parent_exists(names: tuple[str, str]) -> None:
    table = [row for name in names for row in rows(name)]
    codes = Counter(row["code"] for row in table)

    assert set(codes.values()) == {1}
    assert {parent for row in table for parent in parts(row["parent"])} <= set(codes)
    assert {own for row in table for own in parts(row.get("industries") or "")} <= {row["code"] for row in rows(OURS)}
    assert all(row["name"] and row["name_en"] for row in table)


def test_every_class_that_an_industry_links_to_exists() -> None:
    assert {code for row in rows(OURS) for code in parts(row["gbt"])} <= {row["code"] for row in rows(OFFICIAL)}


@pytest.mark.parametrize("names", [(OURS, OFFICIAL), (OURS, FIELDS)])
def test_a_word_names_one_node_or_a_node_and_its_own_parts(names: tuple[str, str]) -> None:
    table = [row for name in names for row in rows(name)]
    tree = fields() if FIELDS in names else industries()
    meant: dict[str, str] = {}
    for row in table:
        for word in {name.casefold() for name in (row["name"], row["name_en"], row["code"], *parts(row["aliases"]))}:
            first = meant.setdefault(word, row["code"])
            assert any(first in path for path in tree.paths(row["code"])), f"{word}: {first}, {row['code']}"


def test_a_library_class_belongs_to_one_field() -> None:
    marks = Counter(mark for row in rows(FIELDS) for mark in parts(row["clc"]))

    assert set(marks.values()) == {1}
    assert all(mark.isalpha() or CLC.fullmatch(mark.casefold()) for mark in marks)


def test_no_node_lies_above_itself() -> None:
    for tree, names in ((industries(), (OURS, OFFICIAL)), (fields(), (OURS, FIELDS))):
        for row in (row for name in names for row in rows(name)):
            assert all(len(set(path)) == len(path) for path in tree.paths(row["code"]))


def test_the_official_lists_are_complete() -> None:
    official, ours = rows(OFFICIAL), rows(OURS)
    divisions = [row["code"] for row in official if len(row["code"]) == 3]

    assert [row["code"] for row in official if not row["parent"]] == list("ABCDEFGHIJKLMNOPQRST")
    assert sorted(int(code[1:]) for code in divisions) == list(range(1, 98))
    assert sorted(row["hightech"] for row in ours if row["hightech"]) == list("12345678")
    assert sorted(row["strategic"] for row in ours if len(row["strategic"]) == 1) == list("123456789")
    assert len([row for row in ours if "." in row["strategic"]]) == 40
    assert Counter(row["code"][3] for row in rows(FIELDS) if row["code"].startswith("ht-")) == dict(
        zip("12345678", (8, 7, 2, 6, 8, 4, 8, 9), strict=True)
    )
    assert len([row for row in rows(FIELDS) if len(row["code"]) == 3 and row["code"].isdigit()]) == 62


# nearness


def test_near_categories_are_more_alike_than_far_ones() -> None:
    def alike(one: str, other: str) -> float:
        (left,), (right,) = industries().nodes([one]), industries().nodes([other])
        return max(similarity(a, b) for a in industries().paths(left) for b in industries().paths(right))

    assert alike("风电", "风电") == 1
    assert alike("风电", "风能产业") == pytest.approx(4 / 5)
    assert alike("风能产业", "太阳能产业") == pytest.approx(4 / 6)
    assert alike("风电", "人工智能") == pytest.approx(2 / 5)
    assert alike("风电", "蒙药") == 0


def test_places_are_near_when_they_share_the_upper_levels() -> None:
    horqin, kailu, hohhot, beijing = map(gazetteer().path, ("科尔沁区", "开鲁县", "呼和浩特市", "北京"))

    assert [steps(horqin, place) for place in (horqin, kailu, hohhot, beijing)] == [0, 2, 3, 4]
    assert 1 > similarity(horqin, kailu) > similarity(horqin, hohhot) > similarity(horqin, beijing) > 0


@given(paths, paths)
def test_similarity_is_symmetric_and_one_only_for_the_same_node(one: Path, other: Path) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
    assert (similarity(one, other) == 1) == (one == other)
    assert steps(one, other) == steps(other, one)


@given(paths, paths, st.sampled_from("xyz"))
def test_similarity_falls_with_each_level_that_one_node_goes_down_alone(one: Path, other: Path, finer: str) -> None:
    assert similarity((*one, finer), other) < similarity(one, other) or similarity(one, other) == 0
    assert steps((*one, finer), other) == steps(one, other) + 1


@given(st.lists(nodes, min_size=1, max_size=3), st.lists(nodes, min_size=1, max_size=3))
def test_the_average_of_the_best_is_symmetric_and_one_for_equal_sets(
    left: list[frozenset[Path]], right: list[frozenset[Path]]
) -> None:
    assert best_match_average(left, right) == pytest.approx(best_match_average(right, left))
    assert best_match_average(left, left) == 1
    assert coverage(left, [*left, *right]) == 1
