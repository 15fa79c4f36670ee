"""The terms on which the digests of a week are chosen. They stand in every receipt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How much weighs what, in probability of acceptance, and what bounds what."""

    tier: float = 3.0
    """Worth of each step up in the notice's priority: more than news and probability together."""
    fresh: float = 1.5
    """Worth of being new, changed, or told for a new reason: more than any probability."""
    boost: float = 0.25
    """Most that the probability of a record grows which nobody was shown; halved when one was, and so on."""
    least_shown: int = 1
    """How often each new result and project is shown where it suits somebody."""
    shown: float = 0.3
    """Probability given up for each showing of those."""
    shares: int = 4
    """Most showings of one record in a week, in mean showings; never fewer than `fewest`."""
    fewest: int = 3
    institution: int = 3
    """Most items of one institution in a digest while others are there, as in a diverse list."""
    unseen: int = 4
    """Most items of a digest that are neither new nor changed."""
    enough_unseen: int = 3
    """So many of those are worth a mail by themselves."""
    offers_a_place: int = 3
    """Pairs told of a carrier or fund in a week for each place or new deal it has left."""
    window: int = 26
    """Weeks in which nothing is told again that did not change."""
    memory: int = 12
    """Weeks whose showings count against a record."""
    fresh_days: int = 56
    """Days from publication in which a record is new."""
    oldest_days: int = 1095
    """Days from publication after which a result is not told any more."""
    bulk: int = 20
    """Records of a table that came on one day and are too many to be news."""
    floor: float = 0.1
    """Least probability of a candidate, in shares of the best one of its question; a tier needs none."""
    pool: int = 30
    """Best candidates of each question that the week chooses from."""
    trial: float = 0.2
    """Share of the digests in which two rankers are compared."""
    exploration: float = 0.1
    """Chance of a digest to have one item that is tried out."""
    seconds: float = 120.0
    """Time of the solver; what it has by then is filled up and called partial."""
