"""What every command begins with: the screen, the installation behind it, and the options several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Self

import typer

from matcher.bootstrap import Installation
from matcher.cli.console import Bars, Screen
from matcher.domain.accounts import LOCAL, Deed
from matcher.domain.controls import Diversity, Question
from matcher.domain.visibility import Clearance, Viewer
from matcher.intake import Progress
from matcher.services.journal import address
from matcher.settings import Settings

DAYS = ["%Y-%m-%d", "%Y/%m/%d"]

Json = Annotated[bool, typer.Option("--json", help="结果输出为 JSON。Print the result as JSON.")]
Why = Annotated[bool, typer.Option("--why", help="显示全部依据。Show all evidence.")]
Number = Annotated[int, typer.Option("-k", min=1, max=1000, help="条数。How many.")]


def _viewer(clearance: str | Viewer) -> Viewer:
    """A viewer by the name of their clearance; the option's default is one already."""
    if str(clearance) not in list(Clearance):
        raise typer.BadParameter(f"{clearance}: {', '.join(Clearance)}")
    return Viewer.of(str(clearance))


View = Annotated[
    Viewer,
    typer.Option(
        "--viewer",
        parser=_viewer,
        metavar="[public|brokers|restricted]",
        help="以谁的身份查看。Who asks: public, brokers or restricted.",
    ),
]
Today = Annotated[
    datetime | None, typer.Option("--today", formats=DAYS, help="按这一天计算，默认今天。Act as on this day.")
]

Must = Annotated[list[str] | None, typer.Option("--must", help="结果须含此词，可多次。Terms it must hold, repeatable.")]
Ban = Annotated[list[str] | None, typer.Option("--ban", help="结果不得含此词，可多次。Terms it must not hold.")]
Diverse = Annotated[bool, typer.Option("--diverse", help="名单多样化：单位上限与差异。Spread the list (cap and MMR).")]
Cap = Annotated[int | None, typer.Option("--cap", min=1, help="同一单位最多几条。At most so many of one institution.")]
Weight = Annotated[
    float | None, typer.Option("--lambda", min=0, max=1, help="得分对差异的权重，1 为只看得分。Score against likeness.")
]


class Session:
    """One run of the command line; leaving its block gives the database back."""

    def __init__(self) -> None:
        settings = Settings()
        self.screen = Screen(settings.language)
        self.installation = Installation(settings, tell=self.screen.note, progress=self._progress)
        self._bars: Bars | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.installation.close()

    @contextmanager
    def noted(self, operation: str) -> Iterator[Callable[..., None]]:
        """One transaction of what the block does and its line in the audit. The block is given what takes the path of
        the thing it is about."""
        database, about = self.installation.database, list[str]()
        with database.begin() as connection, database.joining(connection):
            yield lambda *path: about.append(address(*path))
            self.note(operation, "".join(about))

    def note(self, operation: str, target: str = "") -> None:
        """Add to the audit what was done or read at the command line."""
        deed = Deed(at=datetime.now(UTC), account_id=LOCAL, operation=operation, target=target)
        self.installation.journal.note(deed)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Show progress bars meanwhile."""
        with self.screen.progress() as self._bars:
            yield
        self._bars = None

    def reading(self, progress: Progress) -> None:
        """Show how far an import is."""
        self._progress(f"{progress.file} · {progress.table.value}", progress.rows, progress.total)

    def encoding(self, name: str, total: int) -> Callable[[int], None]:
        """A counter of texts for one bar."""
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            self._progress(name, done, total)

        return count

    def telling(self, name: str, done: int, total: int | None) -> None:
        """Show how far something is."""
        self._progress(name, done, total)

    def _progress(self, name: str, done: int, total: int | None) -> None:
        if self._bars:
            self._bars.update(name, done, total)


def question_of(
    must: Sequence[str] | None, ban: Sequence[str] | None, cap: int | None, weight: float | None, *, diverse: bool
) -> Question:
    """The question's own terms. `--cap` or `--lambda` alone asks for just that; `--diverse` for both."""
    if not all(term.strip() for term in (*(must or ()), *(ban or ()))):
        raise typer.BadParameter("--must 与 --ban 须有内容。--must and --ban need a term.")
    usual = Diversity() if diverse else Diversity(cap=None, relevance=1.0)
    wanted = Diversity(usual.cap if cap is None else cap, usual.relevance if weight is None else weight)
    spread = wanted if diverse or cap is not None or weight is not None else None
    return Question(tuple(must or ()), tuple(ban or ()), diversity=spread)


def day_of(day: datetime | None) -> date:
    """The day asked for, or today where the user is."""
    return day.date() if day else datetime.now(UTC).astimezone().date()
