"""One pair asked about within a question, and what its verdicts come to."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.domain.matches import Verdict
from matcher.domain.records import Left
from matcher.domain.visibility import Viewer
from matcher.policy.eligibility import already_decided
from matcher.policy.wishes import Wishes
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import Side
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import Direction


def recommended(known: Knowledge, query: Side[Left], row: int, column: int, viewer: Viewer, wishes: Wishes) -> Asked:
    """A left record of a side with a right record of what is known; evidence holds every right record."""
    return Asked(query, row, known.right.records[column], column, Direction.RECOMMEND, viewer, wishes)


def refusing(verdicts: Sequence[Verdict]) -> set[str]:
    """The rules that keep the pair out of a list."""
    return {verdict.rule for verdict in verdicts if verdict.rejects}


def decisions(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdict that tells what became of the pair, if anything did."""
    return [verdict for verdict in verdicts if verdict.rule == already_decided.__name__]
