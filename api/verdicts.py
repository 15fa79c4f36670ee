"""What a rule says and stands on, as every answer about rules tells it."""

from __future__ import annotations

from pydantic import BaseModel

from api.problems import Step, Text
from matcher.domain.matches import Confidence, Effect, State


class Short(BaseModel):
    """How much is short of what a rule wants."""

    metric: str
    amount: float


class Grounds(BaseModel):
    """What a rule stands on, and what it may do."""

    name: Text
    clause: str
    source: str
    source_id: str
    confidence: Confidence
    effect: Effect


class VerdictShown(Text, Grounds):
    """What a rule says of a record or pair, what would change it, and what it stands on."""

    rule: str
    state: State
    change: Step | None
    value: float | str | None
    threshold: float | str | None
    margin: float | None
    origins: list[Text]
    short: list[Short]
    missing: list[Text]


class AssessmentShown(BaseModel):
    """The answer of a set of rules."""

    ruleset: str
    name: Text
    state: State
    verdicts: list[VerdictShown]
    missing: list[Text]


class AssessmentNoted(AssessmentShown):
    """The answer of a set of rules, and what is to be said of the set."""

    note: Text | None
