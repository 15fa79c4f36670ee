"""`matcher policy submissions`, `template`, `report`: information reporting."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli.evaluating import Seen
from matcher.cli.session import Json, Session, View, day_of
from matcher.cli.show_submissions import show_submissions, submissions_json
from matcher.domain.periods import Period
from matcher.intake.periods import read_period
from matcher.policy.visibility import Viewer


def period_of(text: str) -> Period:
    """The period somebody writes. Raises BadParameter for what is none."""
    reading = read_period(text)
    if not isinstance(reading.value, Period):
        raise typer.BadParameter("请写成 2026Q3、2026H1 或 2026。Write 2026Q3, 2026H1 or 2026.")
    return reading.value


Asked = Annotated[
    Period, typer.Option("--period", parser=period_of, metavar="PERIOD", help="填报期，如 2026Q3。The period.")
]


def submissions(period: Asked, as_of: Seen = None, viewer: View = Viewer.BROKERS, *, json: Json = False) -> None:
    """填报情况：已报、逾期、未报，缺项、存疑、更正。Who has submitted, and what is doubtful."""
    with Session() as session:
        day, reporting = day_of(as_of), session.installation.reporting
        found = reporting.submissions(period, viewer, day)
        if json:
            head = {"period": period, "as_of": day, "rules_version": reporting.book.version}
            session.screen.json(head | submissions_json(found))
        else:
            show_submissions(session.screen, period, found, reporting.book)
