"""Rows of JSON lines files: one object a line, the keys of all lines together are the header."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from matcher.intake.encodings import encoding_of
from matcher.intake.issues import Remark, refuse
from matcher.intake.limits import Limits, check_columns, check_rows


class JsonLines:
    """One JSON lines file, read through once to learn its keys."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        self._limits = limits
        self.header, self.total = self._survey()

    def rows(self) -> Iterator[tuple[int, list[object] | Remark]]:
        """Line number and values in the order of the header, or what is wrong with the line."""
        for number, found in self._read():
            yield number, found if isinstance(found, Remark) else [found.get(key) for key in self.header]

    def _survey(self) -> tuple[tuple[str, ...], int]:
        keys: dict[str, None] = {}
        total = 0
        for _, found in self._read():
            total += 1
            keys.update({} if isinstance(found, Remark) else dict.fromkeys(found))
            check_columns(self._path.name, len(keys), self._limits)
            check_rows(self._path.name, total, self._limits)
        return tuple(keys), total

    def _read(self) -> Iterator[tuple[int, dict[str, object] | Remark]]:
        with self._path.open(encoding=self._encoding, newline="\n") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.isspace():
                    yield number, _parse(line)


def _parse(line: str) -> dict[str, object] | Remark:
    try:
        found = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        return refuse(
            "bad_json",
            (f"这一行不是有效的 JSON（{error}）。", f"The line is not valid JSON ({error})."),
            ("请改正这一行；每行一个 JSON 对象。", "Correct the line; every line is one JSON object."),
        )
    if isinstance(found, dict):
        return found
    return refuse(
        "not_an_object",
        (
            f"这一行是 {type(found).__name__}，不是 JSON 对象。",
            f"The line is a {type(found).__name__}, not a JSON object.",
        ),
        ("请写成 {…} 的形式，每行一个对象。", "Write one object {…} on each line."),
    )
