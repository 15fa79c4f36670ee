"""What became of pairs, and what people say of pairs that were recommended."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.guard import GuardedRoute
from api.parts import (
    About,
    Acting,
    Cursor,
    Limit,
    Now,
    Page,
    Parts,
    from_cursor,
    from_number,
    page,
    shown,
    strange_cursor,
)
from api.problems import Step, Text
from api.texts import KEEPABLE, Moment, Reason, RecordId
from matcher.domain.feedback import Feedback, Judgement
from matcher.intake import RowIssue
from matcher.services.outcomes import After, Told

router = APIRouter(tags=["outcomes"], route_class=GuardedRoute)

Pairing = Literal["achievement_incubator", "project_fund"]
Short = Annotated[str, Field(max_length=100, pattern=KEEPABLE)]
NamedId = Annotated[str | None, Query(min_length=1, max_length=300, pattern=KEEPABLE)]


class NewOutcome(BaseModel):
    """What became of a pair on a day. Words and amounts are understood as in a file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "achievement_incubator", "left_id": "ex-a003", "right_id": "ex-i02", "result": "已对接",
                    "decided_on": "2026-11-20", "amount": "30万",
                }
            ]
        },
    )  # fmt: skip

    kind: Pairing
    left_id: RecordId
    right_id: RecordId
    result: Short = Field(description="accepted、rejected、in_talks，或其中文。One of these, or a word for it.")
    decided_on: Short | None = Field(None, description="默认今天。Default: today.")
    amount: Annotated[float, Field(ge=0, le=1e15)] | Short | None = None
    currency: Short = ""
    reason: Reason = ""
    corrects: bool = Field(False, description="更正这一对同一天已有的结果。Correct what the day already tells.")


class OutcomeShown(BaseModel):
    """An outcome. Its reason is told to brokers, the bureau and who decided; the amount to the other side, too."""

    kind: Pairing
    left_id: str
    right_id: str
    result: Literal["accepted", "rejected", "in_talks"]
    decided_on: date
    amount: float | None
    currency: str
    reason: str


class IssueShown(BaseModel):
    """What was not understood in a row, or was left out of it."""

    field: str
    code: str
    severity: Literal["error", "warning", "info"]
    value: str
    message: Text
    step: Step

    @classmethod
    def of(cls, issue: RowIssue) -> IssueShown:
        """The issue of an import."""
        return cls.model_validate(issue.to_json())


class OutcomeMade(OutcomeShown):
    """An outcome that was just written, and what was said about the row it came by."""

    issues: list[IssueShown]


class NewFeedback(BaseModel):
    """Whether a recommended pair fits."""

    model_config = ConfigDict(extra="forbid")

    left_id: RecordId = Field(examples=["ex-a003"])
    right_id: RecordId = Field(examples=["ex-i02"])
    verdict: Judgement = Field(
        description="does_not：不再推荐；later：14 天内不再推荐。does_not: never again; later: not for 14 days."
    )
    reason: Reason = ""


class FeedbackShown(BaseModel):
    """What somebody said of a pair."""

    id: int
    account_id: str
    kind: Pairing
    left_id: str
    right_id: str
    verdict: Judgement
    reason: str
    made_at: Moment

    @classmethod
    def of(cls, given: Feedback) -> FeedbackShown:
        """What is shown of it."""
        return cls.model_validate(given, from_attributes=True)


@router.get("/outcomes")
def list_outcomes(
    request: Request, parts: Parts, actor: Acting, cursor: Cursor = "", limit: Limit = 50,
    kind: Pairing | None = None, left_id: NamedId = None, right_id: NamedId = None,
) -> Page[OutcomeShown]:  # fmt: skip
    """Outcomes by day, of pairs whose records one may see."""
    asked = {"kind": kind, "left_id": left_id, "right_id": right_id}
    named = {name: value for name, value in asked.items() if value is not None}
    found = parts.outcomes.page(actor, _after(cursor), limit + 1, named)
    shown(request, [record for told in found[:limit] for record in (told.left, told.right)])
    return page([OutcomeShown(**_plain(told)) for told in found], limit, _key)


@router.post("/outcomes", status_code=201)
def create_outcome(
    new: NewOutcome, request: Request, parts: Parts, actor: Acting, now: Now, about: About
) -> OutcomeMade:
    """Tell what became of a pair; a day that tells something else already is only corrected on purpose."""
    content = {name: value for name, value in new.model_dump(exclude={"corrects"}).items() if value not in ("", None)}
    told = parts.outcomes.create(content, actor, now, corrects=new.corrects)
    shown(request, [told.left, told.right])
    about("outcomes", told.left.id, told.right.id, told.outcome.decided_on.isoformat())
    return OutcomeMade(**_plain(told), issues=[IssueShown.of(issue) for issue in told.issues])


@router.get("/feedback")
def list_feedback(
    request: Request, parts: Parts, actor: Acting, cursor: Cursor = "", limit: Limit = 50
) -> Page[FeedbackShown]:
    """What one said of pairs, for the bureau what everybody said; the latest first."""
    found = parts.judging.page(actor, from_number(cursor), limit + 1)
    request.state.shown.update(parts.records.not_public([one.left_id for one in found[:limit]]))
    return page([FeedbackShown.of(one) for one in found], limit, lambda one: str(one.id))


@router.post("/feedback", status_code=201)
def give_feedback(
    new: NewFeedback, request: Request, parts: Parts, actor: Acting, now: Now, about: About
) -> FeedbackShown:
    """Say whether a pair fits. Of a pair one of the two must be one's own; brokers and the bureau speak of any."""
    given = parts.judging.give(new.left_id, new.right_id, new.verdict, new.reason, actor, now)
    request.state.shown.update(parts.records.not_public([given.left_id]))
    about("feedback", given.left_id, given.right_id)
    return FeedbackShown.of(given)


def _plain(told: Told) -> dict[str, Any]:
    outcome = told.outcome
    return {name: getattr(outcome, name) for name in OutcomeShown.model_fields} | {
        "kind": outcome.kind.value,
        "result": outcome.result.value,
    }


def _key(one: OutcomeShown) -> str:
    return json.dumps([one.decided_on.isoformat(), one.left_id, one.right_id, one.kind])


def _after(cursor: str) -> After | None:
    key = from_cursor(cursor)
    if not key:
        return None
    try:
        day, left_id, right_id, kind = json.loads(key)
        names = (str(left_id), str(right_id), str(kind))
        if "\0" in "".join(names):
            raise strange_cursor()
        return date.fromisoformat(day), *names
    except (TypeError, ValueError):
        raise strange_cursor() from None
