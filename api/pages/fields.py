"""The fields of a record as a form shows them, and what was typed into it as the content of a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from matcher.domain.records import TYPES, Kind, Record, Term, Visibility
from matcher.intake.checks import REQUIRED
from matcher.intake.values import RATIOS
from matcher.store.fields import Field, Form, fields_of

LONG = frozenset({"summary", "focus", "thesis", "metrics"})
BESIDE = frozenset({"id", "extra"})
"""Fields of a record that nobody types, or only once."""
MONEY = frozenset({"asking_price", "funding_sought", "assets", "revenue", "ticket_min", "ticket_max", "remaining"})
VISIBLE_TO: Mapping[Visibility, tuple[str, str]] = {
    Visibility.PUBLIC: ("所有登录者", "all who sign in"),
    Visibility.BROKERS: ("经纪人、载体和科技局", "brokers, carriers and the bureau"),
    Visibility.RESTRICTED: ("本单位、科技局和获授权的机构", "its owner, the bureau and those it was opened to"),
}

_BETWEEN = re.compile(r"[;；\n]+")


@dataclass(frozen=True, slots=True)
class Input:
    """One field of the form."""

    name: str
    kind: str
    """`line`, `text`, `list`, `number`, `money`, `share`, `day`, `choice`, `choices`, `yes` or `figures`."""
    options: tuple[Term, ...] = ()
    required: bool = False


def inputs(kind: Kind) -> list[Input]:
    """The fields of a table, in its order."""
    needed = {name for group in REQUIRED[kind] for name in group[:1]}
    return [_input(each, each.name in needed) for each in fields_of(TYPES[kind]) if each.name not in BESIDE]


def typed(kind: Kind, form: FormData) -> dict[str, Any]:
    """What was typed, to be shown again as it was: texts, and lists of texts where several can be chosen."""
    return {
        each.name: [str(value) for value in form.getlist(each.name)]
        if each.kind == "choices"
        else str(form.get(each.name, ""))
        for each in inputs(kind)
    }


def content(kind: Kind, texts: Mapping[str, Any]) -> dict[str, object]:
    """What was typed as the content of a record. An item of a list may hold commas; only semicolons part items."""
    found: dict[str, object] = {}
    for each in inputs(kind):
        said = texts[each.name]
        value = [item.strip() for item in _BETWEEN.split(said) if item.strip()] if each.kind == "list" else said
        if value not in ("", []):
            found[each.name] = value
    return found


def shown(record: Record) -> dict[str, Any]:
    """A record as the form shows it, so that sending it unchanged changes nothing."""
    return {each.name: _text(each, getattr(record, each.name)) for each in inputs(record.table)}


def differing(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The fields in which two versions of a form differ, with what each says."""
    for name, value in mine.items():
        if _plain(value) != _plain(theirs[name]):
            yield name, _plain(value), _plain(theirs[name])


def _plain(value: Any) -> str:
    return "；".join(value) if isinstance(value, list) else str(value).replace("\r\n", "\n").strip()


def _input(field: Field, required: bool) -> Input:
    if issubclass(field.base, Term):
        return Input(field.name, "choices" if field.form is Form.MANY else "choice", tuple(field.base), required)
    if field.form is Form.NAMED:
        return Input(field.name, "figures")
    if field.form is Form.MANY:
        return Input(field.name, "list", required=required)
    kinds: Sequence[tuple[bool, str]] = (
        (field.name in LONG, "text"),
        (field.name in MONEY, "money"),
        (field.name in RATIOS, "share"),
        (field.base is bool, "yes"),
        (field.base is date, "day"),
        (field.base in (int, float), "number"),
    )
    return Input(field.name, next((kind for holds, kind in kinds if holds), "line"), required=required)


def _text(field: Input, value: Any) -> Any:
    if field.kind == "choices":
        return [each.value for each in value]
    return "" if value is None else _WRITTEN.get(field.kind, str)(value)


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else repr(value)


_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "list": "；".join,
    "figures": lambda value: "\n".join(f"{name}={_number(each)}" for name, each in value.items()),
    "yes": lambda value: "是" if value else "否",
    "share": lambda value: f"{_number(round(value * 100, 10))}%",
    "number": _number,
    "money": _number,
}
"""How each kind of value is written where it is not its own text."""
