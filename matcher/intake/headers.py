"""From a header row to fields: which column is which, in which unit, and what is left over."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.records import RECORD_KINDS, TYPES, Kind, PairKind
from matcher.intake.amounts import NO_UNIT, Unit, read_amount, unit_of
from matcher.intake.cells import as_text
from matcher.intake.issues import Remark, tell, warn
from matcher.intake.templates import COMPANIONS
from matcher.intake.values import parsers

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


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `field` is empty where nobody knows it; `metric` names a figure of a carrier."""

    position: int
    header: str
    field: str = ""
    unit: Unit = NO_UNIT
    metric: str = ""
    hint: PairKind | None = None
    loose: bool = False
    """Whether it is only taken for a figure because nobody knows it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, and what is to be said about its headers."""

    columns: tuple[Column, ...]
    remarks: tuple[tuple[str, Remark], ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The fields that some column feeds."""
        return frozenset(column.field for column in self.columns if column.field)


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
    for cell in (as_text(cell) for row in rows for cell in row):
        found = _UNIT_LINE.search(unicodedata.normalize("NFKC", cell))
        if found and (unit := unit_of(found[1])) and not unit.percent:
            return unit
    return NO_UNIT


def lay_out(headers: Sequence[object], kind: Kind, mapping: Mapping[str, str], unit: Unit = NO_UNIT) -> Layout:
    """Give every column its field. `unit` is the one stated for the whole table."""
    names = _unique_names([as_text(header) for header in headers])
    wishes = [_wish(position, name, kind, mapping) for position, name in enumerate(names)]
    winners = _winners(wishes)
    columns = [_settle(column, kind, winners, unit) for column, _ in wishes]
    remarks = [
        (column.header, _remark(column, wished, columns, kind))
        for column, (wished, _) in zip(columns, wishes, strict=True)
        if column.loose or not column.field
    ]
    remarks += _unused(mapping, [as_text(header) for header in headers])
    return Layout(tuple(columns), tuple((name, remark) for name, remark in remarks if remark))


def nameless(position: int) -> str:
    """What a column without header is called."""
    return f"第{position + 1}列"


def is_nameless(header: str) -> bool:
    """Whether the column is only called by its position."""
    return re.fullmatch(r"第[0-9]+列", header) is not None


def _unique_names(headers: Sequence[str]) -> list[str]:
    """The headers on one line each, so that no two columns share a name; a blank one is named by position."""
    names: dict[str, None] = {}
    for position, header in enumerate(headers):
        base = " ".join(header.split()) or nameless(position)
        name, count = base, 2
        while name in names:
            name, count = f"{base} ({count})", count + 1
        names[name] = None
    return list(names)


def _wish(position: int, header: str, kind: Kind, mapping: Mapping[str, str]) -> tuple[Column, int]:
    """The column with the field it would feed, and the rank of its claim; the user's mapping ranks first."""
    base = re.sub(r" \([0-9]+\)$", "", header)
    mapped = next((field for name, field in mapping.items() if header_key(name) == header_key(base)), None)
    key, unit = split_unit(base)
    metric = METRIC.fullmatch(mapped or base) if has_metrics(kind) else None
    if metric and key not in known_headers(kind):
        return Column(position, header, "metrics", unit, _metric_name(metric[1])), -1
    if mapped:
        return Column(position, header, mapped, unit, hint=PAIR_HINTS.get(key)), -1
    field, rank = known_headers(kind).get(key, ("", 0))
    if not field and kind in OPEN and not is_nameless(header) and key not in COMPANIONS:
        return Column(position, header, "metrics", unit, _metric_name(header), loose=True), 0
    return Column(position, header, field, unit, hint=PAIR_HINTS.get(key) if field in SEVERAL else None), rank


def _metric_name(text: str) -> str:
    """The figure's name, without the unit in brackets."""
    return _BRACKETS.sub(lambda found: "" if unit_of(found[0][1:-1]) else found[0], text).strip()


def _winners(wishes: Sequence[tuple[Column, int]]) -> set[int]:
    """Positions of the columns that keep their field: the best claim, the leftmost of equals."""
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for column, rank in wishes:
        slot = (column.field, f"{column.position}" if column.field in SEVERAL else column.metric)
        best[slot] = min(best.get(slot, (rank, column.position)), (rank, column.position))
    return {position for _, position in best.values()}


def _settle(column: Column, kind: Kind, winners: set[int], unit: Unit) -> Column:
    if column.position not in winners:
        return dataclasses.replace(column, field="", metric="")
    # The unit of the whole table is meant for money, not for counts of firms or people.
    if column.unit == NO_UNIT and parsers(kind).get(column.field) is read_amount:
        return dataclasses.replace(column, unit=unit)
    return column


def _remark(column: Column, wished: Column, columns: Sequence[Column], kind: Kind) -> Remark | None:
    if column.field:
        return _figure(column)
    if wished.field:
        taken = next(other for other in columns if (other.field, other.metric) == (wished.field, wished.metric))
        return _second(column.header, taken.header, wished.field)
    if is_nameless(column.header) or (kind in OPEN and header_key(column.header) in COMPANIONS):
        return None  # A column without header is only worth a word where it holds something.
    return _unknown(column.header, kind)


def _second(header: str, taken: str, field: str) -> Remark:
    return warn(
        "duplicate_header",
        (
            f"列“{header}”和“{taken}”都表示 {field}，只用“{taken}”。",
            f"'{header}' and '{taken}' both mean {field}; '{taken}' is used.",
        ),
        ("另一列的内容保存在附加信息里；请删除或改名。", "The other column is kept as extra; delete or rename it."),
    )


def _figure(column: Column) -> Remark:
    return tell(
        "column_as_figure",
        (
            f"不认识列“{column.header}”：其中的数字读作指标“{column.metric}”，文字保存在附加信息里。",
            f"The column '{column.header}' is unknown: numbers are the figure '{column.metric}', texts are extra.",
        ),
        ("如果不是指标，请删除该列或改名。", "If it is no figure, delete or rename the column."),
    )


def _unknown(header: str, kind: Kind) -> Remark:
    words = [word for field in dataclasses.fields(TYPES[kind]) for word in field.metadata.get("headers", ())]
    close = difflib.get_close_matches(header, [*words, *field_names(kind)], n=1, cutoff=0.5)
    hint = (f"是否指“{close[0]}”？", f"Did you mean '{close[0]}'?") if close else ("", "")
    return tell(
        "unknown_column",
        (
            f"不认识列“{header}”，内容保存在附加信息里。{hint[0]}",
            f"The column '{header}' is unknown and kept as extra. {hint[1]}".strip(),
        ),
        ("如需使用，请改列名或提供列名对照文件。", "To use it, rename the column or give a mapping file."),
    )


def _unused(mapping: Mapping[str, str], headers: Sequence[str]) -> list[tuple[str, Remark | None]]:
    seen = {header_key(header) for header in headers}
    return [
        (
            header,
            warn(
                "mapped_column_missing",
                (f"列名对照里的列“{header}”不在文件中。", f"The mapped column '{header}' is not in the file."),
                ("请检查列名对照里的写法。", "Check how the mapping spells it."),
            ),
        )
        for header in mapping
        if header_key(header) not in seen
    ]
