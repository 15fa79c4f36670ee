"""`matcher policy stages | contract | contracts`: a broker's tools."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import registration_sheets, show_contracts, show_stages
from matcher.cli.policy import AsOf
from matcher.cli.session import Json, Session, View, day_of
from matcher.domain.visibility import Viewer
from matcher.plain.contracts import contract_json, contracts_json
from matcher.plain.stages import stages_json
from matcher.reporting.spreadsheets import write_spreadsheet
from matcher.wording import Said


def stages(as_of: AsOf = None, *, json: Json = False) -> None:
    """发现、挖掘、策划、转化、服务：各环节的步骤和离开条件。The five stages: steps, exit conditions, moves."""
    with Session() as session:
        book, day = session.installation.rulebook, day_of(as_of)
        if json:
            session.screen.json(stages_json(book, day))
        else:
            show_stages.show_stages(session.screen, book, day)


def contract(
    contract_id: Annotated[str, typer.Argument(metavar="ID", help="合同编号。A contract of the register.")],
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """核对一份合同：形式、公示、登记时限、奖励、中介费。Check a contract: form, publicity, time, reward, fee."""
    with Session() as session:
        day, contracts = day_of(as_of), session.installation.contracts
        found = contracts.check(contract_id, viewer, day)
        if json:
            session.screen.json(contract_json(contracts.book, found, day))
        else:
            show_contracts.show_contract(session.screen, contracts.book, found, day)


def contracts(
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="导出认定登记所需数据（.xlsx 或 .csv）。Export what registration needs."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """技术合同总览，或导出认定登记所需数据。All contracts, or an export of what registration needs."""
    with Session() as session:
        day = day_of(as_of)
        if out:
            _export(session, out, viewer, day)
        if json:
            checks = session.installation.contracts.all(viewer, day)
            session.screen.json(contracts_json(session.installation.rulebook, checks, day))
        elif not out:
            show_contracts.show_contracts(session.screen, session.installation.contracts.all(viewer, day), day)


def _export(session: Session, out: Path, viewer: Viewer, day: date) -> None:
    contracts = session.installation.contracts
    rows = contracts.form(viewer, day)
    write_spreadsheet(out, registration_sheets.sheets(contracts.book, rows, day, session.screen.language))
    incomplete = sum(bool(row.missing) for row in rows)
    zh, en = f"已写入 {len(rows)} 份合同：{out}", f"{len(rows)} contract(s) written: {out}"
    session.screen.note(Said(f"{zh}；其中 {incomplete} 份缺栏目。", f"{en}; {incomplete} lack fields."))
