"""The vectors of one installation on a Milvus server, so that each record is encoded once for all its workers.

What a row is worth is told by the hash of the text it was made from, kept beside it: no worker needs to know what the
others did, in which order, or whether they ended. A row of another text is passed over and written anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from matcher.domain.records import RECORD_KINDS, Kind
from matcher.index.milvus import CHUNK, MilvusIndex
from matcher.index.server import Address, connected
from matcher.index.snapshot import Origin
from matcher.index.vectors import Vectors

Encode = Callable[[Sequence[str]], Vectors]


class SharedVectors:
    """Where the vectors are; a connection is held only while an index is brought up to date."""

    def __init__(self, address: Address) -> None:
        self._address = address

    @contextmanager
    def opened(self, origin: Origin) -> Iterator[SharedTables]:
        """The tables of this database and encoder. Raises UnservedError when the server is away."""
        with connected(self._address) as client:
            yield SharedTables(client, origin)


class SharedTables:
    """One collection for each table of one database and encoder."""

    def __init__(self, client: Any, origin: Origin) -> None:
        self._client = client
        self._origin = origin

    def index(self, kind: Kind) -> MilvusIndex:
        """The collection of a table, made when there is none."""
        return MilvusIndex(self._client, collection_name(self._origin, kind), self._origin.dimension)

    def complete(
        self, kind: Kind, ids: Sequence[str], texts: Sequence[str], encode: Encode, *, afresh: bool = False
    ) -> tuple[Vectors, list[int]]:
        """The vectors of the texts, (n, d), and which rows had to be encoded: they are on the server by then.

        What others made of the same text is taken, unless `afresh`. A killed run is gone on with by whoever comes next.
        """
        index, contents = self.index(kind), [hashed(text) for text in texts]
        vectors, made = np.zeros((len(ids), index.dimension), np.float32), list[int]()
        for start in range(0, len(ids), CHUNK):
            part = range(start, min(start + CHUNK, len(ids)))
            known: dict[tuple[str, str], Vectors] = {}
            if not afresh:
                held = index.rows([ids[row] for row in part])
                known = dict(zip(zip(held.ids, held.contents, strict=True), held.matrix, strict=True))
            lacking = [row for row in part if (ids[row], contents[row]) not in known]
            for row in set(part).difference(lacking):
                vectors[row] = known[ids[row], contents[row]]
            if lacking:
                vectors[lacking] = encode([texts[row] for row in lacking])
                index.upsert([ids[row] for row in lacking], vectors[lacking], [contents[row] for row in lacking])
                made += lacking
        return vectors, made

    def forget(self, kind: Kind, ids: Collection[str]) -> None:
        """Delete these."""
        self.index(kind).delete(ids)

    def keep_only(self, kind: Kind, ids: Collection[str]) -> None:
        """Delete all others: what was withdrawn while nobody could tell the server."""
        index = self.index(kind)
        index.delete(set(index.ids).difference(ids))

    def drop_others(self) -> None:
        """Drop what this database has from encoders that it had before."""
        mine = {collection_name(self._origin, kind) for kind in RECORD_KINDS}
        for name in self._client.list_collections():
            if name.startswith(_prefix(self._origin)) and name not in mine:
                self._client.drop_collection(name)


def collection_name(origin: Origin, kind: Kind) -> str:
    """Letters, digits and underscores that no other database or encoder has.

    The database's identity is random; the encoder's id is hashed too, for two may differ in a sign no name may hold.
    """
    readable = re.sub(r"[^a-z0-9]+", "_", origin.encoder.lower())[:40].strip("_")
    return f"{_prefix(origin)}{readable}_{hashed(origin.encoder)[:8]}_{kind.value}"


def _prefix(origin: Origin) -> str:
    return f"matcher_{hashed(origin.database)[:12]}_"


def hashed(text: str) -> str:
    """SHA-256 of a text. A lone surrogate, which some files smuggle in, still has one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
