"""The notice's priority of city funds for what carriers undertake, as a tier above the score, never a hidden bonus.

Source: 通创办发〔2023〕2号, 三(三): the city's angel and seed funds support first the excellent conversion projects,
teams and start-ups that incubators and makerspaces undertake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.records import CarrierKind, Fund, FundKind, Left, Project, Right
from matcher.wording import Said

CLAUSE = "通创办发〔2023〕2号 三(三)"


@dataclass(frozen=True, slots=True)
class Tier:
    """A place in the queue; 0 means that no priority rule applies to the pair."""

    level: int
    said: Said
    clause: str = ""


NONE = Tier(0, Said("无优先级规则", "no priority rule applies"))
EXCELLENT = Tier(
    1, Said("载体承接的优秀成果转化项目", "an excellent conversion project undertaken by a carrier"), CLAUSE
)
UNDERTAKEN = Tier(
    2, Said("载体承接的项目、团队或初创企业", "a project, team or start-up undertaken by a carrier"), CLAUSE
)
OTHER = Tier(3, Said("未填或未找到承接载体", "no carrier that undertakes it is known"))
CARRIERS = frozenset({CarrierKind.INCUBATOR, CarrierKind.MAKERSPACE})
"""The clause names incubators and makerspaces."""


def tier(left: Left, right: Right, carriers: Mapping[str, CarrierKind | None] | None = None) -> Tier:
    """The tier of a project before a city-owned seed or angel fund; tier 0 for every other pair.

    `carriers` tells the kinds of the known carriers; a project named to belong to another one is in the last tier.
    """
    if not (isinstance(left, Project) and isinstance(right, Fund)):
        return NONE
    if not right.city_owned or right.kind not in (FundKind.SEED, FundKind.ANGEL):
        return NONE
    known = carriers is None or carriers.get(left.incubator_id) in CARRIERS
    if not left.incubator_id or not known:
        return OTHER
    return EXCELLENT if left.excellent else UNDERTAKEN
