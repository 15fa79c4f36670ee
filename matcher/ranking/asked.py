"""One pair within a question, as everything that judges or explains it sees it."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.domain.records import Left, Record, Right
from matcher.domain.visibility import Viewer
from matcher.policy.wishes import Wishes
from matcher.ranking.corpus import Side
from matcher.ranking.ranker import Direction


@dataclass(frozen=True)
class Asked:
    """One pair within a question: where it stands in the arrays, and who asks."""

    query: Side[Left]
    row: int
    right: Right
    column: int
    direction: Direction
    viewer: Viewer
    wishes: Wishes

    @property
    def shown(self) -> Record:
        """The record that is recommended."""
        return self.right if self.direction is Direction.RECOMMEND else self.left

    @property
    def asker(self) -> Record:
        """The record that is asked about."""
        return self.left if self.direction is Direction.RECOMMEND else self.right

    @property
    def left(self) -> Left:
        """The left record of the pair."""
        return self.query.records[self.row]

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the pair in the evidence."""
        return self.row, self.column

    @property
    def institution(self) -> str:
        """Whose it is, for lists that are not to hold too many of one; empty where nobody is named."""
        return self.wishes.institution(self.shown)
