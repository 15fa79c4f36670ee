"""Cases: what works on them, reads them, and brings the two sides together."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from matcher.bootstrap.notice import Notice
from matcher.domain.visibility import Viewer
from matcher.services.cases.agenda import Agenda
from matcher.services.cases.board import CaseBoard
from matcher.services.cases.funnel import Funnels
from matcher.services.cases.handling import Handling
from matcher.services.cases.handover import HandingOver
from matcher.services.cases.introducing import Introducing
from matcher.services.cases.papers import CasePapers
from matcher.services.cases.reading import CaseReading
from matcher.services.cases.sheet import CaseSheets
from matcher.services.cases.undoing import Undoing
from matcher.store import AttachmentFolder


class Casework(Notice):
    """The use cases of cases and introductions, beside those of the notice."""

    @cached_property
    def case_handling(self) -> Handling:
        """The use cases of those who work on cases."""
        return Handling(self.database, self.rulebook, new_id)

    @cached_property
    def case_reading(self) -> CaseReading:
        """The use cases of reading cases."""
        return CaseReading(self.database, self.case_handling)

    @cached_property
    def case_board(self) -> CaseBoard:
        """The use cases of looking over cases."""
        return CaseBoard(self.database)

    @cached_property
    def case_sheets(self) -> CaseSheets:
        """The use case of looking at one case."""
        return CaseSheets(self.database, self.case_reading, self.rulebook)

    @cached_property
    def agenda(self) -> Agenda:
        """The use cases of looking ahead."""
        return Agenda(self.database, self.introducing)

    @cached_property
    def funnels(self) -> Funnels:
        """The use case of how far cases come."""
        return Funnels(self.database)

    @cached_property
    def case_papers(self) -> CasePapers:
        """The use cases of notes, tasks and attachments."""
        return CasePapers(self.database, AttachmentFolder(self.home / "attachments"), new_id)

    @cached_property
    def case_undoing(self) -> Undoing:
        """The use case of taking a step of a case back."""
        return Undoing(self.database)

    @cached_property
    def case_handover(self) -> HandingOver:
        """The use case of giving a case to another owner."""
        return HandingOver(self.database)

    @cached_property
    def introducing(self) -> Introducing:
        """The use cases of introductions."""
        return Introducing(self.database, self._takers, new_id)

    def _takers(self, left_id: str, k: int, viewer: Viewer, day: date) -> Sequence[str]:
        answer = self.matching.match(left_id, k, viewer, day)
        return [match.id for match in answer.matches if match.eligible]


def new_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_hex(8)
