"""What to say when an id is not there: the ids it was probably meant to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches

import sqlalchemy as sa

from matcher.domain.records import Kind
from matcher.errors import RecordNotFoundError
from matcher.store.tables import TABLES
from matcher.wording import Said

MOST = 3
"""Ids that are suggested."""

LONGEST = 60
"""Longer ids are not compared letter by letter; they were hardly typed by hand."""


def not_found(
    connection: sa.Connection,
    record_id: str,
    kinds: Sequence[Kind],
    shown: Callable[[Kind, Iterable[str]], Iterable[str]] = lambda _, ids: ids,
) -> RecordNotFoundError:
    """The error for an id that none of the tables has; its step names ids that look alike and may be shown."""
    tables = [kind.value for kind in kinds]
    # What cannot be encoded can be neither asked for nor printed.
    record_id = record_id.encode(errors="replace").decode().replace("\0", "�")
    ids = sorted({each for kind in kinds for each in shown(kind, _near(connection, record_id, TABLES[kind].c.id))})
    longer = [each for each in ids if record_id and each.startswith(record_id)]
    alike = list(dict.fromkeys([*get_close_matches(record_id, ids, n=MOST, cutoff=0.7), *longer]))[:MOST]
    step = Said("请检查编号，或先导入该记录。", "Check the id, or import the record first.")
    if alike:
        step = Said(f"是否指 {'、'.join(alike)}？", f"Did you mean {', '.join(alike)}?")
    return RecordNotFoundError(
        Said(
            f"{'、'.join(tables)} 中没有编号为 {record_id} 的记录。",
            f"No record in {', '.join(tables)} has the id {record_id}.",
        ),
        step,
    )


def _near(connection: sa.Connection, record_id: str, column: sa.Column[str]) -> Iterator[str]:
    # The ids beside it in order share the longest beginning; the others are one slip away.
    ids = sa.select(column)
    yield from connection.scalars(ids.where(column >= record_id).order_by(column).limit(MOST))
    yield from connection.scalars(ids.where(column < record_id).order_by(column.desc()).limit(MOST))
    if len(record_id) <= LONGEST:
        slips = [column.ilike(pattern, escape="/") for pattern in _slips(record_id)]
        yield from connection.scalars(ids.where(sa.or_(*slips)).order_by(column).limit(100))


def _slips(text: str) -> set[str]:
    """LIKE patterns of all texts that differ by one character more, less or other, by a swap, or by case."""
    letters = [f"/{letter}" if letter in "%_/" else letter for letter in text]
    places = range(len(letters) + 1)
    cuts = [(letters[:place], letters[place:]) for place in places]
    patterns = [letters]
    patterns += [[*before, "_", *after] for before, after in cuts]
    patterns += [[*before, "_", *after[1:]] for before, after in cuts if after]
    patterns += [[*before, *after[1:]] for before, after in cuts if after]
    patterns += [[*before, after[1], after[0], *after[2:]] for before, after in cuts if len(after) > 1]
    return {"".join(pattern) for pattern in patterns}
