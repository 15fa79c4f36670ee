"""One right record before the left ones it has decided nothing about: who is kept out, and who is worth evidence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from matcher.domain.records import Left
from matcher.domain.visibility import Viewer
from matcher.policy.wishes import Wishes
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import FACETS, Matrix, Rows, Side
from matcher.ranking.judge import Judge
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import Direction

POOL = 300
"""Left records each way of screening may bring in before evidence is gathered for them."""
WIDER = 4


class Screening:
    """What a screen asks about before it scores; `seen` are the left rows that the viewer may know, ascending."""

    def __init__(self, judge: Judge, column: int, viewer: Viewer, wishes: Wishes, seen: Rows) -> None:
        self.known = judge.known
        self.column, self.viewer, self.wishes = column, viewer, wishes
        self.right = self.known.right.records[column]
        self._judge, self._seen = judge, seen
        rows = self.known.left.rows
        self._decided = np.array([rows[name] for name in judge.decided(self.right.id) if name in rows], np.int64)
        self._refused: dict[int, frozenset[str]] = {}

    @property
    def fresh(self) -> Rows:
        """The left rows about which nothing was decided."""
        return self._seen[~np.isin(self._seen, self._decided)]

    @cached_property
    def watched(self) -> Rows:
        """The fresh rows on its watch-list."""
        fresh, records = self.fresh, self.known.left.records
        return fresh[self.wishes.watched_rows(self.right, [records[row] for row in fresh.tolist()])]

    def refusing(self, row: int) -> frozenset[str]:
        """The rules that keep a left record out; asked once, however often the pool grows."""
        if row not in self._refused:
            self._refused[row] = self._judge.refusing(self.pair(self.known.left, row))
        return self._refused[row]

    def pair(self, side: Side[Left], row: int) -> Asked:
        """A left record of a side with the right record, to which alone the evidence belongs."""
        return Asked(side, row, self.right, 0, Direction.SCREEN, self.viewer, self.wishes)

    def tiers(self, rows: Rows) -> list[int]:
        """The place in the queue of each left record."""
        return self._judge.tiers(rows, self.right)

    def pools(self, k: int, views: tuple[Matrix, ...] | None = None) -> Iterator[Rows]:
        """Rows to gather evidence for: more and more of them, until all; those that hold too few eligible are left out.

        Of the first pool nobody is asked about before its order is known: it is nearly always enough. `views` are its
        columns of `views`, where many were computed at once.
        """
        size, rows = POOL, self._pool(POOL, views)
        del views  # a thousand screenings may wait here
        while not self.exhausted(rows):
            if size == POOL or self._enough(rows, k):
                yield rows
            size *= WIDER
            rows = self._pool(size)
        yield rows

    def exhausted(self, rows: Rows) -> bool:
        """Whether a pool leaves nobody out."""
        return len(rows) == len(self.fresh)

    def hopeless(self, rows: Rows) -> bool:
        """Whether a pool leaves nobody out and the rules let nobody in."""
        return self.exhausted(rows) and all(self.refusing(row) for row in rows.tolist())

    def _enough(self, rows: Rows, k: int) -> bool:
        eligible = 0
        for row in rows.tolist():
            eligible += not self.refusing(row)
            if eligible >= k:
                return True
        return False

    def _pool(self, size: int, given: tuple[Matrix, ...] | None = None) -> Rows:
        """Rows among the fresh ones: near in meaning, in words or in categories, or watched; ascending."""
        fresh = self.fresh
        if len(fresh) <= size:
            return fresh
        found = given or tuple(view[:, 0] for view in views(self.known, np.array([self.column])))
        best = [fresh[np.argpartition(-view[fresh], size)[:size]] for view in found]
        return np.unique(np.concatenate([self.watched, *best]))


def views(known: Knowledge, columns: Rows) -> tuple[Matrix, ...]:
    """What each way of looking for left records says of each before some right records, (left, columns)."""
    left, right = known.left, known.right
    facets = (left.facets[facet] @ right.facets[facet][columns].T for facet in FACETS)
    return (
        *known.likeness(columns),
        known.lexical_views(columns),
        np.asarray(sum(part.toarray() for part in facets), np.float32),
    )
