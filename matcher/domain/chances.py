"""A probability as people are told it: in whole per cent, and in a word."""

from __future__ import annotations

from matcher.wording import Said

WORDS = (
    (0.5, Said("可能性很高", "a very good chance")),
    (0.2, Said("可能性较高", "a good chance")),
    (0.05, Said("有一定可能", "a fair chance")),
    (0.0, Said("可能性较低", "a small chance")),
)
"""From which probability on a word is said. Where there are many candidates, 8 % already stands out."""


def percent(probability: float) -> str:
    """In whole per cent; nothing is ever shown as certain."""
    return ">99%" if probability > 0.99 else "<1%" if probability < 0.01 else f"{probability:.0%}"


def in_words(probability: float) -> Said:
    """The word for it."""
    return next(said for least, said in WORDS if probability >= least)
