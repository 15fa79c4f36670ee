"""Records as one viewer may know them, with those that were decided to be one counted as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import cast

from matcher.domain.columns import references
from matcher.domain.identity import Identities, Pooled, led
from matcher.domain.names import Organisations
from matcher.domain.records import RECORD_KINDS, TYPES, IdentityKind, Kind, Left, PairKind, Record, Register, Right
from matcher.domain.registers import Arrangement
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.policy.arrangements import Residents, residents
from matcher.store import Database, Decisions, Outcomes, Records, Registers


def pooled(database: Database, pairing: PairKind, viewer: Viewer) -> Pooled[Left, Right]:
    """One pairing without what the viewer may not see: no score, count or case can tell of it.

    Records that were decided to be one are one here, with the outcomes of all of them; references lead to it.
    """
    with database.read() as connection:
        stored, everything = Records(connection), database.remembered.all
        decisions, told = Decisions(connection), Outcomes(connection)

        def read() -> Pooled[Left, Right]:
            identities = Identities(decisions.all())
            lefts = [record for record in everything(stored, pairing.left) if visible(record, viewer)]
            references = {
                kind: identities.standing(
                    IdentityKind.of(kind), (record for record in everything(stored, kind) if visible(record, viewer))
                )
                for kind in (Kind.ACHIEVEMENTS, Kind.INCUBATORS)
                if pairing is PairKind.PROJECT_FUND
            }
            rights, outcomes = everything(stored, pairing.right), list(told.all(pairing))
            return identities.pool(cast("list[Left]", lefts), cast("list[Right]", rights), outcomes, references)

        return database.remembered.made(stored, (pooled, pairing, viewer), read)


def register(database: Database, kind: Kind, viewer: Viewer) -> list[Register]:
    """The rows of a register that the viewer may see, each naming only records that the viewer may know.

    A record that was decided to be one with another is named by the one that stands for it: two rows may then share
    what was their key. A record that is hidden is not named at all.
    """
    with database.read() as connection:
        stored, identities = Records(connection), Identities(Decisions(connection).all())
        rows = [row for row in Registers(connection).all(kind) if visible(row, viewer)]
        named = {each.to for each in references(TYPES[kind])}.intersection(RECORD_KINDS)
        remembered, standing = database.remembered, {}
        for each in named:
            read = partial(_standing, remembered.all(stored, each), identities, viewer)
            standing[each] = remembered.made(stored, (register, each, viewer), read)
    return [led(row, standing) for row in rows]


def register_row(database: Database, kind: Kind, row_id: str, viewer: Viewer) -> Register:
    """One row of a register whose rows have ids, as the viewer may know it.

    Raises:
        RecordNotFoundError: there is none.
        NotEntitledError: the viewer may not see it.
    """
    with database.read() as connection:
        require_visible(Registers(connection).get(kind, row_id, lambda row: visible(row, viewer)), viewer)
    return next(row for row in register(database, kind, viewer) if getattr(row, "id", "") == row_id)


def _standing(records: Sequence[Record], identities: Identities, viewer: Viewer) -> dict[str, str]:
    """By id, who stands for a record, or nothing where it is hidden; records that stand for themselves are left out."""
    seen = [record for record in records if visible(record, viewer)]
    hidden = {record.id: "" for record in records if not visible(record, viewer)}
    return hidden | (identities.standing(IdentityKind.of(seen[0].table), seen) if seen else {})


def residing(rows: Iterable[Arrangement], known: Pooled[Left, Right], day: date) -> Residents:
    """The residences of a day, under the records that stand for those they name."""
    standing = {Kind.INCUBATORS: known.references.get(Kind.INCUBATORS, {}), Kind.FUNDS: known.standing}
    return residents((led(row, standing) for row in rows), day)


def organisations(database: Database) -> Organisations:
    """What was decided about names, those of carriers and funds among them."""
    with database.read() as connection:
        stored, decisions = Records(connection), Decisions(connection).all()
        takers = (each for kind in (Kind.INCUBATORS, Kind.FUNDS) for each in database.remembered.all(stored, kind))
        return Identities(decisions).organisations(takers if decisions else ())
