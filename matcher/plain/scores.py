"""Scores, ranks and grades as they are said; what is not settled is said as a range, or as open."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.domain.matches import Confidence, State
from matcher.policy.evaluation import Place, Score
from matcher.policy.scales import Span
from matcher.services.evaluation import Evaluation
from matcher.wording import Said

CONFIDENCES: Mapping[Confidence, Said] = {
    Confidence.SEEN_PRIMARY: Said("见原文", "read in the text"),
    Confidence.SEEN: Said("见转述", "read in a repost"),
    Confidence.INFERRED: Said("推定", "our reading"),
    Confidence.MEMORY: Said("凭记忆", "from memory"),
    Confidence.STATED: Said("自述", "stated"),
}
INTERNAL = Said("内部评价（本服务自用，不是官方评分）", "internal evaluation (this service's own, not official)")
OPEN = Said("未定", "open")


def points(span: Span) -> str:
    """Points, as a range where they are not known exactly."""
    return f"{span.low:.1f}" if span.exact else f"{span.low:.1f}–{span.high:.1f}"


def rank(place: Place) -> str:
    """A rank, as a range where the scores do not settle it."""
    return str(place.best) if place.best == place.worst else f"{place.best}–{place.worst}"


def grade(score: Score) -> Said:
    """The grade, or those it may be."""
    if score.grade:
        return score.grade.name
    if not score.grades:
        return OPEN
    best, worst = score.grades[0].name, score.grades[-1].name
    return Said(f"{OPEN.zh}（{worst.zh}～{best.zh}）", f"{OPEN.en} ({worst.en} to {best.en})")


def unscored(one: Evaluation) -> Said:
    """Why a carrier has no score."""
    rule, verdict = one.classed.rule, one.classed.verdict
    if one.internal:
        return Said(f"{one.year} 年没有填报数据，不计分", f"nothing was submitted for {one.year}: no score")
    if rule and rule.without:
        return Said(f"不评分：{rule.without.zh}", f"no score: {rule.without.en}")
    if verdict and verdict.state is State.UNKNOWN:
        zh, en = "、".join(name.zh for name in verdict.missing), ", ".join(name.en for name in verdict.missing)
        return Said(f"类别未定，缺少：{zh}", f"its class is not known; not stated: {en}")
    return Said("当年没有适用的分类评价规则", "no rule of classes was in force")
