"""Records narrowed by what they state, with the counts by which somebody may narrow further."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

T = TypeVar("T")
Mask = NDArray[np.bool_]
"""Which records are meant, (records,)."""
Counts = dict[str, dict[str, int]]


class Facets(Generic[T]):
    """What some records state, as matrices that are read once: a question only multiplies them.

    Args:
        records: in any order, which is that of their rows.
        values: by facet, what a record states in it.
    """

    def __init__(self, records: Sequence[T], values: Mapping[str, Callable[[T], Sequence[str]]]) -> None:
        self._size = len(records)
        self._stated = {name: _indicated([read(one) for one in records]) for name, read in values.items()}

    def passing(self, chosen: Mapping[str, Sequence[str]]) -> dict[str, Mask]:
        """By facet in which something is chosen, the records that state any of it."""
        return {name: self._states(name, frozenset(values)) for name, values in chosen.items() if values}

    def narrowed(self, passing: Mapping[str, Mask], among: Sequence[int] | None = None) -> tuple[list[int], Counts]:
        """The rows that pass everything, and for each facet its counts, the most frequent first, as if it were not set.

        Args:
            passing: by facet, the records that pass what is asked of it; a facet that is not set has none.
            among: the rows there are, in the order they are shown in; all of them by default.
        """
        if among is None and not passing:
            return list(range(self._size)), self._all
        rows = np.arange(self._size) if among is None else np.asarray(among, np.int64)
        there = np.zeros(self._size, np.bool_)
        there[rows] = True
        every = np.logical_and.reduce([there, *passing.values()])
        counts = {
            name: self._counts(name, np.logical_and.reduce([there, *(m for of, m in passing.items() if of != name)]))
            for name in self._stated
        }
        kept: list[int] = rows[every[rows]].tolist()
        return kept, counts

    @cached_property
    def _all(self) -> Counts:
        everything = np.ones(self._size, np.bool_)
        return {name: self._counts(name, everything) for name in self._stated}

    def _counts(self, name: str, meant: Mask) -> dict[str, int]:
        values, stated = self._stated[name]
        counted = zip(values, (meant.astype(np.int64) @ stated).tolist(), strict=True)
        return dict(sorted(((value, n) for value, n in counted if n), key=lambda item: (-item[1], item[0])))

    def _states(self, name: str, wanted: frozenset[str]) -> Mask:
        values, stated = self._stated[name]
        return np.asarray(stated @ np.array([value in wanted for value in values], np.int64) > 0)


def _indicated(stated: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], Any]:
    """The values there are, and how often each record states each of them, a sparse (records, values)."""
    values = tuple(dict.fromkeys(value for each in stated for value in each))
    columns = {value: column for column, value in enumerate(values)}
    indices = [columns[value] for each in stated for value in each]
    ends = np.cumsum([0, *map(len, stated)])
    table = sparse.csr_array((np.ones(len(indices), np.int64), indices, ends), shape=(len(stated), len(values)))
    return values, table
