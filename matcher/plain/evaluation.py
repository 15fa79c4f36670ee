"""The evaluation of a carrier as plain JSON values."""

from __future__ import annotations

from typing import Any

from matcher.plain.matches import said_json, verdict_json
from matcher.policy.evaluation import Mark, Place, Score
from matcher.policy.management import Evaluated, Proposal
from matcher.policy.rules import Rulebook
from matcher.policy.scales import Span
from matcher.policy.scorecards import Scorecard
from matcher.services.evaluation import Evaluation


def evaluation_json(one: Evaluation, book: Rulebook) -> dict[str, Any]:
    """One carrier in a year: class, internal score, what is official, year on year, place, proposals."""
    return {
        "id": one.carrier.id,
        "name": one.carrier.name,
        "year": one.year,
        "periods": list(one.periods),
        "class": _class_json(one),
        "internal": score_json(one.internal, one.before, book) if one.internal else None,
        "official": {
            "available": bool(one.official),
            "scores": [score_json(score, None, book) for score in one.official],
            "not_obtained": [_unobtained_json(card, book) for card in one.unobtained],
        },
        "place": _place_json(one.place) if one.place else None,
        "official_history": [_evaluated_json(each) for each in one.history],
        "proposals": [_proposal_json(each) for each in one.proposals],
    }


def score_json(score: Score, before: Score | None, book: Rulebook) -> dict[str, Any]:
    """A score with everything it is made of; `before` is the same set on the year before."""
    card = score.card
    basis = book.basis(card.rules[0].id)
    then = {mark.indicator.id: mark for mark in before.marks} if before else {}
    return {
        "kind": "official" if card.official else "internal",
        "set": card.id,
        "name": said_json(card.name),
        "structure": {"source": basis.cites.zh, "clause": basis.clause, "weights": card.weights.value},
        "note": said_json(card.note) if card.note else None,
        "score": span_json(score.span),
        "coverage": score.coverage,
        "grade": score.grade.grade.value if score.grade else None,
        "grades_possible": [rule.grade.value for rule in score.grades],
        "before": span_json(before.span) if before else None,
        "indicators": [_mark_json(mark, then.get(mark.indicator.id)) for mark in score.marks],
        "missing": [said_json(name) for name in score.missing],
    }


def span_json(span: Span) -> dict[str, float]:
    """The fewest and the most points."""
    return {"low": span.low, "high": span.high}


def _mark_json(mark: Mark, before: Mark | None) -> dict[str, Any]:
    indicator = mark.indicator
    return verdict_json(mark.verdict) | {
        "name": said_json(indicator.name),
        "metric": indicator.metric,
        "group": indicator.group,
        "weight": indicator.weight,
        "bonus": indicator.bonus,
        "points": span_json(mark.span),
        "at_least": bool(mark.fact and mark.fact.least),
        "value_before": before.verdict.value if before else None,
        "points_before": span_json(before.span) if before else None,
    }


def _class_json(one: Evaluation) -> dict[str, Any]:
    rule, verdict = one.classed.rule, one.classed.verdict
    return {
        "rule": rule.id if rule else None,
        "name": said_json(rule.name) if rule else None,
        "without_set": said_json(rule.without) if rule and rule.without else None,
        "verdict": verdict_json(verdict) if verdict else None,
    }


def _unobtained_json(card: Scorecard, book: Rulebook) -> dict[str, Any]:
    basis = book.basis(card.rules[0].id)
    return {
        "set": card.id,
        "name": said_json(card.name),
        "source": basis.cites.zh,
        "why": [said_json(said) for said in card.lacking],
    }


def _place_json(place: Place) -> dict[str, Any]:
    return {"best": place.best, "worst": place.worst, "of": place.of, "median": span_json(place.median)}


def _evaluated_json(one: Evaluated) -> dict[str, Any]:
    return {
        "year": one.year,
        "kind": one.kind.value if one.kind else None,
        "level": one.level.value if one.level else None,
        "grade": one.grade.value if one.grade else None,
        "decided_on": one.decided_on,
        "events": list(one.events),
    }


def _proposal_json(one: Proposal) -> dict[str, Any]:
    return verdict_json(one.verdict) | {"made": one.made, "proposal": said_json(one.rule.proposal)}
