"""Files to records and row issues, one row at a time."""

from matcher.intake.issues import Progress, RowIssue, Severity, Withdrawal
from matcher.intake.limits import Limits
from matcher.intake.mapping import check_mapping, load_mapping
from matcher.intake.reader import read
from matcher.intake.templates import template

__all__ = [
    "Limits",
    "Progress",
    "RowIssue",
    "Severity",
    "Withdrawal",
    "check_mapping",
    "load_mapping",
    "read",
    "template",
]
