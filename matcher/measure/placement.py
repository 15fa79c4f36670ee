"""How well records are placed in industry chains: coverage, and precision and recall against labels by hand."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from matcher.domain.records import Kind, Record
from matcher.policy.chain_places import Placed, Placer

Found = Mapping[str, tuple[Record, Placed]]
"""Records with their places, by id."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Placements of labelled records: how many are right, how many were made, how many there should be."""

    records: int
    exact: int
    """Records with just the nodes of their label."""
    right: int
    made: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of the placements that are right."""
        return self.right / self.made if self.made else 0.0

    @property
    def recall(self) -> float:
        """Share of the labels that were found."""
        return self.right / self.wanted if self.wanted else 0.0


def placements(records: Iterable[Record], placer: Placer) -> Found:
    """Every record with its places."""
    return {record.id: (record, placer.place(record)) for record in records}


def read_labels(path: Path) -> dict[str, frozenset[str]]:
    """Labels by record: a table with the columns id and nodes, ids of nodes separated by semicolons, empty for none."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: frozenset(filter(None, row["nodes"].split(";"))) for row in csv.DictReader(file)}


def judge(found: Found, labels: Mapping[str, frozenset[str]]) -> dict[Kind, Judged]:
    """By table, how the placements compare with the labels."""
    counts: dict[Kind, Counter[str]] = {}
    for name, nodes in labels.items():
        record, place = found[name]
        made = frozenset(place.places)
        counts.setdefault(record.table, Counter()).update(
            records=1, exact=made == nodes, right=len(made & nodes), made=len(made), wanted=len(nodes)
        )
    names = [field.name for field in fields(Judged)]
    return {kind: Judged(**{name: count[name] for name in names}) for kind, count in counts.items()}


def coverage(found: Found) -> dict[Kind, Counter[str]]:
    """By table: `all` records, those `told` to be of an industry of the notice, `placed` at a node, at `several`."""
    counts: dict[Kind, Counter[str]] = {}
    for record, place in found.values():
        counts.setdefault(record.table, Counter()).update(
            all=1, told=bool(place.told), placed=bool(place.places), several=len(place.places) > 1
        )
    return counts
