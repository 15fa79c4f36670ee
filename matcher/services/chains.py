"""Result → carrier → fund as a use case: both pairings loaded as the viewer may know them, then one question."""

from __future__ import annotations

from datetime import date

from matcher.domain.records import Achievement, Fund, Kind, Left, PairKind
from matcher.domain.visibility import Viewer
from matcher.encoder.model import Role
from matcher.errors import StoreError
from matcher.ranking.chains import ChainFinder
from matcher.ranking.paths import Chains
from matcher.ranking.sides import SideBuilder
from matcher.services.pairings import Pairings
from matcher.wording import Said


class Chaining:
    """The questions about whole chains on one installation."""

    def __init__(self, pairings: Pairings, builder: SideBuilder) -> None:
        self._pairings = pairings
        self._builder = builder

    def of_result(self, record_id: str, k: int, viewer: Viewer, today: date) -> Chains:
        """The k best paths of a result over a carrier to a fund."""
        record = self._pairings.find(record_id, viewer)
        if not isinstance(record, Achievement):
            raise _wrong_kind(record_id, record.table)
        loaded = self._pairings.load(PairKind.ACHIEVEMENT_INCUBATOR, today, viewer)
        results = loaded.corpus.left
        row = self._pairings.row(loaded, results, record_id)
        return self._finder(viewer, today).of_result(results.take([row]), k, viewer)

    def of_text(self, text: str, k: int, viewer: Viewer, today: date) -> Chains:
        """The k best paths of something that is only described in words."""
        described: Left = Achievement(id="", summary=text)
        return self._finder(viewer, today).of_result(self._builder.build([described], Role.QUERY), k, viewer)

    def to_fund(self, fund_id: str, k: int, viewer: Viewer, today: date) -> Chains:
        """The k best paths that end at a fund."""
        record = self._pairings.find(fund_id, viewer)
        if not isinstance(record, Fund):
            raise _wrong_kind(fund_id, record.table)
        loaded = self._pairings.load(PairKind.PROJECT_FUND, today, viewer)
        row = self._pairings.row(loaded, loaded.corpus.right, fund_id)
        return self._finder(viewer, today).to_fund(loaded.corpus.right.ids[row], k, viewer)

    def _finder(self, viewer: Viewer, today: date) -> ChainFinder:
        first, second = (self._pairings.load(pairing, today, viewer) for pairing in PairKind)
        questions = self._pairings.wishing(first), self._pairings.wishing(second)
        return ChainFinder(first.matcher, second.matcher, self._builder.facets, questions)


def _wrong_kind(record_id: str, table: Kind) -> StoreError:
    """A chain begins at a result or ends at a fund; a record of another table has a command of its own."""
    command = {
        Kind.FUNDS: f"matcher chain --fund {record_id}",
        Kind.ACHIEVEMENTS: f"matcher chain {record_id}",
        Kind.PROJECTS: f"matcher match {record_id}",
        Kind.INCUBATORS: f"matcher screen {record_id}",
    }[table]
    return StoreError(
        Said(f"链条不能从 {record_id} 问起。", f"No chain can be asked for with {record_id}."),
        Said(f"请用 {command}。", f"Use `{command}`."),
    )
