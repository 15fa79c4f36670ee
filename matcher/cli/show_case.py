"""Cases for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.cli.console import Screen
from matcher.domain.cases import Event, Happening, Task
from matcher.domain.introductions import Side
from matcher.domain.phases import MOVES, PHASES, Move, Phase
from matcher.policy.stages import Gate
from matcher.services.cases.access import Seen
from matcher.services.cases.invitations import Invitation
from matcher.services.cases.reading import Folder, Line
from matcher.wording import Said


def show_lines(screen: Screen, lines: Sequence[Line]) -> None:
    """A list of cases."""
    for line in lines:
        case = line.case
        phase = PHASES[case.phase].to(screen.language)
        screen.item(f"{case.id}  ", f"{phase}　{line.left}（{case.left_id}） → {line.right}（{case.right_id}）")
    if not lines:
        screen.note(Said("没有案件。", "There are no cases."))


def show_folder(screen: Screen, folder: Folder, day: date) -> None:
    """A case with all that lies in its folder."""
    case, say = folder.case, screen.say
    screen.print((f"{folder.left}（{case.left_id}） → {folder.right}（{case.right_id}）", "bold"))
    owner = f"{case.owner} {case.organisation_id}".strip()
    screen.print(
        f"{case.id}  {PHASES[case.phase].to(screen.language)}  "
        + say(f"版本 {case.version}，经办 {owner}", f"version {case.version}, owner {owner}")
    )
    for way in folder.ways:
        _show_way(screen, way)
    for name, value in case.facts.items():
        screen.item("  = ", f"{name}: {value}")
    for invited in folder.introductions:
        show_invitation(screen, invited)
    for note in folder.notes:
        screen.item("  · ", f"[{note.audience.said.to(screen.language)}] {note.text}")
    for task in folder.tasks:
        _show_task(screen, task, day)
    for one in folder.attachments:
        audience = one.audience.said.to(screen.language)
        screen.item("  + ", f"[{audience}] {one.name}  {one.size:,} B  {one.id}")
    for event in folder.events:
        screen.item("    ", _event(screen, event))


def show_invitation(screen: Screen, invited: Invitation) -> None:
    """An introduction with its answers and, once both have accepted, whom to call."""
    told = invited.introduction
    until = screen.say(f"答复至 {told.expires_on}", f"answers until {told.expires_on}")
    state = invited.standing.said.to(screen.language)
    name = screen.say("引荐", "introduction")
    screen.item("  ↔ ", f"{name} {told.id}：{state}；{until} {told.message}".rstrip())
    for side in Side:
        if reply := told.reply(side):
            accepted = screen.say("同意", "accepts") if reply.accepted else screen.say("谢绝", "declines")
            refusal = reply.refusal.label if reply.refusal else ""
            text = f"{side.said.to(screen.language)}: {accepted} {refusal} {reply.reason}".rstrip()
            screen.item("     ", f"{text}  ☎ {invited.contacts[side]}" if invited.contacts.get(side) else text)


def show_late(screen: Screen, late: Sequence[tuple[Seen, Task]]) -> None:
    """Overdue tasks with their cases."""
    for seen, task in late:
        screen.item(f"{task.due}  ", f"{task.text}（{seen.case.id} / {task.id}）")
    if not late:
        screen.note(Said("没有逾期任务。", "Nothing is overdue."))


def _show_way(screen: Screen, way: Gate) -> None:
    if way.move is Move.STOP:  # a reason is always asked for
        return
    move, to = MOVES[way.move].to(screen.language), PHASES[way.to].to(screen.language)
    missing = screen.say("、", ", ").join(one.to(screen.language) for one in way.missing)
    lacks = screen.say(f"；还缺：{missing}", f"; missing: {missing}") if missing else ""
    screen.item("  → " if way.open else "  ✗ ", f"{move}（{to}）{lacks}")


def _show_task(screen: Screen, task: Task, day: date) -> None:
    mark = "  ☑ " if task.done_at else "  ☐ "
    late = screen.say("，已逾期", ", overdue") if task.overdue(day) else ""
    due = screen.say(f"截止 {task.due}{late}", f"due {task.due}{late}")
    screen.item(mark, f"{task.text}  {due}  {task.assignee}  {task.id}")


def _event(screen: Screen, event: Event) -> str:
    what = event.what.said.to(screen.language)
    more = ""
    if event.what is Happening.MOVED:
        at, to = (PHASES[Phase(event.said[name])].to(screen.language) for name in ("from", "to"))
        more = f" {at} → {to} {event.said.get('reason', '')}".rstrip()
    if event.what is Happening.HANDED:
        more = f" {event.said['from']} → {event.said['to']}"
    undoes = f" #{event.undoes}" if event.undoes else ""
    return f"#{event.id} {event.at.astimezone():%Y-%m-%d %H:%M} {event.by} {what}{more}{undoes}"
