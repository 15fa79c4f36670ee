"""What a person may ask of us: what is kept about them, and that it is taken out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from matcher.domain.subjects import Mention, Subject
from matcher.errors import StoreError
from matcher.store import Database, Personal
from matcher.wording import Said


class Subjects(Protocol):
    """Some tables that may name people, and how they are told of it and cleared. Accounts and cases add theirs."""

    def mentions(self, subject: Subject) -> Sequence[Mention]:
        """All places that name the person, or may."""

    def erase(self, subject: Subject, places: Collection[str], now: datetime) -> int:
        """Take the person out of those of the places that are in these tables, and say out of how many."""


class StoredSubjects:
    """Records, facts and their history, decisions about identity, standing wishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mentions(self, subject: Subject) -> Sequence[Mention]:
        """All places that name the person, or may."""
        with self._database.read() as connection:
            return list(Personal(connection).mentions(subject))

    def erase(self, subject: Subject, places: Collection[str], now: datetime) -> int:
        """Take the person out of these places."""
        with self._database.begin() as connection:
            return Personal(connection).erase(subject, places, now)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was taken out, or would be, and what is left for somebody to look at."""

    erased: Sequence[Mention]
    left: Sequence[Mention]

    @property
    def origins(self) -> list[str]:
        """The files and rows that would bring the person back."""
        return sorted({each.origin for each in self.erased if each.origin})


class SubjectRights:
    """Export and erasure over all tables."""

    def __init__(self, database: Database, ports: Sequence[Subjects]) -> None:
        self._database = database
        self._ports = tuple(ports)

    def export(self, who: str) -> list[Mention]:
        """All that names the person, what is certain first. Raises StoreError for a text too short to be a name."""
        subject = _subject(who)
        found = [each for port in self._ports for each in port.mentions(subject)]
        return sorted(found, key=lambda each: not each.certain)

    def erase(self, who: str, also: Collection[str], now: datetime, *, dry_run: bool) -> Erasure:
        """Take the person out of all that certainly names them, and of the doubtful places that are named in `also`.

        All tables are changed in one transaction. Raises StoreError for an unknown place, and for too short a text.
        """
        found = self.export(who)
        if unknown := sorted(set(also) - {each.id for each in found}):
            raise StoreError(
                Said(f"没有这样的位置：{'、'.join(unknown)}。", f"There is no such place: {', '.join(unknown)}."),
                Said("位置的写法见 matcher subject export。", "`matcher subject export` lists the places."),
            )
        erased = [each for each in found if each.certain or each.id in also]
        left = [each for each in found if each not in erased]
        if not dry_run:
            places = {each.id for each in erased}
            with self._database.begin() as connection, self._database.joining(connection):
                for port in self._ports:
                    port.erase(_subject(who), places, now)
        return Erasure(erased, left)


def _subject(who: str) -> Subject:
    subject = Subject(who)
    if subject.short:
        raise StoreError(
            Said(f"“{who}”太短，无法辨认是谁。", f'"{who}" is too short to tell who is meant.'),
            Said("请给出完整姓名或邮箱。", "Give the whole name or the e-mail address."),
        )
    return subject
