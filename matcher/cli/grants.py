"""`matcher policy grants`: the ledger of grants, and noting that one was applied for, paid, or neither after all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import show_grants
from matcher.cli.defaulting import LISTING, Listing
from matcher.cli.grant_sheet import grant_sheet
from matcher.cli.session import DAYS, Json, Session, View, day_of
from matcher.domain.visibility import Viewer
from matcher.intake.amounts import read_amount
from matcher.plain.grants import entry_json, ledger_json
from matcher.policy.ledger import Entry, Step
from matcher.reporting.spreadsheets import require_spreadsheet, write_spreadsheet
from matcher.services.granting import Noting
from matcher.services.grants import Ledger
from matcher.wording import Said

app = typer.Typer(
    cls=Listing,
    help="奖补台账：谁凭哪件事应享多少，办到哪一步。Grants: who is entitled to what by which event, and how far it is.",
)

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=DAYS, help="截至这一天，默认今天。As on this day.")]
On = Annotated[datetime | None, typer.Option("--on", formats=DAYS, help="办理日期，默认今天。The day it happened.")]
Rule = Annotated[str, typer.Argument(metavar="RULE", help="规则编号，可省去 TL-GRANT. 前缀。The rule's id.")]
Carrier = Annotated[str, typer.Argument(metavar="CARRIER", help="载体编号或全称。A carrier's id or name.")]
Document = Annotated[str, typer.Option("--document", help="文号。The document.")]


@app.command(LISTING)
def list_(
    carrier: Annotated[
        str | None, typer.Argument(metavar="[CARRIER]", help="只看这家载体。Only of this carrier.")
    ] = None,
    as_of: AsOf = None,
    state: Annotated[Step | None, typer.Option("--state", help="只看这一种。Only these.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="另存为 .xlsx 或 .csv。Write .xlsx or .csv too.")] = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """应享、已申请、已拨付、待核实和不符合的各项，及其条款、依据和天数。The ledger, with clauses, reasons and days."""
    if out:
        require_spreadsheet(out)
    with Session() as session:
        grants = session.installation.grants
        found = grants.ledger(viewer, day_of(as_of), carrier)
        if state:
            found = Ledger(found.day, tuple(one for one in found.entries if one.step is state))
        if json:
            session.screen.json(ledger_json(grants.book, found))
        else:
            show_grants.show_ledger(session.screen, grants.book, found)
        if out:
            sheet = grant_sheet(found, session.screen.language)
            write_spreadsheet(out, [sheet])
            session.screen.note(Said(f"已写入 {len(sheet.rows)} 行：{out}", f"{len(sheet.rows)} rows written: {out}"))


@app.command()
def apply(
    rule: Rule,
    carrier: Carrier,
    on: On = None,
    document: Document = "",
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """登记申请；没有资格或已申请过的不予登记，并说明原因。Note an application; refused without entitlement."""
    with Session() as session:
        entry = session.installation.granting.apply(rule, carrier, _noting(on, document), viewer)
        _show(session, entry, json=json)


@app.command()
def pay(
    rule: Rule,
    carrier: Carrier,
    on: On = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help="实拨金额（如 50万），默认规则金额。The amount paid.")
    ] = None,
    document: Document = "",
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """登记拨付；须先有申请，只拨一次。Note a payment; it takes an application, and is paid once."""
    paid = _yuan(amount) if amount is not None else None
    with Session() as session:
        entry = session.installation.granting.pay(rule, carrier, _noting(on, document), viewer, paid)
        _show(session, entry, json=json)


@app.command()
def undo(rule: Rule, carrier: Carrier, viewer: View = Viewer.BROKERS, *, json: Json = False) -> None:
    """撤回上一步：拨付退回申请，申请撤回；原登记留在历史里。Take the last step back; what was noted is kept."""
    with Session() as session:
        entry = session.installation.granting.undo(rule, carrier, _noting(None, ""), viewer)
        session.screen.note(Said("已撤回上一步。", "The last step was taken back."))
        _show(session, entry, json=json)


def _noting(on: datetime | None, document: str) -> Noting:
    return Noting(day_of(on), day_of(None), datetime.now(UTC), document.strip())


def _yuan(text: str) -> float:
    reading = read_amount(text)
    value = reading.value
    if not isinstance(value, int | float) or value <= 0 or reading.currency not in ("", "元", "CNY"):
        raise typer.BadParameter(f"--amount 不是人民币金额：{text}。--amount is no amount in yuan: {text}.")
    return float(value)


def _show(session: Session, entry: Entry | None, *, json: bool) -> None:
    if json:
        session.screen.json(entry_json(entry) if entry else None)
    elif entry:
        show_grants.show_entry(session.screen, entry)
