"""Use cases of the register of technology contracts: check one, look over all, put them on the registration form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from matcher.domain.records import Achievement, Kind, Project, Record
from matcher.domain.registers import Contract
from matcher.domain.visibility import Viewer, visible
from matcher.policy import registration_form
from matcher.policy.contracts import Check, check
from matcher.policy.registration_form import FormRow
from matcher.policy.rules import Rulebook
from matcher.services.pooling import register, register_row
from matcher.store import Database, Records


class Contracts:
    """The technology contracts of one installation before the rules."""

    def __init__(self, database: Database, book: Rulebook) -> None:
        self._database = database
        self.book = book

    def check(self, contract_id: str, viewer: Viewer, day: date) -> Check:
        """One contract before the rules."""
        row = register_row(self._database, Kind.CONTRACTS, contract_id, viewer)
        return check(cast("Contract", row), self.book, day)

    def all(self, viewer: Viewer, day: date) -> tuple[Check, ...]:
        """Every contract before the rules, by id."""
        rows = cast("list[Contract]", register(self._database, Kind.CONTRACTS, viewer))
        return tuple(check(row, self.book, day) for row in rows)

    def of_record(self, kind: Kind, record_id: str, viewer: Viewer, day: date) -> tuple[Check, ...]:
        """The contracts that name a result or project, before the rules."""
        field = {Kind.ACHIEVEMENTS: "achievement_id", Kind.PROJECTS: "project_id"}[kind]
        rows = cast("list[Contract]", register(self._database, Kind.CONTRACTS, viewer))
        return tuple(check(row, self.book, day) for row in rows if getattr(row, field) == record_id)

    def form(self, viewer: Viewer, day: date) -> tuple[FormRow, ...]:
        """Every contract as a row of the registration form, by id."""
        checks = self.all(viewer, day)
        with self._database.read() as connection:
            records = Records(connection)
            named = {
                kind: records.many(kind, (name for one in checks if (name := getattr(one.contract, field))))
                for kind, field in ((Kind.ACHIEVEMENTS, "achievement_id"), (Kind.PROJECTS, "project_id"))
            }
        origins = cast("dict[str, Achievement]", _seen(named[Kind.ACHIEVEMENTS].values(), viewer))
        buyers = cast("dict[str, Project]", _seen(named[Kind.PROJECTS].values(), viewer))
        return tuple(
            registration_form.form_row(
                one, self.book, origins.get(one.contract.achievement_id), buyers.get(one.contract.project_id), day
            )
            for one in checks
        )


def _seen(records: Iterable[Record], viewer: Viewer) -> dict[str, Record]:
    return {record.id: record for record in records if visible(record, viewer)}
