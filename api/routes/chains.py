"""Whole paths result → carrier → fund."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts, cases_shown
from api.problems import Refused, Text
from api.routes.matching import MatchShown
from api.texts import Day, Described, RecordId
from matcher.domain.records import Stage
from matcher.plain.chains import chains_json
from matcher.wording import Said

router = APIRouter(tags=["matching"], route_class=GuardedRoute)


class ChainAsked(BaseModel):
    """Where paths begin or end: a result by its id, what is only described, or a fund."""

    model_config = ConfigDict(extra="forbid")

    record_id: RecordId | None = Field(None, examples=["ex-a001"])
    text: Described | None = None
    fund_id: RecordId | None = None
    k: int = Field(5, ge=1, le=50)
    today: Day | None = Field(None, description="按这一天计算，默认今天。Act as on this day.")
    full: bool = Field(True, description="附规则结论与缺失信息。With verdicts and missing facts.")


class NamedRecord(BaseModel):
    """A record and what it is called."""

    id: str
    name: str


class CarrierLink(MatchShown):
    """The first link."""

    taken: bool = Field(description="已承接该成果。Whether it has taken the result already.")


class PathShown(BaseModel):
    """One path; its probability is the product of its links."""

    result: NamedRecord
    incubator: CarrierLink
    fund: MatchShown
    stage: Stage = Field(description="按哪一轮计。The round it would begin with.")
    probability: float
    tier: int | None
    weakest: Literal["incubator", "fund"]
    strengthening: list[Text]


class Decided(Text):
    """What a fund decided of a project, and when."""

    fund: str
    result: Literal["accepted", "rejected", "in_talks"]


class UndertakenShown(BaseModel):
    """A project that came from the result, what funds decided, and who may follow."""

    project: NamedRecord
    incubator: NamedRecord | None
    decided: list[Decided]
    funds: list[MatchShown]


class ChainRefusals(BaseModel):
    """How many candidates each rule ruled out on each link."""

    incubator: dict[str, int]
    fund: dict[str, int]


class ChainsShown(BaseModel):
    """The paths, best first; what exists already, and what was passed over."""

    paths: list[PathShown]
    undertaken: list[UndertakenShown]
    refused: ChainRefusals
    held_back: int = Field(description="同一方已占足名额而未列的路径数。Paths left out as one side fills its share.")
    considered: int
    results: int


@router.post("/chain")
def chain(asked: ChainAsked, request: Request, parts: Parts, actor: Acting, now: Now) -> ChainsShown:
    """Recommend whole paths from a result over a carrier to a fund, with the weakest link."""
    day: date = asked.today or now.date()
    chaining, viewer = parts.chaining, actor.viewer
    match [asked.record_id, asked.text, asked.fund_id]:
        case [str(record_id), None, None]:
            found = chaining.of_result(record_id, asked.k, viewer, day)
        case [None, str(text), None]:
            found = chaining.of_text(text, asked.k, viewer, day)
        case [None, None, str(fund_id)]:
            found = chaining.to_fund(fund_id, asked.k, viewer, day)
        case _:
            said = Said("请给出 record_id、text、fund_id 之一。", "Give record_id, text or fund_id, one of the three.")
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    named = [
        asked.record_id or "",
        *(one.result.id for one in found.paths),
        *(one.project.id for one in found.undertaken),
    ]
    request.state.shown.update(parts.records.not_public(named))
    links = [link for one in found.paths for link in (one.carrier, one.fund)]
    cases_shown(request, parts, [*links, *(fund for one in found.undertaken for fund in one.funds)])
    return ChainsShown.model_validate(chains_json(found, full=asked.full))
