"""What the command line prints: tables for people, JSON for programs, errors with the next step."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from matcher.errors import MatcherError
from matcher.wording import Language, Said

DECIMALS = 6


class Screen:
    """Results go to standard output, everything else to standard error, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._out = Console(highlight=False, soft_wrap=False)
        self._err = Console(stderr=True, highlight=False)

    def say(self, zh: str, en: str) -> str:
        """The text in the screen's language."""
        return Said(zh, en).to(self.language)

    def print(self, *parts: object) -> None:
        """A result for people. The terminal wraps long lines; a pipe gets them whole."""
        self._out.print(*parts, soft_wrap=True)

    def note(self, said: Said) -> None:
        """A remark that is no result."""
        self._err.print(escape(said.to(self.language)), style="dim")

    def json(self, value: object) -> None:
        """A result for programs: JSON, floats rounded, one document."""
        sys.stdout.write(json.dumps(rounded(value), ensure_ascii=False, indent=2) + "\n")

    def error(self, error: MatcherError) -> None:
        """A named error and what to do about it."""
        self._err.print(f"[bold red]{self.say('错误', 'Error')}[/] {escape(error.message.to(self.language))}")
        if step := error.step.to(self.language):
            self._err.print(f"  → {escape(step)}")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> Table:
        """A table of plain texts."""
        table = Table(
            *map(escape, columns), title=escape(title) or None, title_justify="left", box=None, pad_edge=False
        )
        for row in rows:
            table.add_row(*map(escape, row))
        return table

    @contextmanager
    def progress(self) -> Iterator[Bars]:
        """Progress bars on standard error, gone when the work is done."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._err, transient=True) as progress:
            yield Bars(progress)


class Bars:
    """One bar for each named step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def update(self, name: str, done: int, total: int | None) -> None:
        """Tell how far a step is."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(escape(name), total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)


def rounded(value: Any) -> Any:
    """The value with every float rounded for printing, and not-a-number as null."""
    if isinstance(value, float):
        return round(value, DECIMALS) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
