"""What came of the items that were told, by who chose them: without opens or clicks, with intervals by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One item that somebody was told, and what came of it."""

    digest_id: str
    ranker: str
    propensity: float = 1.0
    exploration: bool = False
    on_trial: bool = False
    fits: bool = False
    """Its reader said that the two fit."""
    misfits: bool = False
    case: bool = False
    """Somebody opened a case of the pair afterwards."""
    accepted: bool = False
    """The two came together afterwards."""

    @property
    def good(self) -> bool:
        """Whether anything good came of it."""
        return self.fits or self.case or self.accepted


@dataclass(frozen=True, slots=True)
class Share:
    """A share, and the interval in which it lies with 95 of 100."""

    share: float
    low: float
    high: float


MEASURES: Mapping[str, Callable[[Heard], bool]] = {
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
        groups.setdefault("exploration" if one.exploration else one.ranker, []).append(one)
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
    return _ratio(items, lambda one: float(of(one)), lambda _: 1.0, rng)


def _weighed(items: Sequence[Heard], rng: np.random.Generator) -> Share:
    return _ratio(items, lambda one: one.good / one.propensity, lambda one: 1 / one.propensity, rng)


def _preference(items: Sequence[Heard], rankers: tuple[str, str], rng: np.random.Generator) -> Share:
    first, second = rankers
    sign = {first: -1.0, second: 1.0}
    totals = _by_digest(items, lambda one: sign.get(one.ranker, 0.0) * one.good)
    return _drawn(totals, np.ones(len(totals)), rng)


def _ratio(
    items: Sequence[Heard],
    above: Callable[[Heard], float],
    below: Callable[[Heard], float],
    rng: np.random.Generator,
) -> Share:
    return _drawn(_by_digest(items, above), _by_digest(items, below), rng)


def _by_digest(items: Sequence[Heard], of: Callable[[Heard], float]) -> NDArray[np.float64]:
    sums: dict[str, float] = {}
    for one in items:
        sums[one.digest_id] = sums.get(one.digest_id, 0.0) + of(one)
    return np.array([sums[name] for name in sorted(sums)])


def _drawn(above: NDArray[np.float64], below: NDArray[np.float64], rng: np.random.Generator) -> Share:
    draws = rng.integers(0, len(above), (DRAWS, len(above)))
    ratios = above[draws].sum(axis=1) / below[draws].sum(axis=1)
    low, high = np.percentile(ratios, INTERVAL)
    return Share(float(above.sum() / below.sum()), float(low), float(high))
