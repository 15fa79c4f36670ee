"""Two rankers compared inside digests (team draft), and now and then an item that is tried out; chances are logged.

A digest on trial takes turns: each ranker in its turn adds its best item that is not there yet, a coin decides who
begins a round. What both would have put first is nobody's merit. The items are those that each ranker's own solution
of the week gives the reader, so that both are good portfolios; one that no limit allows any more is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

BOTH = "both"
Fits = Callable[[tuple[int, ...], int], bool]
"""Whether one more may stand beside those."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One chosen offer, who chose it, and the chance with which it was chosen."""

    offer: int
    ranker: str
    propensity: float = 1.0
    exploration: bool = False


def drafted(lists: Mapping[str, Sequence[int]], size: int, fits: Fits, random: Random) -> tuple[Pick, ...]:
    """A digest that two rankers drafted, each item with its chance over all coins.

    Args:
        lists: for each of the two rankers its items, the best first.
        size: most items.
        fits: whether limits shared with other digests and its own allow an item.
        random: the coins.
    """
    told = list(_paths(lists, size, fits, (), ()))
    chances: dict[int, float] = {}
    for path, chance in told:
        for offer, _ in path:
            chances[offer] = chances.get(offer, 0.0) + chance
    (drawn, _), *_ = random.choices(told, [chance for _, chance in told])
    return tuple(Pick(offer, ranker, min(1.0, chances[offer])) for offer, ranker in drawn)


Path = tuple[tuple[int, str], ...]


def _paths(
    lists: Mapping[str, Sequence[int]], size: int, fits: Fits, path: Path, turn: tuple[str, ...]
) -> Iterator[tuple[Path, float]]:
    """Every way the draft may go from here, with its chance. `turn`: who is still to choose in this round."""
    there = tuple(offer for offer, _ in path)
    best = {name: _first(ranked, there, fits) for name, ranked in lists.items()}
    if len(path) >= size or all(one is None for one in best.values()):
        yield path, 1.0
        return
    common = not any(ranker != BOTH for _, ranker in path) and len(set(best.values())) == 1
    if common:
        yield from _paths(lists, size, fits, (*path, (_known(next(iter(best.values()))), BOTH)), ())
        return
    if turn:
        yield from _chosen(lists, size, fits, path, turn, best)
        return
    one, other = lists
    for order in ((one, other), (other, one)):
        for found, chance in _chosen(lists, size, fits, path, order, best):
            yield found, chance / 2


def _chosen(
    lists: Mapping[str, Sequence[int]],
    size: int,
    fits: Fits,
    path: Path,
    turn: tuple[str, ...],
    best: Mapping[str, int | None],
) -> Iterator[tuple[Path, float]]:
    ranker, *later = turn
    offer = best[ranker]
    more = path if offer is None else (*path, (offer, ranker))
    yield from _paths(lists, size, fits, more, tuple(later))


def _first(ranked: Sequence[int], there: tuple[int, ...], fits: Fits) -> int | None:
    return next((one for one in ranked if one not in there and fits(there, one)), None)


def _known(offer: int | None) -> int:
    if offer is None:
        raise ValueError("no ranker has an item left")
    return offer


def explored(
    picks: Sequence[Pick], others: Sequence[int], size: int, fits: Fits, chance: float, random: Random, ranker: str
) -> tuple[Pick, ...]:
    """The digest, with an item drawn from the others in the place of its last one if the dice say so.

    `picks` stand in the order of their worth. Who may be drawn has `chance` shared among them; the last one stays with
    the rest of it.
    """
    kept = tuple(picks) if len(picks) < size else tuple(picks[:-1])
    there = tuple(pick.offer for pick in kept)
    drawable = [one for one in others if fits(there, one)]
    if not drawable:
        return tuple(picks)
    if random.random() < chance:
        drawn = drawable[random.randrange(len(drawable))]
        return (*kept, Pick(drawn, ranker, chance / len(drawable), exploration=True))
    stays = tuple(Pick(pick.offer, pick.ranker, pick.propensity * (1 - chance)) for pick in picks[len(kept) :])
    return (*kept, *stays)
