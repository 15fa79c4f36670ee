"""A carrier's own pages: who comes to it, what room it has, where it stands before the rules."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import PageRoute, led
from api.pages.showing import path_part
from api.parts import Acting, Now, Parts, cases_shown, shown
from api.texts import FIRST, KEEPABLE, LAST
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor, Role
from matcher.domain.matches import Match
from matcher.domain.records import Incubator, Kind, Stage
from matcher.domain.registers import ServiceKind
from matcher.domain.weeks import Week
from matcher.errors import MatcherError
from matcher.plain import filings as filing_words
from matcher.policy.carriers import TARGETS, Target, held_target, next_target
from matcher.services.filings import Planned, Prior
from matcher.services.finding import FACETS
from matcher.services.records import Stored

router = APIRouter(prefix="/carriers", include_in_schema=False, route_class=PageRoute)

PART, INCOMING, YEARS = 20, 5, 5

CarrierId = Annotated[str, Path(min_length=1, max_length=300)]
Party = Annotated[str, Query(max_length=300, pattern=KEEPABLE)]


@router.get("", name="page_carriers")
def list_page(
    request: Request, parts: Parts, actor: Acting, now: Now,
    q: Annotated[str, Query(max_length=2000)] = "", n: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:  # fmt: skip
    """The carriers whose page one may open; whoever has one only is led to it."""
    if actor.role is Role.INCUBATOR:
        own = parts.carrier_figures.own(actor)
        if len(own) == 1:
            return led(f"/carriers/{path_part(own[0].id)}")
        return rendered(request, "carriers/own.html", own=own)
    chosen = {name: request.query_params.getlist(name) for name in FACETS[Kind.INCUBATORS]}
    found = parts.finding.search(Kind.INCUBATORS, q, chosen, actor.viewer, now.date(), offset=n, limit=PART)
    return rendered(request, "carriers/list.html", found=found, chosen=chosen, q=q, n=n, part=PART)


@router.get("/{carrier_id:path}/criteria", name="page_carrier_criteria")
def criteria_page(
    request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now,
    to: Target | None = None, remote: bool = False,
) -> HTMLResponse:  # fmt: skip
    """A carrier before the conditions of the level it has and of the next one, or of one that is chosen."""
    carrier, day = parts.carrier_figures.require(carrier_id, actor), now.date()
    held, ahead = held_target(carrier), next_target(carrier)
    levels = [to] if to else [one for one in (held, ahead) if one]
    found = [parts.policy.criteria(carrier.id, one, actor.viewer, day, remote=remote) for one in levels]
    shown(request, [way.project for one in found for way in one.ways])
    return rendered(
        request, "carriers/criteria.html", carrier=carrier, found=found, to=to, held=held, ahead=ahead,
        targets=TARGETS, remote=remote, ways=found[-1].ways, book=parts.rulebook, day=day,
    )  # fmt: skip


@router.get("/{carrier_id:path}/grants", name="page_carrier_grants")
def grants_page(request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now) -> HTMLResponse:
    """What a carrier may claim, by which event and clause, and how far it is."""
    carrier = parts.carrier_figures.require(carrier_id, actor)
    ledger = parts.grants.ledger(actor.viewer, now.date(), carrier.id)
    return rendered(request, "carriers/grants.html", carrier=carrier, ledger=ledger, book=parts.rulebook)


@router.get("/{carrier_id:path}/evaluation", name="page_carrier_evaluation")
def evaluation_page(
    request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now,
    year: Annotated[int | None, Query(ge=FIRST.year, le=LAST.year)] = None,
) -> HTMLResponse:  # fmt: skip
    """A carrier's classified evaluation in a year; of its place only what tells nothing of single others."""
    carrier, day = parts.carrier_figures.require(carrier_id, actor), now.date()
    asked = year or day.year - 1
    found = parts.carrier_figures.discreet(parts.evaluating.evaluate(carrier.id, asked, actor.viewer, day), actor)
    return rendered(
        request, "carriers/evaluation.html", carrier=carrier, one=found, year=asked, book=parts.rulebook,
        years=range(day.year, day.year - YEARS, -1),
    )  # fmt: skip


@router.get("/{carrier_id:path}/filings", name="page_carrier_filings")
def filings_page(
    request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now,
    kind: ServiceKind | None = None, receiver: Party = "", region: Party = "", start: date | None = None,
) -> HTMLResponse:  # fmt: skip
    """Services that are to be filed first, and the question whether a planned one may start."""
    carrier, day = parts.carrier_figures.require(carrier_id, actor), now.date()
    found = parts.filings.listed(actor.viewer, day, carrier.id)
    prior, fault = None, None
    if kind and receiver.strip() and start:
        try:
            prior = _prior(parts, actor, day, Planned(carrier.id, kind, receiver.strip(), start, region.strip()))
        except MatcherError as error:
            fault = error
    return rendered(
        request, "carriers/filings.html", carrier=carrier, found=found, prior=prior, fault=fault, kinds=ServiceKind,
        kind=kind, receiver=receiver, region=region, start=start, words=filing_words,
    )  # fmt: skip


@router.get("/{carrier_id:path}/contracts", name="page_carrier_contracts")
def contracts_page(request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now) -> HTMLResponse:
    """The technology contracts that a carrier's brokers brought about, before the rules."""
    carrier = parts.carrier_figures.require(carrier_id, actor)
    checks = [one for one in parts.contracts.all(actor.viewer, now.date()) if one.contract.carrier_id == carrier.id]
    shown(request, [one.contract for one in checks])
    return rendered(request, "carriers/contracts.html", carrier=carrier, checks=checks)


@router.get("/{carrier_id:path}", name="page_carrier")
def carrier_page(request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now) -> HTMLResponse:
    """What comes to a carrier this week, and what room it has."""
    carrier, day = parts.carrier_figures.require(carrier_id, actor), now.date()
    ways = parts.policy.criteria(carrier.id, None, actor.viewer, day, remote=False).ways
    shown(request, [way.project for way in ways])
    counted = Counter(way.project.stage for way in ways)
    stages = [(one, counted[one]) for one in (*Stage, None) if counted[one]]
    run = parts.cooperation.of_carrier(carrier.id, actor.viewer, day)
    incoming = _incoming(request, parts, actor, day, carrier)
    return rendered(
        request, "carriers/carrier.html", carrier=carrier, ways=ways, run=run, incoming=incoming, week=Week.of(day),
        monday=Week.of(day).monday, stages=stages,
    )  # fmt: skip


def _incoming(
    request: Request, parts: Installation, actor: Actor, day: date, carrier: Incubator
) -> list[tuple[Match, Stored]]:
    """The first matches of a carrier, each with the record as it is kept."""
    answer = parts.matching.screen(carrier.id, INCOMING, actor.viewer, day)
    stored = parts.records.stored(Kind.ACHIEVEMENTS, [match.id for match in answer.matches], actor.viewer)
    shown(request, [one.record for one in stored.values()])
    cases_shown(request, parts, answer.matches)
    return [(match, stored[match.id]) for match in answer.matches if match.id in stored]


def _prior(parts: Installation, actor: Actor, day: date, planned: Planned) -> Prior:
    return parts.filings.check(planned, actor.viewer, day)
