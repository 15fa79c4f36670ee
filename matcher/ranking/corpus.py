"""The records of one pairing as arrays, and what had happened between them by a given day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.records import Left, Outcome, PairKind, Record, Refusal, Result, Right
from matcher.errors import RecordNotFoundError
from matcher.index.terms import Counts, Postings, bm25_weights
from matcher.index.vectors import VectorIndex
from matcher.ranking.later import Later
from matcher.ranking.trees import Stated
from matcher.wording import Said

Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]
Columns = slice | Rows
"""Which right records are asked about."""
ALL = slice(None)
Sparse = Any
"""A scipy.sparse.csr_array of float32."""

AnyRecord = TypeVar("AnyRecord", bound=Record)

STATED = ("region", "industry", "stage", "field")
PLACE = "place"
FACETS = (*STATED, PLACE)
"""What records share besides words: what they state, and the places their texts name."""


@dataclass(frozen=True, eq=False)  # two of them are never compared, and what is read of one is kept by it
class Side(Generic[AnyRecord]):
    """The records of one side in one order: row n of every array is record n."""

    records: tuple[AnyRecord, ...]
    vectors: Matrix
    """(n, d), unit rows; a zero row has no text."""
    bigrams: Counts
    words: Counts
    places: Counts
    """The places that a text names, at every level (`Gazetteer.named`)."""
    read: Callable[[Sequence[Record]], tuple[Later[Counts], Later[Stated]]]
    """Records to what they state, as in `facets` and `trees`."""
    sentences: Mapping[str, Matrix] = field(default_factory=dict)
    """Vectors of the sentences, where they were encoded with the texts, (d,) each."""
    part_of: tuple[Side[AnyRecord], Rows] | None = None
    """The side of which these are some rows, and which."""
    index: VectorIndex | None = None
    """Where the vectors are searched; it may hold records beside these. Without one all are compared."""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The records' ids in row order."""
        return tuple(record.id for record in self.records)

    @cached_property
    def facets(self) -> Later[Counts]:
        """Per facet the indicator matrix of the record's categories, each level of a tree its own."""
        return _with_places(self._stated[0], lambda: self.places)

    def facets_of(self, rows: Rows) -> Later[Counts]:
        """The same of some rows."""
        return _with_places(self.stated(rows)[0], lambda: self.places[rows])

    @property
    def trees(self) -> Later[Stated]:
        """Per tree (region, industry, field) what the records state, for `tree_similarity`."""
        return self._stated[1]

    @cached_property
    def _stated(self) -> tuple[Later[Counts], Later[Stated]]:
        return self.part_of[0].stated(self.part_of[1]) if self.part_of else self.read(self.records)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of each id."""
        return {name: row for row, name in enumerate(self.ids)}

    @cached_property
    def by_id(self) -> Rows:
        """The place of each record in the order of the ids, which breaks ties."""
        place = np.empty(len(self), np.int64)
        place[np.argsort(np.array(self.ids, np.str_))] = np.arange(len(self))
        return place

    @cached_property
    def postings(self) -> Mapping[str, Postings]:
        """BM25 over pairs of characters (`bigrams`) and over `words`, for whoever searches this side."""
        return Later(("bigrams", "words"), lambda field: Postings(bm25_weights(getattr(self, field))))

    def nearest(self, query: Matrix, k: int) -> tuple[Rows, Matrix]:
        """Rows and cosines of the k nearest to a vector (d,), best first."""
        if self.index is None:
            cosines = self.vectors @ query
            best = np.lexsort((self.by_id, -cosines))[:k]
            return best, cosines[best]
        (hits,) = self.index.search(query[None], k, self._own)
        return np.array([self.rows[name] for name in hits.ids], np.int64), np.array(hits.scores, np.float32)

    @cached_property
    def _own(self) -> frozenset[str] | None:
        """The ids to search among; None where the index holds no others."""
        return None if self.index is None or len(self.index) == len(self) else frozenset(self.ids)

    @cached_property
    def moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean of the vectors, (d,), and of their outer products, (d, d): what tells how cosines with them lie."""
        rows = self.vectors.astype(np.float64)
        return rows.mean(axis=0), rows.T @ rows / max(len(self), 1)

    def row(self, record_id: str) -> int:
        """The row of one id. Raises RecordNotFoundError for a record that left, or came, a moment ago."""
        if record_id not in self.rows:
            raise RecordNotFoundError(
                Said(
                    f"记录 {record_id} 刚被删除或尚未编入索引。",
                    f"{record_id} is just gone, or not indexed yet.",
                ),
                Said("请稍后再试，或运行 matcher index。", "Try again in a moment, or run `matcher index`."),
            )
        return self.rows[record_id]

    def __len__(self) -> int:
        return len(self.records)

    def take(self, rows: Sequence[int] | Rows) -> Side[AnyRecord]:
        """Only these rows, in this order."""
        return replace(
            self,
            records=tuple(self.records[row] for row in rows),
            vectors=self.vectors[rows],
            bigrams=self.bigrams[rows],
            words=self.words[rows],
            places=self.places[rows],
            part_of=(self, np.asarray(rows, np.int64)),
            index=None,
        )

    def stated(self, rows: Rows) -> tuple[Later[Counts], Later[Stated]]:
        """The stated facets and `trees` of some rows: parts of those of all where these were read before, or read for
        them."""
        fresh = self.read([self.records[row] for row in rows])

        def part(whole: Later[Any], few: Later[Any]) -> Later[Any]:
            return Later(tuple(whole), lambda name: whole[name][rows] if whole.made(name) else few[name])

        return part(self._stated[0], fresh[0]), part(self.trees, fresh[1])

    @cached_property
    def currency(self) -> str:
        """The currency most amounts of the side are told in; an empty one means yuan."""
        told = Counter(getattr(record, "currency", "") or "CNY" for record in self.records)
        return min(told, key=lambda name: (-told[name], name)) if told else "CNY"

    @cached_property
    def currencies(self) -> NDArray[np.str_]:
        """The currency of each record's amounts; an empty one means yuan."""
        return np.array([getattr(record, "currency", "") or "CNY" for record in self.records], np.str_)

    @cached_property
    def lengths(self) -> Matrix:
        """How many pairs of characters each record's text has, (n,)."""
        return np.asarray(self.bigrams.sum(axis=1), np.float32).ravel()

    def numbers(self, name: str) -> NDArray[np.float64]:
        """One numeric field of all records, (n,), NaN where unknown; read once and not to be changed."""
        if name not in self._numbers:
            read = np.array([_number(getattr(record, name, None)) for record in self.records], np.float64)
            read.flags.writeable = False
            self._numbers[name] = read
        return self._numbers[name]

    @cached_property
    def _numbers(self) -> dict[str, NDArray[np.float64]]:
        return {}


def _with_places(stated: Later[Counts], places: Callable[[], Counts]) -> Later[Counts]:
    return Later(FACETS, lambda facet: places() if facet == PLACE else stated[facet])


@dataclass(frozen=True)
class Past:
    """Outcomes as parallel arrays in the order of their days."""

    left: Rows
    right: Rows
    day: Rows
    """Ordinals of `datetime.date`."""
    accepted: NDArray[np.bool_]
    talks: NDArray[np.bool_]
    """Whether the pair was in talks on the day."""
    refusal: NDArray[np.str_]
    """The class of a refusal (`Refusal`); empty where nothing was refused, or no class was named."""

    def before(self, day: int) -> Past:
        """Only what was decided before the day."""
        return self._where(self.day < day)

    def without(self, lefts: Rows) -> Past:
        """Nothing of these left rows."""
        return self._where(~np.isin(self.left, lefts)) if len(lefts) else self

    def _where(self, kept: NDArray[np.bool_]) -> Past:
        return Past(
            self.left[kept],
            self.right[kept],
            self.day[kept],
            self.accepted[kept],
            self.talks[kept],
            self.refusal[kept],
        )

    def taken_on(self) -> dict[int, dict[int, int]]:
        """Per right row the left rows it took and the last day of it."""
        taken: dict[int, dict[int, int]] = {}
        parts = (part[self.accepted].tolist() for part in (self.left, self.right, self.day))
        for left, right, day in zip(*parts, strict=True):
            taken.setdefault(right, {})[left] = day
        return taken

    def last_taken(self, lefts: int) -> NDArray[np.float64]:
        """Day (ordinal) on which each of so many left records was last taken, (lefts,); NaN where nobody took it."""
        last = np.full(lefts, -np.inf)
        np.maximum.at(last, self.left[self.accepted], self.day[self.accepted])
        return np.where(np.isfinite(last), last, np.nan)

    def open_talks(self, rights: int, since: int) -> Matrix:
        """With how many left records each of so many right ones is in talks since a day, undecided, (rights,)."""
        last = {pair: row for row, pair in enumerate(zip(self.left, self.right, strict=True))}
        rows = np.array(list(last.values()), np.int64)  # sorted by day, so the last row of a pair stands
        open_ = rows[self.talks[rows] & (self.day[rows] >= since)]
        return np.bincount(self.right[open_], minlength=rights).astype(np.float32)

    def matrix(self, shape: tuple[int, int], weights: NDArray[np.float64]) -> Sparse:
        """The accepted pairs as a sparse matrix of their weights; of a repeated pair the largest stays."""
        chosen = self.accepted
        best: dict[tuple[int, int], float] = {}
        for left, right, weight in zip(self.left[chosen], self.right[chosen], weights[chosen], strict=True):
            key = (int(left), int(right))
            best[key] = max(best.get(key, 0.0), float(weight))
        rows, columns = (np.array([key[side] for key in best], np.int64) for side in (0, 1))
        return sparse.csr_array((np.array(list(best.values()), np.float32), (rows, columns)), shape=shape)


@dataclass(frozen=True)
class Corpus:
    """Both sides of a pairing and their past."""

    pairing: PairKind
    left: Side[Left]
    right: Side[Right]
    past: Past


def gather_past(outcomes: Sequence[Outcome], left: Side[Left], right: Side[Right]) -> Past:
    """The outcomes whose both records are known, as arrays sorted by day, then ids."""
    known = sorted(
        (
            (
                outcome.decided_on.toordinal(),
                left.rows[outcome.left_id],
                right.rows[outcome.right_id],
                outcome.result,
                _refusal(outcome),
            )
            for outcome in outcomes
            if outcome.left_id in left.rows
            and outcome.right_id in right.rows
            and left.records[left.rows[outcome.left_id]].table is outcome.kind.left
        ),
    )
    days, lefts, rights, results, refusals = zip(*known, strict=True) if known else ((), (), (), (), ())
    return Past(
        np.array(lefts, np.int64),
        np.array(rights, np.int64),
        np.array(days, np.int64),
        np.array([result is Result.ACCEPTED for result in results], np.bool_),
        np.array([result is Result.IN_TALKS for result in results], np.bool_),
        np.array(refusals, np.str_),
    )


def _refusal(outcome: Outcome) -> str:
    named = Refusal.of(outcome.reason) if outcome.result is Result.REJECTED else None
    return named.value if named else ""


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
