"""The bureau's pages: how far cases come, what the chains lack, grants, the evaluation of carriers, filings."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import language_of, rendered
from api.pages.routing import PageRoute
from api.parts import Acting, Now, Parts, Workbook, saved_as, shown
from api.texts import FIRST, KEEPABLE, LAST
from matcher.domain.periods import Period, last_quarter
from matcher.domain.records import PairKind, Record
from matcher.plain import filings as filing_words
from matcher.policy.filings import FilingState
from matcher.policy.ledger import Step
from matcher.reporting.workbook import workbook
from matcher.services.chain_gaps import Gaps

router = APIRouter(prefix="/bureau", include_in_schema=False, route_class=PageRoute)

YEARS = 5
Narrowed = Annotated[str, Query(max_length=100, pattern=KEEPABLE)]
Year = Annotated[int | None, Query(ge=FIRST.year, le=LAST.year)]
RANKED = ("evaluation", "proposals")
"""The sections of a report that tell of the evaluation."""


@router.get("", name="page_bureau")
def bureau_page(
    request: Request, parts: Parts, actor: Acting, now: Now, pairing: PairKind | None = None
) -> HTMLResponse:
    """What waits, and how far cases come."""
    day = now.date()
    funnel = parts.funnels.of(pairing, actor, now)
    ledger = parts.grants.ledger(actor.viewer, day)
    waiting = [one for one in ledger.entries if one.step in (Step.ENTITLED, Step.APPLIED)]
    due = [one for one in parts.filings.listed(actor.viewer, day) if one.due]
    period = last_quarter(day)
    arrived = Counter(one.arrival for one in parts.reporting.submissions(period, actor.viewer, day))
    return rendered(
        request, "bureau/bureau.html", funnel=funnel, pairing=pairing, pairings=PairKind, waiting=waiting, due=due,
        period=period, arrived=arrived,
    )  # fmt: skip


@router.get("/chains", name="page_chains")
def chains_page(
    request: Request, parts: Parts, actor: Acting, now: Now, industry: Narrowed = "", region: Narrowed = ""
) -> HTMLResponse:
    """The industry chains node by node: what stands there, what is lacking, what could fill it."""
    gaps = parts.chain_gaps
    found = gaps.report(industry.strip() or None, actor.viewer, now.date(), region.strip() or None)
    shown(request, _named(found))
    return rendered(
        request, "bureau/chains.html", found=found, chains=gaps.chains, industry=industry, region=region,
        book=parts.rulebook,
    )  # fmt: skip


@router.get("/evaluation", name="page_ranking")
def ranking_page(request: Request, parts: Parts, actor: Acting, now: Now, year: Year = None) -> HTMLResponse:
    """All carriers in a year by class, the best first; the scores are internal."""
    day, asked = now.date(), year or now.date().year - 1
    found = parts.evaluating.all(asked, actor.viewer, day)
    classes = {one.classed.rule.id if one.classed.rule else "": one.classed.rule for one in found}
    groups = [
        (rule, [one for one in found if (one.classed.rule.id if one.classed.rule else "") == name])
        for name, rule in classes.items()
    ]
    return rendered(
        request, "bureau/ranking.html", groups=groups, year=asked, years=range(day.year, day.year - YEARS, -1),
        book=parts.rulebook,
    )  # fmt: skip


@router.get("/evaluation/ranking.xlsx", name="page_ranking_workbook")
def ranking_workbook(
    request: Request, parts: Parts, actor: Acting, now: Now, year: Annotated[int, Query(ge=FIRST.year, le=LAST.year)]
) -> Response:
    """The ranking and what follows from it, as a workbook."""
    request.state.shown.add(f"reports/{year}")
    report = parts.reporting.report(Period(str(year)), actor.viewer, now.date()).only(*RANKED)
    return Workbook(workbook(report, language_of(request), now), headers=saved_as(f"{year} 年分类评价（内部）.xlsx"))


@router.get("/filings", name="page_filings")
def filings_page(
    request: Request, parts: Parts, actor: Acting, now: Now, state: FilingState | None = None
) -> HTMLResponse:
    """Services that are to be filed first, what is due first; and how carriers are run."""
    day = now.date()
    found = parts.filings.listed(actor.viewer, day)
    asked = [one for one in found if state in (None, one.state)]
    return rendered(
        request, "bureau/filings.html", found=asked, counts=Counter(one.state for one in found), state=state,
        states=FilingState, words=filing_words, run=_run(parts, actor, day),
    )  # fmt: skip


def _run(parts: Parts, actor: Acting, day: date) -> list[object]:
    """The carriers of which an arrangement is told."""
    return [one for one in parts.cooperation.all(actor.viewer, day) if one.run or one.residents]


def _named(found: Gaps) -> list[Record]:
    nodes = [one.record for view in found.chains for node in view.nodes for one in (*node.results, *node.projects)]
    return [*nodes, *found.untold, *(one for of in found.unplaced.values() for one in of)]
