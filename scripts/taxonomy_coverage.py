"""How many rows of an ecosystem folder state an industry, a field or a place that the tables know."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from matcher.domain.records import RECORD_KINDS, Record
from matcher.intake.issues import RowIssue, Withdrawal
from matcher.intake.reader import read
from matcher.ranking.corpus import FacetReader
from matcher.resources import load_fields, load_gazetteer, load_industries


def records(folder: Path) -> Iterator[Record]:
    """The records of the folder's four tables."""
    yield from (row for row in read(folder, kinds=RECORD_KINDS) if not isinstance(row, RowIssue | Withdrawal))


def main(folder: Path) -> None:
    """Print per table and tree: rows, rows that state something, rows of which at least one word is known."""
    places, trees = load_gazetteer(), {"industry": load_industries(), "field": load_fields()}
    reader = FacetReader(places, trees["industry"], trees["field"])
    rows: Counter[str] = Counter()
    stated: Counter[tuple[str, str]] = Counter()
    known: Counter[tuple[str, str]] = Counter()
    for record in records(folder):
        rows[record.table] += 1
        facets = reader.of(record)
        for tree in ("region", "industry", "field"):
            stated[record.table, tree] += bool(facets[tree])
            known[record.table, tree] += any(
                places.knows((code,)) if tree == "region" else trees[tree].knows(code) for code in facets[tree]
            )
    for (table, tree), number in stated.items():
        if number:
            print(f"{table:13} {tree:9} rows {rows[table]:6} stated {number:6} known {known[table, tree]:6}")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
