"""The standing wishes and the terms of one question, by whom they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcher.domain.controls import PLAIN, Aim, Control, Question, Wish
from matcher.domain.names import BY_SPELLING, Organisations
from matcher.domain.records import Achievement, Fund, Incubator, Kind, Project, Record
from matcher.text.passages import document
from matcher.text.words import fold, holds


class Wishes:
    """What is wished behind one question; names are compared as people decided about them."""

    def __init__(self, question: Question = PLAIN, organisations: Organisations = BY_SPELLING) -> None:
        self.must, self.ban = question.must, question.ban
        """Terms that the shown record must hold, and must not."""
        self._organisations = organisations
        self._of: dict[tuple[Kind, str], list[Control]] = {}
        for control in question.controls:
            self._of.setdefault((control.asker_kind, control.asker), []).append(control)

    def binding(self, one: Record, other: Record) -> Iterator[Control]:
        """The exclusions and dismissals of either that name the other."""
        for asker, shown in ((one, other), (other, one)):
            for control in self._of.get((asker.table, asker.id), ()):
                if control.wish is not Wish.WATCH and aims_at(control, shown, self._organisations):
                    yield control

    def silent(self, one: Record, other: Record) -> bool:
        """Whether nothing at all is wished behind a pair."""
        asked = self.must or self.ban or (self._of and any((of.table, of.id) in self._of for of in (one, other)))
        return not asked

    def watched(self, asker: Record, shown: Record) -> Control | None:
        """The first wish of the asker that puts the other record on its watch-list."""
        mine = self._of.get((asker.table, asker.id), ())
        watching = (one for one in mine if one.wish is Wish.WATCH)
        return next((one for one in watching if aims_at(one, shown, self._organisations)), None)

    def watched_rows(self, asker: Record, records: Sequence[Record]) -> list[int]:
        """Which of these records stand on the asker's watch-list."""
        if not any(one.wish is Wish.WATCH for one in self._of.get((asker.table, asker.id), ())):
            return []
        return [row for row, record in enumerate(records) if self.watched(asker, record)]

    def institution(self, record: Record) -> str:
        """Of whom a list may hold too many: a result's institution, or a project's carrier; empty where none is."""
        match record:
            case Achievement():
                return self._organisations.key(record.institution)
            case Project():
                return record.incubator_id
            case _:
                return ""

    @property
    def institutions(self) -> frozenset[str]:
        """The institutions that wishes name, as they were written."""
        controls = (control for mine in self._of.values() for control in mine)
        return frozenset(control.target for control in controls if control.aim is Aim.INSTITUTION)


def aims_at(control: Control, record: Record, organisations: Organisations = BY_SPELLING) -> bool:
    """Whether the wish names this record of the other side."""
    match control.aim:
        case Aim.RECORD:
            return control.target == record.id
        case Aim.INSTITUTION:
            named = (name for name in behind(record) if name)
            return any(control.target == name or organisations.same(control.target, name) for name in named)
        case Aim.TERM:
            return holds(fold(document(record)), control.target)


def behind(record: Record) -> tuple[str, ...]:
    """Who is behind a record: names, and the id of the carrier that undertakes a project or manages a fund."""
    match record:
        case Achievement():
            return (record.institution,)
        case Project():
            return (record.incubator_id,)
        case Incubator():
            return (record.name,)
        case Fund():
            return record.name, record.managed_by_incubator_id
