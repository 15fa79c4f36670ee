"""Records one by one: read, listed, written by those whose they are, and never over what somebody else just wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from matcher.domain.accounts import CARETAKERS, OVERSEEING, Actor
from matcher.domain.records import Achievement, Incubator, Kind, PairKind, Project, Record
from matcher.domain.visibility import Viewer, require_visible, told, visible, withheld
from matcher.errors import MatcherError, NotAllowedError
from matcher.intake import RowIssue, Severity
from matcher.intake.single import read_single
from matcher.services.new_ids import HIDEABLE, Draw, id_of_new
from matcher.services.provenance import Origin, origins
from matcher.store import Database, Records, Stamp
from matcher.store.rows import content_hash
from matcher.store.versions import require_version
from matcher.wording import Said

ORIGIN = "service"
"""What stands as the file of a record that came by the service."""


class InvalidRecordError(MatcherError):
    """What was sent is no record; `issues` tells every reason."""

    def __init__(self, issues: Sequence[RowIssue]) -> None:
        refused = [issue for issue in issues if issue.refuses]
        first = refused[0]
        super().__init__(first.message, first.step)
        self.issues = refused


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it is kept, and what an import would have said about it."""

    record: Record
    stamp: Stamp
    tag: str
    """What tells this content from any other, for whoever changes it later."""
    issues: tuple[RowIssue, ...] = ()

    @classmethod
    def of(cls, record: Record, stamp: Stamp, viewer: Viewer, issues: Sequence[RowIssue] = ()) -> Self:
        """The record as the viewer may read it. Its tag is of what they read: a hash of hidden figures tells them."""
        shown = told(record, viewer)
        digest = stamp.content_hash if shown == record else content_hash(shown)
        return cls(shown, stamp, digest[:32], tuple(issues))


class RecordBook:
    """The use cases of single records on one installation."""

    def __init__(self, database: Database, draw: Draw) -> None:
        self._database = database
        self._draw = draw

    def read(self, kind: Kind, record_id: str, viewer: Viewer) -> Stored:
        """One record.

        Raises:
            RecordNotFoundError: there is none.
            NotEntitledError: the viewer may not see it.
        """
        with self._database.read() as connection:
            records = Records(connection)
            return Stored.of(*_kept(records, kind, record_id, viewer), viewer)

    def page(self, kind: Kind, viewer: Viewer, after: str, limit: int) -> list[Record]:
        """Records by id, those after an id, that the viewer may see."""
        with self._database.read() as connection:
            return [told(one, viewer) for one in Records(connection).page(kind, viewer, after, limit)]

    def named(self, record_id: str, viewer: Viewer) -> Record:
        """The record of an id in whatever table. Raises like `read`."""
        with self._database.read() as connection:
            record = Records(connection).find(record_id, lambda one: visible(one, viewer))
        require_visible(record, viewer)
        return told(record, viewer)

    def pair(self, one_id: str, other_id: str, viewer: Viewer) -> tuple[Record, Record]:
        """Two records, a result or project before a carrier or fund. Raises like `read`."""
        one, other = self.named(one_id, viewer), self.named(other_id, viewer)
        return (one, other) if one.table is PairKind.of(one.table).left else (other, one)

    def many(self, kind: Kind, ids: Sequence[str], viewer: Viewer) -> dict[str, Record]:
        """The records of these ids that the viewer may see, in the order of the ids."""
        with self._database.read() as connection:
            found = Records(connection).many(kind, ids)
        return {name: told(record, viewer) for name, record in found.items() if visible(record, viewer)}

    def stored(self, kind: Kind, ids: Sequence[str], viewer: Viewer) -> dict[str, Stored]:
        """The same, each with when it came and changed."""
        with self._database.read() as connection:
            records = Records(connection)
            found, stamps = records.many(kind, ids), records.stamps(kind, ids)
        seen = {name: one for name, one in found.items() if visible(one, viewer)}
        return {name: Stored.of(one, stamps[name], viewer) for name, one in seen.items()}

    def origins(self, kind: Kind, record_id: str, viewer: Viewer) -> dict[str, Origin]:
        """Since when each field says what it says, and where that came from. Raises like `read`."""
        with self._database.read() as connection:
            records = Records(connection)
            record, stamp = _kept(records, kind, record_id, viewer)
            found = origins(record, stamp, records.history(kind, record_id))
        shown = told(record, viewer)
        return {name: one for name, one in found.items() if getattr(shown, name) == getattr(record, name)}

    def create(
        self, kind: Kind, content: Mapping[str, object], actor: Actor, now: datetime, *, strict: bool = False
    ) -> Stored:
        """Write a new record under the id that the content says, else under one that `id_of_new` gives. If `strict`,
        what cannot be understood is refused instead of kept beside the record.

        Raises:
            InvalidRecordError: the content is no record.
            NotAllowedError: it would not be the actor's own.
            ConflictError: its id is taken, by something the actor may or may not see, or not theirs to choose; or a
                record that they see says the same.
        """
        record, issues = _record(kind, content, strict=strict)
        _require_own(record, actor)
        with self._database.begin() as connection:
            records = Records(connection)
            chosen = bool(str(content.get("id") or "").strip())
            name = id_of_new(records, record, actor.viewer, self._draw, chosen=chosen)
            return _written(records, replace(record, id=name), actor, now, issues)

    def replace(
        self,
        kind: Kind,
        record_id: str,
        content: Mapping[str, object],
        tag: str,
        actor: Actor,
        now: datetime,
        *,
        strict: bool = False,
    ) -> Stored:
        """Write a record anew over the content that the tag names; `strict` as in `create`.

        Raises:
            ConflictError: it has another content by now.
            NotAllowedError: it is not the actor's to write, or tells figures that are not theirs to know.
        """
        record, issues = _record(kind, {**content, "id": record_id}, strict=strict)
        with self._database.begin() as connection:
            records = Records(connection)
            kept = self._require_unchanged(records, kind, record_id, tag, actor)
            _require_own(record, actor)
            return _written(records, _with_figures(record, kept, actor.viewer), actor, now, issues)

    def delete(self, kind: Kind, record_id: str, tag: str, actor: Actor) -> None:
        """Delete a record whose content the tag names, with the facts about it."""
        with self._database.begin() as connection:
            records = Records(connection)
            self._require_unchanged(records, kind, record_id, tag, actor)
            records.delete(kind, [record_id])

    def not_public(self, ids: Sequence[str]) -> set[str]:
        """Those of the records that are not public, as the audit names them."""
        with self._database.read() as connection:
            return not_public(Records(connection), ids)

    def require_own(self, kind: Kind, record_id: str, actor: Actor) -> None:
        """Raise unless the record is there and the actor's to open: brokers pass on nothing but their own."""
        record = self.read(kind, record_id, actor.viewer).record
        if actor.role not in OVERSEEING and not belongs(record, actor):
            raise _not_own()

    def _require_unchanged(self, records: Records, kind: Kind, record_id: str, tag: str, actor: Actor) -> Record:
        record, stamp = _kept(records, kind, record_id, actor.viewer)
        _require_own(record, actor)
        require_version(tag, Stored.of(record, stamp, actor.viewer).tag)
        return record


def not_public(records: Records, ids: Collection[str]) -> set[str]:
    """Those of the records that are not public, as the audit names them."""
    found = (record for kind in HIDEABLE for record in records.many(kind, ids).values())
    return {f"{record.table}/{record.id}" for record in found if not visible(record, Viewer.PUBLIC)}


def owns(actor: Actor, record: Record) -> bool:
    """Whether the record is the actor's to write."""
    if actor.role in CARETAKERS:
        # What was only opened to somebody is theirs to read, not to write.
        return visible(record, replace(actor.viewer, opened=frozenset()))
    return belongs(record, actor)


def may_add(actor: Actor, kind: Kind) -> bool:
    """Whether the actor could write a new record of the table; whose it is decides once it is there."""
    mine = actor.organisation
    own = {Kind.ACHIEVEMENTS: mine.institutions, Kind.PROJECTS: mine.incubator_ids} if mine else {}
    return actor.role in CARETAKERS or bool(own.get(kind))


def may_open(actor: Actor, record: Record) -> bool:
    """Whether the record may be hidden, and is the actor's to open to an organisation."""
    return record.table in HIDEABLE and (actor.role in OVERSEEING or belongs(record, actor))


def belongs(record: Record, actor: Actor) -> bool:
    """Whether the record is the actor's organisation's own."""
    if isinstance(record, Achievement | Project):
        mine = actor.organisation
        return mine is not None and (
            record.institution in mine.institutions
            if isinstance(record, Achievement)
            else record.incubator_id in mine.incubator_ids
        )
    return actor.speaks_for(record.table, record.id)


def _require_own(record: Record, actor: Actor) -> None:
    if not owns(actor, record):
        raise _not_own()


def _not_own() -> NotAllowedError:
    return NotAllowedError(
        Said("只能填写本机构自己的记录。", "Only records of your own organisation can be written."),
        Said("请检查完成单位、所在载体或编号是否属于本机构。", "Check that institution, carrier or id are your own."),
    )


def _kept(records: Records, kind: Kind, record_id: str, viewer: Viewer) -> tuple[Record, Stamp]:
    record = records.get(kind, record_id, lambda one: visible(one, viewer))
    require_visible(record, viewer)
    return record, records.stamps(kind, [record_id])[record_id]


def _written(records: Records, record: Record, actor: Actor, now: datetime, issues: Sequence[RowIssue]) -> Stored:
    records.upsert([record], now)
    return Stored.of(record, records.stamps(record.table, [record.id])[record.id], actor.viewer, issues)


def _with_figures(record: Record, kept: Record, viewer: Viewer) -> Record:
    """The new content; figures that its writer was not told of stay as they are."""
    if not (isinstance(record, Incubator) and isinstance(kept, Incubator) and withheld(kept, viewer)):
        return record
    if record.metrics or record.extra:
        raise NotAllowedError(
            Said(
                "载体的经营指标只能由其本单位或科技局填写。", "A carrier's figures are its own or the bureau's to tell."
            ),
            Said("请去掉 metrics 和 extra；原有的会保留。", "Leave out metrics and extra; what there is stays."),
        )
    return replace(record, metrics=kept.metrics, extra=kept.extra)


def _record(kind: Kind, content: Mapping[str, object], *, strict: bool) -> tuple[Record, list[RowIssue]]:
    row, issues = read_single(kind, content, ORIGIN)
    if strict:
        issues = [replace(one, severity=Severity.ERROR) if one.severity is Severity.WARNING else one for one in issues]
    if row is None or any(issue.refuses for issue in issues):
        raise InvalidRecordError(issues)
    assert isinstance(row, Record)  # noqa: S101  # a table of records holds nothing else
    return row, issues
