"""What changed in records since they were told, from their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcher.digest.fingerprints import changed, fingerprint
from matcher.digest.offers import Key, Offer
from matcher.digest.sieve import Before
from matcher.domain.digests import News
from matcher.domain.records import Kind, Record
from matcher.services.digests.answers import Source
from matcher.store import Database, Records


def changes_of(
    database: Database, offers: Iterable[Offer], told: Mapping[Key, Before], sources: Mapping[Key, Source]
) -> dict[Key, tuple[str, ...]]:
    """The changed fields of each offer that is told for its change; none where its history is gone."""
    changes = [one for one in offers if one.news is News.CHANGED]
    with database.read() as connection:
        earlier = {
            (kind, record_id): rows
            for kind in {one.about for one in changes}
            for record_id, rows in Records(connection)
            .earlier(kind, {one.shown[1] for one in changes if one.about is kind})
            .items()
        }
    found = {}
    for one in changes:
        now = sources[one.key].left if one.about is one.kind.left else sources[one.key].right
        before = _as_told(earlier, one.about, now, told[one.key].record)
        if before is not None:
            found[one.key] = changed(before, now)
    return found


def _as_told(earlier: Mapping[tuple[Kind, str], list[Record]], kind: Kind, now: Record, mark: str) -> Record | None:
    """The last state of the record that says what was told."""
    return next((row for row in earlier.get((kind, now.id), ()) if fingerprint(row) == mark), None)
