"""The rules themselves, and the stages of a case with what must be there before one is left."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.guard import GuardedRoute
from api.parts import Cursor, Limit, Now, Page, Parts, from_cursor, page
from api.problems import Text
from api.texts import KEEPABLE, AsOf
from api.verdicts import Grounds
from matcher.domain.phases import Move, Phase
from matcher.plain.rules import rule_json
from matcher.plain.stages import stages_json
from matcher.policy.rules import Jurisdiction

router = APIRouter(prefix="/policy", tags=["policy"], route_class=GuardedRoute)


class RuleShown(Grounds):
    """One rule, with its criterion in words."""

    id: str
    jurisdiction: Jurisdiction
    effective_from: date | None
    effective_to: date | None
    subject: str
    ruleset: str
    kind: str
    criterion: Text
    means: Text | None
    note: Text | None


class StageShown(BaseModel):
    """A stage of a case."""

    stage: Phase
    name: Text
    steps: list[Text]
    exit: list[RuleShown]
    actions: list[Move]
    note: Text | None


class Transition(BaseModel):
    """What an action makes of a stage."""

    at: Phase = Field(alias="from")
    action: Move
    to: Phase


class StagesShown(BaseModel):
    """The stages, and all moves there are between them."""

    as_of: date
    rules_version: str
    stages: list[StageShown]
    transitions: list[Transition]
    states: dict[Phase, Text]
    actions: dict[Move, Text]


@router.get("/rules")
def list_policy_rules(
    parts: Parts, cursor: Cursor = "", limit: Limit = 50, on: AsOf = None,
    ruleset: Annotated[str | None, Query(max_length=200, pattern=KEEPABLE, description="只看一组规则。")] = None,
) -> Page[RuleShown]:  # fmt: skip
    """The rules by id, with clause, source, confidence and effect; all versions, or those in force on a day."""
    book, after = parts.rulebook, from_cursor(cursor)
    found = (rule for _, rule in sorted(book.rules.items()) if on is None or rule.in_force(on))
    asked = [rule for rule in found if rule.id > after and ruleset in (None, rule.ruleset)]
    shown = [RuleShown.model_validate(rule_json(book, rule)) for rule in asked[: limit + 1]]
    return page(shown, limit, lambda rule: rule.id)


@router.get("/stages")
def list_stages(parts: Parts, now: Now, on: AsOf = None) -> StagesShown:
    """The stages of a case: steps, conditions of leaving, and the table of moves."""
    return StagesShown.model_validate(stages_json(parts.rulebook, on or now.date()))
