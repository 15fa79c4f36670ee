"""Rows of the domain ↔ rows of the database, exactly: what is written is read back equal.

The translation of each type is planned once; per row there is one attribute getter and a list of small functions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from hashlib import sha256
from operator import attrgetter
from sys import intern
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from matcher.domain.periods import Period
from matcher.domain.records import FACT_KINDS, KEYS, RECORD_KINDS, TYPES, Fact, Kind, Outcome, Record, Row, Source, Term
from matcher.errors import StoreError
from matcher.store.fields import Field, Form, fields_of
from matcher.store.tables import TABLES
from matcher.wording import Said

RowT = TypeVar("RowT", bound=Row)
Convert = Callable[[Any], Any]
Key = str | tuple[Any, ...]

MAX_ID = 300
"""Characters of the longest id. PostgreSQL indexes 2,700 bytes, and an outcome's key holds two ids."""

SHARED, MOST_LISTS = frozenset({"industry", "industries", "stages", "regions", "transfer_modes", "services"}), 2**12
"""Fields in which many records name the same few things, and lists of each of which is kept what they say. What is of
one record alone, as its inventors' names, is not kept beyond it."""

_canonical = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=date.isoformat
).encode


def can_be_kept(text: str) -> bool:
    """Whether every database can hold the text: no NUL, no half characters. No other text can be an id that exists."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


class Plan(Generic[RowT]):
    """How the rows of one kind are written and read."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.table: sa.Table = TABLES[kind]
        self.key_names = KEYS[kind]
        self._type: Any = TYPES[kind]
        fields = fields_of(TYPES[kind])
        self._names = tuple(field.name for field in fields)
        self._days = frozenset(field.name for field in fields if field.base is date)
        self._encoders = tuple(_encoder(field) for field in fields)
        self._lists = frozenset(field.name for field in fields if field.form is Form.MANY)
        self._decoders = {field.name: decode for field in fields if (decode := _decoder(field))}
        self._readers = [
            (self._names.index(name), _of_text(decode, remembering=name in SHARED) if name in self._lists else decode)
            for name, decode in self._decoders.items()
        ]
        self._values_of: Callable[[RowT], tuple[Any, ...]] = attrgetter(*self._names)
        self.key: Callable[[RowT], Key] = attrgetter(*self.key_names)

    @cached_property
    def key_columns(self) -> tuple[sa.Column[Any], ...]:
        """The columns of the primary key."""
        return tuple(self.table.c[name] for name in self.key_names)

    def select(self) -> sa.Select[Any]:
        """Select what `decode` reads, in its order: lists as the JSON they are kept as, of which many are the same."""
        names, column = (*self._names, "source_file", "source_row"), self.table.c
        return sa.select(
            *(sa.cast(column[name], sa.Text).label(name) if name in self._lists else column[name] for name in names)
        )

    def encode(self, row: RowT) -> dict[str, Any]:
        """The values of the row's columns with its content hash, which covers all but where the row was read.

        Raises:
            StoreError: no database can keep one of the values; the message names row and field.
        """
        try:
            values = self._encoded(row)
            content = _canonical(values)
            content_hash = sha256(content.encode()).hexdigest()
            source_row = _whole(row.source.row)
        except (ValueError, OverflowError):
            raise self._refusal(row) from None
        # A backslash followed by u0000 in a text looks like a NUL here, hence the second, slow look.
        doubtful = "\\u0000" in content or not can_be_kept(row.source.file) or not self._ids_fit(values)
        if doubtful and self._problem(row) is not None:
            raise self._refusal(row)
        values.update(content_hash=content_hash, source_file=row.source.file, source_row=source_row)
        return values

    def decode(self, values: Sequence[Any]) -> RowT:
        """The domain's row of a database row from `select`."""
        read = list(values)
        for place, decode in self._readers:
            if (value := read[place]) is not None:
                read[place] = decode(value)
        return self._row(read)

    def _row(self, values: Sequence[Any]) -> RowT:
        source = Source(file=intern(values[-2]), row=values[-1])
        row: RowT = self._type(**dict(zip(self._names, values, strict=False)), source=source)
        return row

    def archived(self, row: RowT) -> dict[str, Any]:
        """The row as plain JSON values, which `restored` takes back."""
        values = self._encoded(row) | {"source_file": row.source.file, "source_row": row.source.row}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

    def restored(self, content: Mapping[str, Any]) -> RowT:
        """The row that was archived."""
        told = {name: content[name] for name in (*self._names, "source_file", "source_row")}
        decoders = self._decoders | dict.fromkeys(self._days, date.fromisoformat)
        told |= {name: decode(told[name]) for name, decode in decoders.items() if told[name] is not None}
        return self._row([*told.values()])

    def _encoded(self, row: RowT) -> dict[str, Any]:
        return {
            name: value if encode is None or value is None else encode(value)
            for name, encode, value in zip(self._names, self._encoders, self._values_of(row), strict=True)
        }

    def _ids_fit(self, values: Mapping[str, Any]) -> bool:
        return all(0 < len(values[name]) <= MAX_ID for name in self.key_names if isinstance(values[name], str))

    def _refusal(self, row: RowT) -> StoreError:
        name, zh, en = self._problem(row) or ("source", "无法保存的行号", "a row number that cannot be kept")
        place = " / ".join(ascii(getattr(row, key))[:80] for key in self.key_names if key != "kind")
        return StoreError(
            Said(
                f"{self.kind.value} 的记录 {place}：字段 {name} 含有{zh}。",
                f"{self.kind.value} record {place}: field {name} has {en}.",
            ),
            Said("请在来源文件中改正后重新导入。", "Correct it in its source file and import it again."),
        )

    def _problem(self, row: RowT) -> tuple[str, str, str] | None:
        values = zip(self._names, self._encoders, self._values_of(row), strict=True)
        for name, encode, value in (*values, ("source", None, row.source.file)):
            if name in self.key_names and isinstance(value, str) and not 0 < len(value) <= MAX_ID:
                return name, f"空编号或超过 {MAX_ID} 个字符的编号", f"no id or one of more than {MAX_ID} characters"
            problem = _problem_of(value, encode)
            if problem is not None:
                return name, *problem
        return None


def content_hash(record: Record) -> str:
    """The hash of a record's content, as it is kept with it."""
    return str(RECORD_PLANS[record.table].encode(record)["content_hash"])


def _problem_of(value: Any, encode: Convert | None) -> tuple[str, str] | None:
    try:
        encoded = value if encode is None or value is None else encode(value)
        _canonical(encoded).encode()
    except UnicodeEncodeError:
        return "残缺的字符（单独的代理项）", "half a character (a lone surrogate)"
    except (ValueError, OverflowError):
        return "无法保存的数值", "a number that cannot be kept"
    if any("\0" in text for text in _texts(encoded)):
        return "空字符（NUL）", "a NUL character"
    return None


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict):
        return (text for item in value.items() for text in item if isinstance(text, str))
    return (text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _whole(number: int) -> int:
    # SQLite and PostgreSQL both end at 64 bits, each with an error of its own.
    if not -(2**63) <= number < 2**63:
        raise OverflowError
    return int(number)


def _encoder(field: Field) -> Convert | None:
    one = _ENCODERS.get(field.base, _value_of if issubclass(field.base, Term) else None)
    if field.form is Form.ONE:
        return one
    if field.form is Form.MANY:
        return list if one is None else lambda values: [one(value) for value in values]
    return dict if one is None else lambda values: {name: one(value) for name, value in values.items()}


def _decoder(field: Field) -> Convert | None:
    if field.base is Period:
        return Period
    if issubclass(field.base, Term):
        member = field.base._value2member_map_.__getitem__  # a fourth of the time of calling the class
        return member if field.form is Form.ONE else lambda values: tuple(member(value) for value in values)
    if field.form is Form.MANY:  # industries and the like, of which there are few and which many records name
        return lambda values: tuple(map(intern, values))
    return None


def _of_text(decode: Convert, *, remembering: bool) -> Convert:
    """The same of the JSON that is decoded; `remembering` keeps one tuple for all rows that say the same."""

    def read(text: str) -> Any:
        told = [] if text == "[]" else json.loads(text)
        return None if told is None else decode(told)

    return lru_cache(MOST_LISTS)(read) if remembering else read


def _value_of(term: Term) -> str:
    return str(term.value)


_ENCODERS: Mapping[type, Convert] = {int: _whole, float: float, bool: bool, Period: str}
"""Numbers are made plain, so that 5 and 5.0 in a field of decimals are one content."""

RECORD_PLANS: Mapping[Kind, Plan[Record]] = {kind: Plan[Record](kind) for kind in RECORD_KINDS}
FACT_PLANS: Mapping[Kind, Plan[Fact]] = {kind: Plan[Fact](kind) for kind in FACT_KINDS}
OUTCOME_PLAN: Plan[Outcome] = Plan[Outcome](Kind.OUTCOMES)
