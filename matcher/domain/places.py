"""Places as paths down the administrative tree, so that "in", "near" and "far" mean the same everywhere.

A cell tells one place, however it is written (`path`). A running text names places among other words (`named`), and
there a name that is an ordinary word as well (日照, 河源) would mislead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.taxonomy import Path

SHORTEST_LEAF, LONGEST_LEAF = 2, 16
HEAD = 2
"""Characters by which the names that may begin somewhere in a text are found; none is shorter."""
ANOTHER = re.compile(r"市|县(?![域级])|旗(?![舰下县])|区(?![域块别分内间位])|[东西南北中]?路")
"""What makes a short name the beginning of another place's."""
SCHOOL = re.compile(r"大学|学院")


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
    """Finds the path of a place in whatever a file calls it, and the places that a text names.

    `cut` gives a text as its words one after the other. In a text a name of two characters counts only where a word
    begins with it, or whole words make it up: 合肥 is not in 复合肥, nor 和田 in 作物和田间.
    """

    def __init__(
        self, regions: Iterable[Region], landmarks: Iterable[Landmark] = (), cut: Callable[[str], Sequence[str]] = list
    ) -> None:
        by_code = {region.code: region for region in regions}
        self._cut = cut
        self._paths: dict[str, Path] = {}
        self._alone: dict[str, Path] = {}
        """What a cell means that holds nothing but an unclear name."""
        for region in by_code.values():
            path = _path(region, by_code)
            for name in _names(region, by_code.get(region.parent)):
                self._paths.setdefault(_fold(name), path)
            for name in () if region.name in region.unclear else region.unclear:
                self._alone.setdefault(_fold(name), path)
        self._memory: dict[str, Path] = {}
        self._roots = {path[0] for path in self._paths.values()}
        self._told = {name: levels(path)[1:] for name, path in self._paths.items()}
        official = {_fold(region.name) for region in by_code.values()}
        self._short = {name for name in self._told if name not in official and not name.isascii()}
        for mark in landmarks:
            told = (level for code in mark.regions for level in levels(_path(by_code[code], by_code))[1:])
            self._told.setdefault(_fold(mark.name), tuple(dict.fromkeys(told)))
        self._beginning: dict[str, list[str]] = {}
        for name in sorted(self._told, key=len, reverse=True):
            self._beginning.setdefault(name[:HEAD], []).append(name)

    def path(self, text: str) -> Path:
        """The place's path: known names give the tree, the rest of the text one more, finer level.

        The first name tells where, a later one only more of it: 上海延安西路 is in Shanghai. A university is no place
        where one follows it. A text without a known name is split at slashes: "CA/San Francisco" → ("ca", "san
        francisco").
        """
        if text not in self._memory:
            folded = _fold(text)
            self._memory[text] = self._paths.get(folded) or self._alone.get(folded) or self._resolve(folded)
        return self._memory[text]

    def levels(self, text: str) -> tuple[str, ...]:
        """The known place of a cell and all above it but the country, each as a path with slashes."""
        path = self.path(text)
        return levels(path)[1:] if self.knows(path) else ()

    def named(self, text: str) -> list[str]:
        """The places that a text names, by themselves or by a landmark, at every level below the country: each once, as
        paths with slashes. Where names overlap the one that begins first holds, then the longest."""
        folded, found, words = _fold(text), dict[str, None](), dict[int, int]()
        for name, at in self._scan(folded):
            if len(name) == HEAD:
                words = words or _lengths(self._cut(folded))
                if not words.get(at) or (words[at] < HEAD and words.get(at + HEAD) is None):
                    continue
            found |= dict.fromkeys(self._told[name])
        return list(found)

    def _scan(self, folded: str) -> Iterator[tuple[str, int]]:
        """The names in a text and where they begin."""
        at = 0
        while at < len(folded):
            names = self._beginning.get(folded[at : at + HEAD])
            name = next((each for each in names if self._stands(each, folded, at)), "") if names else ""
            if name:
                yield name, at
            at += len(name) or 1

    def _stands(self, name: str, folded: str, at: int) -> bool:
        """Whether the name stands there: of Latin letters only as a whole word, and a short one not as the beginning of
        another place's, as in 甘南县 or 四平路."""
        end = at + len(name)
        if not folded.startswith(name, at):
            return False
        if name.isascii():
            return not (folded[at - 1 : at].isalnum() or folded[end : end + 1].isalnum())
        return name not in self._short or not ANOTHER.match(folded, end)

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
        places = [(name, at) for name, at in self._scan(text) if name in self._paths]
        behind = max((school.end() for school in SCHOOL.finditer(text)), default=0)
        places = [(name, at) for name, at in places if at >= behind] or places
        if not places:
            return tuple(part.strip() for part in text.split("/") if part.strip())
        name, start = places[0]
        for each, at in places[1:]:
            if within(self._paths[each], self._paths[name]):
                name, start = each, at
        path = self._paths[name]
        leaf = re.split(r"[/,;、()\s]", text[start + len(name) :].lstrip("/ "))[0]
        return (*path, leaf) if SHORTEST_LEAF <= len(leaf) <= LONGEST_LEAF else path


def _lengths(words: Iterable[str]) -> dict[int, int]:
    """Where each word begins and how long it is; the end of the text counts as one."""
    found, at = dict[int, int](), 0
    for word in words:
        found[at] = len(word)
        at += len(word)
    return found | {at: HEAD}


def levels(path: Path) -> tuple[str, ...]:
    """All that lies above a path and itself, each with slashes."""
    return tuple("/".join(path[: depth + 1]) for depth in range(len(path)))


def _names(region: Region, above: Region | None) -> list[str]:
    """How a region is called; by an unclear name only after the name of what lies above it."""
    clear = [name for name in (region.name, *region.aliases) if name not in region.unclear]
    over = (above.name, *above.aliases) if above else ()
    return [*clear, *(f"{name}{gap}{each}" for name in over for gap in ("", "/") for each in region.unclear)]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _path(region: Region, by_code: Mapping[str, Region]) -> Path:
    above = _path(by_code[region.parent], by_code) if region.parent in by_code else ()
    return (*above, _fold(region.name))


def within(place: Path, area: Path) -> bool:
    """Whether the place lies in the area (or is it)."""
    return bool(area) and place[: len(area)] == area
