"""What somebody said of columns before, for the next list with the same headers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from matcher.domain.jobs import Job, JobState
from matcher.intake import Seen
from matcher.intake.headers import header_key

LATEST = 100
"""Imports that are looked back at, trials among them."""

Columns = dict[str, dict[str, str]]


def recalled(imports: Iterable[Job], seen: Sequence[Seen]) -> Columns:
    """What was confirmed of the headers that are seen, by table: what was imported in earnest, the latest first.

    A header that is not there is left out, and so is a table that the file is known not to be.
    """
    told = _confirmed(imports)
    found: Columns = defaultdict(dict)
    for one in seen:
        headers = {header_key(column.header) for column in one.columns}
        for table in told if one.kind is None else {one.kind.value} & told.keys():
            found[table] |= {name: field for name, field in told[table].items() if header_key(name) in headers}
    return {table: columns for table, columns in found.items() if columns}


def _confirmed(imports: Iterable[Job]) -> Columns:
    told: Columns = defaultdict(dict)
    for job in imports:
        if job.state is JobState.DONE and not job.arguments["dry_run"]:
            for table, columns in (job.arguments["mapping"] or {}).items():
                told[table] = {**columns, **told[table]}
    return told
