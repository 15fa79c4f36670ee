from __future__ import annotations

from matcher.domain.called import called, naming
from tests.builders import incubator


def test_carriers_are_called_by_name_and_by_id_too_where_two_share_a_name() -> None:
    carriers = [
        incubator("I1", name="甲"),
        incubator("I2", name="乙"),
        incubator("I3", name="乙"),
        incubator("I4", name=""),
    ]

    names = called(carriers)

    assert [names[one.id] for one in carriers] == ["甲", "乙（I2）", "乙（I3）", names["I4"]]
    assert len(set(names.values())) == len(carriers)


def test_what_the_reader_does_not_know_is_not_named() -> None:
    assert naming({"I1": "甲"}, "I1").zh == "“甲”"
    assert naming({"I1": "甲"}, "I2").zh == ""
