"""`matcher policy filings`: services that have to be filed with the bureau first, and the check before a new one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from matcher.cli import show_filings
from matcher.cli.defaulting import LISTING, Listing
from matcher.cli.session import DAYS, Json, Session, View, day_of
from matcher.domain.registers import ServiceKind
from matcher.domain.visibility import Viewer
from matcher.intake.terms import read_term
from matcher.plain.filings import filings_json, prior_json
from matcher.policy.filings import FilingState
from matcher.services.filings import Planned

app = typer.Typer(
    cls=Listing,
    help="品牌输出和管理服务的事先备案。Prior filing of brand output and managed services.",
)

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=DAYS, help="截至这一天，默认今天。As on this day.")]


def _kind(text: str) -> ServiceKind:
    found = read_term(ServiceKind, text).value
    if not isinstance(found, ServiceKind):
        known = "、".join(f"{kind.label} {kind.value}" for kind in ServiceKind)
        raise typer.BadParameter(f"--kind 须为：{known}。--kind is one of these.")
    return found


@app.command(LISTING)
def list_(
    carrier: Annotated[
        str | None, typer.Argument(metavar="[CARRIER]", help="只看这家载体提供或接受的。Given or got by this carrier.")
    ] = None,
    as_of: AsOf = None,
    state: Annotated[FilingState | None, typer.Option("--state", help="只看这一种。Only these.")] = None,
    viewer: View = Viewer.BROKERS,
    *,
    due: Annotated[bool, typer.Option("--due", help="只看现在应办的。Only what is due now.")] = False,
    json: Json = False,
) -> None:
    """每项服务是否事先备案：按时、逾期几天、未备案、待核实；现在应办的在前。Each service, what is due now first."""
    with Session() as session:
        filings, day = session.installation.filings, day_of(as_of)
        found = filings.listed(viewer, day, carrier)
        shown = [one for one in found if state in (None, one.state) and (one.due or not due)]
        if json:
            session.screen.json(filings_json(filings.book, shown, day))
        else:
            show_filings.show_filings(session.screen, filings.book, shown, day)


@app.command()
def check(
    carrier: Annotated[str, typer.Argument(metavar="CARRIER", help="服务方：载体编号或全称。The provider.")],
    kind: Annotated[ServiceKind, typer.Option("--kind", parser=_kind, metavar="K", help="品牌输出或管理服务。")],
    receiver: Annotated[str, typer.Option("--receiver", help="接受方：编号或名称。Who gets it: id or name.")],
    start: Annotated[datetime, typer.Option("--start", formats=DAYS, help="拟开展日期。The day it is to begin.")],
    region: Annotated[
        str, typer.Option("--region", help="接受方所在地区（不在载体名单内时）。Where the receiver sits.")
    ] = "",
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """拟开展的服务能否开展、凭哪项备案、还须办什么。Whether a planned service may start, and on which filing."""
    planned = Planned(carrier, kind, receiver, start.date(), region)
    with Session() as session:
        filings, day = session.installation.filings, day_of(as_of)
        found = filings.check(planned, viewer, day)
        if json:
            session.screen.json(prior_json(filings.book, found, day))
        else:
            show_filings.show_prior(session.screen, found, day)
