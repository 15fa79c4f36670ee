"""`matcher identity …`: who may be who, and what people decided about it."""

from __future__ import annotations

import shlex
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.console import Screen
from matcher.cli.reports import show_issues
from matcher.cli.session import Json, Session, View
from matcher.domain.identity import Decision
from matcher.domain.records import IdentityKind, Kind, Left, Term, name_of
from matcher.domain.visibility import Viewer
from matcher.services.duplicates import Duplicate
from matcher.services.identity import NAMED, Party, Suggestion
from matcher.wording import Said

app = typer.Typer(
    help="同一单位、基金或成果的多种写法：待核清单与判定。Who is who: possible equalities and decisions.",
    no_args_is_help=True,
)

One = Annotated[str, typer.Argument(metavar="ID|NAME", help="编号或名称。An id or a name.")]
Kinds = Annotated[
    IdentityKind | None, typer.Option("--kind", help="institution, incubator, fund, achievement, project")
]
By = Annotated[str, typer.Option("--by", envvar="USER", show_default=False, help="判定人。Who decides.")]
Most = Annotated[int, typer.Option("-k", min=1, help="最多显示几对。How many pairs to show.")]
SHORT = 40


@app.command()
def review(kind: Kinds = None, k: Most = 20, viewer: View = Viewer.BROKERS, *, json: Json = False) -> None:
    """待核清单：可能是同一单位或基金的写法。Spellings that may be one organisation."""
    if kind not in (None, *NAMED):
        raise typer.BadParameter("成果与项目请用 matcher identity duplicates。Use `matcher identity duplicates`.")
    with Session() as session:
        found = session.installation.identity.review(viewer, kind)
        if json:
            session.screen.json([_suggestion_json(each) for each in found])
            return
        if not found:
            session.screen.note(Said("没有待核的写法。", "No spellings to review."))
        for number, each in enumerate(found[:k], 1):
            _show_suggestion(session.screen, number, each)
        _more(session.screen, len(found), k)


@app.command()
def same(
    alias: One, canonical: One, kind: Kinds = None, by: By = "", viewer: View = Viewer.BROKERS, *, json: Json = False
) -> None:
    """判定相同：前者计入后者，记录不删除。The first counts as the second; nothing is deleted."""
    _decide((alias, canonical), kind, by, viewer, same=True, json=json)


@app.command()
def different(
    one: One, other: One, kind: Kinds = None, by: By = "", viewer: View = Viewer.BROKERS, *, json: Json = False
) -> None:
    """判定不同：不再提示。The two are different, and are not proposed again."""
    _decide((one, other), kind, by, viewer, same=False, json=json)


@app.command()
def undo(one: One, other: One, viewer: View = Viewer.BROKERS, *, json: Json = False) -> None:
    """撤销关于两者的判定。Take back what was decided about the two."""
    with Session() as session:
        found = session.installation.identity.undo((one, other), viewer)
        if json:
            session.screen.json([_decision_json(each) for each in found])
            return
        for each in found:
            session.screen.print(session.screen.say("已撤销：", "Undone: ") + _said(each).to(session.screen.language))


@app.command("list")
def list_(viewer: View = Viewer.BROKERS, *, json: Json = False) -> None:
    """全部判定。All decisions."""
    with Session() as session:
        screen, found = session.screen, session.installation.identity.decisions(viewer)
        if json:
            screen.json([_decision_json(each) | {"names": [alias, canonical]} for each, alias, canonical in found])
            return
        if not found:
            screen.note(Said("还没有判定。", "Nothing was decided yet."))
        for each, alias, canonical in found:
            by = f" · {each.decided_by}" if each.decided_by else ""
            day = each.decided_at.astimezone().date() if each.decided_at else ""
            screen.print(f"{_label(screen, each.kind)}  ", (_said(each).to(screen.language), "bold"), f"  {day}{by}")
            if (alias, canonical) != (each.alias, each.canonical):
                screen.item("      ", f"{alias} / {canonical}")


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="CSV：alias, canonical, kind。")], by: By = "", *, json: Json = False
) -> None:
    """导入别名表。Take in an alias table."""
    with Session() as session:
        report = session.installation.identity.take(path, by, datetime.now(UTC))
        counts = {"new": report.counts.new, "updated": report.counts.updated, "unchanged": report.counts.unchanged}
        if json:
            session.screen.json({**counts, "issues": [issue.to_json() for issue in report.issues]})
            return
        session.screen.print(
            session.screen.say(
                "新增 {new}，更新 {updated}，未变 {unchanged}。".format(**counts),
                "{new} new, {updated} updated, {unchanged} unchanged.".format(**counts),
            )
        )
        show_issues(session.screen, report.issues)


@app.command()
def duplicates(
    table: Annotated[Kind, typer.Argument(help="achievements 或 projects。")],
    k: Most = 20,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """近似重复的成果或项目。Results or projects that may be one."""
    if table not in (Kind.ACHIEVEMENTS, Kind.PROJECTS):
        raise typer.BadParameter("须为 achievements 或 projects；其他请用 review。For others use `review`.")
    with Session() as session:
        with session.busy():
            found = session.installation.duplicates.find(table, viewer, progress=session.installation.progress)
        if json:
            session.screen.json([_duplicate_json(each) for each in found])
            return
        if not found:
            session.screen.note(Said("没有发现近似重复。", "No near-duplicates were found."))
        for number, each in enumerate(found[:k], 1):
            _show_duplicate(session.screen, number, each)
        _more(session.screen, len(found), k)


def _decide(
    pair: tuple[str, str], kind: IdentityKind | None, by: str, viewer: Viewer, *, same: bool, json: bool
) -> None:
    with Session() as session:
        identity, now = session.installation.identity, datetime.now(UTC)
        decision = identity.decide(pair, same=same, kind=kind, viewer=viewer, by=by, now=now)
        if json:
            session.screen.json(_decision_json(decision))
            return
        session.screen.print(session.screen.say("已记下：", "Noted: ") + _said(decision).to(session.screen.language))
        undo = f"matcher identity undo {_words(decision.alias, decision.canonical)}"
        session.screen.note(Said(f"撤销：{undo}", f"To take it back: {undo}"))


def _show_suggestion(screen: Screen, number: int, each: Suggestion) -> None:
    screen.print(f"{number:>2}  ", (each.alias.name, "bold"), f"  {_evidence(screen, each.kind, each.alias)}")
    screen.print("    ", (each.canonical.name, "bold"), f"  {_evidence(screen, each.kind, each.canonical)}")
    screen.item("      · ", f"{_label(screen, each.kind)} · {each.likeness.said.to(screen.language)}")
    _commands(screen, each.alias.id, each.canonical.id)


def _evidence(screen: Screen, kind: IdentityKind, party: Party) -> str:
    records = screen.say(f"成果 {party.records} 项，", f"{party.records} result(s), ") if kind.table is None else ""
    outcomes = screen.say(f"对接结果 {party.outcomes} 条", f"{party.outcomes} outcome(s)")
    return f"{party.id if kind.table else ''}  {records}{outcomes}".strip()


def _show_duplicate(screen: Screen, number: int, each: Duplicate) -> None:
    for lead, record, count in ((f"{number:>2}  ", each.alias, 0), ("    ", each.canonical, 1)):
        outcomes = screen.say(f"对接结果 {each.outcomes[count]} 条", f"{each.outcomes[count]} outcome(s)")
        screen.print(lead, (name_of(record), "bold"), f"  {record.id}  {outcomes}")
    screen.item("      · ", "，".join(said.to(screen.language) for said in _grounds(each)))
    headers = {field.name: field.metadata["headers"][0] for field in fields(each.alias) if field.name in each.differs}
    for name, header in headers.items():
        one, other = (_short(getattr(record, name)) for record in (each.alias, each.canonical))
        screen.item(f"      ≠ {screen.say(f'{header}：', f'{name}: ')}", f"{one} ／ {other}")
    _commands(screen, each.alias.id, each.canonical.id)


def _grounds(each: Duplicate) -> list[Said]:
    text = Said("一方无简介", "one has no summary")
    if each.text is not None:
        text = Said(f"简介相同 {each.text:.0%}", f"summary {each.text:.0%} alike")
    said = [Said(f"名称相同 {each.title:.0%}", f"title {each.title:.0%} alike"), text]
    said += [Said("同一单位", "same institution")] if each.institution else []
    return said + ([Said("有共同完成人", "people in common")] if each.people else [])


def _commands(screen: Screen, alias: str, canonical: str) -> None:
    words = _words(alias, canonical)
    screen.item("      → ", f"matcher identity same {words}")
    screen.item("        ", f"matcher identity different {words}")


def _more(screen: Screen, count: int, shown: int) -> None:
    if count > shown:
        left = count - shown
        screen.note(Said(f"另有 {left} 对，用 -k 或 --json 查看。", f"{left} more; see them with -k or --json."))


def _said(decision: Decision) -> Said:
    if decision.same:
        zh, en = f"{decision.alias} 计入 {decision.canonical}", f"{decision.alias} counts as {decision.canonical}"
        return Said(zh, en)
    zh, en = f"{decision.alias} 与 {decision.canonical} 不同", f"{decision.alias} and {decision.canonical} differ"
    return Said(zh, en)


def _label(screen: Screen, kind: IdentityKind) -> str:
    return screen.say(kind.label, kind.value)


def _words(*names: str) -> str:
    return " ".join(name if name.isalnum() else shlex.quote(name) for name in names)


def _short(value: object) -> str:
    shown = (
        "；".join(map(str, value))
        if isinstance(value, tuple)
        else str(value.label if isinstance(value, Term) else value)
    )
    shown = " ".join(shown.split()) if value is not None else ""
    return (shown[: SHORT - 1] + "…" if len(shown) > SHORT else shown) or "—"


def _suggestion_json(each: Suggestion) -> dict[str, Any]:
    reason = {"code": each.likeness.value, "zh": each.likeness.said.zh, "en": each.likeness.said.en}
    sides = {
        side: {"id": party.id, "name": party.name, "records": party.records, "outcomes": party.outcomes}
        for side, party in (("alias", each.alias), ("canonical", each.canonical))
    }
    return {"kind": each.kind.value, "reason": reason, **sides}


def _decision_json(each: Decision) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "alias": each.alias,
        "canonical": each.canonical,
        "decision": "same" if each.same else "different",
        "decided_by": each.decided_by,
        "decided_at": each.decided_at.isoformat() if each.decided_at else None,
    }


def _duplicate_json(each: Duplicate) -> dict[str, Any]:
    def side(record: Left, outcomes: int) -> dict[str, Any]:
        return {"id": record.id, "name": name_of(record), "outcomes": outcomes}

    return {
        "alias": side(each.alias, each.outcomes[0]),
        "canonical": side(each.canonical, each.outcomes[1]),
        "likeness": {"title": each.title, "summary": each.text, "institution": each.institution, "people": each.people},
        "differs": [
            {
                "field": name,
                "alias": _short(getattr(each.alias, name)),
                "canonical": _short(getattr(each.canonical, name)),
            }
            for name in each.differs
        ],
    }
