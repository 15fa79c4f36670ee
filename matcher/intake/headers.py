"""Header words: which row holds them, which field each means, in which unit."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from matcher.domain.records import RECORD_KINDS, TYPES, Kind, PairKind
from matcher.intake.amounts import NO_UNIT, Unit, unit_of
from matcher.intake.cells import as_text

HEADER_ROWS = 10
"""Offices put a merged title, the unit and the date above the header."""

WITHDRAWN_FIELD = "withdrawn"
STATUS_FIELD = "status"
WITHDRAWN_HEADERS = ("withdrawn", "撤回", "已撤回", "是否撤回")
STATUS_HEADERS = ("状态", "status")

PAIR_HINTS: Mapping[str, PairKind] = {
    "成果编号": PairKind.ACHIEVEMENT_INCUBATOR,
    "载体编号": PairKind.ACHIEVEMENT_INCUBATOR,
    "项目编号": PairKind.PROJECT_FUND,
    "基金编号": PairKind.PROJECT_FUND,
}
"""An outcome's side may tell which pairing is meant."""

SEVERAL = frozenset({"left_id", "right_id"})
"""Fields that several columns may share: a list of talks often has one column per table."""

OPEN = frozenset({Kind.PERIODS})
"""Tables made of figures: a column that nobody knows is a figure under its own header, where its cell is a number."""

METRIC = re.compile(r"(?:metrics?|指标|考核指标)\s*[.:：．。]\s*(.+)", re.IGNORECASE | re.DOTALL)
_BRACKETS = re.compile(
    r"\([^()]*\)|（[^（）]*）|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|\{[^{}]*\}|<[^<>]*>|《[^《》]*》"
)
_NOISE = re.compile(r"[\s_\-*·:#/\ufeff\u200b、,.。★☆]+")
_UNIT_TAIL = re.compile(r"^(.+?)((?:[千百十]?[万亿]|千)?(?:元|人民币|美元|港元|港币|欧元)|[万亿]|%)$")
_UNIT_LINE = re.compile(r"单位\s*:\s*([^\s,;。)]{1,8})")


def header_key(header: str) -> str:
    """The header as it is compared: NFKC, lower case, without spaces, stars and what stands in brackets."""
    text = unicodedata.normalize("NFKC", header).casefold()
    bare = _NOISE.sub("", _BRACKETS.sub("", text))
    return bare or _NOISE.sub("", re.sub(r"[()\[\]【】〔〕{}<>《》]", "", text))


@functools.cache
def field_names(kind: Kind) -> tuple[str, ...]:
    """The fields of the table that a file may fill."""
    return tuple(field.name for field in dataclasses.fields(TYPES[kind]) if "headers" in field.metadata)


def has_metrics(kind: Kind) -> bool:
    """Whether the table takes named figures."""
    return "metrics" in field_names(kind)


def withdrawable(kind: Kind) -> bool:
    """Whether a row can be taken back by a later file; an outcome is corrected instead."""
    return kind is not Kind.OUTCOMES


@functools.cache
def known_headers(kind: Kind) -> Mapping[str, tuple[str, int]]:
    """Header key → field and rank. Rank 0 is the field's own name or its standard header; the first claim wins."""
    claims: list[tuple[int, str, str]] = []
    for field in dataclasses.fields(TYPES[kind]):
        headers: Sequence[str] = field.metadata.get("headers", ())
        claims += [(0, field.name, field.name)] if headers else []
        claims += [(rank, header, field.name) for rank, header in enumerate(headers)]
    if withdrawable(kind):
        claims += [(1, header, WITHDRAWN_FIELD) for header in WITHDRAWN_HEADERS]
    if kind in RECORD_KINDS:
        claims += [(1, header, STATUS_FIELD) for header in STATUS_HEADERS]
    known: dict[str, tuple[str, int]] = {}
    # Standard headers of all fields come before any alias; within each group the order of the fields decides.
    for rank, header, name in sorted(claims, key=lambda claim: claim[0] > 0):
        known.setdefault(header_key(header), (name, rank))
    return known


@functools.cache
def all_known() -> frozenset[str]:
    """The keys of the headers of all tables."""
    return frozenset(key for kind in Kind for key in known_headers(kind))


def split_unit(header: str) -> tuple[str, Unit]:
    """The header's key and the unit it states: `融资需求(万元)`, `意向价格/亿元`, `研发占比%`."""
    text = unicodedata.normalize("NFKC", header)
    units = (unit_of(part[1:-1]) for part in _BRACKETS.findall(text))
    unit = next((found for found in units if found), None)
    key = header_key(header)
    if unit is None and key not in all_known() and (tail := _UNIT_TAIL.match(key)):
        return tail[1], unit_of(tail[2]) or NO_UNIT
    return key, unit or NO_UNIT


def recognised(cells: Iterable[object], kind: Kind, mapping: Mapping[str, str]) -> int:
    """How many different fields the cells name when they are read as headers."""
    mapped = {header_key(header) for header in mapping}
    found = set()
    for header in map(as_text, cells):
        if header and len(header) <= 60:
            key = split_unit(header)[0]
            claim = known_headers(kind).get(key)
            found.add(key if header_key(header) in mapped else claim[0] if claim else METRIC.fullmatch(header) and key)
    return len(found - {None})


def find_header(rows: Sequence[Sequence[object]], kind: Kind, mapping: Mapping[str, str]) -> int | None:
    """Position of the row that names most fields, the first of equals; None where no row names any."""
    counts = [recognised(row, kind, mapping) for row in rows[:HEADER_ROWS]]
    return counts.index(max(counts)) if any(counts) else None


def unit_above(rows: Iterable[Sequence[object]]) -> Unit:
    """The unit stated above the header, as in `单位：万元`."""
    return unit_of(unit_line(rows)) or NO_UNIT


def unit_line(rows: Iterable[Sequence[object]]) -> str:
    """The words of that unit; empty where there is none."""
    for cell in (as_text(cell) for row in rows for cell in row):
        found = _UNIT_LINE.search(unicodedata.normalize("NFKC", cell))
        if found and (unit := unit_of(found[1])) and not unit.percent:
            return found[1]
    return ""


def stated_unit(header: str) -> str:
    """The words of the unit that a header states, as `split_unit` finds it; empty where it states none."""
    parts = _BRACKETS.findall(unicodedata.normalize("NFKC", header))
    within = next((part[1:-1] for part in parts if unit_of(part[1:-1])), "")
    key = header_key(header)
    tail = _UNIT_TAIL.match(key) if not within and key not in all_known() else None
    return tail[2] if tail else within


def nameless(position: int) -> str:
    """What a column without header is called."""
    return f"第{position + 1}列"


def is_nameless(header: str) -> bool:
    """Whether the column is only called by its position."""
    return re.fullmatch(r"第[0-9]+列", header) is not None


def metric_name(text: str) -> str:
    """The figure's name, without the unit in brackets."""
    return _BRACKETS.sub(lambda found: "" if unit_of(found[0][1:-1]) else found[0], text).strip()
