"""Arrays that lie in files: read where they are, shared by all processes, gone from memory when it gets scarce."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def read_array(path: Path) -> NDArray[Any]:
    """An array that `numpy.save` wrote, mapped; an empty one, which cannot be mapped, is read."""
    read: NDArray[Any] = np.load(path, mmap_mode="r" if path.stat().st_size > EMPTY else None, allow_pickle=False)
    return read


EMPTY = 128
"""Bytes of a file that holds no value."""
