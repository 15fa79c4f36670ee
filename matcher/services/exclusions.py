"""Standing wishes of those who have accounts: stated of records that are theirs, seen and undone by whose they are."""

from __future__ import annotations

from dataclasses import replace

from matcher.domain.accounts import Actor
from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.records import PairKind, Record
from matcher.domain.visibility import require_visible, visible
from matcher.errors import NotAllowedError, RecordNotFoundError
from matcher.services.pairs import seen_pair
from matcher.services.records import owns
from matcher.services.wishes import Note, StandingWishes, Stated
from matcher.store import Controls, Database, Records
from matcher.wording import Said


class Exclusions:
    """The use cases of standing wishes for accounts."""

    def __init__(self, database: Database, wishes: StandingWishes) -> None:
        self._database = database
        self._wishes = wishes

    def state(self, wish: Wish, asker_id: str, aim: Aim, target: str, note: Note, actor: Actor) -> Stated:
        """Keep a wish of a record that is the actor's.

        Raises:
            RecordNotFoundError: there is no such record.
            NotEntitledError: the actor may not see it.
            NotAllowedError: it is not theirs.
        """
        with self._database.read() as connection:
            asker = Records(connection).find(asker_id, lambda record: visible(record, actor.viewer))
        require_visible(asker, actor.viewer)
        require_part(actor, asker)
        [kept] = self._wishes.state(wish, asker_id, [(aim, target)], replace(note, owner=actor.id), actor.viewer)
        return kept

    def dismiss(self, left_id: str, right_id: str, note: Note, actor: Actor) -> Stated:
        """Not this pair again; one of the two is the actor's."""
        with self._database.read() as connection:
            _, left, right = seen_pair(Records(connection), left_id, right_id, actor.viewer)
        require_part(actor, left, right)
        [kept] = self._wishes.dismiss(left_id, right_id, replace(note, owner=actor.id), actor.viewer)
        return kept

    def withdraw(self, pair: PairKind, left_id: str, right_id: str, actor: Actor) -> None:
        """Take the actor's own dismissal of a pair back, if there is one."""
        key = (Wish.DISMISS, actor.id, left_id, right_id)
        with self._database.begin() as connection:
            controls = Controls(connection)
            found = [one.id for one in controls.of(pair) if (one.wish, one.owner, one.asker, one.target) == key]
            controls.remove(found)

    def page(self, actor: Actor, record_id: str | None, after: int, limit: int) -> list[Stated]:
        """Wishes by number, those after one, that are the actor's or of records that are; of all or of one record."""

        def theirs(control: Control, asker: Record | None) -> bool:
            return control.owner == actor.id or (asker is not None and owns(actor, asker))

        return self._wishes.listed(record_id, actor.viewer, of=theirs, after=after, limit=limit)

    def undo(self, number: int, actor: Actor) -> Stated:
        """Take a wish back.

        Raises:
            RecordNotFoundError: there is none of this number that the actor sees.
        """
        known = {one.control.id: one for one in self.page(actor, None, number - 1, 1)}
        if number not in known:
            raise RecordNotFoundError(
                Said(f"没有编号为 {number} 的控制项。", f"There is no standing wish {number}."),
                Said("请先列出控制项。", "List the wishes first."),
            )
        self._wishes.undo([number], actor.viewer)
        return known[number]


def require_part(actor: Actor, *records: Record) -> None:
    """Raise NotAllowedError unless one of the records is the actor's to speak for."""
    if not any(owns(actor, record) for record in records):
        raise NotAllowedError(
            Said("只能就本机构自己的记录提出。", "This can be said of records of your own organisation only."),
            Said("请由记录所属机构或技术经纪人提出。", "Their organisation or a broker has to say it."),
        )
