from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.domain.records import Kind, Visibility
from matcher.domain.visibility import VIEWERS, Clearance, Viewer, require_visible, told, visible, withheld
from matcher.errors import NotEntitledError
from tests.builders import achievement, fund, incubator, project

SEEN = [
    (Viewer.PUBLIC, Visibility.PUBLIC, True),
    (Viewer.PUBLIC, Visibility.BROKERS, False),
    (Viewer.PUBLIC, Visibility.RESTRICTED, False),
    (Viewer.BROKERS, Visibility.PUBLIC, True),
    (Viewer.BROKERS, Visibility.BROKERS, True),
    (Viewer.BROKERS, Visibility.RESTRICTED, False),
    (Viewer.ENTITLED, Visibility.PUBLIC, True),
    (Viewer.ENTITLED, Visibility.BROKERS, True),
    (Viewer.ENTITLED, Visibility.RESTRICTED, True),
]


@pytest.mark.parametrize(("viewer", "visibility", "seen"), SEEN)
def test_results_and_projects_are_seen_by_those_they_are_meant_for(
    viewer: Viewer, visibility: Visibility, seen: bool
) -> None:
    assert visible(achievement(visibility=visibility), viewer) is seen
    assert visible(project(visibility=visibility), viewer) is seen


@pytest.mark.parametrize("viewer", VIEWERS)
def test_carriers_and_funds_are_public(viewer: Viewer) -> None:
    assert visible(incubator(), viewer)
    assert visible(fund(), viewer)


CONTACT = {"contact": "李建国 13900000001", "extra": {"负责人/电话": "李建国 13900000001"}}


def test_a_carriers_figures_are_told_to_itself_and_to_those_who_see_everything() -> None:
    carrier = incubator("I1", metrics={"毕业企业数": 34.0}, extra={"产值": "1200万"})
    bare = replace(carrier, metrics={}, extra={})
    own, other = (Viewer(Clearance.BROKERS, carriers=frozenset({name})) for name in ("I1", "I2"))
    for viewer, shown in ((Viewer.ENTITLED, carrier), (own, carrier), *((one, bare) for one in (
        Viewer.PUBLIC, Viewer.BROKERS, other))):  # fmt: skip
        assert told(carrier, viewer) == shown
        assert withheld(carrier, viewer) == (("metrics", "extra") if shown is bare else ())


def test_whom_to_call_is_told_to_the_owner_and_to_those_who_introduce_people() -> None:
    result = achievement("A1", institution="甲大学", **CONTACT)
    bare = replace(result, contact="", extra={})
    carrier = Viewer(Clearance.BROKERS, carriers=frozenset({"I1"}))
    own, other = (Viewer(Clearance.PUBLIC, institutions=frozenset({name})) for name in ("甲大学", "乙大学"))
    opened = Viewer(Clearance.PUBLIC, opened=frozenset({(Kind.ACHIEVEMENTS, "A1")}))
    for viewer in (Viewer.BROKERS, Viewer.ENTITLED, own):
        assert told(result, viewer) is result
    for viewer in (Viewer.PUBLIC, carrier, other, opened):
        assert told(result, viewer) == bare
        assert withheld(bare, viewer) == ("contact", "extra")


def test_columns_that_nobody_knows_are_told_to_the_owner_of_a_project_or_fund_and_to_those_who_introduce() -> None:
    owned = ((project(incubator_id="I1", extra={"备注": "急"}), Viewer(Clearance.PUBLIC, carriers=frozenset({"I1"}))),
             (fund("F1", extra={"备注": "急"}), Viewer(Clearance.PUBLIC, funds=frozenset({"F1"}))))  # fmt: skip
    for record, owner in owned:
        assert told(record, owner) is told(record, Viewer.BROKERS) is record
        assert told(record, Viewer.PUBLIC).extra == {}
        assert told(record, Viewer(Clearance.BROKERS, carriers=frozenset({"I2"}), funds=frozenset({"F2"}))).extra == {}


def test_every_viewer_and_every_visibility_has_an_answer() -> None:
    assert {(viewer, visibility) for viewer, visibility, _ in SEEN} == {(v, w) for v in VIEWERS for w in Visibility}


def test_asking_for_a_hidden_record_is_refused_without_telling_what_it_is() -> None:
    secret = achievement("A9", title="保密的蒙药配方", visibility=Visibility.RESTRICTED)

    with pytest.raises(NotEntitledError) as raised:
        require_visible(secret, Viewer.BROKERS)

    assert "A9" in raised.value.message.zh
    assert "A9" in raised.value.message.en
    assert "蒙药" not in str(raised.value)


def test_asking_for_a_visible_record_passes() -> None:
    require_visible(achievement(visibility=Visibility.BROKERS), Viewer.BROKERS)
