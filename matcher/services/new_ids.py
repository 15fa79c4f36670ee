"""Under which id a new record is kept, so that neither the id nor a refusal tells of records its writer may not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

from matcher.domain.records import Kind, Record
from matcher.domain.visibility import Clearance, Viewer, visible
from matcher.errors import ConflictError
from matcher.intake.identity import HEX_DIGITS, PREFIXES, identity_of, telling
from matcher.store import Records
from matcher.wording import Said

HIDEABLE = (Kind.ACHIEVEMENTS, Kind.PROJECTS)
"""Tables whose records not everybody may see."""
GIVEN = re.compile(rf"[{''.join(PREFIXES.values())}]-[0-9a-f]{{{HEX_DIGITS}}}")
"""What ids look like that the service gives, derived or drawn."""
Draw = Callable[[], str]
"""Draws `HEX_DIGITS` digits."""


def id_of_new(records: Records, record: Record, viewer: Viewer, draw: Draw, *, chosen: bool) -> str:
    """The id of a new record: the one its writer chose, else one that the service gives.

    What is derived from the content can be worked out by anybody who knows the content, and so would tell whether a
    hidden record has it. Whoever does not see every record of the table therefore gets a random one.

    Raises:
        ConflictError: the id is taken or not theirs to choose, or a record that they see says the same.
    """
    derived = identity_of(record.table, _values(record))
    if chosen or record.id != derived:
        return _chosen(records, record, viewer)
    same = chain(records.many(record.table, [derived]).values(), records.saying(record.table, telling(_values(record))))
    for other in same:
        if visible(other, viewer):
            raise ConflictError(
                Said(f"记录 {other.id} 的内容相同。", f"The record {other.id} says the same."),
                Said(
                    "请修改原记录；确为另一条的，请自拟编号。", "Change that one, or give this one an id of your own."
                ),
            )
    return derived if _sees_all(record.table, viewer) else _drawn(records, record.table, draw)


def _chosen(records: Records, record: Record, viewer: Viewer) -> str:
    holder = records.many(record.table, [record.id]).get(record.id)
    seen = holder is not None and visible(holder, viewer)
    if not seen and not _sees_all(record.table, viewer) and GIVEN.fullmatch(record.id):
        raise ConflictError(
            Said(
                f"编号 {record.id} 的格式只由系统使用。", f"Ids like {record.id} are given by the service, not chosen."
            ),
            Said("请换一个编号，或不填。", "Take another id, or leave it out."),
        )
    if holder is not None:
        raise ConflictError(
            Said(f"编号 {record.id} 已被使用。", f"The id {record.id} is taken."),
            Said("请换一个编号，或修改原记录。", "Take another id, or change that record."),
        )
    return record.id


def _drawn(records: Records, kind: Kind, draw: Draw) -> str:
    while records.existing(kind, [name := f"{PREFIXES[kind]}-{draw()}"]):
        pass
    return name


def _sees_all(kind: Kind, viewer: Viewer) -> bool:
    return kind not in HIDEABLE or viewer.clearance is Clearance.ENTITLED


def _values(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.identity}
