"""Information reporting: who has submitted for a period, and the period's report."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts, Workbook, saved_as
from api.problems import Text
from api.texts import AsOf, Moment
from api.verdicts import VerdictShown
from matcher.domain.accounts import Actor
from matcher.domain.periods import Period
from matcher.plain.report import report_json
from matcher.plain.submissions import submissions_json
from matcher.reporting.page import page
from matcher.reporting.sections import Report, Shape
from matcher.reporting.workbook import workbook
from matcher.services.submissions import Arrival
from matcher.wording import Language

router = APIRouter(prefix="/reports", tags=["reports"], route_class=GuardedRoute)

When = Annotated[
    str,
    Path(
        pattern=r"^(19|20)[0-9]{2}(H[12]|Q[1-4])?$", description="填报期，如 2026Q3。The period.", examples=["2026Q3"]
    ),
]


class LackingShown(VerdictShown):
    """A figure that is owed and was not told."""

    metric: str


class DoubtShown(VerdictShown):
    """A figure that cannot well be right."""

    metric: str
    submitted: float | None
    before: float | None
    before_period: str | None


class CorrectionShown(BaseModel):
    """A figure that was told differently before."""

    figure: str
    before: float | None
    after: float | None
    replaced_at: Moment


class SubmissionShown(BaseModel):
    """A carrier's duty for the period, and what came of it."""

    id: str
    name: str
    state: Arrival
    due: date
    days_late: int
    submitted_on: date | None
    submitted_by: str | None
    submitted_as: str | None
    owed: int
    told: int
    missing: list[LackingShown]
    implausible: list[DoubtShown]
    corrections: list[CorrectionShown]
    unknown_figures: list[str]
    other_spellings: list[str]


class SubmissionCounts(BaseModel):
    """How many carriers stand how."""

    missing: int
    pending: int
    late: int
    received: int
    owing: int
    incomplete: int
    implausible: int
    corrected: int


class SubmissionsShown(BaseModel):
    """The carriers that owe figures for the period, those to be reminded first."""

    period: str
    as_of: date
    rules_version: str
    counts: SubmissionCounts
    carriers: list[SubmissionShown]


Plain = date | float | str | None
"""What a cell holds."""


class HeadlineShown(BaseModel):
    """A number that the first page repeats."""

    name: Text
    value: Plain
    unit: Text


class ColumnShown(BaseModel):
    """A column of a section."""

    name: Text
    shape: Shape
    unit: Text


class LineShown(BaseModel):
    """A line; `doubted` and `at_least` are places of cells, `sources` name what it stands on."""

    cells: list[Plain]
    doubted: list[int]
    at_least: list[int]
    total: bool
    sources: list[str]


class SectionShown(BaseModel):
    """One table of the report."""

    key: str
    title: Text
    notes: list[Text]
    headlines: list[HeadlineShown]
    columns: list[ColumnShown]
    lines: list[LineShown]


class OriginShown(BaseModel):
    """A row or rule that lines name."""

    kind: Text
    what: str
    where: str
    confidence: str


class ReportShown(BaseModel):
    """A period's report."""

    title: Text
    period: str
    as_of: date
    rules_version: str
    notes: list[Text]
    sections: list[SectionShown]
    sources: dict[str, OriginShown]


@router.get("/{period}/submissions")
def list_submissions(period: When, parts: Parts, actor: Acting, now: Now, on: AsOf = None) -> SubmissionsShown:
    """Who has submitted, is late or missing, and what is incomplete, doubtful or corrected; a carrier reads its own."""
    day, allowed = on or now.date(), parts.carrier_figures.allowed(actor)
    received = parts.reporting.submissions(Period(period), actor.viewer, day)
    found = submissions_json([one for one in received if one.carrier.id in allowed])
    head = {"period": period, "as_of": day, "rules_version": parts.rulebook.version}
    return SubmissionsShown.model_validate(head | found)


@router.get("/{period}")
def read_report(
    period: When, request: Request, parts: Parts, actor: Acting, now: Now, on: AsOf = None,
    language: Language | None = None,
) -> ReportShown:  # fmt: skip
    """The period's report, each line with its sources."""
    found = _report(period, request, parts, actor, on or now.date())
    return ReportShown.model_validate(report_json(found, language or actor.account.language))


@router.get("/{period}/report.xlsx", response_class=Workbook)
def download_workbook(
    period: When, request: Request, parts: Parts, actor: Acting, now: Now, on: AsOf = None,
    language: Language | None = None,
) -> Workbook:  # fmt: skip
    """The report as a workbook."""
    found = _report(period, request, parts, actor, on or now.date())
    content = workbook(found, language or actor.account.language, now)
    return Workbook(content, headers=saved_as(f"report-{period}.xlsx"))


@router.get("/{period}/report.html", response_class=HTMLResponse)
def download_page(
    period: When, request: Request, parts: Parts, actor: Acting, now: Now, on: AsOf = None,
    language: Language | None = None,
) -> HTMLResponse:  # fmt: skip
    """The report as one page to print."""
    found = _report(period, request, parts, actor, on or now.date())
    return HTMLResponse(page(found, language or actor.account.language), headers=saved_as(f"report-{period}.html"))


def _report(period: str, request: Request, parts: Parts, actor: Actor, day: date) -> Report:
    # It names records that are not public in many places: that it was read is noted as a whole.
    request.state.shown.add(f"reports/{period}")
    return parts.reporting.report(Period(period), actor.viewer, day)
