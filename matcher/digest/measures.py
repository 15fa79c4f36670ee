"""What came of the items that were told, by who chose them, without opens of letters; each figure with its interval.

Digests are drawn again (bootstrap), not items: those of one letter have one reader. Where the drawn digests differ
little, or not at all, that says too little: an interval of a share is never narrower than Wilson's for as many
independent items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
INTERVAL = (2.5, 97.5)
EXPLORATION = "exploration"
"""What was tried out is a group by itself, whoever ranked it."""
NORMAL = 1.959963984540054
"""Standard deviations within which 95 of 100 lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One item that somebody was told, and what came of it."""

    digest_id: str
    ranker: str
    propensity: float = 1.0
    exploration: bool = False
    on_trial: bool = False
    clicked: bool = False
    """Its reader opened the reasons from the letter."""
    fits: bool = False
    """Its reader said that the two fit."""
    misfits: bool = False
    case: bool = False
    """Somebody opened a case of the pair afterwards."""
    accepted: bool = False
    """The two came together afterwards."""

    @property
    def good(self) -> bool:
        """Whether anything good came of it. Having looked is not yet good."""
        return self.fits or self.case or self.accepted


@dataclass(frozen=True, slots=True)
class Share:
    """A share, and the interval in which it lies with 95 of 100."""

    share: float
    low: float
    high: float


MEASURES: Mapping[str, Callable[[Heard], bool]] = {
    "clicked": lambda one: one.clicked,
    "fits": lambda one: one.fits,
    "does_not_fit": lambda one: one.misfits,
    "case": lambda one: one.case,
    "accepted": lambda one: one.accepted,
    "good": lambda one: one.good,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of what was told."""

    items: Mapping[str, int]
    """Items by ranker; those that were tried out are one by themselves."""
    measures: Mapping[str, Mapping[str, Share]]
    """Shares by ranker and measure."""
    preference: Share | None
    """Good items of the second ranker less those of the first, a digest on trial, and its interval; None: no trial."""
    rankers: tuple[str, str] | None = None
    """The two that were compared."""
    weighed: Share | None = None
    """Share of good items if all were drawn alike: each weighs the inverse of its chance; None: nothing was told."""


def report(heard: Sequence[Heard], rankers: tuple[str, str] | None, seed: int) -> Report:
    """The figures. Digests are drawn again, not items: those of one letter have one reader."""
    rng = np.random.default_rng(seed)
    groups: dict[str, list[Heard]] = {}
    for one in heard:
        groups.setdefault(EXPLORATION if one.exploration else one.ranker, []).append(one)
    trial = [one for one in heard if one.on_trial and not one.exploration]
    return Report(
        items={name: len(mine) for name, mine in sorted(groups.items())},
        measures={
            name: {measure: _share(mine, of, rng) for measure, of in MEASURES.items()}
            for name, mine in sorted(groups.items())
        },
        preference=_preference(trial, rankers, rng) if trial and rankers else None,
        rankers=rankers,
        weighed=_weighed(heard, rng) if heard else None,
    )


def _share(items: Sequence[Heard], of: Callable[[Heard], bool], rng: np.random.Generator) -> Share:
    return _ratio(items, of, lambda _: 1.0, rng)


def _weighed(items: Sequence[Heard], rng: np.random.Generator) -> Share:
    return _ratio(items, lambda one: one.good, lambda one: 1 / one.propensity, rng)


def _ratio(
    items: Sequence[Heard],
    of: Callable[[Heard], bool],
    weight: Callable[[Heard], float],
    rng: np.random.Generator,
) -> Share:
    """The share of the weight, with the wider of both intervals on either side."""
    above = _by_digest(items, lambda one: weight(one) * of(one))
    below = _by_digest(items, weight)
    share = float(above.sum() / below.sum())
    drawn = _drawn(above, below, rng)
    least, most = wilson(share, _worth([weight(one) for one in items]))
    return Share(share, min(drawn[0], least), max(drawn[1], most))


def wilson(share: float, count: float) -> tuple[float, float]:
    """The score interval of a share of so many independent items: E. B. Wilson, JASA 22 (1927) 209-212."""
    squared = NORMAL**2 / count
    middle, half = share + squared / 2, NORMAL * sqrt(share * (1 - share) / count + squared / (4 * count))
    low, high = (middle - half) / (1 + squared), (middle + half) / (1 + squared)
    return max(low, 0.0) if share else 0.0, min(high, 1.0) if share < 1 else 1.0


def _worth(weights: Sequence[float]) -> float:
    """How many items of one weight tell as much as these: L. Kish, Survey Sampling (1965)."""
    return sum(weights) ** 2 / sum(weight**2 for weight in weights)


def _preference(items: Sequence[Heard], rankers: tuple[str, str], rng: np.random.Generator) -> Share:
    first, second = rankers
    sign = {first: -1.0, second: 1.0}
    totals = _by_digest(items, lambda one: sign.get(one.ranker, 0.0) * one.good)
    mean = float(totals.mean())
    low, high = _drawn(totals, np.ones(len(totals)), rng)
    if np.ptp(totals):
        return Share(mean, low, high)
    # All digests say the same. As many as Wilson allows may say otherwise, each as much as it has items of one ranker.
    _, otherwise = wilson(0.0, len(totals))
    most = max(Counter((one.digest_id, one.ranker) for one in items if one.ranker in sign).values(), default=0)
    return Share(mean, mean - otherwise * (most + mean), mean + otherwise * (most - mean))


def _by_digest(items: Sequence[Heard], of: Callable[[Heard], float]) -> NDArray[np.float64]:
    sums: dict[str, float] = {}
    for one in items:
        sums[one.digest_id] = sums.get(one.digest_id, 0.0) + of(one)
    return np.array([sums[name] for name in sorted(sums)])


def _drawn(above: NDArray[np.float64], below: NDArray[np.float64], rng: np.random.Generator) -> tuple[float, float]:
    draws = rng.integers(0, len(above), (DRAWS, len(above)))
    low, high = np.percentile(above[draws].sum(axis=1) / below[draws].sum(axis=1), INTERVAL)
    return float(low), float(high)
