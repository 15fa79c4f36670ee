"""Places as paths down the administrative tree, so that "in", "near" and "far" mean the same everywhere.

A cell tells one place, however it is written (`path`). A running text names places among other words (`named`), and
there a name that is an ordinary word as well (日照, 河源) would mislead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matcher.domain.taxonomy import Path

SHORTEST_LEAF, LONGEST_LEAF = 2, 16
HEAD = 2
"""Characters by which the names that may begin somewhere in a text are found; none is shorter."""


@dataclass(frozen=True, slots=True)
class Region:
    """One row of the region table: code (GB/T 2260 where there is one), name, parent's code, other names."""

    code: str
    name: str
    parent: str
    aliases: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    """Names that are ordinary words, or other places, as well: a cell that holds nothing else means this place."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A mountain, river, plain or desert, or another name in texts, and the codes of the regions it lies in.

    Without any it only looks like a place: 长春花 is a flower.
    """

    name: str
    regions: tuple[str, ...]


class Gazetteer:
    """Finds the path of a place in whatever a file calls it, and the places that a text names."""

    def __init__(self, regions: Iterable[Region], landmarks: Iterable[Landmark] = ()) -> None:
        by_code = {region.code: region for region in regions}
        self._paths: dict[str, Path] = {}
        for region in by_code.values():
            path = _path(region, by_code)
            for name in (region.name, *region.aliases):
                if name not in region.unclear:
                    self._paths.setdefault(_fold(name), path)
        names = sorted(self._paths, key=len, reverse=True)
        self._known = re.compile("|".join(map(_whole, names)) or r"(?!)")
        self._roots = {path[0] for path in self._paths.values()}
        self._memory = {
            _fold(name): _path(region, by_code)
            for region in reversed(by_code.values())
            for name in region.unclear
            if _fold(name) not in self._paths
        }
        self._told = {name: _levels(path) for name, path in self._paths.items()}
        for mark in landmarks:
            levels = (level for code in mark.regions for level in _levels(_path(by_code[code], by_code)))
            self._told[_fold(mark.name)] = tuple(dict.fromkeys(levels))
        self._beginning: dict[str, list[str]] = {}
        for name in sorted(self._told, key=len, reverse=True):
            self._beginning.setdefault(name[:HEAD], []).append(name)

    def path(self, text: str) -> Path:
        """The place's path: known names give the tree, the rest of the text one more, finer level.

        A text without a known name is split at slashes: "CA/San Francisco" → ("ca", "san francisco").
        """
        if text not in self._memory:
            self._memory[text] = self._resolve(_fold(text))
        return self._memory[text]

    def named(self, text: str) -> list[str]:
        """The places that a text names, by themselves or by a landmark, at every level below the country: each once, as
        paths with slashes. Where names overlap the one that begins first holds, then the longest."""
        folded, found, at = _fold(text), dict[str, None](), 0
        while at < len(folded):
            names = self._beginning.get(folded[at : at + HEAD])
            name = next((each for each in names if _stands(each, folded, at)), "") if names else ""
            if name:
                found |= dict.fromkeys(self._told[name])
            at += len(name) or 1
        return list(found)

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


def _stands(name: str, folded: str, at: int) -> bool:
    """Whether the name stands there; one of Latin letters only as a whole word."""
    end = at + len(name)
    whole = not name.isascii() or not (folded[at - 1 : at].isalnum() or folded[end : end + 1].isalnum())
    return folded.startswith(name, at) and whole


def _levels(path: Path) -> tuple[str, ...]:
    """The path and all above it but the country, each with slashes."""
    return tuple("/".join(path[: depth + 1]) for depth in range(1, len(path)))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _path(region: Region, by_code: Mapping[str, Region]) -> Path:
    above = _path(by_code[region.parent], by_code) if region.parent in by_code else ()
    return (*above, _fold(region.name))


def within(place: Path, area: Path) -> bool:
    """Whether the place lies in the area (or is it)."""
    return bool(area) and place[: len(area)] == area
