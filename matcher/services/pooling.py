"""Records as one viewer may know them, with those that were decided to be one counted as one."""

from __future__ import annotations

from typing import cast

from matcher.domain.identity import Identities, Pooled
from matcher.domain.names import Organisations
from matcher.domain.records import IdentityKind, Kind, Left, PairKind, Right
from matcher.policy.visibility import Viewer, visible
from matcher.store import Database, Decisions, Outcomes, Records


def pooled(database: Database, pairing: PairKind, viewer: Viewer) -> Pooled[Left, Right]:
    """One pairing without what the viewer may not see: no score, count or case can tell of it.

    Records that were decided to be one are one here, with the outcomes of all of them; references lead to it.
    """
    with database.read() as connection:
        stored = Records(connection)
        identities = Identities(Decisions(connection).all())
        lefts = [record for record in stored.all(pairing.left) if visible(record, viewer)]
        outcomes = list(Outcomes(connection).all(pairing))
        references = {
            kind: identities.standing(
                IdentityKind.of(kind), (record for record in stored.all(kind) if visible(record, viewer))
            )
            for kind in (Kind.ACHIEVEMENTS, Kind.INCUBATORS)
            if pairing is PairKind.PROJECT_FUND
        }
        rights = list(stored.all(pairing.right))
    return identities.pool(cast("list[Left]", lefts), cast("list[Right]", rights), outcomes, references)


def organisations(database: Database) -> Organisations:
    """What was decided about names, those of carriers and funds among them."""
    with database.read() as connection:
        stored, decisions = Records(connection), Decisions(connection).all()
        takers = (each for kind in (Kind.INCUBATORS, Kind.FUNDS) for each in stored.all(kind) if decisions)
        return Identities(decisions).organisations(takers)
