"""What the command line prints: lists and tables for people, JSON for programs, errors with the next step."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from matcher.errors import MatcherError
from matcher.wording import Language, Said

DECIMALS = 6
PIPE_WIDTH = 100_000
"""Columns where there is no terminal: nothing is wrapped or cut for a file or another program."""
NARROWEST = 20

_UNITS = re.compile(r"\s+|[“《（「〔]*(?:[!-ʯ᠀-᢯]+|\S)[，。；：！？、）》”」〕…]*")
"""What is kept on one line: a word, or a Chinese character with the punctuation that belongs to it."""


class Screen:
    """Results go to standard output, everything else to standard error, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
        self._err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else PIPE_WIDTH)

    def say(self, zh: str, en: str) -> str:
        """The text in the screen's language."""
        return Said(zh, en).to(self.language)

    def print(self, *parts: str | tuple[str, str]) -> None:
        """A line of a result: texts, or pairs of a text and its style."""
        self._out.print(Text.assemble(*parts), soft_wrap=True)

    def item(self, lead: str, text: str) -> None:
        """A result behind a mark; in a terminal its further lines are indented as far as the first."""
        _print_item(self._out, (lead, ""), text)

    def show(self, table: Table) -> None:
        """A table as a result."""
        self._out.print(table)

    def note(self, said: Said) -> None:
        """A remark that is no result."""
        self._err.print(Text(said.to(self.language), "dim"), soft_wrap=True)

    def json(self, value: object) -> None:
        """A result for programs: JSON, floats rounded, one document."""
        sys.stdout.write(json.dumps(rounded(value), ensure_ascii=False, indent=2) + "\n")
        sys.stdout.flush()  # a closed pipe shows here, not when the interpreter ends

    def error(self, error: MatcherError) -> None:
        """A named error and what to do about it."""
        _print_item(self._err, (f"{self.say('错误', 'Error')} ", "bold red"), error.message.to(self.language))
        if step := error.step.to(self.language):
            _print_item(self._err, ("  → ", ""), step)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> Table:
        """A table of plain texts."""
        table = Table(title=escape(title) or None, title_justify="left", box=None, pad_edge=False)
        for column in columns:
            table.add_column(escape(column), overflow="fold")
        for row in rows:
            table.add_row(*map(escape, row))
        return table

    @contextmanager
    def progress(self) -> Iterator[Bars]:
        """Progress bars on standard error while it is a terminal, gone when the work is done."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        off = not self._err.is_terminal
        with Progress(*columns, console=self._err, transient=True, disable=off) as progress:
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


def fold(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells; a Chinese character takes two, and punctuation starts no line."""
    lines, used = [""], 0
    for unit in _UNITS.findall(text):
        for piece in chop_cells(unit, width) if cell_len(unit) > width else [unit]:
            size = cell_len(piece)
            if used and used + size > width:
                lines.append("")
                used = 0
            if used or not piece.isspace():
                lines[-1] += piece
                used += size
    return [line.rstrip() for line in lines]


def rounded(value: Any) -> Any:
    """The value with every float rounded for printing, not-a-number as null, and days as ISO 8601."""
    if isinstance(value, float):
        return round(value, DECIMALS) if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def _print_item(console: Console, lead: tuple[str, str], text: str) -> None:
    indent = cell_len(lead[0])
    for number, line in enumerate(fold(text, max(NARROWEST, console.width - indent - 1))):
        console.print(Text.assemble(lead if number == 0 else " " * indent, line), soft_wrap=True)
