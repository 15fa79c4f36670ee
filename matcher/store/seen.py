"""`domain.visibility.visible` as a condition of a query; a test holds the two to the same answer."""

from __future__ import annotations

import sqlalchemy as sa

from matcher.domain.records import Kind, PairKind
from matcher.domain.visibility import SEES, Viewer
from matcher.store.tables import TABLES, deletions

NAMES = {Kind.ACHIEVEMENTS: "title", Kind.PROJECTS: "name"}
"""By which field those records are called that not everybody may see."""


def seen_by(viewer: Viewer, kind: Kind) -> sa.ColumnElement[bool]:
    """That the viewer may see a row of the table."""
    table = TABLES[kind]
    if "visibility" not in table.c:
        return sa.true()
    opened = [record_id for of, record_id in viewer.opened if of is kind]
    owned = {
        "institution": viewer.institutions if kind is Kind.ACHIEVEMENTS else (),
        "incubator_id": viewer.carriers if kind is Kind.PROJECTS else (),
        "carrier_id": viewer.carriers if kind not in (Kind.ACHIEVEMENTS, Kind.PROJECTS) else (),
        "id": opened,
    }
    mine = [table.c[name].in_(sorted(values)) for name, values in owned.items() if values and name in table.c]
    levels = sorted(each.value for each in SEES[viewer.clearance])
    return sa.or_(table.c.visibility.in_(levels), *mine)


def pairs_seen_by(viewer: Viewer, table: sa.Table) -> sa.ColumnElement[bool]:
    """That the viewer may see both records of a row's pair (`kind`, `left_id`, `right_id`)."""
    return sa.or_(
        *(
            sa.and_(
                table.c.kind == pair.value,
                _seen(viewer, pair.left, table.c.left_id),
                _seen(viewer, pair.right, table.c.right_id),
            )
            for pair in PairKind
        )
    )


def _seen(viewer: Viewer, kind: Kind, column: sa.Column[str]) -> sa.ColumnElement[bool]:
    record = TABLES[kind]
    return sa.exists().where(record.c.id == column, seen_by(viewer, kind))


def withdrawn_since(connection: sa.Connection, kind: Kind, viewer: Viewer, revision: int) -> set[str]:
    """Ids of what was deleted, or changed so that the viewer may not see it, after a revision."""
    table = TABLES[kind]
    hidden = sa.select(table.c.id).where(table.c.revision > revision, sa.not_(seen_by(viewer, kind)))
    return {*connection.scalars(hidden), *connection.scalars(deleted_since(kind, revision))}


def deleted_since(kind: Kind, revision: int) -> sa.Select[tuple[str]]:
    """The ids deleted after a revision and not there again."""
    return sa.select(deletions.c.id).where(deletions.c.kind == kind.value, deletions.c.revision > revision)


def name_seen(connection: sa.Connection, viewer: Viewer, name: str, *, whole: bool) -> bool:
    """Whether a result or a project that the viewer may see is called so, or begins so where it is not the whole."""
    return any(
        connection.scalar(sa.select(sa.exists().where(_called(kind, name, whole=whole), seen_by(viewer, kind))))
        for kind in NAMES
    )


def hidden_called(connection: sa.Connection, name: str, *, whole: bool) -> list[str]:
    """The results and projects, as `kind/id`, that are called so, or begin so, and are not public."""
    return [
        f"{kind}/{record_id}"
        for kind in NAMES
        for record_id in connection.scalars(
            sa.select(TABLES[kind].c.id).where(_called(kind, name, whole=whole), sa.not_(seen_by(Viewer.PUBLIC, kind)))
        )
    ]


def _called(kind: Kind, name: str, *, whole: bool) -> sa.ColumnElement[bool]:
    column = TABLES[kind].c[NAMES[kind]]
    return column == name if whole else column.startswith(name, autoescape=True)
