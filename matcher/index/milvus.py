"""Vectors in one collection of a Milvus server. Every answer is exact and the latest: reads are strongly consistent."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import numpy as np

from matcher.index.vectors import SPARE, FaissIndex, Hits, Vectors

CHUNK = 2048
"""Ids named in one expression, and rows sent or asked for at a time: three megabytes of 384 dimensions."""
MOST = 16_384
"""Most hits that Milvus gives for one query; beyond it the rows are fetched and searched here."""
ANSWERED = 200_000
"""Hits asked for in one call, over all its queries."""
LONGEST = 4096
"""Bytes of an id as it is kept."""
STRONG = "Strong"
LOOKS, BETWEEN_LOOKS = 100, 0.05
"""How often, and after how many seconds each, is looked for what another worker is making at the same moment."""

# Clients put keys into expressions between quotes as they are, pymilvus's own iterator included, so a kept key holds
# nothing that could end a quote.
_KEPT = {code: f"%{code:02X}" for code in (*range(32), 127, *map(ord, "%\"'\\{}"))}

Scored = list[tuple[float, str]]
"""Minus the score and the id, so that sorting puts the best first and ties in the order of ids."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is kept: ids, the hash of each one's text, and the vectors, (n, d)."""

    ids: tuple[str, ...]
    contents: tuple[str, ...]
    matrix: Vectors


class MilvusIndex:
    """Exact inner-product search over unit rows of one dimension, in a collection that is made when there is none.

    The interface and the answers are those of `FaissIndex`. Several processes may use one collection: writing a row
    again changes nothing, and what was written is seen by the next read of anybody.
    """

    def __init__(self, client: Any, collection: str, dimension: int) -> None:
        self.name = collection
        self._client = client
        self.dimension = dimension
        self._make()

    def __len__(self) -> int:
        found = self._client.query(self.name, output_fields=["count(*)"], consistency_level=STRONG)
        return int(found[0]["count(*)"])

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids in the order of `matrix`."""
        return tuple(_named(row["id"]) for row in self._all(["id"]))

    @property
    def matrix(self) -> Vectors:
        """All vectors, (n, d), in the order of `ids`."""
        return self._rows(self._all(["id", "vector"])).matrix

    def rows(self, ids: Sequence[str]) -> Rows:
        """Those of these ids that are there, in any order."""
        fields = ["id", "content", "vector"]
        found: list[dict[str, Any]] = []
        for part in _chunks(ids):
            found += self._client.query(self.name, _among(part), output_fields=fields, consistency_level=STRONG)
        return self._rows(found)

    def upsert(self, ids: Sequence[str], vectors: Vectors, contents: Sequence[str] | None = None) -> None:
        """Add or replace; of an id given twice the last vector stays. `contents` are hashes of the texts."""
        last = {name: row for row, name in enumerate(ids)}
        for part in _chunks(list(last)):
            data = [
                {"id": _kept(name), "content": contents[last[name]] if contents else "", "vector": vectors[last[name]]}
                for name in part
            ]
            self._client.upsert(self.name, data)

    def delete(self, ids: Collection[str]) -> None:
        """Forget these ids; unknown ones are passed over."""
        for part in _chunks(sorted(set(ids))):
            self._client.delete(self.name, filter=_among(part))

    def search(self, queries: Vectors, k: int, allowed: Collection[str] | None = None) -> list[Hits]:
        """The k nearest of each query row among the `allowed` ids (all when None)."""
        queries = np.ascontiguousarray(queries, np.float32)
        names = None if allowed is None else sorted(set(allowed))
        if names == [] or not k or not len(queries):
            return [Hits((), ())] * len(queries)
        # A few more than asked for, and still more while a tie reaches over the edge: ties are broken by id.
        limit = k + SPARE
        while limit <= MOST:
            found = self._nearest(queries, limit, names)
            if all(len(each) < limit or each[-1][0] > each[k - 1][0] for each in found):
                return [_hits(each[:k]) for each in found]
            limit *= 2
        return self._fetched().search(queries, k, allowed)

    def _nearest(self, queries: Vectors, limit: int, names: list[str] | None) -> list[Scored]:
        """The `limit` best of each query, or all there are."""
        if names is None or len(names) <= CHUNK:
            return self._asked(queries, limit, "" if names is None else _among(names))
        # Naming many ids costs more than passing over the hits that are not among them.
        rows, known = len(self), set(names)
        wider = min(MOST, 2 * math.ceil(limit * max(1, rows / len(names))))
        kept = [[pair for pair in each if pair[1] in known][:limit] for each in self._asked(queries, wider, "")]
        if wider >= rows or all(len(each) == limit for each in kept):
            return kept
        parts = [self._asked(queries, limit, _among(part)) for part in _chunks(names)]
        return [sorted(pair for part in each for pair in part)[:limit] for each in zip(*parts, strict=True)]

    def _asked(self, queries: Vectors, limit: int, expression: str) -> list[Scored]:
        step = min(MOST, max(1, ANSWERED // limit))
        found: list[Scored] = []
        for start in range(0, len(queries), step):
            answers = self._client.search(
                self.name,
                data=list(queries[start : start + step]),
                filter=expression,
                limit=limit,
                output_fields=["id"],
                search_params={"metric_type": "IP"},
                consistency_level=STRONG,
            )
            found += [sorted((-float(hit["distance"]), _named(hit["id"])) for hit in answer) for answer in answers]
        return found

    def _fetched(self) -> FaissIndex:
        stored, index = self._rows(self._all(["id", "vector"])), FaissIndex(self.dimension)
        index.upsert(stored.ids, stored.matrix)
        return index

    def _all(self, fields: list[str]) -> Iterator[dict[str, Any]]:
        pages = self._client.query_iterator(self.name, batch_size=CHUNK, output_fields=fields, consistency_level=STRONG)
        try:
            while page := pages.next():
                yield from page
        finally:
            pages.close()

    def _rows(self, stored: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> Rows:
        ids, contents, vectors = [], [], []
        for row in stored:
            ids.append(_named(row["id"]))
            contents.append(row.get("content", ""))
            vectors.append(np.asarray(row["vector"], np.float32))
        matrix = np.stack(vectors) if vectors else np.zeros((0, self.dimension), np.float32)
        return Rows(tuple(ids), tuple(contents), matrix)

    def _make(self) -> None:
        """Make the collection, or finish what a killed run began; the same twice is no harm."""
        from pymilvus import DataType  # noqa: PLC0415  # an extra, and two seconds to import

        client = self._client
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=LONGEST)
        schema.add_field("content", DataType.VARCHAR, max_length=64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.dimension)
        index = client.prepare_index_params()
        index.add_index("vector", index_type="FLAT", metric_type="IP")
        _once(
            lambda: client.has_collection(self.name),
            lambda: client.create_collection(self.name, schema=schema, consistency_level=STRONG),
        )
        _once(lambda: client.list_indexes(self.name), lambda: client.create_index(self.name, index))
        client.load_collection(self.name)


def _once(there: Callable[[], object], make: Callable[[], object]) -> None:
    """Make what is not there, unless another worker does at the same moment: that may not be seen at once."""
    from pymilvus.exceptions import MilvusException  # noqa: PLC0415

    if not there():
        try:
            make()
        except MilvusException:
            for _ in range(LOOKS):
                if there():
                    return
                time.sleep(BETWEEN_LOOKS)
            raise


def _kept(name: str) -> str:
    return name.translate(_KEPT)


def _named(kept: str) -> str:
    return unquote(kept)


def _among(names: Sequence[str]) -> str:
    return f"id in {json.dumps([_kept(name) for name in names], ensure_ascii=False)}"


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + CHUNK] for start in range(0, len(names), CHUNK))


def _hits(found: Scored) -> Hits:
    return Hits(tuple(name for _, name in found), tuple(-score for score, _ in found))
