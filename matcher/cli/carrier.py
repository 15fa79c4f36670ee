"""`matcher carrier show` and `matcher policy arrangements`: how carriers are run, and who resides in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from matcher.cli.console import Screen
from matcher.cli.policy import AsOf
from matcher.cli.session import Json, Session, View, day_of
from matcher.domain.matches import Basis
from matcher.domain.registers import ArrangementKind
from matcher.domain.visibility import Viewer
from matcher.plain.matches import said_json
from matcher.policy.arrangements import Arranged, When
from matcher.policy.rules import Rulebook
from matcher.services.cooperation import CarrierArrangements
from matcher.wording import Said

app = typer.Typer(help="载体：运营方式和入驻机构。Carriers: how they are run and who resides.", no_args_is_help=True)

KINDS = {
    ArrangementKind.OWN: Said("自营", "run by itself"),
    ArrangementKind.COMMISSIONED: Said("委托专业团队", "commissioned team"),
    ArrangementKind.BUILT: Said("承建", "built by a brought-in institution"),
    ArrangementKind.CO_INVESTED: Said("合作投资", "co-invested"),
    ArrangementKind.OUTSOURCED: Said("服务外包", "outsourced"),
    ArrangementKind.BRANCH: Said("分支机构", "branch"),
    ArrangementKind.RESIDENT: Said("入驻机构", "resident"),
}
NOT_TOLD = Said("运营方式未登记", "how it is run is not told")
UNDATED = Said("起始日期未填", "since when is not told")


@app.command()
def show(
    carrier_id: Annotated[str, typer.Argument(metavar="ID", help="载体编号或全称。A carrier: its id or name.")],
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """载体怎样运营、谁入驻，附鼓励它的条款。How a carrier is run and who resides, with the clauses."""
    with Session() as session:
        cooperation, day = session.installation.cooperation, day_of(as_of)
        found = cooperation.of_carrier(carrier_id, viewer, day)
        if json:
            session.screen.json(carrier_json(found) | _asked(cooperation.book, day))
        else:
            _show_carrier(session.screen, found, day)


def arrangements(
    mode: Annotated[
        ArrangementKind | None, typer.Option("--mode", help="只看一种运营方式，或 resident。Only one mode.")
    ] = None,
    region: Annotated[str, typer.Option("--region", help="只看该地区的载体。Only carriers of a region.")] = "",
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """全市载体按运营方式列出，含入驻机构和未登记的载体。All carriers by how they are run."""
    with Session() as session:
        cooperation, day = session.installation.cooperation, day_of(as_of)
        found = cooperation.all(viewer, day, region)
        groups = {kind: _of_mode(found, kind) for kind in ArrangementKind if mode in (None, kind)}
        untold = [one for one in found if not any(each.when.holds for each in one.run)] if mode is None else []
        if json:
            session.screen.json(arrangements_json(groups, untold) | _asked(cooperation.book, day))
        else:
            _show_arrangements(session.screen, groups, untold)


Rows = list[tuple[CarrierArrangements, Arranged]]


def _of_mode(found: Iterable[CarrierArrangements], kind: ArrangementKind) -> Rows:
    """The arrangements of one mode that hold, with their carriers."""
    return [
        (carrier, one)
        for carrier in found
        for one in (*carrier.run, *carrier.residents)
        if one.arrangement.kind is kind and one.when.holds
    ]


def _asked(book: Rulebook, day: date) -> dict[str, Any]:
    return {"as_of": day, "rules_version": book.version}


def carrier_json(found: CarrierArrangements) -> dict[str, Any]:
    """One carrier with its arrangements."""
    return {
        "id": found.carrier.id,
        "name": found.carrier.name,
        "kind": found.carrier.kind,
        "level": found.carrier.level,
        "operator_type": found.carrier.operator_type,
        "run": [_arranged_json(one) for one in found.run],
        "residents": [_arranged_json(one) for one in found.residents],
        "missing": [said_json(said) for said in _missing(found)],
    }


def _arranged_json(one: Arranged) -> dict[str, Any]:
    row = one.arrangement
    return {
        "id": row.id,
        "mode": row.kind.value,
        "partner": one.partner,
        "fund_id": one.fund.id if one.fund else None,
        "fund_kind": one.fund.kind if one.fund else None,
        "since": row.since,
        "until": row.until,
        "state": one.when.value,
        "clauses": [_clause_json(basis) for basis in one.clauses],
        "note": row.note,
    }


def _clause_json(basis: Basis) -> dict[str, Any]:
    return {
        "rule": basis.rule,
        "name": said_json(basis.name),
        "clause": basis.clause,
        "source": basis.cites.zh,
        "confidence": basis.confidence.value,
    }


def arrangements_json(groups: dict[ArrangementKind, Rows], untold: Sequence[CarrierArrangements]) -> dict[str, Any]:
    """Counts and carriers by mode."""
    return {
        "modes": [
            {
                "mode": kind.value,
                "count": len(rows),
                "carriers": [
                    {"id": carrier.carrier.id, "name": carrier.carrier.name}
                    | _arranged_json(one)
                    | {"row": one.arrangement.id}
                    for carrier, one in rows
                ],
            }
            for kind, rows in groups.items()
        ],
        "not_told": [{"id": one.carrier.id, "name": one.carrier.name} for one in untold],
    }


def _show_carrier(screen: Screen, found: CarrierArrangements, day: date) -> None:
    carrier = found.carrier
    told = (carrier.kind, carrier.focus_type, carrier.level, carrier.operator_type)
    about = [screen.say(one.label, one.value) for one in told if one]
    screen.print((carrier.name, "bold"), f"  {carrier.id}   {' · '.join(about)}   {day}")
    screen.print((screen.say("运营", "Run"), "bold"))
    for one in found.run:
        screen.item("   · " if one.when.holds else "   – ", _line(screen, one))
    if not any(one.when.holds for one in found.run):
        screen.item("   ? ", NOT_TOLD.to(screen.language))
    if found.residents:
        screen.print((screen.say("入驻机构", "Residents"), "bold"))
    for one in found.residents:
        screen.item("   · " if one.when.holds else "   – ", _line(screen, one))


def _line(screen: Screen, one: Arranged) -> str:
    """The mode or the sort of resident, who, since when, and the clauses."""
    fund = f" {one.fund.id}" if one.fund else ""
    kind = screen.say(one.fund.kind.label, one.fund.kind.value) if one.fund and one.fund.kind else ""
    told = KINDS[one.arrangement.kind].to(screen.language)
    lead = f"{kind or told}{screen.say('：', ': ')}{one.partner}{fund}" if one.partner else kind or told
    clauses = screen.say("；", "; ").join(f"{basis.clause} {basis.name.to(screen.language)}" for basis in one.clauses)
    clause = screen.say(f"（{clauses}）", f" ({clauses})") if clauses else ""
    note = f"  {one.arrangement.note}" if one.arrangement.note else ""
    return f"{lead}   {_period(screen, one)}{clause}{note}"


def _period(screen: Screen, one: Arranged) -> str:
    row = one.arrangement
    match one.when:
        case When.ENDED:
            return screen.say(f"{row.since or ''} 至 {row.until}，已结束", f"{row.since or ''} to {row.until}, ended")
        case When.AHEAD:
            return screen.say(f"{row.since} 起，尚未开始", f"from {row.since}, not begun")
        case When.UNDATED:
            return UNDATED.to(screen.language)
    until = screen.say(f"，至 {row.until}", f", until {row.until}") if row.until else ""
    return screen.say(f"{row.since} 起{until}", f"since {row.since}{until}")


def _missing(found: CarrierArrangements) -> list[Said]:
    """What nobody told."""
    told = [NOT_TOLD] if not any(one.when.holds for one in found.run) else []
    undated = [one for one in (*found.run, *found.residents) if one.when is When.UNDATED]
    return told + [
        Said(f"{one.partner or one.arrangement.id}：{UNDATED.zh}", f"{one.partner or one.arrangement.id}: {UNDATED.en}")
        for one in undated
    ]


def _show_arrangements(
    screen: Screen, groups: dict[ArrangementKind, Rows], untold: Sequence[CarrierArrangements]
) -> None:
    for kind, rows in groups.items():
        screen.print((KINDS[kind].to(screen.language), "bold"), f"  {len(rows)}")
        for carrier, one in rows:
            screen.item("   · ", f"{carrier.carrier.name}  {carrier.carrier.id}   {_line(screen, one)}")
    if untold:
        screen.print((NOT_TOLD.to(screen.language), "bold"), f"  {len(untold)}")
        names = screen.say("、", ", ").join(f"{one.carrier.name} {one.carrier.id}" for one in untold)
        screen.item("   ? ", names)
