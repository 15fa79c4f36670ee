"""One right record before the left ones it has decided nothing about: who is kept out, and who is worth evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from matcher.domain.records import Left
from matcher.domain.visibility import Viewer
from matcher.policy.wishes import Wishes
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import FACETS, Matrix, Side
from matcher.ranking.judge import Judge
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import Direction

POOL = 300
"""Left records each way of screening may bring in before evidence is gathered for them."""
WIDER = 4


class Screening:
    """What a screen asks about before it scores; `seen` are the left rows that the viewer may know."""

    def __init__(self, judge: Judge, column: int, viewer: Viewer, wishes: Wishes, seen: Sequence[int]) -> None:
        self.known: Knowledge = judge.known
        self.column, self.viewer, self.wishes = column, viewer, wishes
        self.right = self.known.right.records[column]
        decided, ids = judge.decided(self.right.id), self.known.left.ids
        self.fresh = [row for row in seen if ids[row] not in decided]
        self._judge = judge
        self._refused: dict[int, frozenset[str]] = {}

    @cached_property
    def watched(self) -> list[int]:
        """The fresh rows on its watch-list."""
        records = self.known.left.records
        return [self.fresh[at] for at in self.wishes.watched_rows(self.right, [records[row] for row in self.fresh])]

    def refusing(self, row: int) -> frozenset[str]:
        """The rules that keep a left record out; asked once, however often the pool grows."""
        if row not in self._refused:
            self._refused[row] = self._judge.refusing(self.pair(self.known.left, row))
        return self._refused[row]

    def pair(self, side: Side[Left], row: int) -> Asked:
        """A left record of a side with the right record, to which alone the evidence belongs."""
        return Asked(side, row, self.right, 0, Direction.SCREEN, self.viewer, self.wishes)

    def pools(self, k: int) -> Iterator[list[int]]:
        """Rows to gather evidence for: more and more of them, until all; those that hold too few eligible are left out.

        Of the first pool nobody is asked about before its order is known: it is nearly always enough.
        """
        size, rows = POOL, self._pool(POOL)
        while not self.exhausted(rows):
            if size == POOL or self._enough(rows, k):
                yield rows
            size *= WIDER
            rows = self._pool(size)
        yield rows

    def exhausted(self, rows: Sequence[int]) -> bool:
        """Whether a pool leaves nobody out."""
        return len(rows) == len(self.fresh)

    def _enough(self, rows: Sequence[int], k: int) -> bool:
        eligible = 0
        for row in rows:
            eligible += not self.refusing(row)
            if eligible >= k:
                return True
        return False

    def _pool(self, size: int) -> list[int]:
        """Rows among the fresh ones: near in meaning, in words or in categories, or watched."""
        if len(self.fresh) <= size:
            return self.fresh
        among = np.array(self.fresh)
        best = (among[np.argpartition(-view[among], size)[:size]] for view in self._views)
        return sorted({*self.watched, *(int(row) for rows in best for row in rows)})

    @cached_property
    def _views(self) -> tuple[Matrix, ...]:
        """What each way of looking for left records says of each, (left,)."""
        known, column = self.known, self.column
        left, right = known.left, known.right
        facets = (left.facets[facet] @ right.facets[facet][[column]].T for facet in FACETS)
        return (
            known.left_meaning @ known.right_meaning[column],
            known.left_adapted @ known.centroids[column],
            known.lexical_view(column),
            np.asarray(sum(part.toarray() for part in facets), np.float32).ravel(),
        )
