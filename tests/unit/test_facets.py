"""Narrowing by facets: what passes, in the order that was given, and counts as if the own facet were not set."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.records import Kind
from matcher.resources import load_gazetteer
from matcher.services.facets import Facets
from matcher.services.finding import as_counted, facets_of
from tests.builders import achievement, fund

Row = tuple[str, tuple[str, ...]]
VALUES = {"place": lambda row: (row[0],) if row[0] else (), "topics": lambda row: row[1]}
ROWS: list[Row] = [("通辽", ("玉米", "乳业")), ("赤峰", ("玉米",)), ("", ("风电",)), ("通辽", ())]


def facets() -> Facets[Row]:
    return Facets(ROWS, VALUES)


def test_without_a_choice_everybody_passes_and_the_most_frequent_stands_first() -> None:
    kept, counts = facets().narrowed({})
    assert kept == [0, 1, 2, 3]
    assert list(counts["topics"].items()) == [("玉米", 2), ("乳业", 1), ("风电", 1)]
    assert counts["place"] == {"通辽": 2, "赤峰": 1}


def test_a_facet_counts_what_would_be_left_if_it_were_not_set_itself() -> None:
    read = facets()
    kept, counts = read.narrowed(read.passing({"place": ["通辽"], "topics": []}))
    assert kept == [0, 3]
    assert counts == {"place": {"通辽": 2, "赤峰": 1}, "topics": {"乳业": 1, "玉米": 1}}


def test_a_value_that_nobody_states_leaves_nobody() -> None:
    read = facets()
    assert read.narrowed(read.passing({"place": ["北京"]}))[0] == []


def test_nothing_is_stated_where_there_is_nothing() -> None:
    read: Facets[Row] = Facets([], VALUES)
    assert read.narrowed(read.passing({"place": ["通辽"]})) == ([], {"place": {}, "topics": {}})


def test_a_place_is_one_however_it_is_written_and_can_be_chosen_in_any_of_its_names() -> None:
    places = load_gazetteer()
    written = ["科左后旗", "内蒙古自治区/通辽市/科尔沁左翼后旗", "奈曼旗", "", "Atlantis"]
    records = [achievement(f"A{n}", region=region) for n, region in enumerate(written)]
    funds = [fund("F1", regions=("通辽市", "内蒙古自治区/通辽市", "辽宁省"))]
    facets = facets_of(Kind.ACHIEVEMENTS, records, places)
    banner = "内蒙古自治区/通辽市/科尔沁左翼后旗"
    for name in ("科左后旗", banner):
        kept, counts = facets.narrowed(facets.passing(as_counted({"region": [name], "trl": ["5"]}, places)))
        assert kept == [0, 1]
        assert counts["region"] == {banner: 2, "Atlantis": 1, "内蒙古自治区/通辽市/奈曼旗": 1}
    assert facets_of(Kind.FUNDS, funds, places).narrowed({})[1]["regions"] == {"内蒙古自治区/通辽市": 1, "辽宁省": 1}
    assert records[0].region == "科左后旗"


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from("xyz"), max_size=3).map(tuple)), max_size=8
    ),
    place=st.lists(st.sampled_from("abcd"), max_size=2),
    topics=st.lists(st.sampled_from("xyz"), max_size=2),
    data=st.data(),
)
def test_matrices_narrow_as_a_plain_loop_does(
    rows: list[Row], place: list[str], topics: list[str], data: st.DataObject
) -> None:
    among = data.draw(st.permutations(range(len(rows)))) if rows else []
    among = among[: data.draw(st.integers(0, len(among)))]
    read = Facets(rows, VALUES)
    kept, counts = read.narrowed(read.passing({"place": place, "topics": topics}), among)

    in_place = [at for at in among if not place or rows[at][0] in place]
    in_topics = [at for at in among if not topics or set(topics) & set(rows[at][1])]
    assert kept == [at for at in among if at in in_place and at in in_topics]
    assert counts["place"] == Counter(rows[at][0] for at in in_topics)
    assert counts["topics"] == Counter(topic for at in in_place for topic in rows[at][1])
