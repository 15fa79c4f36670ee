"""Standing queries: a question that is kept and asked again whenever somebody wants to know what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher.domain.controls import Diversity, Question
from matcher.domain.records import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked: about a carrier or fund by its id, or about a text whose takers are sought in a table."""

    name: str
    record_id: str = ""
    text: str = ""
    to: Kind | None = None
    """The table of the answers; told with a text only."""
    must: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()
    k: int = 10
    diverse: bool = False

    @property
    def question(self) -> Question:
        """What it asks for besides a ranking."""
        return Question(self.must, self.ban, diversity=Diversity() if self.diverse else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A kept question; its owner and the people of their organisation see it."""

    id: str
    owner: str
    """The account that made it."""
    organisation_id: str = ""
    asked: Asked
    record_kind: Kind | None = None
    """The table of the record it is about."""
    made_at: datetime
    changed_at: datetime
    version: int = 1
