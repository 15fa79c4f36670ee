"""What an encoder is, and the small one that needs no model."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]
"""Called with the number of texts that became ready since the last call."""


class Role(StrEnum):
    """What a text is for: many models put another prompt before a question than before what answers it."""

    QUERY = "query"
    PASSAGE = "passage"


class Encoder(Protocol):
    """Text to vectors. `id` names model and content: vectors of different ids are never compared."""

    @property
    def id(self) -> str:
        """Name and short content hash, `name@hash`; told without loading a model."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """One row per text, in the order of the texts. Shape: (len(texts), dimension), float32.

        Rows have unit length; a blank text gives a row of zeros. Raises EncoderError when the model cannot be used.
        """


def unit_rows(rows: NDArray[np.float32] | NDArray[np.float64]) -> Vectors:
    """The rows scaled to length one, zero rows left as they are. A row's result does not depend on the others."""
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


class HashingEncoder:
    """Counts of hashed character n-grams: deterministic, fast, and blind to meaning beyond the letters.

    The role makes no difference. Meant for tests and for machines on which no model can run.
    """

    def __init__(self, dimension: int = 256, lengths: Sequence[int] = (1, 2, 3)) -> None:
        self._dimension = dimension
        self._lengths = tuple(lengths)

    @property
    def id(self) -> str:
        """Names the n-gram lengths and the dimension; `v1` stands for the way of hashing."""
        return f"hashing-{'-'.join(map(str, self._lengths))}@v1x{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """One row per text. Shape: (len(texts), dimension), float32, unit length; zeros for a blank text."""
        rows = np.zeros((len(texts), self._dimension), dtype=np.float64)
        for row, text in zip(rows, texts, strict=True):
            for gram, weight in self._grams(text):
                # crc32 is the same in every process, which Python's own hash is not.
                slot = zlib.crc32(gram.encode("utf-8", "surrogatepass"))
                row[(slot >> 1) % self._dimension] += weight if slot & 1 else -weight
            if progress is not None:
                progress(1)
        return unit_rows(rows)

    def _grams(self, text: str) -> Iterator[tuple[str, float]]:
        """Every n-gram with weight 1, and the whole text with a half: so no non-blank text can cancel to zero."""
        folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
        if not folded:
            return
        yield f"={folded}", 0.5
        for length in self._lengths:
            for start in range(len(folded) - length + 1):
                yield folded[start : start + length], 1.0
