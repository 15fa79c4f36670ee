"""Files to records and row issues, one row at a time."""

from matcher.intake.issues import Progress, RowIssue, Severity, Withdrawal
from matcher.intake.limits import Limits
from matcher.intake.mapping import check_mapping, load_mapping
from matcher.intake.preview import Seen, preview
from matcher.intake.reader import read
from matcher.intake.refused import Refused, refused_rows
from matcher.intake.templates import ADVICE, template

__all__ = [
    "ADVICE",
    "Limits",
    "Progress",
    "Refused",
    "RowIssue",
    "Seen",
    "Severity",
    "Withdrawal",
    "check_mapping",
    "load_mapping",
    "preview",
    "read",
    "refused_rows",
    "template",
]
