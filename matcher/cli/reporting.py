"""`matcher policy submissions`, `template`, `report`: information reporting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.evaluating import Seen
from matcher.cli.session import Json, Session, View, day_of
from matcher.cli.show_submissions import show_submissions
from matcher.domain.periods import Period
from matcher.domain.visibility import Viewer
from matcher.intake.periods import read_period
from matcher.plain.report import report_json
from matcher.plain.submissions import submissions_json
from matcher.reporting.forms import write_forms
from matcher.reporting.page import write_page
from matcher.reporting.workbook import write_workbook
from matcher.wording import Said


def period_of(text: str) -> Period:
    """The period somebody writes. Raises BadParameter for what is none."""
    reading = read_period(text)
    if not isinstance(reading.value, Period):
        raise typer.BadParameter("请写成 2026Q3、2026H1 或 2026。Write 2026Q3, 2026H1 or 2026.")
    return reading.value


Asked = Annotated[
    Period, typer.Option("--period", parser=period_of, metavar="PERIOD", help="填报期，如 2026Q3。The period.")
]


def out_of(*suffixes: str) -> Callable[[str], Path]:
    """A parser of the path of a file to write, which ends on one of these."""

    def read(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() not in suffixes:
            raise typer.BadParameter(f"文件名须以 {' 或 '.join(suffixes)} 结尾。The name must end on one of these.")
        return path

    return read


def template(
    period: Asked,
    out: Annotated[
        Path, typer.Option("--out", parser=out_of(".xlsx"), metavar="F.xlsx", help="要写的文件。The file to write.")
    ],
    carrier: Annotated[str | None, typer.Option("--carrier", help="只要这家载体的表。One carrier's own form.")] = None,
    as_of: Seen = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """填报表：各类载体一张，或一家载体自己的；填好后用 matcher import 导入。The form to fill in."""
    with Session() as session:
        language = session.screen.language
        found = session.installation.reporting.forms(period, carrier, viewer, day_of(as_of), language)
        write_forms(out, found, datetime.now(UTC))
        if json:
            sheets = [{"sheet": one.sheet, "figures": len(one.asked), "carriers": len(one.lines)} for one in found]
            session.screen.json({"period": period, "out": str(out), "due": found[0].due, "sheets": sheets})
            return
        for one in found:
            zh = f"{one.sheet}：{len(one.lines)} 家，每家 {len(one.asked)} 项，{one.due} 前报送"
            en = f"{one.sheet}: {len(one.lines)} carriers, {len(one.asked)} figures, due {one.due}"
            session.screen.print(session.screen.say(zh, en))
        session.screen.note(
            Said(f"已写入 {out}。填好后：matcher import {out}", f"Written: {out}. Then: matcher import {out}")
        )


def report(
    period: Asked,
    out: Annotated[
        Path | None,
        typer.Option("--out", parser=out_of(".xlsx", ".html"), metavar="F.xlsx|F.html", help="要写的文件。The file."),
    ] = None,
    as_of: Seen = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """某一填报期的报告：数据、案例、合同、评价，每个数有来源；.xlsx 或可打印的网页。The bureau's report of a period."""
    if out is None and not json:
        raise typer.BadParameter("请给出 --out 或 --json。Give --out or --json.")
    with Session() as session:
        found = session.installation.reporting.report(period, viewer, day_of(as_of))
        language = session.screen.language
        if out is not None:
            if out.suffix.lower() == ".xlsx":
                write_workbook(out, found, language, datetime.now(UTC))
            else:
                write_page(out, found, language)
        if json:
            session.screen.json(report_json(found, language))
            return
        for section in found.sections:
            title, count = section.title.to(language), len(section.lines)
            session.screen.print(session.screen.say(f"{title}：{count} 行", f"{title}: {count} lines"))
        session.screen.note(Said(f"已写入 {out}。", f"Written: {out}."))


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
