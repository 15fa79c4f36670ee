"""Recommend, screen, explain: the same ranking, rules and visibility as everywhere."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts
from api.problems import Refused, Text
from api.verdicts import VerdictShown
from matcher.domain.controls import Diversity, Question
from matcher.domain.matches import Answer, Match
from matcher.domain.records import Kind
from matcher.plain.matches import match_json, passed_json
from matcher.wording import Said

router = APIRouter(tags=["matching"], route_class=GuardedRoute)

RecordId = Annotated[str, Field(min_length=1, max_length=300)]
Terms = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=20)]


class Asking(BaseModel):
    """What a question asks for besides a ranking."""

    model_config = ConfigDict(extra="forbid")

    k: int = Field(10, ge=1, le=200)
    must: Terms = Field([], description="结果须含的词。Terms it must hold.")
    ban: Terms = Field([], description="结果不得含的词。Terms it must not hold.")
    diverse: bool = Field(False, description="名单多样化。Spread the list over institutions.")
    today: date | None = Field(None, description="按这一天计算，默认今天。Act as on this day.")
    full: bool = Field(True, description="附规则结论与缺失信息。With verdicts and missing facts.")

    def question(self) -> Question:
        """The question as the engine takes it."""
        return Question(tuple(self.must), tuple(self.ban), diversity=Diversity() if self.diverse else None)


class MatchAsked(Asking):
    """Who could take a result or a project: a record by its id, or anything that is only described."""

    record_id: RecordId | None = Field(None, examples=["ex-a001"])
    text: str | None = Field(None, min_length=1, max_length=20_000)
    to: Literal["incubators", "funds"] | None = None


class ScreenAsked(Asking):
    """What a carrier or a fund should look at."""

    record_id: RecordId = Field(examples=["ex-f01"])


class ComponentShown(BaseModel):
    """A part of a score; the contributions of all parts sum to it."""

    name: str
    value: float | None
    contribution: float


class ReasonShown(Text):
    """A sentence made from one piece of evidence."""

    evidence: str


class QuoteShown(BaseModel):
    """The sentences that matched, and the past case the one on the right is from, if it is from one."""

    left: str
    right: str
    case: str | None = None


class MatchShown(BaseModel):
    """One match with its explanation."""

    id: str
    name: str
    score: float
    probability: float
    tier: int | None
    eligible: bool
    components: list[ComponentShown]
    reasons: list[ReasonShown]
    retrievers: list[str]
    verdicts: list[VerdictShown] = []
    missing: list[Text] = []
    quote: QuoteShown | None = None


class PassedShown(BaseModel):
    """A better-ranked record that was kept out, and the verdicts that did it."""

    id: str
    name: str
    verdicts: list[VerdictShown]


class Answered(BaseModel):
    """The matches, best first; how many were left out by which rule, and the first of these."""

    items: list[MatchShown]
    excluded: dict[str, int] = Field(examples=[{"capacity": 2}])
    passed: list[PassedShown] = []


@router.post("/match")
def match(asked: MatchAsked, request: Request, parts: Parts, actor: Acting, now: Now) -> Answered:
    """Recommend carriers for a result, funds for a project."""
    if (asked.record_id is None) == (asked.text is None) or (asked.text and not asked.to):
        said = Said("请给出 record_id，或 text 与 to。", "Give record_id, or text together with to.")
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    to, day = Kind(asked.to) if asked.to else None, asked.today or now.date()
    if asked.record_id is not None:
        answer = parts.matching.match(asked.record_id, asked.k, actor.viewer, day, to, asked.question())
        request.state.shown.update(parts.records.not_public([asked.record_id]))
    else:
        text = asked.text or ""
        answer = parts.matching.match_text(text, to or Kind.INCUBATORS, asked.k, actor.viewer, day, asked.question())
    return answered(answer, request, parts, full=asked.full)


@router.post("/screen")
def screen(asked: ScreenAsked, request: Request, parts: Parts, actor: Acting, now: Now) -> Answered:
    """Screen results for a carrier, projects for a fund."""
    day = asked.today or now.date()
    answer = parts.matching.screen(asked.record_id, asked.k, actor.viewer, day, asked.question())
    return answered(answer, request, parts, full=asked.full)


@router.get("/why")
def why(
    request: Request,
    parts: Parts,
    actor: Acting,
    now: Now,
    left: Annotated[str, Query(min_length=1, max_length=300)],
    right: Annotated[str, Query(min_length=1, max_length=300)],
) -> MatchShown:
    """Explain any pair: eligible or not, by how much, and what would change it."""
    found = parts.matching.why(left, right, actor.viewer, now.date())
    request.state.shown.update(parts.records.not_public([left, right, *found.cites]))
    return _match(found, full=True)


def answered(answer: Answer, request: Request, parts: Parts, *, full: bool) -> Answered:
    """The matches as they are sent; the guard notes which of them are not public."""
    named = [*(one.id for one in answer.matches), *(one.id for one in answer.passed)]
    named += [cited for one in answer.matches for cited in one.cites]
    request.state.shown.update(parts.records.not_public(named))
    return Answered(
        items=[_match(one, full=full) for one in answer.matches],
        excluded=dict(answer.excluded),
        passed=[PassedShown.model_validate(passed_json(one)) for one in answer.passed],
    )


def _match(found: Match, *, full: bool) -> MatchShown:
    content: dict[str, Any] = match_json(found, full=full)
    return MatchShown.model_validate(content)
