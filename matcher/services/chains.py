"""Result → carrier → fund as a use case: both pairings loaded as the viewer may know them, then one question."""

from __future__ import annotations

from datetime import date

from matcher.domain.records import Achievement, Fund, Kind, Left, PairKind
from matcher.encoder.model import Role
from matcher.errors import StoreError
from matcher.policy.visibility import Viewer, require_visible
from matcher.ranking.chains import ChainFinder
from matcher.ranking.paths import Chains
from matcher.ranking.sides import SideBuilder
from matcher.services.matching import Matching
from matcher.wording import Said


class Chaining:
    """The questions about whole chains on one installation."""

    def __init__(self, matching: Matching, builder: SideBuilder) -> None:
        self._matching = matching
        self._builder = builder

    def of_result(self, record_id: str, k: int, viewer: Viewer, today: date) -> Chains:
        """The k best paths of a result over a carrier to a fund."""
        record = self._matching.find(record_id, viewer)
        if not isinstance(record, Achievement):
            raise _wrong_kind(record_id, record.table)
        require_visible(record, viewer)
        results = self._matching.load(PairKind.ACHIEVEMENT_INCUBATOR, today, viewer).corpus.left
        return self._finder(viewer, today).of_result(results.take([results.row(record_id)]), k, viewer)

    def of_text(self, text: str, k: int, viewer: Viewer, today: date) -> Chains:
        """The k best paths of something that is only described in words."""
        described: Left = Achievement(id="", summary=text)
        return self._finder(viewer, today).of_result(self._builder.build([described], Role.QUERY), k, viewer)

    def to_fund(self, fund_id: str, k: int, viewer: Viewer, today: date) -> Chains:
        """The k best paths that end at a fund."""
        record = self._matching.find(fund_id, viewer)
        if not isinstance(record, Fund):
            raise _wrong_kind(fund_id, record.table)
        self._matching.load(PairKind.PROJECT_FUND, today, viewer).corpus.right.row(fund_id)
        return self._finder(viewer, today).to_fund(fund_id, k, viewer)

    def _finder(self, viewer: Viewer, today: date) -> ChainFinder:
        first, second = (self._matching.load(pairing, today, viewer).matcher for pairing in PairKind)
        return ChainFinder(first, second, self._builder.facets)


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
