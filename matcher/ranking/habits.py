"""What a right record usually takes, against what is usual for all: categories, amounts, ages.

A share tells more than a number: who takes half of all its cases from one region leans there, however few it takes.
All values are ln(own share / everybody's share), drawn towards 0 while the own past is short; 0 means "as everybody".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.records import Achievement, Left, Project
from matcher.ranking.corpus import AnyRecord, Columns, Matrix, Rows, Side, Sparse

if TYPE_CHECKING:
    from matcher.ranking.knowledge import Knowledge

HABIT_MEMORY = 2000.0
"""Half-life in days: habits fade slowly, activity (`Knowledge.lately`) fast."""
PRIOR_CASES, PRIOR_VALUES = 5.0, 3.0
"""How many usual cases stand beside the own ones, for categories and for amounts and ages."""
RAREST = 1e-4
WIDTH_OF_AMOUNT, WIDTH_OF_AGE = 0.7, 0.4
"""Widths of the Gaussian kernels over ln(amount) and ln(1 + years)."""
DAYS_A_YEAR = 365.25
CHUNK = 256


@dataclass(frozen=True)
class Habits:
    """Counts behind the shares of one facet."""

    taken: Sparse
    """(right, categories), faded."""
    totals: Matrix
    """(right,), faded."""
    usual: Matrix
    """(categories,): share of all faded cases."""

    def shares(self, asked: Sparse, columns: Columns) -> Matrix:
        """Sum over the asked categories of ln(own share / usual share), (q, right)."""
        named, places = np.unique(asked.indices, return_inverse=True)
        usual = np.maximum(self.usual[named], RAREST)
        own = self.taken[:, named].toarray()[columns] + PRIOR_CASES * usual
        lean = np.log(own / (self.totals[columns] + PRIOR_CASES)[:, None]) - np.log(usual)
        counted: Sparse = sparse.csr_array((asked.data, places, asked.indptr), shape=(asked.shape[0], len(named)))
        return np.asarray(counted @ lean.T, np.float32)


class Nearness:
    """Values of the past left records, (past,), NaN where untold, and how much of the past lies near a value."""

    def __init__(self, past: NDArray[np.float64], width: float) -> None:
        self.past = past
        self._width = width
        self._told = np.isfinite(past).astype(np.float32)
        self._placed = np.where(np.isfinite(past), past, np.inf).astype(np.float32)  # what is untold is near nothing
        self._usual: dict[float, np.float32] = {}
        """Share of all that is near a value, for each that was asked about: whoever asks, it is the same."""
        self._last: tuple[Sparse, Rows, Sparse, Matrix] | None = None
        """What was read of the right records asked about last: mostly of all of them."""

    def shares(self, asked: NDArray[np.float64], taken: Sparse) -> Matrix:
        """ln of the share of near values among what each right record took against the share among all, (q, right).

        `taken` is (past, right).
        """
        found = np.full((len(asked), taken.shape[1]), np.nan, np.float32)
        known = np.isfinite(asked)
        if known.any() and self._told.any():
            values, places = np.unique(asked[known], return_inverse=True)
            usual = self._usually(values)[:, None]
            ours, of_ours, told = self._taken(taken)
            near = self._near(values, ours) @ of_ours
            share = (near + PRIOR_VALUES * usual) / (told + PRIOR_VALUES)[None, :]
            found[known] = (np.log(np.maximum(share, RAREST**2)) - np.log(usual))[places]
        return found

    def _taken(self, taken: Sparse) -> tuple[Rows, Sparse, Matrix]:
        """What was taken by anybody asked about: the rows, their part of `taken`, and how many of each are told."""
        kept = self._last
        if kept is None or kept[0] is not taken:
            ours = np.flatnonzero(np.diff(taken.indptr))
            kept = self._last = (taken, ours, taken[ours], self._told @ taken)
        return kept[1:]

    def _usually(self, values: NDArray[np.float64]) -> Matrix:
        new = [value for value in values.tolist() if value not in self._usual]
        for start in range(0, len(new), CHUNK):
            asked = new[start : start + CHUNK]
            sums = self._near(np.array(asked), slice(None)).sum(axis=1)
            self._usual |= zip(asked, np.maximum(sums / float(self._told.sum()), RAREST), strict=True)
        return np.array([self._usual[value] for value in values.tolist()], np.float32)

    def _near(self, values: NDArray[np.float64], rows: slice | NDArray[np.integer]) -> Matrix:
        away = (values.astype(np.float32)[:, None] - self._placed[rows]) / np.float32(self._width)
        return np.asarray(np.exp(away * away * np.float32(-0.5)), np.float32)


def read_amounts(left: Side[Left], rows: Rows) -> Nearness:
    """The amounts that some left records seek, in the currency of their side."""
    return Nearness(amounts(left, left.currency)[rows], WIDTH_OF_AMOUNT)


def read_ages(left: Side[Left], rows: Rows, on: NDArray[np.float64]) -> Nearness:
    """The ages of some left records on days (ordinals) told for all of them."""
    return Nearness(ages(left, on)[rows], WIDTH_OF_AGE)


def read_habits(accepted: Sparse, facets: Sparse) -> Habits:
    """Habits of one facet from accepted pairs (left, right) and the categories of the left records."""
    taken = (accepted.T @ facets).tocsc()
    totals = np.asarray(accepted.sum(axis=0), np.float32).ravel()
    usual = np.asarray(accepted.sum(axis=1) @ facets, np.float32).ravel()
    return Habits(taken, totals, usual / max(float(totals.sum()), RAREST))


def habits(known: Knowledge, queries: Side[Left], columns: Columns) -> dict[str, Matrix]:
    """The evidence of amounts and ages; NaN where the left record states none. `categories` has that of facets."""
    taken, asked_amounts = known.taken_by(columns), amounts(queries, known.left.currency)
    return {
        "amount_share": known.near_amounts.shares(asked_amounts, taken),
        "amount_near": _near_mean(asked_amounts, known.near_amounts.past, taken),
        "age_share": known.near_ages.shares(ages(queries, np.full(len(queries), known.as_of)), taken),
    }


def amounts(side: Side[AnyRecord], currency: str, field: str = "funding_sought") -> NDArray[np.float64]:
    """ln of the amount each project seeks (or another field), (n,); NaN where untold or in another currency."""
    sought = side.numbers(field)
    told = np.where((side.currencies != currency) | (sought <= 0), np.nan, sought)
    return np.asarray(np.log(told), np.float64)


def ages(side: Side[AnyRecord], on: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
    """ln(1 + years) since founding or publication, on the given days (ordinals), (n,); NaN where unknown."""
    born = np.array([_born(record) for record in side.records], np.float64)
    return np.asarray(np.log1p(np.maximum(on - born, 0) / DAYS_A_YEAR), np.float64)


def _born(record: object) -> float:
    day = record.founded_on if isinstance(record, Project) else None
    day = record.published_on if isinstance(record, Achievement) else day
    return np.nan if day is None else float(day.toordinal())


def _near_mean(asked: NDArray[np.float64], past: NDArray[np.float64], taken: Sparse) -> Matrix:
    """Minus the distance to the mean of what each right record took, (q, right); NaN without a past or a value."""
    if not np.isfinite(asked).any():
        return np.full((len(asked), taken.shape[1]), np.nan, np.float32)
    told = np.isfinite(past).astype(np.float32) @ taken
    mean = (np.nan_to_num(past) @ taken) / np.maximum(told, 1)
    found = -np.abs(asked[:, None] - mean[None, :])
    found[:, told == 0] = np.nan
    return np.asarray(found, np.float32)
