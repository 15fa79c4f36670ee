"""A filled form as it comes back: the one row of a carrier and a period in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from matcher.domain.periods import Period
from matcher.domain.records import Kind
from matcher.domain.registers import Submission
from matcher.errors import IntakeError
from matcher.intake import RowIssue, Severity, read
from matcher.services.records import InvalidRecordError
from matcher.wording import Said


def row_of(path: Path, carrier_ids: Collection[str], period: Period) -> Submission:
    """The row of a carrier, under any of its ids, for a period.

    Raises:
        IntakeError: the file cannot be read, or what stands in it is not this row alone, filled in.
        InvalidRecordError: a cell cannot be used. What an import would leave out with a warning is refused here:
            whoever fills in a form of their own can mend it at once.
    """
    found = list(read(path, kind=Kind.PERIODS))
    issues = [one for one in found if isinstance(one, RowIssue) and one.severity is not Severity.INFO]
    if issues:
        raise InvalidRecordError([replace(one, severity=Severity.ERROR) for one in issues])
    rows = [one for one in found if isinstance(one, Submission)]
    for row in rows:
        if row.carrier_id not in carrier_ids or row.period != period:
            zh, en = f"表中有 {row.carrier_id} 的 {row.period}", f"The form holds {row.carrier_id} for {row.period}"
            raise _refused(Said(f"{zh}，不是这家载体的 {period}。", f"{en}, not this carrier for {period}."))
    if len(rows) != 1 or not rows[0].metrics:
        said = Said("表中没有填好的一行。", "The form holds no line that was filled in.")
        raise _refused(said)
    return rows[0]


def _refused(said: Said) -> IntakeError:
    return IntakeError(said, Said("请下载本页的填报表，填好后再上传。", "Download the form of this page, fill it in."))
