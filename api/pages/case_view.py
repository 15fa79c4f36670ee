"""A case as its page shows it, and how every form on it fares: done, or shown again with what was typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Form, Path, Request, Response

from api.pages.cases import named
from api.pages.routing import Again, done, led
from api.parts import Acting, Now, Parts, shown
from api.permissions import REPORTING
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.attachments import LARGEST, TYPES
from matcher.domain.cases import UNDO, Audience, Case
from matcher.domain.introductions import DAYS, OVER, Side
from matcher.domain.matches import State
from matcher.domain.phases import MOVES, OPEN, PHASES
from matcher.domain.records import Refusal
from matcher.errors import ConflictError, MatcherError
from matcher.policy.contracts import Check, registration_due
from matcher.policy.vocabulary import Measure
from matcher.services.cases.access import Part
from matcher.services.cases.history import shown_fact
from matcher.services.cases.reading import Folder
from matcher.services.cases.texts import LONGEST

TEMPLATE = "cases/case.html"

Version = Annotated[str, Form(min_length=1, max_length=20)]
Words = Annotated[str, Form(max_length=LONGEST)]
CaseId = Annotated[str, Path(max_length=100)]


@dataclass(frozen=True, slots=True)
class Here:
    """A case, and who stands before it."""

    request: Request
    parts: Installation
    actor: Actor
    now: datetime
    id: str

    def view(self) -> dict[str, Any]:
        """What the page shows. Raises RecordNotFoundError where there is no such case for the actor."""
        sheet = self.parts.case_sheets.read(self.id, self.actor, self.now)
        named(self.request, self.parts, [sheet.folder])
        introductions = sheet.folder.introductions
        contracts = self._contracts(sheet.folder)
        return {
            **CONSTANTS,
            "sheet": sheet,
            "folder": sheet.folder,
            "case": sheet.folder.case,
            "ways": {way.move.value: way for way in sheet.folder.ways},
            "introduction": introductions[-1] if introductions else None,
            "contracts": contracts,
            "due": {one.contract.id: registration_due(one.contract, self.parts.rulebook) for one in contracts},
            "fact": lambda asked, value: shown_fact(asked.metric, value),
            "left_to_undo": UNDO - (self.now - sheet.step.at) if sheet.step else None,
            "day": self.now.date(),
            "now": self.now,
            "stated_trl": self._trl(sheet.folder.case),
            "typed": typed(),
            "form": "",
            "clash": False,
        }

    def _trl(self, case: Case) -> int | None:
        """The readiness that the record of the result or project states."""
        found = self.parts.records.many(case.pairing.left, [case.left_id], self.actor.viewer).get(case.left_id)
        return getattr(found, "trl", None)

    def _contracts(self, folder: Folder) -> tuple[Check, ...]:
        """The contracts on the case's result or project: carriers' own, and the case's for who works on it."""
        works = folder.part is Part.WORKS
        allowed = self.parts.carrier_figures.allowed(self.actor) if self.actor.role in REPORTING else ()
        viewer, day = self.actor.viewer, self.now.date()
        found = self.parts.contracts.of_case(folder.case, allowed, viewer, day, works=works)
        shown(self.request, [one.contract for one in found])
        return found

    @contextmanager
    def mending(self, form: str, **fields: Any) -> Iterator[None]:
        """Show the page again, with the form open and what was typed in it, where the service refuses it."""
        try:
            yield
        except MatcherError as error:
            again = {"form": form, "typed": typed(**fields), "clash": isinstance(error, ConflictError)}
            raise Again(TEMPLATE, error, **{**self.view(), **again}) from None

    def back(self, what: str, place: str = "") -> Response:
        """To the page of the case, which says what was done."""
        return led(done(f"/cases/{self.id}", what) + (f"#{place}" if place else ""))


def typed(**fields: Any) -> Mapping[str, Any]:
    """What was typed into a form, by its fields; nothing in the others."""
    return defaultdict(str, fields)


CONSTANTS = {
    "phases": PHASES, "moves": MOVES, "open": OPEN, "ended": OVER, "refusals": tuple(Refusal), "term": DAYS,
    "audiences": tuple(Audience), "both_sides": tuple(Side), "undo": UNDO, "measure": Measure,
    "largest": LARGEST // 1024 // 1024, "types": tuple(TYPES), "longest": LONGEST, "states": tuple(State),
}  # fmt: skip


def _here(request: Request, case_id: CaseId, parts: Parts, actor: Acting, now: Now) -> Here:
    return Here(request, parts, actor, now, case_id)


At = Annotated[Here, Depends(_here)]
