"""Vectors kept on disk by the hash of their text, so that a text is encoded once and a killed run resumes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matcher.encoder.model import Encoder, Progress, Role, Vectors, unit_rows
from matcher.encoder.vectorfile import VectorFile

SLICE = 512
"""Texts that are encoded and written at a time: what a killed run loses at most."""
MOST_ASKED = 512
"""Questions that are kept in memory."""


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """How many non-blank texts were asked for and found, or asked for and not found, since the encoder was made."""

    hits: int = 0
    misses: int = 0


class CachedEncoder:
    """An encoder with its vectors in a file of the folder `path`, one file per encoder id.

    Vectors are kept in half precision, and what was just encoded takes the same way through it, so that a vector
    is the same bit for bit whether it comes from the file or not. Safe for several threads and processes; a file
    that cannot be used is named in a warning and costs time, never the run. What people ask is kept in memory only:
    a question is short, seldom asked again, and nobody else's business.
    """

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self._encoder = encoder
        self._folder = path
        self._opening = threading.Lock()
        self._file: VectorFile | None = None
        self._counts = CacheCounts()
        self._asked: dict[str, bytes] = {}

    @property
    def id(self) -> str:
        """The id of the encoder inside."""
        return self._encoder.id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    @property
    def counts(self) -> CacheCounts:
        """Hits and misses so far. A text that occurs twice in one call counts once."""
        return self._counts

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """One row per text. Shape: (len(texts), dimension), float32, unit length; zeros for a blank text.

        Only unique texts that are not in the file are encoded, `SLICE` at a time in the order they came: slices of
        like cost keep `progress` honest, and the encoder sorts by length inside each. Raises EncoderError.
        """
        keys = [_key(text, role) if text.strip() else None for text in texts]
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key is not None}
        known = self._read(list(wanted), role)
        missing = [key for key in wanted if key not in known]
        self._count(len(known), len(missing))
        if progress is not None and len(missing) < len(texts):
            progress(len(texts) - len(missing))  # blank, known, and copies of others
        for start in range(0, len(missing), SLICE):
            part = missing[start : start + SLICE]
            fresh = self._encoder.encode([wanted[key] for key in part], role, progress)
            blobs = {key: row.tobytes() for key, row in zip(part, fresh.astype("<f2"), strict=True)}
            self._write(blobs, role)
            known |= blobs
        return self._rows(keys, known)

    def missing(self, texts: Sequence[str], role: Role) -> list[str]:
        """The non-blank texts that are not kept yet, each once."""
        wanted = {_key(text, role): text for text in texts if text.strip()}
        known = self._read(list(wanted), role)
        return [text for key, text in wanted.items() if key not in known]

    def keep(self, texts: Sequence[str], role: Role, vectors: Vectors) -> None:
        """Put vectors of texts that were encoded elsewhere, (len(texts), dimension), into the file."""
        keys = [_key(text, role) for text in texts]
        self._write({key: row.tobytes() for key, row in zip(keys, vectors.astype("<f2"), strict=True)}, role)

    def _read(self, keys: list[str], role: Role) -> dict[str, bytes]:
        if role is Role.QUERY:
            return {key: self._asked[key] for key in keys if key in self._asked}
        return self._vectors().read(keys)

    def _write(self, blobs: dict[str, bytes], role: Role) -> None:
        if role is Role.QUERY:
            kept = {**self._asked, **blobs}
            self._asked = {key: kept[key] for key in list(kept)[-MOST_ASKED:]} if len(kept) > MOST_ASKED else kept
        else:
            self._vectors().write(blobs)

    def _rows(self, keys: list[str | None], known: dict[str, bytes]) -> Vectors:
        halves = np.zeros((len(keys), self.dimension), dtype="<f2")
        for row, key in zip(halves, keys, strict=True):
            if key is not None:
                row[:] = np.frombuffer(known[key], "<f2")
        return unit_rows(halves.astype(np.float32))

    def _vectors(self) -> VectorFile:
        with self._opening:
            if self._file is None:
                self._file = VectorFile.of(self._folder, self.id, self.dimension)
            return self._file

    def _count(self, hits: int, misses: int) -> None:
        with self._opening:
            self._counts = CacheCounts(self._counts.hits + hits, self._counts.misses + misses)


def _key(text: str, role: Role) -> str:
    """SHA-256 of role and text. A lone surrogate, which some files smuggle in, still has a key."""
    return hashlib.sha256(f"{role.value}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
