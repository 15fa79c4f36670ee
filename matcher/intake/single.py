"""One row that comes by itself, as a form or a program sends it, read by the same rules as the rows of a file."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.domain.records import Kind, Row
from matcher.intake.headers import lay_out
from matcher.intake.identity import Registry
from matcher.intake.issues import RowIssue, Withdrawal
from matcher.intake.limits import Limits
from matcher.intake.rows import RowBuilder


def read_single(kind: Kind, content: Mapping[str, object], origin: str) -> tuple[Row | None, list[RowIssue]]:
    """The row of a table that this content describes, if it can be used, and all issues with it.

    Args:
        kind: the table.
        content: values by field or header; what is under `extra` counts as columns of its own.
        origin: what stands in place of a file's name.
    """
    extra = content.get("extra")
    columns = {name: value for name, value in content.items() if name != "extra" and value is not None}
    columns |= {str(name): value for name, value in extra.items()} if isinstance(extra, Mapping) else {}
    layout = lay_out(list(columns), kind, {})
    row, issues = RowBuilder(kind, layout, origin, Limits(), Registry()).build(1, list(columns.values()))
    return (None if isinstance(row, Withdrawal) else row), issues
