"""What became of pairs, one by one: read by those who may see both records, told by those who were there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from matcher.domain.accounts import CARETAKERS, Actor
from matcher.domain.records import Kind, Outcome, Record, Source
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import ConflictError, NotAllowedError
from matcher.intake import RowIssue
from matcher.intake.issues import issue_at, refuse
from matcher.intake.single import read_single
from matcher.services.pairs import paired_records
from matcher.services.records import ORIGIN, InvalidRecordError, belongs
from matcher.store import Database, Outcomes, Records
from matcher.wording import Said

After = tuple[date, str, str, str]
"""The day, ids and kind of the last outcome of a page."""


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome as its reader may know it, with its records, and what was said about the row it came by."""

    outcome: Outcome
    left: Record
    right: Record
    issues: tuple[RowIssue, ...] = ()


class OutcomeBook:
    """The use cases of single outcomes on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, actor: Actor, after: After | None, limit: int, named: Mapping[str, str]) -> list[Told]:
        """Outcomes by day, those after one, whose records the actor may see; `named`: kind, left_id, right_id."""
        with self._database.read() as connection:
            records = Records(connection)
            found = Outcomes(connection).page(actor.viewer, after, limit, named)
            known = paired_records(records, found)
        pairs = [
            (one, known.get((one.kind.left, one.left_id)), known.get((one.kind.right, one.right_id))) for one in found
        ]
        return [_told(one, left, right, actor) for one, left, right in pairs if left and right]

    def create(self, content: Mapping[str, object], actor: Actor, now: datetime, *, corrects: bool) -> Told:
        """Write what became of a pair on a day; over what is told of that day only where it `corrects` it.

        Raises:
            InvalidRecordError: the content is no outcome.
            RecordNotFoundError: there is no such record.
            NotEntitledError: the actor may not see one of the two.
            NotAllowedError: the actor is no caretaker and does not speak for the right-hand record.
            ConflictError: the day tells something else already.
        """
        outcome, issues = _outcome(content, now.date())
        with self._database.begin() as connection:
            records, outcomes = Records(connection), Outcomes(connection)
            left = _seen(records, outcome.kind.left, outcome.left_id, actor.viewer)
            right = _seen(records, outcome.kind.right, outcome.right_id, actor.viewer)
            if not _was_there(right, actor):
                raise NotAllowedError(
                    Said("只能填写本机构自己的对接结果。", "Only outcomes of your own organisation can be written."),
                    Said("请由载体、基金或技术经纪人填写。", "The carrier, the fund or a broker has to tell it."),
                )
            history = outcomes.of(outcome.kind, outcome.left_id, outcome.right_id)
            before = next((one for one in history if one.decided_on == outcome.decided_on), None)
            if before is not None and replace(before, source=outcome.source) != outcome and not corrects:
                raise ConflictError(
                    Said(f"这一对在 {outcome.decided_on} 已有结果。", f"{outcome.decided_on} is told already."),
                    Said("如要更正，请设 corrects 为 true。", "To correct it, send corrects: true."),
                )
            outcomes.upsert([outcome], now)
            return Told(outcome, left, right, tuple(issues))


def _told(outcome: Outcome, left: Record, right: Record, actor: Actor) -> Told:
    """Why it came to nothing is told to caretakers and to who decided; the amount to the other side, too."""
    if not _was_there(right, actor):
        outcome = replace(outcome, reason="", extra={})
        if not belongs(left, actor):
            outcome = replace(outcome, amount=None, currency="")
    return Told(outcome, left, right)


def _was_there(right: Record, actor: Actor) -> bool:
    return actor.role in CARETAKERS or actor.speaks_for(right.table, right.id)


def _seen(records: Records, kind: Kind, record_id: str, viewer: Viewer) -> Record:
    record = records.get(kind, record_id, lambda one: visible(one, viewer))
    require_visible(record, viewer)
    return record


def _outcome(content: Mapping[str, object], today: date) -> tuple[Outcome, list[RowIssue]]:
    row, issues = read_single(Kind.OUTCOMES, {"decided_on": today.isoformat(), **content}, ORIGIN)
    if not isinstance(row, Outcome) or any(issue.refuses for issue in issues):
        raise InvalidRecordError(issues)
    if row.decided_on > today:
        ahead = refuse("day_ahead", ("这一天还没有到。", "The day lies ahead."), ("请核对日期。", "Check the day."))
        raise InvalidRecordError([issue_at(row.source, "decided_on", str(row.decided_on), ahead)])
    return replace(row, source=Source(file=ORIGIN)), issues
