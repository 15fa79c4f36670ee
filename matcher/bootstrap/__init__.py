"""The composition root: the only place where settings become real parts."""

from matcher.bootstrap.checking import checkup_plan, told_encoding
from matcher.bootstrap.service import Installation

__all__ = ["Installation", "checkup_plan", "told_encoding"]
