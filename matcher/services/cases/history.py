"""The history of a case in words, as far as its reader was told it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.domain.cases import Event, Happening
from matcher.domain.introductions import Side
from matcher.domain.phases import MOVES, PHASES, Move, Phase
from matcher.domain.records import Refusal
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import Metric
from matcher.services.cases.naming import Names
from matcher.services.cases.reading import Folder
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    event: Event
    said: Said
    undone: bool
    """Whether it was taken back afterwards."""


def history(folder: Folder, book: Rulebook, names: Names) -> list[Entry]:
    """What happened, the newest first."""
    undone = {one.undoes for one in folder.events}
    telling = _Telling(folder, book, names)
    return [Entry(one, telling.said(one), one.id in undone) for one in reversed(folder.events)]


def shown_fact(metric: Metric, value: Any) -> Said:
    """A fact of a case with its unit, or the word of a closed list."""
    if isinstance(value, str) and value in metric.words:
        return metric.words[value]
    if isinstance(value, list):
        return Said("、".join(map(str, value)), ", ".join(map(str, value)))
    text = f"{value:g}" if isinstance(value, float | int) else str(value)
    return Said(f"{text} {metric.unit.zh}".rstrip(), f"{text} {metric.unit.en}".rstrip())


class _Telling:
    def __init__(self, folder: Folder, book: Rulebook, names: Names) -> None:
        self._book = book
        self._names = names
        self._notes = {one.id: one.audience.said for one in folder.notes}
        self._tasks = {one.id: one for one in folder.tasks}
        self._files = {one.id: one for one in folder.attachments}
        self._steps = {one.id: one for one in folder.events}
        self._ways: Mapping[Happening, Callable[[Event], Said]] = {
            Happening.OPENED: self._opened,
            Happening.TOLD: self._told,
            Happening.MOVED: self._moved,
            Happening.NOTED: self._noted,
            Happening.PLANNED: self._task,
            Happening.DONE: self._task,
            Happening.ATTACHED: self._attached,
            Happening.REPLIED: self._replied,
            Happening.HANDED: self._handed,
            Happening.UNDONE: self._undone,
        }

    def said(self, event: Event) -> Said:
        """What happened, without who did it and when."""
        telling = self._ways.get(event.what)
        return telling(event) if telling else event.what.said

    def _opened(self, event: Event) -> Said:
        what, reason = event.what.said, event.said.get("reason", "")
        return Said(f"{what.zh}，因为：{reason}", f"{what.en}, because: {reason}") if reason else what

    def _told(self, event: Event) -> Said:
        facts = event.said.get("facts", {})
        told = [self._fact(name, value) for name, value in facts.items()]
        zh, en = "；".join(one.zh for one in told), "; ".join(one.en for one in told)
        return Said(f"填写：{zh}", f"told: {en}")

    def _fact(self, name: str, value: Any) -> Said:
        metric = self._book.metrics.get(name)
        if metric is None:  # a rule file may have lost it since
            return Said(f"{name} {value}", f"{name} {value}")
        if value in (None, []):
            return Said(f"{metric.name.zh}（清空）", f"{metric.name.en} (taken back)")
        text = shown_fact(metric, value)
        return Said(f"{metric.name.zh} {text.zh}", f"{metric.name.en} {text.en}")

    def _moved(self, event: Event) -> Said:
        move = MOVES[Move(event.said["move"])]
        at, to = (PHASES[Phase(event.said[name])] for name in ("from", "to"))
        refusal = Refusal(event.said["refusal"]) if event.said.get("refusal") else None
        reason = [word for word in (refusal.label if refusal else "", event.said.get("reason", "")) if word]
        deal = event.outcome.amount if event.outcome else None
        currency = event.outcome.currency or "CNY" if event.outcome else ""
        unit = "元" if currency == "CNY" else currency
        zh, en = "：".join(reason), ": ".join(reason)
        more = Said(f"（{zh}）" if zh else "", f" ({en})" if en else "")
        money = Said("", "")
        if deal is not None:
            money = Said(f"，金额 {deal:,.0f} {unit}", f", amount {deal:,.0f} {currency}")
        return Said(
            f"{move.zh}：{at.zh} → {to.zh}{more.zh}{money.zh}", f"{move.en}: {at.en} → {to.en}{more.en}{money.en}"
        )

    def _noted(self, event: Event) -> Said:
        audience = self._notes.get(event.said.get("note", ""))
        return Said(f"写了记录（{audience.zh}）", f"wrote a note ({audience.en})") if audience else event.what.said

    def _task(self, event: Event) -> Said:
        task, what = self._tasks.get(event.said.get("task", "")), event.what.said
        if task is None:
            return what
        due = Said(f"（截止 {task.due}）", f" (due {task.due})") if event.what is Happening.PLANNED else Said("", "")
        return Said(f"{what.zh}：{task.text}{due.zh}", f"{what.en}: {task.text}{due.en}")

    def _attached(self, event: Event) -> Said:
        file, what = self._files.get(event.said.get("attachment", "")), event.what.said
        return Said(f"{what.zh}：{file.name}", f"{what.en}: {file.name}") if file else what

    def _replied(self, event: Event) -> Said:
        side = Side(event.said["side"]).said
        if event.said["accepted"]:
            return Said(f"{side.zh}同意引荐", f"the {side.en} accepted the introduction")
        return Said(f"{side.zh}谢绝引荐", f"the {side.en} declined the introduction")

    def _handed(self, event: Event) -> Said:
        giver, taker = (self._names[event.said[name]] for name in ("from", "to"))
        tasks = event.said.get("tasks", 0)
        more = Said(f"（含任务 {tasks} 项）", f" (with {tasks} tasks)") if tasks else Said("", "")
        return Said(f"移交：{giver.zh} → {taker.zh}{more.zh}", f"handed over: {giver.en} → {taker.en}{more.en}")

    def _undone(self, event: Event) -> Said:
        step = self._steps.get(event.undoes or 0)
        if step is None:
            return event.what.said
        what = self.said(step)
        return Said(f"撤销“{what.zh}”", f"took back “{what.en}”")
