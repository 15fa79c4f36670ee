"""Whether somebody sits in the city whose notice it is: yes, no, or not known."""

from __future__ import annotations

from matcher.domain.places import Gazetteer, within
from matcher.policy.facts import Fact
from matcher.wording import Said

CITY = "通辽市"
"""The city of 通创办发〔2023〕2号."""


def in_city(region: str, gazetteer: Gazetteer, whose: Said) -> Fact:
    """Whether a stated region lies in the city; no answer where it is empty, too wide, or on no map.

    Args:
        region: the region as the record states it.
        gazetteer: the tree of places.
        whose: the fact that has to be told where there is no answer, e.g. the receiver's region.
    """
    place, city = gazetteer.path(region), gazetteer.path(CITY)
    if within(place, city):
        return Fact(True, _stated(region))
    if gazetteer.knows(place) and not within(city, place):
        return Fact(False, _stated(region))
    why = _stated(region) if region else Said("地区未填", "no region is stated")
    return Fact(None, why, lacks=whose)


def _stated(region: str) -> Said:
    return Said(f"登记地区“{region}”", f"the stated region is “{region}”")
