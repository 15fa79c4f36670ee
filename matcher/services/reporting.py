"""Information reporting as use cases: what is owed and came, the form to fill in, and the bureau's report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.domain.periods import Period
from matcher.domain.places import Gazetteer
from matcher.domain.visibility import Viewer
from matcher.policy.rules import Rulebook
from matcher.reporting.forms import Form
from matcher.reporting.sections import Report
from matcher.services.forms import forms
from matcher.services.report.compiling import report
from matcher.services.report.context import UseCases
from matcher.services.roll import carrier_on_roll, carriers_on_roll
from matcher.services.submissions import Received, received
from matcher.services.yearbook import Yearbook, yearbook
from matcher.store import Database
from matcher.wording import Language


class Reporting:
    """The reporting of one installation."""

    def __init__(self, database: Database, book: Rulebook, gazetteer: Gazetteer, others: UseCases) -> None:
        self._database = database
        self._others = others
        self.book = book
        self._gazetteer = gazetteer

    def submissions(self, period: Period, viewer: Viewer, day: date) -> tuple[Received, ...]:
        """Every carrier that owes figures for the period, as of a day."""
        return received(self._database, self._known(viewer, day), period, day)

    def submissions_of(
        self, periods: Sequence[Period], viewer: Viewer, day: date
    ) -> dict[Period, tuple[Received, ...]]:
        """The same for several periods."""
        known = self._known(viewer, day)
        return {period: received(self._database, known, period, day) for period in periods}

    def report(self, period: Period, viewer: Viewer, day: date) -> Report:
        """The bureau's report of the period, as one viewer may know it."""
        return report(self._database, self._others, self._known(viewer, day), period, viewer, day)

    def forms(
        self, period: Period, carrier: str | None, viewer: Viewer, day: date, language: Language
    ) -> tuple[Form, ...]:
        """The forms to fill in for the period: a sheet for each kind of carrier, or one carrier's own."""
        known = self._known(viewer, day)
        if carrier is None:
            return forms(known, period, None, language)
        wanted = carrier_on_roll(self._database, carriers_on_roll(self._database, viewer), carrier, viewer)
        return forms(known, period, wanted.id, language)

    def _known(self, viewer: Viewer, day: date) -> Yearbook:
        return yearbook(self._database, self.book, self._gazetteer, viewer, day)
