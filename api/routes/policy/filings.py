"""Services that have to be filed with the bureau first, and the check before a new one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts
from api.problems import Text
from api.texts import KEEPABLE, AsOf, Day
from api.verdicts import VerdictShown
from matcher.domain.matches import Confidence
from matcher.domain.registers import ServiceKind
from matcher.plain.filings import filings_json, prior_json
from matcher.policy.filings import FilingState
from matcher.services.filings import Planned

router = APIRouter(prefix="/policy/filings", tags=["policy"], route_class=GuardedRoute)

Party = Annotated[str, Query(min_length=1, max_length=300, pattern=KEEPABLE, description="编号或名称。Id or name.")]


class FilingShown(BaseModel):
    """A service, and how it stands before the duty to file it first."""

    id: str
    carrier: str
    carrier_name: str
    receiver: str | None
    receiver_name: str
    receiver_region: str
    kind: ServiceKind
    filed_on: date | None
    started_on: date | None
    ended_on: date | None
    document: str
    state: FilingState
    said: Text
    days: int | None
    due: bool
    step: Text | None
    missing: list[Text]
    clause: str
    source: str
    confidence: Confidence
    verdicts: list[VerdictShown]


class FilingsShown(BaseModel):
    """The services on a day, and the ids of those that are due now."""

    as_of: date
    rules_version: str
    due: list[str]
    filings: list[FilingShown]


class Covering(BaseModel):
    """The filing that a planned service may rest on."""

    id: str
    filed_on: date | None
    document: str


class NotCovering(BaseModel):
    """A filing of the same two that does not cover it, and why."""

    id: str
    why: Text


class FilingChecked(FilingShown):
    """Whether a planned service may start; null: not known."""

    as_of: date
    rules_version: str
    may_start: bool | None
    covering: Covering | None
    others: list[NotCovering]


@router.get("")
def list_filings(
    parts: Parts, actor: Acting, now: Now, carrier: Party | None = None, state: FilingState | None = None,
    due: Annotated[bool, Query(description="只看现在应办的。Only what is due now.")] = False, on: AsOf = None,
) -> FilingsShown:  # fmt: skip
    """Whether each service was filed first, what is worst first; a carrier reads those it gives or gets."""
    day, asked = on or now.date(), parts.carrier_figures.asked(actor, carrier)
    found = [one for name in asked for one in parts.filings.listed(actor.viewer, day, name)]
    each = {one.service.filing.id: one for one in found if state in (None, one.state) and (one.due or not due)}
    return FilingsShown.model_validate(filings_json(parts.rulebook, list(each.values()), day))


@router.get("/check")
def check_filing(
    parts: Parts, actor: Acting, now: Now, carrier: Party, kind: ServiceKind, receiver: Party,
    start: Annotated[Day, Query(description="拟开展日期。The day it is to begin.")],
    region: Annotated[
        str, Query(max_length=100, pattern=KEEPABLE, description="接受方所在地区。Where the receiver sits.")
    ] = "",
    on: AsOf = None,
) -> FilingChecked:  # fmt: skip
    """Whether a planned service may start, on which filing, and what has to be done."""
    parts.carrier_figures.require(carrier, actor)
    day = on or now.date()
    found = parts.filings.check(Planned(carrier, kind, receiver, start, region), actor.viewer, day)
    return FilingChecked.model_validate(prior_json(parts.rulebook, found, day))
