"""The gaps of industry chains as a use case: everything over what the viewer may see, each record counted once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import chain

from matcher.domain.places import Gazetteer, within
from matcher.domain.records import Achievement, Fund, Incubator, Kind, Left, PairKind, Project, Record
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import Viewer
from matcher.errors import StoreError
from matcher.policy.chain_nodes import Chain, Chains
from matcher.policy.chain_places import Placed, Placer, PlaceRule
from matcher.policy.chain_supply import Stock, chain_view
from matcher.policy.chain_views import ChainView
from matcher.policy.portfolio import LENDERS
from matcher.policy.rules import Rulebook
from matcher.services.dealings import Dealings
from matcher.store import Controls, Database, Records
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many records of one table were placed; each counts once."""

    total: int
    placed: int
    several: int
    """Placed at more than one node."""
    general: int
    """Carriers and funds that state one of the industries and name no node."""
    unplaced: int
    """Results and projects that state one of the industries and stand at no node."""
    outside: int
    """They state other industries only."""
    untold: int
    """They state no industry, and nothing they say places them."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """The chains asked for, and how far all records could be placed."""

    chains: Sequence[ChainView]
    coverage: Mapping[Kind, Coverage]
    unplaced: Mapping[str, Sequence[Left]]
    """By industry the results and projects that state it, or a part of it, and stand at no node of any chain."""
    untold: Sequence[Left]
    """Results and projects that state no industry and stand at no node."""


MOST_KEPT = 8
"""Reports kept in memory: making one reads every record against every chain."""


class ChainGaps:
    """The questions about industry chains on one installation."""

    def __init__(
        self,
        database: Database,
        book: Rulebook,
        chains: Chains,
        *,
        gazetteer: Gazetteer,
        industries: Taxonomy,
        subjects: Taxonomy,
    ) -> None:
        self._database = database
        self.book = book
        self.chains = chains
        self._gazetteer = gazetteer
        self._industries = industries
        self._subjects = subjects
        self._kept: dict[tuple[object, ...], Gaps] = {}
        self._placed: tuple[Sequence[PlaceRule], dict[str, tuple[Record, Placed]]] = (), {}
        """Where the records of the last report stand by its rules: what has not changed is not read again."""

    def report(self, industry: str | None, viewer: Viewer, day: date, region: str | None = None) -> Gaps:
        """What the nodes of all chains, or of those of one industry, hold and lack.

        With a region only carriers and projects that lie there count; results and funds may come from anywhere. What
        was told stands for the same question of the same viewer, until a record, an outcome or a wish changes.
        """
        asked = (industry, viewer, day, region, *self._moment())
        if (found := self._kept.get(asked)) is None:
            found = self._report(industry, viewer, day, region)
            self._kept = dict([*list(self._kept.items())[-MOST_KEPT + 1 :], (asked, found)])
        return found

    def _moment(self) -> tuple[object, ...]:
        """What is another whenever anything has changed that a report is made from."""
        with self._database.read() as connection:
            records, controls = Records(connection), Controls(connection)
            revision = records.revision()
            return (records.stamp(revision), *(tuple(controls.of(pairing)) for pairing in PairKind))

    def _report(self, industry: str | None, viewer: Viewer, day: date, region: str | None) -> Gaps:
        asked = self._asked(industry) if industry else self.chains.all
        if region and not self._gazetteer.knows(self._gazetteer.path(region)):
            raise _nowhere(region)
        of_results, of_projects = (
            Dealings(
                self._database,
                pairing,
                viewer,
                day,
                book=self.book,
                gazetteer=self._gazetteer,
                industries=self._industries,
            )
            for pairing in (PairKind.ACHIEVEMENT_INCUBATOR, PairKind.PROJECT_FUND)
        )
        tables: list[Sequence[Record]] = [of_results.lefts, of_results.rights, of_projects.lefts, of_projects.rights]
        placed = self._places(tables, day)
        stock = Stock(
            [one for one in of_results.lefts if isinstance(one, Achievement)],
            [one for one in of_results.rights if isinstance(one, Incubator) and self._lies(one.region, region)],
            [one for one in of_projects.lefts if isinstance(one, Project) and self._lies(one.region, region)],
            [one for one in of_projects.rights if isinstance(one, Fund)],
            placed,
            _taken(of_results, of_projects),
            of_results.talking() | _invested(of_projects, of_projects.talking()),
            lambda left, right: (of_results if isinstance(left, Achievement) else of_projects).hurdles(left, right),
        )
        return Gaps(
            [chain_view(one, stock, self.book, day) for one in asked],
            {records[0].table: _coverage(records, placed) for records in tables if records},
            {
                code: [one for one in stock.lefts if code in placed[one.id].told and not placed[one.id].places]
                for code in dict.fromkeys(one.industry for one in asked)
            },
            [one for one in stock.lefts if _untold(placed[one.id])],
        )

    def _places(self, tables: Sequence[Sequence[Record]], day: date) -> dict[str, Placed]:
        """Where each record stands in the chains, by the rules of a day."""
        rules, before = self._placed
        now = self.book.of(PlaceRule, day)
        before = before if rules == now else {}
        placer = Placer(self.chains, self._industries, self._subjects, self.book, day)
        found: dict[str, tuple[Record, Placed]] = {}
        for record in chain.from_iterable(tables):
            held = before.get(record.id)
            found[record.id] = held if held and held[0] is record else (record, placer.place(record))
        self._placed = now, found
        return {name: placed for name, (_, placed) in found.items()}

    def _lies(self, place: str, region: str | None) -> bool:
        """Whether a place lies in the region; a place that nobody told lies nowhere."""
        return region is None or within(self._gazetteer.path(place), self._gazetteer.path(region))

    def _asked(self, industry: str) -> list[Chain]:
        """The chains of an industry, or of a part of one, by whatever a file calls it."""
        wanted = self._industries.nodes([industry])
        if found := [one for one in self.chains.all if wanted & {one.industry, one.code}]:
            return found
        names = [self.chains.names[code] for code in dict.fromkeys(self._codes())]
        raise StoreError(
            Said(f"没有为“{industry}”设产业链。", f"There is no chain for “{industry}”."),
            Said(f"可用：{'、'.join(one.zh for one in names)}。", f"Known are: {', '.join(one.en for one in names)}."),
        )

    def _codes(self) -> Iterable[str]:
        for one in self.chains.all:
            yield from (one.industry, one.code)


def _nowhere(region: str) -> StoreError:
    return StoreError(
        Said(f"不认识地区“{region}”。", f"The region “{region}” is on no map here."),
        Said("请用省、盟市或旗县的名称，如 通辽市、奈曼旗。", "Name a province, league or city, or banner or county."),
    )


def _taken(of_results: Dealings, of_projects: Dealings) -> dict[str, list[str]]:
    """Who took each result: carriers that accepted it, and projects that came from it; and each project: funds."""
    taken = defaultdict(list, of_results.accepted())
    for project in of_projects.lefts:
        if isinstance(project, Project) and project.achievement_id:
            taken[project.achievement_id].append(project.id)
    return taken | _invested(of_projects, of_projects.accepted())


def _invested(of_projects: Dealings, by: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Only what funds do that invest; a loan or a guarantee leaves a project without a fund."""
    lenders = {one.id for one in of_projects.rights if isinstance(one, Fund) and one.kind in LENDERS}
    return {left_id: [one for one in rights if one not in lenders] for left_id, rights in by.items()}


def _untold(one: Placed) -> bool:
    return not (one.places or one.told or one.states_industry)


def _coverage(records: Sequence[Record], placed: Mapping[str, Placed]) -> Coverage:
    count: Counter[str] = Counter(total=len(records))
    for record in records:
        one = placed[record.id]
        count["several"] += len(one.places) > 1
        if one.places:
            count["placed"] += 1
        elif one.told:
            count["general" if isinstance(record, Incubator | Fund) else "unplaced"] += 1
        else:
            count["outside" if one.states_industry else "untold"] += 1
    return Coverage(**{field.name: count[field.name] for field in fields(Coverage)})
