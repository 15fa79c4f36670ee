"""Two records as a pair that somebody may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from matcher.domain.feedback import Feedback
from matcher.domain.records import RECORD_KINDS, Kind, Left, Outcome, PairKind, Record, Right
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import StoreError
from matcher.store import Records
from matcher.wording import Said


def seen_pair(records: Records, left_id: str, right_id: str, viewer: Viewer) -> tuple[PairKind, Left, Right]:
    """The pairing, the left and the right record.

    Raises:
        RecordNotFoundError: no record has one of the ids.
        NotEntitledError: the viewer may not see one of the two.
        StoreError: they are no result and carrier, and no project and fund.
    """
    left, right = (records.find(name, lambda record: visible(record, viewer)) for name in (left_id, right_id))
    for record in (left, right):
        require_visible(record, viewer)
    pair = PairKind.of(left.table)
    if (left.table, right.table) != (pair.left, pair.right):
        raise StoreError(
            Said(f"{left_id} 与 {right_id} 不能构成一对。", f"{left_id} and {right_id} do not make a pair."),
            Said(
                "需一个成果和一个载体，或一个项目和一个基金。",
                "It takes a result and a carrier, or a project and a fund.",
            ),
        )
    return pair, cast("Left", left), cast("Right", right)


def paired_records(records: Records, pairs: Sequence[Feedback | Outcome]) -> dict[tuple[Kind, str], Record]:
    """The records that pairs name, by table and id; those that are gone are left out."""
    named: dict[Kind, list[str]] = {kind: [] for kind in RECORD_KINDS}
    for pair in pairs:
        named[pair.kind.left].append(pair.left_id)
        named[pair.kind.right].append(pair.right_id)
    return {(kind, name): record for kind, ids in named.items() for name, record in records.many(kind, ids).items()}
