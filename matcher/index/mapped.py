"""Arrays that lie in files: read where they are, shared by all processes, gone from memory when it gets scarce."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray


class Lent:
    """Rows of a mapped FAISS file for NumPy, which keeps this object, and so the file, as long as the array lives."""

    def __init__(self, index: Any, rows: NDArray[np.float32]) -> None:
        self._index = index
        place = (rows.ctypes.data, True)
        self.__array_interface__ = {"shape": rows.shape, "typestr": rows.dtype.str, "data": place, "version": 3}


def lent(index: Any, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows of an index that will not change, as an array that cannot be written to."""
    return np.asarray(Lent(index, rows)) if rows.size else rows


def scan(rows: NDArray[np.float32], aims: NDArray[np.float32]) -> NDArray[np.float32]:
    """`rows @ aims`, (n, d) by (d, c), of rows that may lie in a file.

    There they begin at any byte, and NumPy would copy all of them first: FAISS multiplies them where they are, and for
    more than a few columns it is parts that are copied.
    """
    if aims.shape[1] > FEW or not rows.flags.c_contiguous:
        parts = [rows[start : start + AT_ONCE] @ aims for start in range(0, len(rows), AT_ONCE)]
        return np.concatenate([np.zeros((0, aims.shape[1]), np.float32), *parts])
    found = np.empty((aims.shape[1], len(rows)), np.float32)
    for row, aim in zip(found, np.ascontiguousarray(aims.T, np.float32), strict=True):
        pointers = (faiss.swig_ptr(each) for each in (row, aim, rows))
        faiss.fvec_inner_products_ny(*pointers, rows.shape[1], len(rows))  # type: ignore[attr-defined]
    return found.T


FEW, AT_ONCE = 4, 8192
"""Columns that are multiplied with one after the other, and rows that are copied at once."""


def read_array(path: Path) -> NDArray[Any]:
    """An array that `numpy.save` wrote, mapped; an empty one, which cannot be mapped, is read."""
    read: NDArray[Any] = np.load(path, mmap_mode="r" if path.stat().st_size > EMPTY else None, allow_pickle=False)
    return read


EMPTY = 128
"""Bytes of a file that holds no value."""
