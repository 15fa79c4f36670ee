"""The pieces of evidence by name: what family each belongs to, and how it is called in front of people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.matches import Component
from matcher.wording import Said


class Family(StrEnum):
    """What kind of thing a piece of evidence tells; ablations remove one family at a time."""

    PROFILE = "profile"
    NEIGHBOURS = "neighbours"
    ACTIVITY = "activity"
    HABITS = "habits"
    REFUSALS = "refusals"
    FIT = "fit"
    RECORD = "record"


FAMILIES: Mapping[Family, Said] = {
    Family.PROFILE: Said("方向与内容", "focus and content"),
    Family.NEIGHBOURS: Said("相近的历史案例", "similar past cases"),
    Family.ACTIVITY: Said("承接活跃程度", "activity"),
    Family.HABITS: Said("以往偏好", "habits"),
    Family.REFUSALS: Said("以往拒绝的原因", "past refusals"),
    Family.FIT: Said("条件相合", "facts that fit"),
    Family.RECORD: Said("材料本身", "the record itself"),
}
"""What the families are called in front of people."""


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A named value and how it is called in front of people."""

    name: str
    family: Family
    said: Said
    against: Said | None = None
    """How it is called where it lowers the score, if “less of it” would be a double negation."""


KINDS: Mapping[str, EvidenceKind] = {
    kind.name: kind
    for kind in (
        EvidenceKind(
            "focus_dense", Family.PROFILE, Said("与其自述方向语义相近", "close in meaning to its stated focus")
        ),
        EvidenceKind("past_dense_mean", Family.PROFILE, Said("与其以往所接相近", "close to what it took before")),
        EvidenceKind(
            "past_dense_top", Family.PROFILE, Said("与其以往最相近者接近", "close to the most similar it took")
        ),
        EvidenceKind(
            "bm25_profile", Family.PROFILE, Said("与其方向和以往用词相合", "shares its words (pairs of characters)")
        ),
        EvidenceKind("bm25_words", Family.PROFILE, Said("与其方向和以往术语相合", "shares its terms")),
        EvidenceKind("tfidf_profile", Family.PROFILE, Said("与其以往文本相合", "shares the wording of what it took")),
        EvidenceKind(
            "dense_knn", Family.NEIGHBOURS, Said("语义相近的案例由其承接", "took the cases closest in meaning")
        ),
        EvidenceKind("bm25_knn", Family.NEIGHBOURS, Said("用词相近的案例由其承接", "took the cases closest in words")),
        EvidenceKind(
            "dense_knn_recent",
            Family.NEIGHBOURS,
            Said("近期语义相近的案例由其承接", "took recent cases close in meaning"),
        ),
        EvidenceKind(
            "tfidf_knn_recent",
            Family.NEIGHBOURS,
            Said("近期用词相近的案例由其承接", "took recent cases close in words"),
        ),
        EvidenceKind("popularity", Family.ACTIVITY, Said("以往承接多", "took many before")),
        EvidenceKind("recent", Family.ACTIVITY, Said("近期活跃", "active lately")),
        EvidenceKind("this_month", Family.ACTIVITY, Said("近几周活跃", "active in the last weeks")),
        EvidenceKind("region_activity", Family.ACTIVITY, Said("常接同一地区", "often takes from the same region")),
        EvidenceKind("industry_activity", Family.ACTIVITY, Said("常接同一行业", "often takes from the same industry")),
        EvidenceKind("stage_activity", Family.ACTIVITY, Said("常接同一阶段", "often takes the same stage")),
        EvidenceKind("field_activity", Family.ACTIVITY, Said("常接同一领域", "often takes from the same field")),
        EvidenceKind(
            "place_activity", Family.ACTIVITY, Said("常接写到同一地方的", "often takes what names the same place")
        ),
        EvidenceKind("region_share", Family.HABITS, Said("偏好这一地区", "leans to the region")),
        EvidenceKind("industry_share", Family.HABITS, Said("偏好这一行业", "leans to the industry")),
        EvidenceKind("stage_share", Family.HABITS, Said("偏好这一阶段", "leans to the stage")),
        EvidenceKind("field_share", Family.HABITS, Said("偏好这一领域", "leans to the field")),
        EvidenceKind("place_share", Family.HABITS, Said("偏好写到这一地方的", "leans to what names the place")),
        EvidenceKind("amount_share", Family.HABITS, Said("常接这样的金额", "often takes such amounts")),
        EvidenceKind("amount_near", Family.HABITS, Said("金额接近其平均", "the amount is near its mean")),
        EvidenceKind("age_share", Family.HABITS, Said("常接这样的成立或发布时间", "often takes such an age")),
        EvidenceKind(
            "refused_topic",
            Family.REFUSALS,
            Said("未曾或很少因方向拒绝相近者", "hardly ever refused anything near for its topic"),
            Said("曾因方向拒绝过相近的成果或项目", "refused something near for its topic"),
        ),
        EvidenceKind(
            "refused_readiness",
            Family.REFUSALS,
            Said("未曾或很少因过早拒绝这一成熟度", "hardly ever refused such readiness as too early"),
            Said("曾因过早拒绝过这一成熟度", "refused such readiness as too early"),
        ),
        EvidenceKind(
            "refused_amount",
            Family.REFUSALS,
            Said("未曾或很少因价格拒绝这样的金额", "hardly ever refused such an amount"),
            Said("曾因价格拒绝过这样的金额", "refused such an amount"),
        ),
        EvidenceKind(
            "refused_detail",
            Family.REFUSALS,
            Said("未曾或很少因资料不全拒绝这样的材料", "hardly ever refused material as thin as this"),
            Said("曾因资料不全拒绝过这样的材料", "refused material as thin as this"),
        ),
        EvidenceKind(
            "refused_capacity",
            Family.REFUSALS,
            Said("近期未曾或很少因容量拒绝", "hardly ever refused for want of places lately"),
            Said("近期曾因容量拒绝", "refused for want of places lately"),
        ),
        EvidenceKind("region_fit", Family.FIT, Said("地区相近", "near in region")),
        EvidenceKind("place_fit", Family.FIT, Said("写到的地方与其相合", "names places where it is or looks")),
        EvidenceKind("industry_fit", Family.FIT, Said("行业相合", "industries overlap")),
        EvidenceKind("field_fit", Family.FIT, Said("领域与其行业相合", "the field suits its industries")),
        EvidenceKind("stage_fit", Family.FIT, Said("阶段相合", "stage fits")),
        EvidenceKind("ticket_fit", Family.FIT, Said("金额相合", "amount fits the ticket")),
        EvidenceKind("trl_fit", Family.FIT, Said("成熟度相合", "readiness fits")),
        EvidenceKind("free_places", Family.FIT, Said("尚有余位", "has places free")),
        EvidenceKind("open_talks", Family.FIT, Said("在谈较少", "few talks open")),
        EvidenceKind("freshness", Family.RECORD, Said("新近发布或成立", "fresh")),
        EvidenceKind("detail", Family.RECORD, Said("材料详细", "told in detail")),
    )
}


MEDIUM, STRONG = math.log(1.5), math.log(2)
"""Contributions, in logits, from which the odds of acceptance grow by half, and double."""


def strength(contribution: float) -> Said:
    """How much a contribution weighs, in a word: nobody is to make something of its decimals."""
    if abs(contribution) >= STRONG:
        return Said("强", "strong")
    return Said("中", "medium") if abs(contribution) >= MEDIUM else Said("弱", "weak")


def said_of(component: Component) -> Said:
    """How a piece of evidence is called, as it speaks for the pair or against it."""
    kind = KINDS[component.name]
    return kind.against if kind.against and component.contribution < 0 else kind.said


def by_family(components: Sequence[Component]) -> dict[Family, list[Component]]:
    """What was told of a pair, by family, the most telling first; all contributions sum to the score."""
    found: dict[Family, list[Component]] = {family: [] for family in Family}
    for component in sorted(components, key=lambda one: (-abs(one.contribution), one.name)):
        found[KINDS[component.name].family].append(component)
    return {family: told for family, told in found.items() if told}
