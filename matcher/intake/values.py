"""From a cell to the value of a field: one parser per field, derived once from the type hints of its class."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import types
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Union, get_args, get_origin, get_type_hints

from matcher.domain.columns import references
from matcher.domain.periods import Period
from matcher.domain.records import TYPES, Kind, Term
from matcher.intake.amounts import NO_UNIT, Unit, currency_code, read_amount, read_ratio, read_whole
from matcher.intake.cells import NAME_BLANKS, NOTHING, Reading, as_text, clean, is_blank, plain, unread
from matcher.intake.dates import read_date
from matcher.intake.issues import Remark, warn
from matcher.intake.periods import read_period, read_year
from matcher.intake.terms import ANY, read_term, read_terms

Parser = Callable[[object, Unit], Reading]

RATIOS: Mapping[str, float] = {"rd_ratio": 10.0, "bachelor_ratio": 1.0}
"""Largest believable value; a young company may spend several times its revenue on research."""

YES = frozenset(
    {"是", "有", "√", "✓", "✔", "☑", "y", "yes", "true", "t", "1", "1.0", "on", "对", "已", "已有", "已设", "真"}
)
NO = frozenset(
    {"否", "无", "没有", "×", "✗", "✘", "n", "no", "false", "f", "0", "0.0", "off", "不是", "未", "未设", "假", "非"}
)
WITHDRAWN = frozenset({"撤回", "已撤回", "撤销", "已撤销", "下架", "已下架", "withdrawn"})

DIGITS = {word: number for number, word in enumerate("一二三四五六七八九", start=1)}
_TRL = re.compile(
    r"(?:(?:trl|第|技术就绪度|就绪度|成熟度)+[-:]?)?([0-9]+(?:\.0+)?|[一二三四五六七八九])(?:级|层|\(.*\))?"
)
_LIST = re.compile(r"[;；、,，|\n]+")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_FIGURE = re.compile(r"[;；\n]+")
_RATIO_NAME = re.compile(r"(?:ratio|rate|占比|比例|比重|率)(?:_.*)?$")


def read_text(cell: object, _: Unit = NO_UNIT) -> Reading:
    """Free text; `-`, `无` and the like mean nothing."""
    text = clean(cell) if type(cell) is str else as_text(cell)
    return NOTHING if is_blank(text) else Reading(text)


def read_name(cell: object, _: Unit = NO_UNIT) -> Reading:
    """A name or title, on one line."""
    text = as_text(cell)
    if len(text) < 4 and plain(text) in NAME_BLANKS:
        return NOTHING
    return Reading(" ".join(text.split()) if "\n" in text else text)


def read_id(cell: object, _: Unit = NO_UNIT) -> Reading:
    """An identifier as its owner wrote it: trimmed, NFKC, without line breaks."""
    text = as_text(cell)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = " ".join(text.split())
    if len(text) < 4 and plain(text) in NAME_BLANKS:
        return NOTHING
    return Reading(text, _spoilt_id(text) if _SCIENTIFIC.fullmatch(text) else None)


def _spoilt_id(text: str) -> Remark:
    return warn(
        "id_in_scientific_notation",
        (
            f"编号“{text}”像是被 Excel 改成了科学计数法，末尾数字可能已丢失。",
            f"The id '{text}' looks rounded by Excel.",
        ),
        ("请把编号列设为“文本”格式，重新填写后导入。", "Format the column as text, enter the ids again and import."),
    )


def read_currency(cell: object, _: Unit = NO_UNIT) -> Reading:
    """An ISO code; an unknown word is kept as it is, because “not yuan” is what matters."""
    text = as_text(cell)
    if is_blank(text):
        return NOTHING
    if code := currency_code(text):
        return Reading(code)
    remark = warn(
        "unknown_currency",
        (f"不认识币种“{text[:40]}”。", f"The currency '{text[:40]}' is unknown."),
        (
            "请填写 CNY、USD、HKD、EUR 等代码，人民币可留空。",
            "Write a code such as CNY, USD, HKD or EUR; empty means yuan.",
        ),
    )
    return Reading(text[:20], remark)


def read_list(cell: object, _: Unit = NO_UNIT) -> Reading:
    """Items without repetition, in the order written. A JSON list is used as such."""
    parts = [as_text(item) for item in cell] if isinstance(cell, list | tuple) else _LIST.split(as_text(cell))
    items = tuple(dict.fromkeys(item for part in parts if not is_blank(item := part.strip())))
    return NOTHING if len(items) == 1 and plain(items[0]) in ANY else Reading(items or None)


def read_ids(cell: object, unit: Unit = NO_UNIT) -> Reading:
    """Several identifiers, each as `read_id` reads it."""
    listed = read_list(cell)
    ids = (read_id(item, unit).value for item in listed.value) if isinstance(listed.value, tuple) else ()
    return dataclasses.replace(listed, value=tuple(dict.fromkeys(filter(None, ids))) or None)


def read_bool(cell: object, _: Unit = NO_UNIT) -> Reading:
    """是/否, 有/无, √/×, Y/N, true/false, 1/0."""
    if isinstance(cell, bool):
        return Reading(cell)
    text = plain(as_text(cell))
    if text in YES or text in NO:
        return Reading(text in YES)
    if is_blank(text):
        return NOTHING
    return unread(
        "bad_bool",
        (f"“{text[:40]}”不是“是”或“否”。", f"'{text[:40]}' is neither yes nor no."),
        ("请填写 是 或 否。", "Write 是 or 否."),
    )


def read_withdrawn(cell: object, _: Unit = NO_UNIT) -> Reading:
    """Whether the owner takes the record back."""
    return Reading(True) if plain(as_text(cell)) in WITHDRAWN else read_bool(cell)


def read_trl(cell: object, _: Unit = NO_UNIT) -> Reading:
    """A technology readiness level from 1 to 9: `6`, `TRL 6`, `第六级`."""
    text = plain(as_text(cell))
    if is_blank(text):
        return NOTHING
    found = _TRL.fullmatch(text)
    level = DIGITS.get(found[1]) or int(float(found[1][:9])) if found else 0
    if 1 <= level <= 9:
        return Reading(level)
    return unread(
        "bad_trl",
        (f"就绪度“{text[:40]}”不是 1 到 9 级中的一级。", f"The readiness level '{text[:40]}' is not one of 1 to 9."),
        ("请只填一个 1 到 9 的数字，如 6。", "Write one number from 1 to 9, such as 6."),
    )


def read_metric(name: str, cell: object, unit: Unit = NO_UNIT) -> Reading:
    """One named figure. Yes and no count as 1 and 0; shares are fractions."""
    text = plain(as_text(cell))
    if text.endswith(("%", "成")) or unit.percent or (_RATIO_NAME.search(name) and text not in YES | NO):
        return read_ratio(cell, unit, most=1000.0)
    if isinstance(cell, bool) or (text in YES | NO and not text.replace(".", "").isdecimal()):
        return Reading(float(cell is True or text in YES))
    whole = read_whole(cell, unit)
    reading = Reading(float(whole.value)) if isinstance(whole.value, int) else read_amount(cell, unit)
    if reading.value is None and reading.remark:
        return unread(
            "bad_figure",
            (f"“{text[:40]}”不是可用的数。", f"'{text[:40]}' is no figure that can be used."),
            ("请写成不小于 0 的数；不清楚的留空。", "Write a number of 0 or more; leave what is not known empty."),
        )
    # A metric has no currency of its own, and “about 50” stays with its words.
    return Reading(reading.value, reading.remark, keep=reading.keep)


def read_loose_metric(name: str, cell: object, unit: Unit = NO_UNIT) -> Reading:
    """The figure of a column that nobody knows; what is no figure is only kept as text."""
    reading = read_metric(name, cell, unit)
    return reading if reading.value is not None else Reading(keep=True)


def read_metrics(cell: object, _: Unit = NO_UNIT) -> Reading:
    """Several named figures in one cell: a JSON object, or `名称=值；名称=值`."""
    figures = _figures(cell)
    readings = {name: read_metric(name, value) for name, value in figures.items()}
    values = {name: reading.value for name, reading in readings.items() if reading.value is not None}
    refused = [
        name for name, reading in readings.items() if reading.value is None and not is_blank(as_text(figures[name]))
    ]
    if not refused and (figures or is_blank(as_text(cell))):
        return Reading(values or None)
    shown = "、".join(refused)[:40] or as_text(cell)[:40]
    refusal = unread(
        "bad_metrics",
        (f"看不懂指标“{shown}”。", f"The metrics '{shown}' cannot be read."),
        (
            "请写成 名称=数值，用分号隔开，或每个指标用一列“指标:名称”。",
            "Write name=value separated by ';', or one column 'metrics.name' each.",
        ),
    )
    return Reading(values or None, refusal.remark, keep=True)


def _figures(cell: object) -> dict[str, object]:
    if isinstance(cell, str) and cell.lstrip().startswith("{"):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return {}
    if isinstance(cell, dict):
        return {clean(str(name)): value for name, value in cell.items()}
    pairs = (re.split(r"[=:：]", part, maxsplit=1) for part in _FIGURE.split(as_text(cell)) if part.strip())
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2}


def _untold(read: Callable[[object], Reading]) -> Parser:
    """The parser of a field that has no unit."""
    return lambda cell, _: read(cell)


BY_NAME: Mapping[str, Parser] = {
    "id": read_id, "left_id": read_id, "right_id": read_id, "rule": read_id, "year": read_year,
    "title": read_name, "name": read_name, "currency": read_currency,
    "trl": read_trl, "trl_min": read_trl, "trl_max": read_trl, "withdrawn": read_withdrawn,
}  # fmt: skip

BY_TYPE: Mapping[object, Parser] = {
    str: read_text,
    int: read_whole,
    float: read_amount,
    bool: read_bool,
    date: _untold(read_date),
    Period: read_period,
}


@functools.cache
def parsers(kind: Kind) -> Mapping[str, Parser]:
    """The parser of every field of the table."""
    hints = get_type_hints(TYPES[kind])
    named = {name: _parser(name, hint) for name, hint in hints.items() if name not in _NOT_CELLS}
    ids = {each.field: read_id if hints[each.field] is str else read_ids for each in references(TYPES[kind])}
    return named | ids | {"withdrawn": read_withdrawn}


_NOT_CELLS = frozenset({"table", "identity", "extra", "source"})


def _parser(name: str, hint: object) -> Parser:
    if name in BY_NAME:
        return BY_NAME[name]
    if name in RATIOS:
        return functools.partial(read_ratio, most=RATIOS[name])
    bare = _bare(hint)
    if bare in BY_TYPE:
        return BY_TYPE[bare]
    if get_origin(bare) is tuple:
        return _list_parser(get_args(bare)[0])
    if isinstance(bare, type) and issubclass(bare, Term):
        return _untold(functools.partial(read_term, bare))
    return read_metrics


def _list_parser(item: object) -> Parser:
    if isinstance(item, type) and issubclass(item, Term):
        return _untold(functools.partial(read_terms, item))
    return read_list


def _bare(hint: object) -> object:
    """The type without `| None`."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    return next(arg for arg in get_args(hint) if arg is not type(None))
