"""Use cases of the register of technology contracts: check one, look over all, put them on the registration form."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date
from typing import cast

from matcher.domain.cases import Case
from matcher.domain.records import Achievement, Kind, Project, Record
from matcher.domain.registers import Contract
from matcher.domain.visibility import Viewer, visible
from matcher.policy import registration_form
from matcher.policy.contracts import Check, check
from matcher.policy.registration_form import FormRow
from matcher.policy.rules import Rulebook
from matcher.services.pooling import register, register_row
from matcher.services.roll import carriers_on_roll
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

    def of_case(
        self, case: Case, allowed: Container[str], viewer: Viewer, day: date, *, works: bool
    ) -> tuple[Check, ...]:
        """The contracts on the result or project of a case, before the rules.

        Of carriers whose figures the reader may be told (`allowed`), all; whoever `works` on the case also reads the
        one it came to, for they register it: that is the one with the case's own carrier, or with none.
        """
        field = {Kind.ACHIEVEMENTS: "achievement_id", Kind.PROJECTS: "project_id"}[case.pairing.left]
        own = {"", self._carrier(case)} if works else set()
        rows = cast("list[Contract]", register(self._database, Kind.CONTRACTS, viewer))
        return tuple(
            check(row, self.book, day)
            for row in rows
            if getattr(row, field) == case.left_id and (row.carrier_id in allowed or row.carrier_id in own)
        )

    def _carrier(self, case: Case) -> str:
        """The carrier of a case: the one that takes the result, or the one that undertakes the project."""
        with self._database.read() as connection:
            records, carrier = Records(connection), case.right_id
            if case.pairing.left is Kind.PROJECTS:
                project = records.many(Kind.PROJECTS, [case.left_id]).get(case.left_id)
                carrier = project.incubator_id if isinstance(project, Project) else ""
        return carriers_on_roll(self._database, Viewer.PUBLIC).standing.get(carrier, carrier)

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
