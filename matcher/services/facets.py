"""Hits narrowed by what they state, with the counts by which somebody may narrow further."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def narrowed(
    hits: Sequence[T],
    tests: Mapping[str, Callable[[T], bool]],
    values: Mapping[str, Callable[[T], Sequence[str]]],
) -> tuple[list[T], dict[str, dict[str, int]]]:
    """The hits that pass every test, and for each facet its counts, the most frequent first, as if it were not set.

    Args:
        hits: in the order they are shown in.
        tests: by facet, what is asked of a hit; a facet that is not set has none.
        values: by facet, what a hit states in it.
    """
    passed = {name: [test(hit) for hit in hits] for name, test in tests.items()}
    kept = [hit for row, hit in enumerate(hits) if all(each[row] for each in passed.values())]
    counts = {}
    for name, stated in values.items():
        others = [each for facet, each in passed.items() if facet != name]
        told = (stated(hit) for row, hit in enumerate(hits) if all(each[row] for each in others))
        found = Counter(value for each in told for value in each)
        counts[name] = dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
    return kept, counts
