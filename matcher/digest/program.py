"""An integer program of yes and no: the most valuable choice under limits, with wishes that may stay unmet at a price.

HiGHS solves it to the proven optimum; what it has not proven in time is filled up greedily and called partial.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


class Ended(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    PARTIAL = "partial"
    """Time was up: the best choice found until then, filled up greedily."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many of these."""

    members: Sequence[int]
    most: int
    name: str = ""
    """What bounds them, for whoever asks why something was not chosen."""


@dataclass(frozen=True, slots=True)
class Quota:
    """At least so many of these, if that costs no more than `worth` for each."""

    members: Sequence[int]
    least: int
    worth: float


@dataclass(frozen=True, slots=True)
class Program:
    """What may be chosen, by number, with its value."""

    values: Sequence[float]
    limits: Sequence[Limit] = ()
    quotas: Sequence[Quota] = ()

    def worth(self, chosen: Collection[int]) -> float:
        """The value of a choice, less the price of what stays unmet."""
        unmet = (quota.worth * max(0, quota.least - _count(quota.members, chosen)) for quota in self.quotas)
        return sum(self.values[one] for one in chosen) - sum(unmet)

    def allows(self, chosen: Collection[int]) -> bool:
        """Whether a choice keeps every limit."""
        return all(_count(limit.members, chosen) <= limit.most for limit in self.limits)


@dataclass(frozen=True, slots=True)
class Solution:
    """What was chosen, in ascending order, and how the search ended."""

    chosen: tuple[int, ...]
    ended: Ended
    bound: float
    """No choice is worth more than this; the worth of the choice itself when it is optimal."""


class Room:
    """How much each limit still allows while choices are made one by one."""

    def __init__(self, program: Program, chosen: Collection[int] = ()) -> None:
        self._names = [limit.name for limit in program.limits]
        self._left = [limit.most for limit in program.limits]
        self._of: list[list[int]] = [[] for _ in program.values]
        for number, limit in enumerate(program.limits):
            for member in limit.members:
                self._of[member].append(number)
        for one in chosen:
            self.take(one)

    def fits(self, one: int) -> bool:
        """Whether one more keeps every limit."""
        return all(self._left[limit] > 0 for limit in self._of[one])

    def tight(self, one: int) -> list[str]:
        """The limits that do not allow one more."""
        return [self._names[limit] for limit in self._of[one] if self._left[limit] <= 0]

    def fits_beside(self, others: Sequence[int], one: int) -> bool:
        """Whether one more and others that are not counted yet keep every limit together."""
        return all(self._left[limit] > sum(limit in self._of[other] for other in others) for limit in self._of[one])

    def take(self, one: int) -> None:
        """Count one in."""
        for limit in self._of[one]:
            self._left[limit] -= 1

    def give_back(self, one: int) -> None:
        """Count one out."""
        for limit in self._of[one]:
            self._left[limit] += 1


def solve(program: Program, seconds: float) -> Solution:
    """The choice that is worth most; the same for the same program."""
    count = len(program.values)
    if not count:
        return Solution((), Ended.OPTIMAL, 0.0)
    found = _highs(program, seconds)
    picked = [] if found.x is None else np.flatnonzero(found.x[:count] > 0.5).tolist()
    bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None else float("inf")
    if found.status == 0:
        return Solution(tuple(picked), Ended.OPTIMAL, program.worth(picked))
    return Solution(filled(program, picked), Ended.PARTIAL, bound)


def filled(program: Program, chosen: Collection[int] = ()) -> tuple[int, ...]:
    """A choice with all that still fits beside it, the most valuable first."""
    room, taken = Room(program, chosen), list(chosen)
    for one in sorted(set(range(len(program.values))) - set(chosen), key=lambda one: (-program.values[one], one)):
        if program.values[one] > 0 and room.fits(one):
            room.take(one)
            taken.append(one)
    return tuple(sorted(taken))


def _highs(program: Program, seconds: float) -> Any:
    """Variables: every choice, then for every quota how much of it stays unmet."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  # slow to import, and few commands need it

    count, quotas = len(program.values), len(program.quotas)
    # A limit that its members cannot exceed says nothing.
    limits = [limit for limit in program.limits if len(limit.members) > limit.most]
    chosen = sparse.vstack([_rows(limits, count), -_rows(program.quotas, count)])
    unmet = sparse.vstack([sparse.csr_array((len(limits), quotas)), -sparse.eye_array(quotas)])
    most = [*(limit.most for limit in limits), *(-quota.least for quota in program.quotas)]
    prices = np.array([quota.worth for quota in program.quotas], np.float64)
    highest = np.array([1.0] * count + [float(quota.least) for quota in program.quotas])
    return milp(
        np.concatenate([-np.array(program.values, np.float64), prices]),
        constraints=[LinearConstraint(sparse.hstack([chosen, unmet]).tocsc(), -np.inf, most)] if most else [],
        bounds=Bounds(0, highest),
        integrality=np.concatenate([np.ones(count), np.zeros(quotas)]),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )


def _rows(groups: Sequence[Limit | Quota], count: int) -> Any:
    sizes = [len(group.members) for group in groups]
    columns: NDArray[np.int64] = np.array([member for group in groups for member in group.members], np.int64)
    rows = np.repeat(np.arange(len(groups)), sizes)
    return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(groups), count))


def _count(members: Sequence[int], chosen: Collection[int]) -> int:
    return sum(member in chosen for member in members)
