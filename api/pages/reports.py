"""A period's report for the bureau: choose, look at a section, take it away as a workbook or to print."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import language_of, rendered
from api.pages.routing import PageRoute
from api.parts import Acting, Now, Parts, Workbook, saved_as
from api.problems import Refused
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.periods import Period, begun
from matcher.reporting.page import page
from matcher.reporting.sections import Report, Section, ref_names
from matcher.reporting.workbook import workbook
from matcher.services.report.context import CARRIER
from matcher.services.report.figures import GROUPS
from matcher.services.submissions import ARRIVALS, Arrival
from matcher.wording import Said

router = APIRouter(prefix="/bureau/reports", include_in_schema=False, route_class=PageRoute)

YEARS = 3
When = Annotated[str, Path(pattern=r"^(19|20)[0-9]{2}(H[12]|Q[1-4])?$")]
OF_FIGURES = frozenset({"submissions", "doubts", *(key for key, *_ in GROUPS)})
"""The sections whose lines lead to what a carrier filled in."""
Key = Annotated[str, Query(max_length=60)]


@router.get("", name="page_reports")
def reports_page(request: Request, parts: Parts, actor: Acting, now: Now) -> HTMLResponse:
    """The periods that have begun, each with who has submitted."""
    day = now.date()
    told = parts.reporting.submissions_of(begun(day, YEARS), actor.viewer, day)
    periods = [(one, Counter(each.arrival for each in of), of[0].due.day if of else None) for one, of in told.items()]
    return rendered(request, "bureau/reports.html", periods=periods, arrivals=ARRIVALS, order=Arrival)


@router.get("/{period}", name="page_report")
def report_page(
    request: Request, period: When, parts: Parts, actor: Acting, now: Now, section: Key = "summary"
) -> HTMLResponse:
    """One section of a period's report."""
    report = _report(request, period, parts, actor, now)
    chosen = _section(report, section)
    names = ref_names(report, language_of(request))
    ids = next((place for place, column in enumerate(chosen.columns) if column is CARRIER[1]), None)
    return rendered(
        request, "bureau/report.html", report=report, section=chosen, period=period, names=names, ids=ids,
        of_figures=chosen.key in OF_FIGURES,
    )  # fmt: skip


@router.get("/{period}/report.xlsx", name="page_report_workbook")
def workbook_downloaded(
    request: Request, period: When, parts: Parts, actor: Acting, now: Now, section: Key = ""
) -> Response:
    """The report, or one section of it, as a workbook."""
    report = _report(request, period, parts, actor, now)
    title, language = report.title.to(language_of(request)), language_of(request)
    if section:
        title = f"{period} {_section(report, section).title.to(language)}"
        report = report.only(section)
    return Workbook(workbook(report, language, now), headers=saved_as(f"{title}.xlsx"))


@router.get("/{period}/report.html", name="page_report_print")
def page_downloaded(request: Request, period: When, parts: Parts, actor: Acting, now: Now) -> Response:
    """The report as one page to print."""
    report, language = _report(request, period, parts, actor, now), language_of(request)
    return HTMLResponse(page(report, language), headers=saved_as(f"{report.title.to(language)}.html"))


def _report(request: Request, period: str, parts: Installation, actor: Actor, now: datetime) -> Report:
    # It names records that are not public in many places: that it was read is noted as a whole.
    request.state.shown.add(f"reports/{period}")
    return parts.reporting.report(Period(period), actor.viewer, now.date())


def _section(report: Report, key: str) -> Section:
    for one in report.sections:
        if one.key == key:
            return one
    raise Refused(
        HTTPStatus.NOT_FOUND,
        Said(f"报告没有“{key}”一节。", f"The report has no section {key}."),
        Said("请从报告页选择。", "Choose one on the report's page."),
    )
