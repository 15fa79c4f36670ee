"""A folder as it was known before a day, and what of a week's digests came true from that day on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from matcher.digest.exposure import each_for_themselves, spread
from matcher.digest.offers import Offer
from matcher.digest.selection import Material
from matcher.domain.records import Achievement, Fund, Incubator, Left, Outcome, PairKind, Project, Record, Result
from matcher.domain.weeks import Week
from matcher.intake import read

HISTORY = 3
"""Pairs that a carrier or fund had taken before the day for somebody to sit there, as `matcher evaluate` asks."""
DRAWS = 2000
Pair = tuple[PairKind, str, str]


@dataclass(frozen=True)
class Hindsight:
    """What was known before a day, who had a past by then, and what became of pairs afterwards."""

    week: Week
    """The first one that begins on the day or after it."""
    old: Sequence[Record]
    """Carriers, funds, and what something was decided about before the day."""
    new: Sequence[Record]
    """Results and projects that nobody had decided about: they have just come."""
    outcomes: Sequence[Outcome]
    experienced: frozenset[str]
    """Carriers and funds that had taken enough."""
    truth: frozenset[Pair]
    """Pairs that came together on the day or after it, for the first time."""


def hindsight(folder: Path, cut: date) -> Hindsight:
    """What was decided from the day on is not known, nor what came into the world after the week's Monday."""
    week = Week.of(cut + timedelta(days=6))
    rows = list(read(folder))
    facts = [one for one in rows if isinstance(one, Outcome)]
    agreed = [one for one in facts if one.result is Result.ACCEPTED]
    past = {(one.kind, one.left_id, one.right_id) for one in agreed if one.decided_on < cut}
    taken = Counter(right for _, _, right in past)
    outcomes = [one for one in facts if one.decided_on < cut]
    decided = {(one.kind.left, one.left_id) for one in outcomes}
    lefts = [one for one in rows if isinstance(one, Achievement | Project) and (_born(one) or cut) <= week.monday]
    rights: list[Record] = [one for one in rows if isinstance(one, Incubator | Fund)]
    return Hindsight(
        week=week,
        old=rights + [one for one in lefts if (one.table, one.id) in decided],
        new=[one for one in lefts if (one.table, one.id) not in decided],
        outcomes=outcomes,
        experienced=frozenset(name for name, count in taken.items() if count >= HISTORY),
        truth=frozenset((one.kind, one.left_id, one.right_id) for one in agreed) - past,
    )


def came_true(material: Material, together: Collection[int], truth: frozenset[Pair], seed: int) -> dict[str, Any]:
    """What came true of the joint solution, and of each reader's own best, beside how attention was spread."""
    offers = material.offers
    ways = {"together": sorted(together), "alone": sorted(each_for_themselves(material))}
    told = {way: asdict(spread(offers, chosen)) | _share(offers, chosen, truth) for way, chosen in ways.items()}
    low, high = _difference(material, ways, truth, seed)
    return {
        "true_pairs_offered": sum(_pair(one) in truth for one in offers),
        "offers": len(offers),
        **told,
        "together_less_alone": {"share": told["together"]["true"] - told["alone"]["true"], "low": low, "high": high},
    }


def _share(offers: Sequence[Offer], chosen: Sequence[int], truth: frozenset[Pair]) -> dict[str, Any]:
    hits = sum(_pair(offers[one]) in truth for one in chosen)
    return {"came_true": hits, "true": hits / len(chosen) if chosen else 0.0}


def _difference(
    material: Material, ways: Mapping[str, Sequence[int]], truth: frozenset[Pair], seed: int
) -> tuple[float, float]:
    """The interval of the difference of the shares: readers are drawn again, each with both lists."""
    rows = {reader: at for at, reader in enumerate(sorted({one.reader for one in material.offers}))}
    if not rows:
        return 0.0, 0.0
    draws = np.random.default_rng(seed).integers(0, len(rows), (DRAWS, len(rows)))
    shares = []
    for chosen in ways.values():
        counts = np.zeros((2, len(rows)))
        for offer in (material.offers[one] for one in chosen):
            counts[:, rows[offer.reader]] += (_pair(offer) in truth, 1)
        hits, told = counts[:, draws].sum(axis=2)
        shares.append(hits / np.maximum(told, 1))
    low, high = np.percentile(shares[0] - shares[1], [2.5, 97.5])
    return float(low), float(high)


def _pair(offer: Offer) -> Pair:
    return offer.kind, offer.left_id, offer.right_id


def _born(record: Left) -> date | None:
    return record.published_on if isinstance(record, Achievement) else record.founded_on
