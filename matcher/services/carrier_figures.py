"""Whose figures somebody may be told: the bureau every carrier's, a carrier its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from matcher.domain.accounts import OVERSEEING, Actor, Role
from matcher.domain.records import Incubator
from matcher.errors import NotAllowedError, RecordNotFoundError
from matcher.services.evaluation import Evaluation
from matcher.services.roll import carrier_on_roll, carriers_on_roll
from matcher.store import Database
from matcher.wording import Said

FEWEST = 5
"""Of fewer carriers a place and a median tell what single other ones have."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Ids of the carriers, as they stand on the roll; None: all of them."""

    ids: Collection[str] | None

    def __contains__(self, carrier_id: object) -> bool:
        return self.ids is None or carrier_id in self.ids


class CarrierFigures:
    """The question whose figures an actor may see, on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def allowed(self, actor: Actor) -> Allowed:
        """The carriers whose figures the actor may be told."""
        if actor.role in OVERSEEING:
            return Allowed(None)
        mine = actor.organisation.incubator_ids if actor.organisation else ()
        roll = carriers_on_roll(self._database, actor.viewer)
        return Allowed({roll.standing.get(name, name) for name in mine})

    def require(self, carrier: str, actor: Actor, *, also: Collection[Role] = ()) -> Incubator:
        """The carrier of an id or name, whose figures the actor may be told; roles in `also` may, too.

        Raises:
            RecordNotFoundError: there is no such carrier.
            NotAllowedError: it is not the actor's own.
        """
        roll = carriers_on_roll(self._database, actor.viewer)
        found = carrier_on_roll(self._database, roll, carrier, actor.viewer)
        if actor.role not in also and found.id not in self.allowed(actor):
            raise NotAllowedError(
                Said("只能查看本机构自己载体的数据。", "Only the figures of your own carrier can be read."),
                Said("请给出本机构载体的编号。", "Give the id of a carrier of your organisation."),
            )
        return found

    def own(self, actor: Actor) -> tuple[Incubator, ...]:
        """The carriers of the actor's organisation, as they stand on the roll, by id."""
        mine = actor.organisation.incubator_ids if actor.organisation else ()
        roll = carriers_on_roll(self._database, actor.viewer)
        ids = sorted({roll.standing.get(name, name) for name in mine})
        return tuple(roll.carriers[name] for name in ids if name in roll.carriers)

    def asked(self, actor: Actor, carrier: str | None) -> list[str | None]:
        """The carriers to ask for one by one: the one that is named, else the actor's own; None stands for all."""
        if carrier is not None:
            self.require(carrier, actor)
            return [carrier]
        ids = self.allowed(actor).ids
        if ids is None:
            return [None]
        return list[str | None](sorted(ids))

    def require_row(self, carrier_id: str, row_id: str, actor: Actor) -> None:
        """Raise unless a row of a register is of a carrier whose figures the actor may be told.

        Raises:
            RecordNotFoundError: it is another one's, as if there were none.
        """
        if carrier_id not in self.allowed(actor):
            raise RecordNotFoundError(
                Said(f"没有编号为 {row_id} 的记录。", f"There is no row {row_id}."),
                Said("请检查编号。", "Check the id."),
            )

    def discreet(self, evaluation: Evaluation, actor: Actor) -> Evaluation:
        """The evaluation without a place among so few that it would tell what others have."""
        place = evaluation.place
        if place is None or place.of >= FEWEST or self.allowed(actor).ids is None:
            return evaluation
        return replace(evaluation, place=None)
