"""`domain.visibility.visible` as a condition of a query; a test holds the two to the same answer."""

from __future__ import annotations

import sqlalchemy as sa

from matcher.domain.records import Kind
from matcher.domain.visibility import SEES, Viewer
from matcher.store.tables import TABLES


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
