"""The register of resources as something to search: hits, filters, facets."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.registers import OwnerKind, Resource, ResourceKind
from matcher.services.resource_search import Filters, Found, search
from tests.builders import gazetteer, word_cutter

KINDS, OWNERS = tuple(ResourceKind), tuple(OwnerKind)


def resource(id: str, **changes: Any) -> Resource:
    usual: dict[str, Any] = {"id": id, "name": "仪器", "kind": ResourceKind.INSTRUMENT}
    return Resource(**(usual | changes))


ROWS = [
    resource("R1", name="冻干机", kind=ResourceKind.PILOT_LINE, region="通辽市", owner_kind=OwnerKind.CARRIER),
    resource("R2", name="冻干机与质谱", region="通辽市开鲁县", owner_kind=OwnerKind.UNIVERSITY, industry=("玉米生物",)),
    resource("R3", name="环境舱", region="长春市", owner="辽河湾研究所", terms="冬季开放"),
]


def found(query: str = "", rows: list[Resource] | None = None, **filters: Any) -> Found:
    return search(ROWS if rows is None else rows, query, Filters(**filters), gazetteer(), word_cutter().words)


def ids(*args: Any, **filters: Any) -> list[str]:
    return [row.id for row, _ in found(*args, **filters).hits]


def test_hits_share_words_with_the_question_the_nearest_first() -> None:
    assert ids("冻干") == ["R1", "R2"], "the shorter text says it more"
    assert ids("质谱") == ["R2"]
    assert ids("冻干 质谱")[0] == "R2"


def test_the_owner_the_terms_and_the_kind_are_searched_too() -> None:
    assert ids("辽河湾") == ["R3"]
    assert ids("冬季") == ["R3"]
    assert ids("中试") == ["R1"]


def test_without_a_question_everything_is_listed_by_id() -> None:
    assert ids() == ["R1", "R2", "R3"]


def test_filters_leave_only_what_passes_all_of_them() -> None:
    assert ids("冻干", kind=ResourceKind.PILOT_LINE) == ["R1"]
    assert ids(region="通辽市") == ["R1", "R2"]
    assert ids(region="开鲁县") == ["R2"]
    assert ids(owner=OwnerKind.UNIVERSITY) == ["R2"]
    assert ids(kind=ResourceKind.PILOT_LINE, region="开鲁县") == []


def test_a_facet_counts_as_if_its_own_filter_were_not_set() -> None:
    facets = found("冻干", kind=ResourceKind.PILOT_LINE).facets

    assert facets["kind"] == {"instrument": 1, "pilot_line": 1}
    assert facets["region"] == {"通辽市": 1}
    assert facets["industry"] == {}


def test_a_term_that_nothing_holds_is_told() -> None:
    assert found("冻干 核磁").unheard == ("核磁",)
    assert found("冻干 质谱").unheard == ()


def test_an_empty_register_and_a_question_that_nothing_answers_have_no_hits() -> None:
    assert found("冻干", []).hits == ()
    assert ids("量子") == []
    assert found("量子").facets["kind"] == {}


RESOURCES = st.lists(
    st.builds(
        resource,
        st.uuids().map(str),
        name=st.text("冻干质谱中试环境舱", min_size=1, max_size=8),
        kind=st.sampled_from(KINDS),
        owner_kind=st.none() | st.sampled_from(OWNERS),
        region=st.sampled_from(["", "通辽市", "通辽市开鲁县", "长春市"]),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(RESOURCES, st.text("冻干质谱 核磁", max_size=6), st.none() | st.sampled_from(KINDS))
def test_the_count_of_the_chosen_value_is_the_number_of_hits(
    rows: list[Resource], query: str, kind: ResourceKind | None
) -> None:
    answer = found(query, rows, kind=kind)

    assert answer.facets["kind"].get(kind.value, 0) == len(answer.hits) if kind else True
    assert all(score >= 0 for _, score in answer.hits)
    assert {row.id for row, _ in answer.hits} <= {row.id for row in rows}
