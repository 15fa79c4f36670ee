"""Standing queries: kept, changed and asked by their owner and the people of the owner's organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from matcher.domain.accounts import Actor
from matcher.domain.mandates import Asked, Mandate
from matcher.domain.matches import Answer
from matcher.domain.records import Kind
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import RecordNotFoundError, StoreError
from matcher.services.matching import Matching
from matcher.store import Database, Mandates, Records
from matcher.store.versions import ANY, require_version
from matcher.wording import Said

MOST = 200
"""Standing queries that one chooses from at once."""


class MandateBook:
    """The use cases of standing queries on one installation."""

    def __init__(self, database: Database, new_id: Callable[[], str]) -> None:
        self._database = database
        self._new_id = new_id

    def page(self, actor: Actor, after: str, limit: int) -> list[Mandate]:
        """The actor's and their organisation's, by id, those after an id."""
        with self._database.read() as connection:
            return Mandates(connection).of(actor.id, actor.account.organisation_id, after, limit)

    def about(self, record_id: str, actor: Actor) -> list[Mandate]:
        """Those of them that are about a carrier or fund, by name."""
        found = (one for one in self.page(actor, "", MOST) if one.asked.record_id == record_id)
        return sorted(found, key=lambda one: (one.asked.name, one.id))

    def read(self, mandate_id: str, actor: Actor) -> Mandate:
        """One of them.

        Raises:
            RecordNotFoundError: there is none, or it is somebody else's.
        """
        with self._database.read() as connection:
            return _of(Mandates(connection), mandate_id, actor)

    def create(self, asked: Asked, actor: Actor, now: datetime) -> Mandate:
        """Keep a question. What it is about must be a carrier or fund that the actor may see."""
        with self._database.begin() as connection:
            mandate = Mandate(
                id=self._new_id(),
                owner=actor.id,
                organisation_id=actor.account.organisation_id,
                asked=asked,
                record_kind=_about(Records(connection), asked, actor.viewer),
                made_at=now,
                changed_at=now,
            )
            Mandates(connection).add(mandate)
            return mandate

    def replace(self, mandate_id: str, asked: Asked, tag: str, actor: Actor, now: datetime) -> Mandate:
        """Ask something else over the version that the tag names.

        Raises:
            ConflictError: it has another version by now.
        """
        with self._database.begin() as connection:
            kept = _of(Mandates(connection), mandate_id, actor, tag)
            about = _about(Records(connection), asked, actor.viewer)
            return Mandates(connection).change(replace(kept, asked=asked, record_kind=about, changed_at=now))

    def delete(self, mandate_id: str, tag: str, actor: Actor) -> None:
        """Delete the version that the tag names."""
        with self._database.begin() as connection:
            Mandates(connection).delete(_of(Mandates(connection), mandate_id, actor, tag))


def ask(mandate: Mandate, matching: Matching, viewer: Viewer, day: date) -> Answer:
    """What the question is answered today."""
    asked = mandate.asked
    if asked.record_id:
        return matching.screen(asked.record_id, asked.k, viewer, day, asked.question)
    return matching.match_text(asked.text, asked.to or Kind.INCUBATORS, asked.k, viewer, day, asked.question)


def _of(mandates: Mandates, mandate_id: str, actor: Actor, tag: str = ANY) -> Mandate:
    kept = mandates.get(mandate_id)
    mine = actor.account.organisation_id
    if kept is None or (kept.owner != actor.id and not (mine and kept.organisation_id == mine)):
        raise RecordNotFoundError(
            Said(f"没有编号为 {mandate_id} 的长期查询。", f"There is no standing query {mandate_id}."),
            Said("请先列出长期查询。", "List the standing queries first."),
        )
    require_version(tag, kept.version)
    return kept


def _about(records: Records, asked: Asked, viewer: Viewer) -> Kind | None:
    """The table of the record asked about; None for a text."""
    if not asked.record_id:
        return None
    found = records.find(asked.record_id, lambda record: visible(record, viewer))
    require_visible(found, viewer)
    if found.table not in (Kind.INCUBATORS, Kind.FUNDS):
        raise StoreError(
            Said(f"{asked.record_id} 不是载体或基金。", f"{asked.record_id} is no carrier and no fund."),
            Said("请给出载体或基金的编号，或 text 与 to。", "Give the id of a carrier or fund, or text and to."),
        )
    return found.table
