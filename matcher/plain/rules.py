"""Rules, criteria and priorities as plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from matcher.domain.matches import Verdict
from matcher.plain.matches import said_json, verdict_json
from matcher.policy.carriers import Standing, Way
from matcher.policy.criteria import Assessment
from matcher.policy.figures import described
from matcher.policy.rules import Rule, Rulebook
from matcher.services.policy import Before, Criteria, Priority
from matcher.wording import Said


def rule_json(book: Rulebook, rule: Rule) -> dict[str, Any]:
    """One rule, with its criterion in words."""
    basis, means = book.basis(rule.id), rule.means(book)
    return {
        "id": rule.id,
        "name": said_json(rule.name),
        "clause": rule.clause,
        "source": basis.cites.zh,
        "source_id": rule.source,
        "confidence": rule.confidence.value,
        "effect": rule.effect.value,
        "jurisdiction": rule.jurisdiction.value,
        "effective_from": rule.effective_from,
        "effective_to": rule.effective_to,
        "subject": rule.subject,
        "ruleset": rule.ruleset,
        "kind": book.rulesets[rule.ruleset].kind,
        "criterion": said_json(described(rule.criterion, book)),
        "means": said_json(means) if means else None,
        "note": said_json(rule.note) if rule.note else None,
    }


def criteria_json(book: Rulebook, found: Criteria, day: date, *, remote: bool) -> dict[str, Any]:
    """A carrier's criteria, gaps and the ways of its projects."""
    return {
        "id": found.carrier.id,
        "name": found.carrier.name,
        "level": found.carrier.level,
        "to": found.to.value,
        "as_of": day,
        "remote_area": remote,
        "rules_version": book.version,
        "standards": [_standing_json(one) for one in found.standings],
        "path": [_way_json(way) for way in found.ways],
    }


def priority_json(book: Rulebook, found: Priority, day: date) -> dict[str, Any]:
    """A project's tiers, eligibility and status."""
    return {
        "id": found.project.id,
        "name": found.project.name,
        "as_of": day,
        "rules_version": book.version,
        "funds": [_before_json(one) for one in found.funds],
        "startup": [assessment_json(one) for one in found.startup],
    }


def missing(verdicts: Iterable[Verdict]) -> tuple[Said, ...]:
    """What nobody told, each fact once."""
    return tuple(dict.fromkeys(name for verdict in verdicts for name in verdict.missing))


def assessment_json(one: Assessment) -> dict[str, Any]:
    """A ruleset's answer with all verdicts and what is missing."""
    return {
        "ruleset": one.ruleset.id,
        "name": said_json(one.ruleset.name),
        "state": one.state.value,
        "verdicts": [verdict_json(verdict) for verdict in one.verdicts],
        "missing": [said_json(name) for name in missing(one.verdicts)],
    }


def _standing_json(one: Standing) -> dict[str, Any]:
    note = one.assessment.ruleset.note
    return assessment_json(one.assessment) | {
        "in_force": one.in_force,
        "gaps": [said_json(said) for said in one.shortfalls],
        "note": said_json(note) if note else None,
    }


def _way_json(way: Way) -> dict[str, Any]:
    ahead = [
        {"to": said_json(one.to), "standards": [_standing_json(each) for each in one.standings]} for one in way.ahead
    ]
    return {"id": way.project.id, "name": way.project.name, "at": said_json(way.at), "ahead": ahead}


def _before_json(one: Before) -> dict[str, Any]:
    basis = one.tier.basis
    return {
        "id": one.fund.id,
        "name": one.fund.name,
        "tier": one.tier.level,
        "tier_said": said_json(one.tier.said),
        "rule": basis.rule if basis else None,
        "clause": basis.clause if basis else None,
        "source": basis.cites.zh if basis else None,
        "eligible": one.eligible,
        "verdicts": [verdict_json(verdict) for verdict in one.verdicts],
    }
