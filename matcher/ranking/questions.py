"""One pair asked about within a larger question, and what its verdicts come to."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.domain.matches import State, Verdict
from matcher.domain.records import Left
from matcher.policy.eligibility import already_decided
from matcher.policy.visibility import Viewer
from matcher.ranking.corpus import Side
from matcher.ranking.matcher import Asked, Matcher
from matcher.ranking.ranker import Direction


def asked(matcher: Matcher, query: Side[Left], row: int, column: int, viewer: Viewer) -> Asked:
    """A left record of a side with a right record of the matcher, as a recommendation."""
    return Asked(query, row, matcher.known.right.records[column], column, Direction.RECOMMEND, viewer)


def refusing(verdicts: Sequence[Verdict]) -> set[str]:
    """The rules that keep the pair out of a list."""
    return {verdict.rule for verdict in verdicts if verdict.state is State.FAIL}


def decisions(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdict that tells what became of the pair, if anything did."""
    return [verdict for verdict in verdicts if verdict.rule == already_decided.__name__]
