"""What carriers and funds state about what they take, and how a decision is held against it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from matcher.domain.places import Gazetteer, within
from matcher.domain.records import Fund, Incubator, Left, Outcome, Project, Right, Stage
from matcher.domain.rounding import yuan
from matcher.domain.taxonomy import Taxonomy
from matcher.wording import Said

CITY_DEPTH = 3
"""Levels of a path down to the city: country, province, city."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A left record and what was decided about it."""

    left: Left
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Facet:
    """A list that a record states, and what of a decision is compared with it."""

    field: str
    said: Said
    values: Callable[[Left], tuple[str, ...]]
    covers: Callable[[str, str], bool]
    """Whether a stated item includes a value."""
    key: Callable[[str], Hashable] = str
    """Values of one key are one category under several names."""
    item: Callable[[str], str] = str
    """A value as the record would state it."""
    shown: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Window:
    """Two limits that a record states, and the number of a decision that is compared with them."""

    low: str
    high: str
    said: Said
    value: Callable[[Decision], float | None]
    shown: Callable[[float], str]


class Mandates:
    """The statements of each kind of record, comparable by the tables of places and industries."""

    def __init__(self, gazetteer: Gazetteer, industries: Taxonomy) -> None:
        self._gazetteer = gazetteer
        self._industries = industries

    def facets(self, right: Right) -> tuple[Facet, ...]:
        """The lists the record may state."""
        industry = Facet(
            "industries",
            Said("投资行业", "industries") if isinstance(right, Fund) else Said("主导产业", "industries"),
            lambda left: left.industry,
            self._includes,
            lambda word: self._industries.codes([word]),
        )
        if isinstance(right, Incubator):
            return (industry,)  # where a carrier stands is no statement of what it takes
        stage = Facet("stages", Said("投资阶段", "stages"), _stage, str.__eq__, item=Stage, shown=_label)
        region = Facet("regions", Said("投资地区", "regions"), self._areas, self._holds)
        return industry, stage, region

    def windows(self, right: Right) -> tuple[Window, ...]:
        """The limits the record may state."""
        if isinstance(right, Incubator):
            said = Said("技术就绪度", "TRL")
            return (Window("trl_min", "trl_max", said, lambda decision: decision.left.trl, lambda trl: f"{trl:.0f}"),)
        currency = right.currency or "CNY"
        return (
            Window(
                "ticket_min",
                "ticket_max",
                Said("单笔金额", "ticket"),
                lambda one: one.outcome.amount if (one.outcome.currency or "CNY") == currency else None,
                yuan,
            ),
        )

    def _includes(self, stated: str, word: str) -> bool:
        asked = self._industries.codes([stated])
        return bool(asked) and asked <= self._industries.codes([word])

    def _areas(self, left: Left) -> tuple[str, ...]:
        """The place as far down as its city."""
        path = self._gazetteer.path(left.region) if left.region else ()
        known = self._gazetteer.knows(path)
        return ("/".join(path[1:CITY_DEPTH] or path),) if known else path[:1]

    def _holds(self, stated: str, place: str) -> bool:
        return within(self._gazetteer.path(place), self._gazetteer.path(stated))


def _stage(left: Left) -> tuple[str, ...]:
    return (left.stage,) if isinstance(left, Project) and left.stage else ()


def _label(stage: str) -> str:
    return Stage(stage).label
