"""Why a digest says what it says: every candidate with its worth, and what kept it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.digest.offers import Offer
from matcher.digest.portfolio import Bound, program, value
from matcher.digest.program import Room
from matcher.domain.digests import Digest
from matcher.domain.records import Kind, name_of
from matcher.domain.weeks import Week
from matcher.services.digests.reading import DigestBook
from matcher.store import Database, Receipt, Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A candidate of a digest, and what became of it."""

    offer: Offer
    name: str
    """What the record is called now; empty where it is gone."""
    worth: float
    chosen: bool
    why_not: tuple[Bound, ...] = ()
    """The limits that did not allow it; none: others were worth more to the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A digest with everything that it was chosen from."""

    digest: Digest
    receipt: Receipt
    offers: tuple[Weighed, ...]
    """The most worthy first."""
    passed: Mapping[str, int]
    """How many candidates were passed over before, by rule or reason."""


def explain(book: DigestBook, database: Database, week: Week, account: str) -> Explained:
    """Why somebody's digest says what it says, from the receipt alone but for the names.

    Raises:
        RecordNotFoundError: the week is not composed, or has no such account.
    """
    [digest] = book.of_week(week, account)
    made = book.again(week)
    material, selection = made.week.material, made.week.selection
    values = [value(one, material.showings, material.terms) for one in material.offers]
    room = Room(program(material.offers, values, material.readers, material.places, material.terms), selection.chosen)
    mine = [number for number, offer in enumerate(material.offers) if offer.reader == digest.account_id]
    names = _names(database, [material.offers[number] for number in mine])
    weighed = [
        Weighed(
            offer=material.offers[number],
            name=names.get(material.offers[number].shown, ""),
            worth=round(values[number], 6),
            chosen=number in selection.chosen,
            why_not=() if number in selection.chosen else tuple(map(Bound, room.tight(number))),
        )
        for number in sorted(mine, key=lambda number: (-values[number], number))
    ]
    passed = made.parts[digest.account_id]["passed"]
    return Explained(digest=digest, receipt=made.receipt, offers=tuple(weighed), passed=passed)


def _names(database: Database, offers: list[Offer]) -> dict[tuple[Kind, str], str]:
    with database.read() as connection:
        records = Records(connection)
        return {
            (kind, record_id): name_of(record)
            for kind in sorted({offer.about for offer in offers})
            for record_id, record in records.many(
                kind, [offer.shown[1] for offer in offers if offer.about is kind]
            ).items()
        }
