"""What is worked out when it is first asked for: by most questions never, by others again and again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")


class Later(Mapping[str, Value]):
    """A mapping whose values are made once, by `make(name)`."""

    def __init__(self, names: tuple[str, ...], make: Callable[[str], Value]) -> None:
        self._names = names
        self._make = make
        self._made: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def made(self, name: str) -> bool:
        """Whether somebody asked for it before."""
        return name in self._made

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


MOST_KEPT = 2**25
"""Bytes that are kept of one kind of answer."""


class Kept:
    """Arrays by what they answer; the oldest make room."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Mapping[str, NDArray[np.float32]]] = {}
        self._changing = Lock()

    def of(
        self, asked: Hashable, work_out: Callable[[], Mapping[str, NDArray[np.float32]]]
    ) -> Mapping[str, NDArray[np.float32]]:
        """The arrays, not to be changed."""
        found = self._kept.get(asked)
        if found is None:
            found = {name: np.asarray(values, np.float32) for name, values in work_out().items()}
            for values in found.values():
                values.flags.writeable = False
            most = max(MOST_KEPT // max(sum(values.nbytes for values in found.values()), 1), 1)
            with self._changing:
                while len(self._kept) >= most:
                    del self._kept[next(iter(self._kept))]
                self._kept[asked] = found
        return found
