"""Whether so few decisions can tell anything: exact tests and intervals of shares."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z95 = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""


def wilson(count: int, total: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson, 1927); nothing seen tells nothing, (0, 1)."""
    if not total:
        return 0.0, 1.0
    share, spread = count / total, Z95**2 / total
    centre = (share + spread / 2) / (1 + spread)
    half = Z95 * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def at_least(count: int, total: int, share: float) -> float:
    """Probability of so many or more among `total` when each comes with `share`: the exact binomial test, one-sided."""
    terms = (math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count, total + 1))
    return min(math.fsum(terms), 1.0)


def drawn_at_least(count: int, drawn: int, marked: int, total: int) -> float:
    """Probability of so many marked ones or more in a draw without return (Fisher's exact test, one-sided)."""
    most = min(drawn, marked)
    ways = sum(math.comb(marked, k) * math.comb(total - marked, drawn - k) for k in range(count, most + 1))
    return ways / math.comb(total, drawn)


def holm(p_values: Sequence[float], level: float) -> list[bool]:
    """Which of several findings hold when the chance of a single false one shall be `level` (Holm, 1979)."""
    held = [False] * len(p_values)
    for place, row in enumerate(sorted(range(len(p_values)), key=lambda row: p_values[row])):
        if p_values[row] > level / (len(p_values) - place):
            break
        held[row] = True
    return held
