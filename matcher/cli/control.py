"""Standing wishes from the command line: exclude, watch, dismiss, list, undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from matcher.cli.console import Screen
from matcher.cli.session import DAYS, Json, Session, View, day_of
from matcher.domain.controls import Aim, Wish
from matcher.domain.visibility import Viewer
from matcher.policy.wish_fit import AIMS
from matcher.services.wishes import Note, Stated
from matcher.wording import Said

app = typer.Typer(
    help="持续控制：排除、关注、不再推荐。Standing wishes: exclusions, watch-lists, dismissed pairs.",
    no_args_is_help=True,
)

WISHES = {
    Wish.EXCLUDE: Said("排除", "excludes"),
    Wish.WATCH: Said("关注", "watches"),
    Wish.DISMISS: Said("不再推荐", "not again with"),
}

Asker = Annotated[str, typer.Argument(metavar="ID", help="谁的控制项：任一记录的编号。Whose wish: any record's id.")]
Ids = Annotated[list[str] | None, typer.Option("--record", help="对方记录的编号，可多次。Other records, repeatable.")]
Names = Annotated[
    list[str] | None,
    typer.Option("--institution", help="单位或载体名称，可多次。Institutions or carriers, repeatable."),
]
Terms = Annotated[list[str] | None, typer.Option("--term", help="对方文字中的词，可多次。Terms, repeatable.")]
Reason = Annotated[str, typer.Option("--reason", help="原因。Why.")]
Until = Annotated[datetime | None, typer.Option("--until", formats=DAYS, help="有效至（含当日）。The last day.")]


@app.command()
def exclude(
    record_id: Asker,
    record: Ids = None,
    institution: Names = None,
    term: Terms = None,
    reason: Reason = "",
    until: Until = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """不再向它推荐某记录、某单位或含某词的记录。Never show it a record, an institution or a term."""
    _state(Wish.EXCLUDE, record_id, _aims(record, institution, term), _note(reason, until), viewer, json=json)


@app.command()
def watch(
    record_id: Asker,
    record: Ids = None,
    institution: Names = None,
    term: Terms = None,
    reason: Reason = "",
    until: Until = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """始终把某记录、某单位或含某词的记录列入候选。Always consider a record, an institution or a term."""
    _state(Wish.WATCH, record_id, _aims(record, institution, term), _note(reason, until), viewer, json=json)


@app.command()
def dismiss(
    left_id: Annotated[str, typer.Argument(help="成果或项目编号。A result or project.")],
    right_id: Annotated[str, typer.Argument(help="载体或基金编号。A carrier or fund.")],
    reason: Reason = "",
    until: Until = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """不再推荐这一对。Not this pair again."""
    with Session() as session:
        stated = session.installation.wishes.dismiss(left_id, right_id, _note(reason, until), viewer)
        _show(session.screen, stated, json=json)


@app.command("list")
def list_(
    record_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="只看涉及此记录的。Only of this.")] = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """列出控制项及其编号。List the wishes with their numbers."""
    with Session() as session:
        stated = session.installation.wishes.listed(record_id, viewer)
        _show(session.screen, stated, json=json)
        if not stated:
            session.screen.note(Said("没有控制项。", "There are no standing wishes."))


@app.command()
def undo(
    numbers: Annotated[list[int], typer.Argument(metavar="NUMBER…", help="control list 中的编号。From the list.")],
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """撤销控制项。Take wishes back."""
    with Session() as session:
        undone = session.installation.wishes.undo(numbers, viewer)
        _show(session.screen, undone, json=json)
        if not json:
            session.screen.note(Said(f"已撤销 {len(undone)} 项。", f"{len(undone)} undone."))


def _aims(
    records: Sequence[str] | None, institutions: Sequence[str] | None, terms: Sequence[str] | None
) -> list[tuple[Aim, str]]:
    named = {Aim.RECORD: records, Aim.INSTITUTION: institutions, Aim.TERM: terms}
    aims = [(aim, target) for aim, targets in named.items() for target in targets or ()]
    if not aims or not all(target.strip() for _, target in aims):
        raise typer.BadParameter("请给出 --record、--institution 或 --term。Give --record, --institution or --term.")
    return aims


def _note(reason: str, until: datetime | None) -> Note:
    today = day_of(None)
    if until is not None and until.date() < today:
        raise typer.BadParameter(f"--until 已过：{until.date()}。--until is past: {until.date()}.")
    return Note(today, reason, until.date() if until else None)


def _state(
    wish: Wish, record_id: str, aims: Sequence[tuple[Aim, str]], note: Note, viewer: Viewer, *, json: bool
) -> None:
    with Session() as session:
        _show(session.screen, session.installation.wishes.state(wish, record_id, aims, note, viewer), json=json)


def _show(screen: Screen, stated: Sequence[Stated], *, json: bool) -> None:
    if json:
        screen.json([_json(one) for one in stated])
        return
    for one in stated:
        screen.item(f"{one.control.id:>3}  ", _line(one).to(screen.language))


def _line(stated: Stated) -> Said:
    control, aim = stated.control, AIMS[stated.control.aim]
    target = control.target if stated.target == control.target else f"{stated.target} {control.target}"
    zh = f"{stated.asker} {control.asker}　{WISHES[control.wish].zh}{aim.zh} {target}（{control.made_on}"
    en = f"{stated.asker} {control.asker} {WISHES[control.wish].en} the {aim.en} {target} ({control.made_on}"
    if control.until:
        zh, en = f"{zh}，至 {control.until}", f"{en}, until {control.until}"
    zh, en = f"{zh}）{control.reason}", f"{en}) {control.reason}"
    if stated.names is not None:
        zh, en = f"{zh}　目前涉及 {stated.names} 条记录", f"{en} names {stated.names} record(s) today"
    return Said(zh, en)


def _json(stated: Stated) -> dict[str, Any]:
    control = stated.control
    return {
        "id": control.id,
        "wish": control.wish.value,
        "asker": control.asker,
        "asker_name": stated.asker,
        "aim": control.aim.value,
        "target": control.target,
        "target_name": stated.target,
        "reason": control.reason,
        "made_on": control.made_on.isoformat(),
        "until": control.until.isoformat() if control.until else None,
        "names": stated.names,
    }
