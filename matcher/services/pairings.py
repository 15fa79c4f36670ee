"""The pairings in memory: loaded once for a viewer and a day, and again only when the database has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import RLock
from typing import cast

from matcher.domain.called import called
from matcher.domain.controls import PLAIN, Question
from matcher.domain.identity import Pooled
from matcher.domain.places import Gazetteer
from matcher.domain.records import RECORD_KINDS, Incubator, Kind, Left, PairKind, Record, Right
from matcher.domain.registers import Arrangement, ArrangementKind
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import RecordNotFoundError
from matcher.index.snapshot import Origin, Snapshot, TableIndex
from matcher.policy.rules import Rulebook
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.corpus import AnyRecord, Corpus, Side, gather_past
from matcher.ranking.judge import Judge
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.matcher import Matcher
from matcher.ranking.scorer import Scorer
from matcher.ranking.sides import SideBuilder
from matcher.services.ahead import Ahead
from matcher.services.indexing import Indexer, Progress
from matcher.services.models import ModelFolder
from matcher.services.pooling import organisations, pooled, residing
from matcher.services.remarks import UNCALIBRATED, empty, left_out, refreshed, should_train
from matcher.services.settling import settle, undisturbed
from matcher.services.training import TrainingReport, fit
from matcher.store import Controls, Database, Outcomes, Records, Registers
from matcher.store.seen import withdrawn_since
from matcher.wording import Said


@dataclass(frozen=True)
class Loaded:
    """One pairing in memory, as of a state of the database and a day."""

    origin: Origin
    today: date
    matcher: Matcher
    corpus: Corpus
    pooled: Pooled[Left, Right]
    """Which records stand for others, and the outcomes counted for them."""
    arrangements: tuple[Arrangement, ...]
    """Who resides in carriers: a register, which changes without a revision of the database."""

    def knows(self, ids: Iterable[str]) -> bool:
        """Whether all of these records are there, by themselves or in those that stand for them."""
        known = (self.corpus.left.rows, self.corpus.right.rows, self.pooled.standing)
        return all(any(each in rows for rows in known) for each in ids)


Moment = tuple[Origin, date, tuple[Arrangement, ...]]
"""What must be the same for a pairing in memory to be of use."""
MOST_LOADED = 8
"""Pairings kept in memory, each as some viewers know it; the one that was loaded first makes room."""


class Pairings:
    """Both pairings of one installation, as each viewer may know them."""

    def __init__(
        self,
        database: Database,
        indexer: Indexer,
        models: ModelFolder,
        builder: SideBuilder,
        gazetteer: Gazetteer,
        industries: Taxonomy,
        book: Rulebook,
        *,
        tell: Callable[[Said], None],
        progress: Progress | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        self._database = database
        self._indexer = indexer
        self._models = models
        self._builder = builder
        self._gazetteer = gazetteer
        self._industries = industries
        self._book = book
        self._tell = tell
        self._progress = progress
        self._ahead = ahead or Ahead()
        self._loaded: dict[tuple[PairKind, Viewer], Loaded] = {}
        self._loading = RLock()

    def find(self, record_id: str, viewer: Viewer) -> Record:
        """The record, which the viewer may see. The error for an unknown id suggests no ids that they may not see.

        Whatever else is wrong with a record, as its side, is only said of those that the viewer may see.
        """
        with self._database.read() as connection:
            records = Records(connection)
            try:
                record = records.find(record_id, lambda record: visible(record, viewer))
            except RecordNotFoundError as error:
                counts = records.count()
                if any(counts[kind] for kind in RECORD_KINDS):
                    raise
                raise empty(error) from error
        require_visible(record, viewer)
        return record

    def known(self, ids: Collection[str]) -> list[PairKind]:
        """The pairings in which any of these ids is a left record."""
        with self._database.read() as connection:
            return [pairing for pairing in PairKind if Records(connection).existing(pairing.left, ids)]

    def load(self, pairing: PairKind, today: date, viewer: Viewer, needed: Iterable[str] = ()) -> Loaded:
        """The pairing as of today and as this viewer may know it, from memory while the database stays as it is.

        One thread brings it up to date; the others meanwhile go on with what there was, unless that lacks a record
        that is `needed`, or holds one that is gone or hidden from the viewer by now.
        """
        viewer = self.known_as(viewer)
        arrangements = self._arrangements(pairing)
        now = (self._indexer.origin(), today, arrangements)
        if (loaded := self._held(pairing, viewer, now)) is not None:
            return loaded
        older = self._loaded.get((pairing, viewer))
        if not self._loading.acquire(blocking=older is None or not self._serves(older, needed, viewer, now[0])):
            return cast("Loaded", older)
        try:
            if (loaded := self._held(pairing, viewer, now)) is None:
                loaded = self._load(pairing, today, viewer, arrangements)
                settle(len(loaded.corpus.left) + len(loaded.corpus.right))
            return loaded
        finally:
            self._loading.release()

    def _serves(self, older: Loaded, needed: Iterable[str], viewer: Viewer, now: Origin) -> bool:
        fits = now.extends(older.origin) and older.knows(needed)
        pairing, since = older.corpus.pairing, older.origin.revision
        with self._database.read() as connection:
            sides = ((pairing.left, older.corpus.left), (pairing.right, older.corpus.right))
            gone = ((withdrawn_since(connection, kind, viewer, since), side.rows) for kind, side in sides)
            return fits and all(ids.isdisjoint(rows) for ids, rows in gone)

    def _held(self, pairing: PairKind, viewer: Viewer, now: Moment) -> Loaded | None:
        loaded = self._loaded.get((pairing, viewer))
        return loaded if loaded and (loaded.origin, loaded.today, loaded.arrangements) == now else None

    def known_as(self, viewer: Viewer) -> Viewer:
        """The viewer by what they see: people who see the same share what is in memory."""
        if viewer == (plain := Viewer(viewer.clearance)):
            return plain
        with self._database.read() as connection:
            return Viewer(viewer.clearance, opened=Records(connection).beyond(viewer))

    def _load(self, pairing: PairKind, today: date, viewer: Viewer, arrangements: tuple[Arrangement, ...]) -> Loaded:
        snapshot, report = self._indexer.refresh(self._progress)
        if report.rebuilt or report.indexed:
            self._tell(refreshed(report))
        trained, why = self._models.load(pairing, snapshot.origin.encoder, today)
        if why:
            self._tell(why)
        elif self._models.exists(pairing) and (stale := self._stale(pairing, snapshot.origin.encoder, today)):
            self._tell(should_train(stale))
        if any(one.calibration is ASSUMED for one in trained.values()):
            self._tell(UNCALIBRATED)
        corpus, known = self._corpus(pairing, snapshot, viewer)
        if known.standing:
            self._tell(left_out(len(known.standing)))
        scorer = Scorer(Knowledge(corpus, today.toordinal() + 1), trained)
        carriers = self._carriers(viewer)
        judge = Judge(
            scorer.known,
            known.outcomes,
            book=self._book,
            gazetteer=self._gazetteer,
            industries=self._industries,
            carriers={one.id: one.kind for one in carriers},
            names=called(carriers),
            organisations=organisations(self._database),
            residents=residing(arrangements, known, today),
        )
        matcher = Matcher(scorer, judge, telling=self._builder.telling, encode=self._builder.sentences)
        loaded = Loaded(snapshot.origin, today, matcher, corpus, known, arrangements)
        others = [(key, held) for key, held in self._loaded.items() if key != (pairing, viewer)]
        self._loaded = dict([*others[-MOST_LOADED + 1 :], ((pairing, viewer), loaded)])
        self._ahead.count(scorer.votes, lambda: self._loaded.get((pairing, viewer)) is not loaded)
        return loaded

    def sides(self, pairing: PairKind, viewer: Viewer) -> Corpus:
        """The indexed records of a pairing as this viewer may know them, where nothing is to be ranked by the past."""
        viewer = self.known_as(viewer)
        loaded = self._loaded.get((pairing, viewer))
        if loaded and loaded.origin == self._indexer.origin():
            return loaded.corpus
        snapshot, report = self._indexer.refresh(self._progress)
        if report.rebuilt or report.indexed:
            self._tell(refreshed(report))
        return self._corpus(pairing, snapshot, viewer)[0]

    def row(self, loaded: Loaded, side: Side[AnyRecord], record_id: str) -> int:
        """The row of a record, or of the one that stands for it, which is told."""
        stands = loaded.pooled.standing.get(record_id)
        if stands:
            zh = f"{record_id} 计入 {stands}，以下是 {stands} 的结果。"
            self._tell(Said(zh, f"{record_id} counts as {stands}: its result."))
        return side.row(stands or record_id)

    def wishing(self, loaded: Loaded, question: Question = PLAIN) -> Question:
        """The question with the standing wishes of its pairing; they are read anew each time, for they are few."""
        with self._database.read() as connection:
            kept = [one for one in Controls(connection).of(loaded.corpus.pairing) if one.holds_on(loaded.today)]
        return loaded.pooled.wishing(question, kept)

    def train(
        self, now: datetime, *, only_stale: bool = False, progress: Progress | None = None
    ) -> list[TrainingReport]:
        """Fit the pairings, or those that are stale, on all outcomes decided until today, and keep the result."""
        reports = []
        for number, pairing in enumerate(PairKind):
            if progress is not None:
                progress(pairing.value, number, len(PairKind))
            snapshot, _ = self._indexer.refresh(progress or self._progress)
            origin = snapshot.origin
            if only_stale and not self._stale(pairing, origin.encoder, now.date()):
                continue
            decided = self._decided(pairing)
            corpus, _ = self._corpus(pairing, snapshot, Viewer.ENTITLED)
            report = fit(corpus, now.date().toordinal() + 1)
            self._models.save(report, encoder=origin.encoder, revision=origin.revision, decided=decided, now=now)
            reports.append(report)
        self._loaded = {}
        return reports

    def _stale(self, pairing: PairKind, encoder: str, today: date) -> Said | None:
        return self._models.stale(pairing, encoder, self._decided(pairing), today)

    def _decided(self, pairing: PairKind) -> int:
        with self._database.read() as connection:
            return Outcomes(connection).count(pairing)

    def _arrangements(self, pairing: PairKind) -> tuple[Arrangement, ...]:
        """Who resides where, of the pairing with funds."""
        if pairing is not PairKind.PROJECT_FUND:
            return ()
        with self._database.read() as connection:
            rows = Registers(connection).all(Kind.ARRANGEMENTS)
            return tuple(row for row in rows if isinstance(row, Arrangement) and row.kind is ArrangementKind.RESIDENT)

    def _carriers(self, viewer: Viewer) -> list[Incubator]:
        with self._database.read() as connection:
            carriers = self._database.remembered.all(Records(connection), Kind.INCUBATORS)
            return [each for each in carriers if isinstance(each, Incubator) and visible(each, viewer)]

    def _corpus(self, pairing: PairKind, snapshot: Snapshot, viewer: Viewer) -> tuple[Corpus, Pooled[Left, Right]]:
        """The pairing as this viewer may know it, as arrays."""
        with undisturbed():
            known = pooled(self._database, pairing, viewer)
            left = self._side(known.lefts, snapshot.tables[pairing.left])
            right = self._side(known.rights, snapshot.tables[pairing.right])
            return Corpus(pairing, left, right, gather_past(known.outcomes, left, right)), known

    def _side(self, records: Sequence[AnyRecord], table: TableIndex) -> Side[AnyRecord]:
        """The indexed records in the order of their ids; one added a moment ago waits for the next refresh."""
        rows = {name: row for row, name in enumerate(table.vectors.ids)}
        indexed = tuple(record for record in records if record.id in rows)
        ids = [record.id for record in indexed]
        return Side(
            records=indexed,
            vectors=table.vectors.matrix if ids == list(rows) else table.vectors.matrix[[rows[name] for name in ids]],
            **{field: terms.order(ids) for field, terms in table.terms.items()},
            read=self._builder.facets.read,
            index=table.vectors,
        )
