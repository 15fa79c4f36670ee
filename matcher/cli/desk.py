"""What every command on cases begins with: who acts and when, and the options several of them share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from matcher.cli import show_case
from matcher.cli.session import Session
from matcher.domain.accounts import LOCAL, Account, Actor, Role
from matcher.domain.records import Refusal
from matcher.plain import cases
from matcher.services.cases.invitations import Invitation


def _refusal(text: str) -> Refusal:
    """A class of refusal by its value or its Chinese label."""
    found = next((one for one in Refusal if text in (one.value, one.label)), None)
    if found is None:
        raise typer.BadParameter(f"{text}: {', '.join(f'{one.value}（{one.label}）' for one in Refusal)}")
    return found


Id = Annotated[str, typer.Argument(metavar="CASE", help="案件编号。The case.")]
Version = Annotated[
    str, typer.Option("--version", help="所见版本；他人已改则不写入。The version you saw; default: the one there is.")
]
Shared = Annotated[bool, typer.Option("--shared", help="各方可见，默认仅内部。For both sides to read.")]
Reason = Annotated[str, typer.Option("--reason", help="原因。Why.")]
Class = Annotated[
    Refusal | None,
    typer.Option(
        "--refusal", parser=_refusal, metavar=f"[{'|'.join(Refusal)}]", help="未成的原因类别，中英文均可。Its class."
    ),
]
Message = Annotated[str, typer.Option("--message", help="给双方的话。Words for both sides.")]
Term = Annotated[int, typer.Option("--days", min=1, max=365, help="答复期限（天）。Days to answer.")]


class Desk(Session):
    """A session that acts on cases, at one moment."""

    def __init__(self) -> None:
        super().__init__()
        # In the zone of the machine: its day is the day of the decision.
        self.now = datetime.now(UTC).astimezone()
        self.actor = Actor(
            account=Account(id=LOCAL, email="", name=LOCAL, role=Role.ADMINISTRATOR, created_at=self.now)
        )

    def show(self, case_id: str, *, json: bool) -> None:
        """Show a case."""
        folder = self.installation.case_reading.show(case_id, self.actor, self.now)
        if json:
            self.screen.json(cases.folder_json(folder))
        else:
            show_case.show_folder(self.screen, folder, self.now.date())

    @contextmanager
    def changing(self, case_id: str, *, json: bool) -> Iterator[None]:
        """Do something to a case, then show it."""
        yield
        self.show(case_id, json=json)

    def invited(self, invited: Invitation, *, json: bool) -> None:
        """Show an introduction."""
        if json:
            self.screen.json(cases.invitation_json(invited))
        else:
            show_case.show_invitation(self.screen, invited)
