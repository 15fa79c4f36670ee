"""Places as paths down the administrative tree, so that "in", "near" and "far" mean the same everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matcher.domain.taxonomy import Path

SHORTEST_LEAF, LONGEST_LEAF = 2, 16


@dataclass(frozen=True, slots=True)
class Region:
    """One row of the region table: code (GB/T 2260 where there is one), name, parent's code, other names."""

    code: str
    name: str
    parent: str
    aliases: tuple[str, ...] = ()


class Gazetteer:
    """Finds the path of a place in whatever a file calls it."""

    def __init__(self, regions: Iterable[Region]) -> None:
        by_code = {region.code: region for region in regions}
        self._paths: dict[str, Path] = {}
        for region in by_code.values():
            path = _path(region, by_code)
            for name in (region.name, *region.aliases):
                self._paths.setdefault(_fold(name), path)
        names = sorted(self._paths, key=len, reverse=True)
        self._known = re.compile("|".join(map(_whole, names)) or r"(?!)")
        self._roots = {path[0] for path in self._paths.values()}
        self._memory: dict[str, Path] = {}

    def path(self, text: str) -> Path:
        """The place's path: known names give the tree, the rest of the text one more, finer level.

        A text without a known name is split at slashes: "CA/San Francisco" → ("ca", "san francisco").
        """
        if text not in self._memory:
            self._memory[text] = self._resolve(_fold(text))
        return self._memory[text]

    def called(self, text: str) -> str:
        """The place's name down the tree, whatever a file calls it: 科左后旗 → 内蒙古自治区/通辽市/科尔沁左翼后旗.

        The country goes without saying; a text without a known name stays as it is.
        """
        path = self.path(text)
        return "/".join(path[1:] or path) if self.knows(path) else text

    def knows(self, path: Path) -> bool:
        """Whether the path begins in the tree."""
        return bool(path) and path[0] in self._roots

    def _resolve(self, text: str) -> Path:
        matches = list(self._known.finditer(text))
        if not matches:
            return tuple(part.strip() for part in text.split("/") if part.strip())
        deepest = max(matches, key=lambda found: (len(self._paths[found.group()]), -found.start()))
        path = self._paths[deepest.group()]
        leaf = re.split(r"[/,;、()\s]", text[deepest.end() :].lstrip("/ "))[0]
        return (*path, leaf) if SHORTEST_LEAF <= len(leaf) <= LONGEST_LEAF else path


def _whole(name: str) -> str:
    """A pattern for the name; letters only as a whole word, so that Chinatown is not in China."""
    return rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _path(region: Region, by_code: Mapping[str, Region]) -> Path:
    above = _path(by_code[region.parent], by_code) if region.parent in by_code else ()
    return (*above, _fold(region.name))


def within(place: Path, area: Path) -> bool:
    """Whether the place lies in the area (or is it)."""
    return bool(area) and place[: len(area)] == area
