"""The ledger of grants as plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matcher.domain.registers import Event
from matcher.plain.matches import said_json, verdict_json
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step
from matcher.policy.rules import Rulebook
from matcher.services.grants import Ledger
from matcher.wording import Word

COUNTED = (Step.ENTITLED, Step.APPLIED, Step.PAID)
"""The states whose amounts add up to something."""


def ledger_json(book: Rulebook, ledger: Ledger) -> dict[str, Any]:
    """The ledger with its sums."""
    return {
        "as_of": ledger.day,
        "rules_version": book.version,
        "totals": {
            step.value: {"count": len(of), "amount": total(of) if step in COUNTED else None}
            for step in Step
            if (of := [one for one in ledger.entries if one.step is step])
        },
        "grants": [entry_json(one) for one in ledger.entries],
        "strays": [
            {"rule": row.rule, "carrier": row.carrier_id, "irregularity": _word(Irregularity.UNKNOWN_RULE)}
            for row, _ in ledger.strays
        ],
    }


def entry_json(one: Entry) -> dict[str, Any]:
    """One entry with everything it stands on."""
    basis, row, event = one.basis, one.row, one.event
    return {
        "rule": one.rule.id,
        "name": said_json(one.rule.name),
        "carrier": one.carried.carrier.id,
        "carrier_name": one.carried.carrier.name,
        "state": one.step.value,
        "amount": one.rule.amount,
        "clause": basis.clause,
        "source": basis.cites.zh,
        "source_id": basis.source,
        "confidence": basis.confidence.value,
        "event": _event_json(event) if event else None,
        "verdict": verdict_json(one.entitlement.verdict) if one.entitlement else None,
        "applied_on": row.applied_on if row else None,
        "paid_on": row.paid_on if row else None,
        "noted_amount": row.amount if row else None,
        "document": row.document if row else "",
        "days": {
            "event_to_application": one.days_to_apply,
            "event_to_payment": one.days_to_pay,
            "application_to_payment": one.days_in_office,
            "waiting": one.days_waiting,
        },
        "missing": [said_json(name) for name in one.missing],
        "irregularities": [_word(each) for each in one.irregularities],
        "may_be_same_as": one.doubt.id if one.doubt else None,
        "note": said_json(one.rule.note) if one.rule.note else None,
    }


def total(entries: Iterable[Entry]) -> float:
    """What is due or was paid, in yuan."""
    return sum(one.sum for one in entries)


def _word(word: Word) -> dict[str, str]:
    return {"name": word.value, **said_json(word.said)}


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "event": event.event.value,
        "carrier_kind": event.carrier_kind,
        "level": event.level,
        "year": event.year,
        "grade": event.grade,
        "decided_on": event.decided_on,
        "document": event.document,
    }
