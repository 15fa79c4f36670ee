"""Questions to answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from matcher.domain.controls import PLAIN, Question
from matcher.domain.matches import Answer, Listed, Match
from matcher.domain.records import Achievement, Kind, Left, PairKind, Project, Record
from matcher.domain.visibility import Viewer, visible
from matcher.encoder.model import Role
from matcher.errors import StoreError
from matcher.ranking import shortlists
from matcher.ranking.corpus import AnyRecord, Side
from matcher.ranking.listing import Listing
from matcher.ranking.sides import SideBuilder
from matcher.services.pairings import Pairings
from matcher.services.scoring import score_each
from matcher.wording import Said

if TYPE_CHECKING:
    import pandas as pd


class Matching:
    """The use cases of matching on one installation."""

    def __init__(self, pairings: Pairings, builder: SideBuilder) -> None:
        self._pairings = pairings
        self._builder = builder

    def match(
        self,
        record_id: str,
        k: int,
        viewer: Viewer,
        today: date,
        to: Kind | None = None,
        question: Question = PLAIN,
    ) -> Answer:
        """The k best takers of a result or a project; `to` is checked when given."""
        left = self._left(record_id, viewer)
        if to not in (None, PairKind.of(left.table).right):
            raise _wrong_side(record_id, f"match --to {PairKind.of(left.table).right}")
        return self._takers(left, k, viewer, today, question).answer()

    def match_text(
        self, text: str, to: Kind, k: int, viewer: Viewer, today: date, question: Question = PLAIN
    ) -> Answer:
        """The k best takers of something that is only described in words."""
        return self.text_listing(text, to, k, viewer, today, question).answer()

    def screen(self, record_id: str, k: int, viewer: Viewer, today: date, question: Question = PLAIN) -> Answer:
        """The k best results or projects for a carrier or a fund."""
        right = self._pairings.find(record_id, viewer)
        if isinstance(right, Achievement | Project):
            raise _wrong_side(record_id, "match")
        return self._waiting(right, k, viewer, today, question).answer()

    def listing(self, record_id: str, k: int, viewer: Viewer, today: date, question: Question = PLAIN) -> Listing:
        """What `match` or `screen` would list for a record, of which only what is chosen need be explained."""
        record = self._pairings.find(record_id, viewer)
        if isinstance(record, Achievement | Project):
            return self._takers(self._left(record_id, viewer), k, viewer, today, question)
        return self._waiting(record, k, viewer, today, question)

    def text_listing(
        self, text: str, to: Kind, k: int, viewer: Viewer, today: date, question: Question = PLAIN
    ) -> Listing:
        """What `match_text` would list."""
        query: Left = Achievement(id="", summary=text) if to is Kind.INCUBATORS else Project(id="", summary=text)
        loaded = self._pairings.load(PairKind.of(to), today, viewer)
        side = self._builder.build([query], Role.QUERY)
        return loaded.matcher.match_listing(side, k, viewer, self._pairings.wishing(loaded, question))

    def shortlists(
        self, side: Kind, k: int, viewer: Viewer, today: date, ids: Sequence[str] | None = None
    ) -> Iterator[tuple[str, tuple[Listed, ...]]]:
        """The k best of each record of a table (or of some of its ids): what `match` or `screen` lists for it.

        All of them at once, as matrix products, without explanations: for digests and reports. Ids that the viewer may
        not see, that are gone, or that count as another record, have no list of their own.
        """
        pairing = PairKind.of(side)
        loaded = self._pairings.load(pairing, today, viewer, ids or ())
        question, corpus = self._pairings.wishing(loaded), loaded.corpus
        if side is pairing.right:
            columns = _rows(corpus.right, ids)
            return shortlists.screened(loaded.matcher, columns, k, viewer, question)
        rows = [row for row in _rows(corpus.left, ids) if visible(corpus.left.records[row], viewer)]
        return shortlists.matched(loaded.matcher, rows, k, viewer, question)

    def why(self, left_id: str, right_id: str, viewer: Viewer, today: date) -> Match:
        """Everything there is to say about one pair, in whichever order the two are named."""
        one, other = self._pairings.find(left_id, viewer), self._pairings.find(right_id, viewer)
        if not isinstance(one, Achievement | Project):
            one, other = other, one
        if not isinstance(one, Achievement | Project) or other.table is not PairKind.of(one.table).right:
            raise StoreError(
                Said(f"{left_id} 与 {right_id} 不能构成一对。", f"{left_id} and {right_id} do not make a pair."),
                Said(
                    "需一个成果和一个载体，或一个项目和一个基金。",
                    "It takes a result and a carrier, or a project and a fund.",
                ),
            )
        loaded = self._pairings.load(PairKind.of(one.table), today, viewer, [one.id, other.id])
        side = loaded.corpus.left.take([self._pairings.row(loaded, loaded.corpus.left, one.id)])
        column = self._pairings.row(loaded, loaded.corpus.right, other.id)
        stands = loaded.corpus.right.ids[column]
        return loaded.matcher.why(side, stands, viewer, self._pairings.wishing(loaded))

    def score(self, pairs: pd.DataFrame, today: date) -> pd.DataFrame:
        """The pairs (columns left_id, right_id) with a score each, in their order; NaN where a record is unknown."""
        asked = self._pairings.known(pairs["left_id"])
        loaded = [self._pairings.load(pairing, today, Viewer.ENTITLED) for pairing in asked]
        standing = {alias: stands for one in loaded for alias, stands in one.pooled.standing.items()}
        return score_each(pairs, [(one.corpus, one.matcher.scorer) for one in loaded], standing)

    def _takers(self, left: Left, k: int, viewer: Viewer, today: date, question: Question) -> Listing:
        loaded = self._pairings.load(PairKind.of(left.table), today, viewer, [left.id])
        side = loaded.corpus.left.take([self._pairings.row(loaded, loaded.corpus.left, left.id)])
        return loaded.matcher.match_listing(side, k, viewer, self._pairings.wishing(loaded, question))

    def _waiting(self, right: Record, k: int, viewer: Viewer, today: date, question: Question) -> Listing:
        loaded = self._pairings.load(PairKind.of(right.table), today, viewer, [right.id])
        stands = loaded.corpus.right.ids[self._pairings.row(loaded, loaded.corpus.right, right.id)]
        return loaded.matcher.screen_listing(stands, k, viewer, self._pairings.wishing(loaded, question))

    def _left(self, record_id: str, viewer: Viewer) -> Left:
        record = self._pairings.find(record_id, viewer)
        if not isinstance(record, Achievement | Project):
            raise _wrong_side(record_id, "screen")
        return record


def _rows(side: Side[AnyRecord], ids: Sequence[str] | None) -> list[int]:
    """The rows of these ids, or all."""
    return list(range(len(side))) if ids is None else [side.rows[name] for name in ids if name in side.rows]


def _wrong_side(record_id: str, command: str) -> StoreError:
    return StoreError(
        Said(f"{record_id} 不是这一侧的记录。", f"{record_id} is a record of the other side."),
        Said(f"请用 matcher {command} {record_id}。", f"Use `matcher {command} {record_id}`."),
    )
