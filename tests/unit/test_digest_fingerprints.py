"""What makes a record another one in front of people, and a reason a new one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from matcher.digest.fingerprints import as_text, changed, fingerprint, from_text, grounds
from matcher.domain.matches import Reason
from matcher.domain.records import Record
from matcher.wording import Said
from tests.builders import achievement, fund, incubator, project


def test_a_change_that_matters_is_another_fingerprint() -> None:
    for before, after in (
        (achievement(), achievement(trl=7)),
        (achievement(), achievement(summary="另一种工艺。")),
        (project(), project(funding_sought=3e6)),
        (fund(), fund(ticket_max=5e6)),
        (incubator(), incubator(services=("中试",))),
    ):
        assert fingerprint(before) != fingerprint(after)


def test_a_new_telephone_number_spacing_or_one_more_tenant_is_none() -> None:
    assert fingerprint(achievement()) == fingerprint(achievement(contact="13800000000", extra={"备注": "x"}))
    assert fingerprint(incubator()) == fingerprint(incubator(occupied=6, metrics={"面积": 2.0}))
    assert fingerprint(achievement(title="ＡＢ 制备", summary="一 二")) == fingerprint(
        achievement(title="ab  制备", summary="一  二")
    )


def test_what_changed_is_named_by_the_fields_that_matter_and_no_others() -> None:
    before = project(funding_sought=1e6, employees=5)
    assert changed(before, project(funding_sought=2e6, employees=9, summary="另做一事。")) == (
        "funding_sought",
        "summary",
    )
    assert changed(achievement(summary="一 二"), achievement(summary="一  二", contact="13800000000")) == ()


@pytest.mark.parametrize("record", [achievement(), project(), incubator(), fund()])
def test_whatever_makes_another_fingerprint_has_a_name(record: Record) -> None:
    for field in fields(record):
        if isinstance(value := getattr(record, field.name), str | tuple):
            changes: dict[str, Any] = {field.name: "另一" if isinstance(value, str) else ("另一",)}
            other = replace(record, **changes)
            named = (field.name,) if fingerprint(other) != fingerprint(record) else ()
            assert changed(record, other) == named


def test_only_what_comes_with_an_event_is_a_new_reason() -> None:
    case = Reason(Said("曾承接相近案例：《甲》", "took similar cases"), "past_dense_top")
    other = Reason(Said("曾承接相近案例：《乙》", "took similar cases"), "past_dense_top")
    weight = Reason(Said("地区相近（+0.31）", "near (+0.31)"), "region_fit")
    assert grounds([case, weight]) == grounds([case])
    assert grounds([case]) != grounds([other])
    assert from_text(as_text(grounds([case, other]))) == grounds([case, other])
    assert from_text(as_text([])) == frozenset()
