"""A carrier's figures of a period filled in, one by one or as a filled form; what stood before stays in the history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from matcher.domain.accounts import Actor
from matcher.domain.periods import Period, begun
from matcher.domain.places import Gazetteer
from matcher.domain.records import Incubator, Source
from matcher.domain.registers import Submission
from matcher.errors import PolicyError
from matcher.intake import RowIssue, Severity
from matcher.intake.answers import read_answer
from matcher.policy.duties import Owed
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import folded
from matcher.reporting.forms import Form
from matcher.services.carrier_figures import CarrierFigures
from matcher.services.filled_forms import row_of
from matcher.services.forms import forms
from matcher.services.records import ORIGIN, InvalidRecordError
from matcher.services.roll import carrier_on_roll, carriers_on_roll
from matcher.services.submissions import Received, received_of
from matcher.services.uploads import Upload, Uploads
from matcher.services.yearbook import Yearbook, yearbook
from matcher.store import Database, Registers
from matcher.store.versions import require_version
from matcher.wording import Language, Said

YEARS = 2
"""This year and the one before are offered to be filled in."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The form of a carrier for a period, and what was told so far."""

    carrier: Incubator
    form: Form
    received: Received
    tag: str
    """What tells these figures from any others, for whoever changes them."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody typed into the form, by metric; empty: not told."""

    figures: Mapping[str, str]
    by: str
    note: str = ""


class Filling:
    """The filling in of figures on one installation."""

    def __init__(
        self,
        database: Database,
        book: Rulebook,
        gazetteer: Gazetteer,
        whose: CarrierFigures,
        uploads: Uploads,
        new_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._gazetteer = gazetteer
        self._whose = whose
        self._uploads = uploads
        self._new_id = new_id
        self.book = book

    def periods(self, carrier: str, actor: Actor, day: date) -> tuple[Received, ...]:
        """The periods that have begun and for which the carrier owes figures, the latest first."""
        mine, known = self._known(carrier, actor, day)
        told = (received_of(self._database, known, mine, one, day) for one in begun(day, YEARS))
        return tuple(one for one in told if one)

    def opened(self, carrier: str, period: Period, actor: Actor, day: date, language: Language) -> Filled:
        """The form as it stands. Raises StoreError where the carrier owes nothing for the period."""
        mine, known = self._known(carrier, actor, day)
        (form,) = forms(known, period, mine.id, language)
        told = received_of(self._database, known, mine, period, day)
        if told is None or day < period.start:
            raise _not_begun(period)
        return Filled(mine, form, told, _tag(told))

    def save(self, filled: Filled, answers: Answers, tag: str, now: datetime) -> Submission:
        """Write what was typed over what the tag names.

        Raises:
            ConflictError: somebody else changed it meanwhile.
            InvalidRecordError: something typed is no such figure; each is named.
        """
        require_version(tag, filled.tag)
        old = filled.received.submitted.row if filled.received.submitted else None
        metrics = self._metrics(filled, old, answers.figures)
        row = Submission(
            carrier_id=old.carrier_id if old else filled.carrier.id,
            period=filled.form.period,
            metrics=metrics,
            submitted_on=(old.submitted_on if old else None) or now.date(),
            submitted_by=answers.by,
            note=answers.note,
            extra=old.extra if old else {},
            source=Source(ORIGIN),
        )
        return self._write(row, now)

    def take(self, filled: Filled, upload: Upload, tag: str, actor: Actor, now: datetime) -> Submission:
        """Take in the filled form of this carrier and period over what the tag names, all of it or nothing.

        Raises:
            ConflictError: somebody else changed it meanwhile.
            IntakeError: the file cannot be read, or holds no row of this carrier and period alone.
            InvalidRecordError: something in it cannot be used; each cell is named.
        """
        require_version(tag, filled.tag)
        job = self._new_id()
        names = self._uploads.keep(job, [upload])
        try:
            ids = carriers_on_roll(self._database, actor.viewer).members(filled.carrier.id)
            row = row_of(self._uploads.path(job, names), ids, filled.form.period)
        finally:
            self._uploads.discard(job)
        old = filled.received.submitted.row if filled.received.submitted else None
        return self._write(
            replace(
                row,
                carrier_id=old.carrier_id if old else filled.carrier.id,
                submitted_on=row.submitted_on or (old.submitted_on if old else None) or now.date(),
                submitted_by=row.submitted_by or actor.account.name,
            ),
            now,
        )

    def _known(self, carrier: str, actor: Actor, day: date) -> tuple[Incubator, Yearbook]:
        self._whose.require(carrier, actor)
        roll = carriers_on_roll(self._database, actor.viewer)
        known = yearbook(self._database, self.book, self._gazetteer, actor.viewer, day)
        return known.carriers[carrier_on_roll(self._database, roll, carrier, actor.viewer).id], known

    def _metrics(self, filled: Filled, old: Submission | None, typed: Mapping[str, str]) -> dict[str, float]:
        """The figures by the names under which they stood, so that a new spelling looks like no correction."""
        names = {self.book.names.get(folded(name)): name for name in (old.metrics if old else {})}
        owed = {rule.metric: rule for rule in filled.received.due.owed}
        told = {name: value for name, value in (old.metrics if old else {}).items() if self._metric(name) not in owed}
        issues: list[RowIssue] = []
        for metric, rule in owed.items():
            reading = read_answer(typed.get(metric, ""), self.book.metrics[metric].measure)
            if reading.remark:
                issues.append(_issue(rule, typed[metric], reading.remark.message, reading.remark.step))
            elif isinstance(reading.value, int | float):
                told[names.get(metric, rule.name.zh)] = float(reading.value)
        if issues:
            raise InvalidRecordError(issues)
        return told

    def _metric(self, name: str) -> str | None:
        return self.book.names.get(folded(name))

    def _write(self, row: Submission, now: datetime) -> Submission:
        with self._database.begin() as connection:
            Registers(connection).upsert([row], now)
        return row


def _tag(told: Received) -> str:
    """The tag of what was submitted; empty where nothing was."""
    if told.submitted is None:
        return ""
    row = told.submitted.row
    content = [row.carrier_id, sorted(row.metrics.items()), str(row.submitted_on), row.submitted_by, row.note]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


def _issue(rule: Owed, value: str, message: Said, step: Said) -> RowIssue:
    return RowIssue(ORIGIN, 0, rule.name.zh, "bad_figure", Severity.ERROR, value[:80], message, step)


def _not_begun(period: Period) -> PolicyError:
    return PolicyError(
        Said(f"填报期 {period} 自 {period.start} 起，还没有开始。", f"{period} begins on {period.start} only."),
        Said("请选已开始的填报期。", "Choose a period that has begun."),
    )
