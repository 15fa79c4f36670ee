"""The texts of all records to the cache of vectors, in many processes, so that the next index has nothing to encode."""

from __future__ import annotations

from collections.abc import Callable

from matcher.encoder.bulk import Crew, encode_in_bulk
from matcher.encoder.cache import CachedEncoder
from matcher.encoder.model import Progress
from matcher.services.indexing import texts_of
from matcher.store import Database


def encode_records(
    database: Database, cached: CachedEncoder, crew: Crew, begin: Callable[[int], Progress]
) -> dict[str, int]:
    """Encode what is missing; how many texts there are, and how many were encoded.

    The missing texts are in memory, about a kilobyte for each record.
    """
    texts = texts_of(database)
    return {"texts": len(texts), "encoded": encode_in_bulk(cached, texts, crew, begin(len(texts)))}
