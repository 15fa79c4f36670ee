"""Questions to answers: loads what a pairing needs once, and again only when the database has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import pandas as pd

from matcher.domain.matches import Answer, Match
from matcher.domain.places import Gazetteer
from matcher.domain.records import (
    Achievement,
    CarrierKind,
    Incubator,
    Kind,
    Left,
    Outcome,
    PairKind,
    Project,
    Record,
    Right,
)
from matcher.encoder.model import Role
from matcher.errors import RecordNotFoundError, StoreError
from matcher.index.snapshot import Origin, Snapshot, TableIndex
from matcher.policy.visibility import Viewer, require_visible, visible
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.corpus import AnyRecord, Corpus, Side, gather_past
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.matcher import Matcher, Scorer
from matcher.ranking.sides import SideBuilder
from matcher.services.indexing import Indexer, IndexReport, Progress
from matcher.services.scoring import score_each
from matcher.services.training import ModelFolder, TrainingReport, fit
from matcher.store import Database, Outcomes, Records
from matcher.wording import Said


@dataclass(frozen=True)
class Loaded:
    """One pairing in memory, as of a state of the database and a day."""

    origin: Origin
    today: date
    matcher: Matcher
    corpus: Corpus


class Matching:
    """The use cases of matching on one installation."""

    def __init__(
        self,
        database: Database,
        indexer: Indexer,
        models: ModelFolder,
        builder: SideBuilder,
        gazetteer: Gazetteer,
        *,
        tell: Callable[[Said], None],
        progress: Progress | None = None,
    ) -> None:
        self._database = database
        self._indexer = indexer
        self._models = models
        self._builder = builder
        self._gazetteer = gazetteer
        self._tell = tell
        self._progress = progress
        self._loaded: dict[tuple[PairKind, Viewer], Loaded] = {}

    def match(self, record_id: str, k: int, viewer: Viewer, today: date, to: Kind | None = None) -> Answer:
        """The k best takers of a result or a project; `to` is checked when given."""
        left = self._left(record_id, viewer)
        if to not in (None, PairKind.of(left.table).right):
            raise _wrong_side(record_id, f"match --to {PairKind.of(left.table).right}")
        loaded = self.load(PairKind.of(left.table), today, viewer)
        return loaded.matcher.match(loaded.corpus.left.take([loaded.corpus.left.row(left.id)]), k, viewer)

    def match_text(self, text: str, to: Kind, k: int, viewer: Viewer, today: date) -> Answer:
        """The k best takers of something that is only described in words."""
        query: Left = Achievement(id="", summary=text) if to is Kind.INCUBATORS else Project(id="", summary=text)
        loaded = self.load(PairKind.of(to), today, viewer)
        return loaded.matcher.match(self._builder.build([query], Role.QUERY), k, viewer)

    def screen(self, record_id: str, k: int, viewer: Viewer, today: date) -> Answer:
        """The k best results or projects for a carrier or a fund."""
        right = self.find(record_id, viewer)
        if isinstance(right, Achievement | Project):
            raise _wrong_side(record_id, "match")
        loaded = self.load(PairKind.of(right.table), today, viewer)
        loaded.corpus.right.row(right.id)
        return loaded.matcher.screen(right.id, k, viewer)

    def why(self, left_id: str, right_id: str, viewer: Viewer, today: date) -> Match:
        """Everything there is to say about one pair, in whichever order the two are named."""
        one, other = self.find(left_id, viewer), self.find(right_id, viewer)
        if not isinstance(one, Achievement | Project):
            one, other = other, one
        if not isinstance(one, Achievement | Project) or other.table is not PairKind.of(one.table).right:
            raise StoreError(
                Said(f"{left_id} 与 {right_id} 不能构成一对。", f"{left_id} and {right_id} do not make a pair."),
                Said(
                    "需一个成果和一个载体，或一个项目和一个基金。",
                    "It takes a result and a carrier, or a project and a fund.",
                ),
            )
        require_visible(one, viewer)
        loaded = self.load(PairKind.of(one.table), today, viewer)
        side = loaded.corpus.left.take([loaded.corpus.left.row(one.id)])
        return loaded.matcher.why(side, other.id, viewer)

    def score(self, pairs: pd.DataFrame, today: date) -> pd.DataFrame:
        """The pairs (columns left_id, right_id) with a score each, in their order; NaN where a record is unknown."""
        with self._database.read() as connection:
            records = Records(connection)
            asked = [pairing for pairing in PairKind if records.existing(pairing.left, pairs["left_id"])]
        loaded = [self.load(pairing, today, Viewer.ENTITLED) for pairing in asked]
        return score_each(pairs, [(one.corpus, one.matcher.scorer) for one in loaded])

    def train(self, now: datetime) -> list[TrainingReport]:
        """Fit both pairings on all outcomes decided until today and keep the result."""
        reports = []
        for pairing in PairKind:
            snapshot, _ = self._indexer.refresh(self._progress)
            corpus, _ = self._corpus(pairing, snapshot, Viewer.ENTITLED)
            report = fit(corpus, now.date().toordinal() + 1)
            origin = snapshot.origin
            self._models.save(report, encoder=origin.encoder, revision=origin.revision, now=now)
            reports.append(report)
        self._loaded.clear()
        return reports

    def _left(self, record_id: str, viewer: Viewer) -> Left:
        record = self.find(record_id, viewer)
        if not isinstance(record, Achievement | Project):
            raise _wrong_side(record_id, "screen")
        require_visible(record, viewer)
        return record

    def find(self, record_id: str, viewer: Viewer) -> Record:
        """The record. The error for an unknown id suggests no ids that the viewer may not see."""
        with self._database.read() as connection:
            records = Records(connection)
            try:
                return records.find(record_id, lambda record: visible(record, viewer))
            except RecordNotFoundError as error:
                if any(records.count().values()):
                    raise
                raise _empty(error) from error

    def load(self, pairing: PairKind, today: date, viewer: Viewer) -> Loaded:
        """The pairing as of today and as this viewer may know it, from memory while the database stays as it is."""
        loaded = self._loaded.get((pairing, viewer))
        if loaded and loaded.origin == self._indexer.origin() and loaded.today == today:
            return loaded
        snapshot, report = self._indexer.refresh(self._progress)
        if report.rebuilt or report.indexed:
            self._tell(_refreshed(report))
        trained, why = self._models.load(pairing, snapshot.origin.encoder, today)
        if why:
            self._tell(why)
        if any(one.calibration is ASSUMED for one in trained.values()):
            self._tell(UNCALIBRATED)
        corpus, outcomes = self._corpus(pairing, snapshot, viewer)
        matcher = Matcher(
            Scorer(Knowledge(corpus, today.toordinal() + 1), trained),
            outcomes,
            gazetteer=self._gazetteer,
            words=self._builder.words,
            encode=self._builder.sentences,
            carriers=self._carriers(),
        )
        self._loaded[pairing, viewer] = Loaded(snapshot.origin, today, matcher, corpus)
        return self._loaded[pairing, viewer]

    def _carriers(self) -> dict[str, CarrierKind | None]:
        with self._database.read() as connection:
            return {
                each.id: each.kind for each in Records(connection).all(Kind.INCUBATORS) if isinstance(each, Incubator)
            }

    def _corpus(self, pairing: PairKind, snapshot: Snapshot, viewer: Viewer) -> tuple[Corpus, list[Outcome]]:
        """The pairing without what the viewer may not see: no score, count or case can tell of it."""
        with self._database.read() as connection:
            stored = Records(connection)
            lefts = [record for record in stored.all(pairing.left) if visible(record, viewer)]
            rights = list(stored.all(pairing.right))
            outcomes = list(Outcomes(connection).all(pairing))
        left = self._side(cast("list[Left]", lefts), snapshot.tables[pairing.left])
        right = self._side(cast("list[Right]", rights), snapshot.tables[pairing.right])
        return Corpus(pairing, left, right, gather_past(outcomes, left, right)), outcomes

    def _side(self, records: Sequence[AnyRecord], table: TableIndex) -> Side[AnyRecord]:
        """The indexed records in the order of their ids; one added a moment ago waits for the next refresh."""
        rows = {name: row for row, name in enumerate(table.vectors.ids)}
        indexed = tuple(record for record in records if record.id in rows)
        ids = [record.id for record in indexed]
        return Side(
            records=indexed,
            vectors=table.vectors.matrix[[rows[name] for name in ids]],
            bigrams=table.terms["bigrams"].order(ids),
            words=table.terms["words"].order(ids),
            facets=self._builder.facets.matrices(indexed),
        )


UNCALIBRATED = Said(
    "概率只是假定：对接结果太少或尚未训练，请运行 matcher train。",
    "Probabilities are only assumed: too few outcomes, or no training yet; run `matcher train`.",
)


def _refreshed(report: IndexReport) -> Said:
    why = report.rebuilt or Said("记录有更新", "records have changed")
    return Said(
        f"索引已更新：{why.zh}（新编 {report.indexed} 条，移除 {report.removed} 条）。",
        f"The index was brought up to date: {why.en} ({report.indexed} indexed, {report.removed} removed).",
    )


def _empty(error: RecordNotFoundError) -> RecordNotFoundError:
    return RecordNotFoundError(
        Said(f"数据库还是空的：{error.message.zh}", f"The database is still empty: {error.message.en}"),
        Said("请先导入：matcher import 文件夹或文件。", "Import first: matcher import FOLDER_OR_FILE."),
    )


def _wrong_side(record_id: str, command: str) -> StoreError:
    return StoreError(
        Said(f"{record_id} 不是这一侧的记录。", f"{record_id} is a record of the other side."),
        Said(f"请用 matcher {command} {record_id}。", f"Use `matcher {command} {record_id}`."),
    )
