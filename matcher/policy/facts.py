"""Records to named figures, each with where it comes from. What nobody told is absent, never zero."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from matcher.domain.records import Incubator, Record, Register
from matcher.domain.registers import Submission
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import Measure, Metric, folded
from matcher.wording import Said

YES, NO = frozenset({"是", "有", "yes", "y", "true", "√", "1"}), frozenset({"否", "无", "no", "n", "false", "×", "0"})
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)(%|万|亿)?(?:[元家个项名人月年次倍㎡]|平方米|平米)?")
_TIMES = {None: 1.0, "%": 0.01, "万": 1e4, "亿": 1e8}

Figure = float | bool | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure and where it comes from; None: something is stated that cannot be read as this metric."""

    value: Figure | None
    origin: Said
    least: bool = False
    """Whether the value is only a lower bound, such as a count of the records we happen to have."""
    lacks: Said | None = None
    """What somebody would have to tell before the value can be known; the origin then says why it is not."""


UNIT = Fact(1.0, Said("", ""))
"""The divisor of a metric that is a multiple of one other."""


@dataclass(frozen=True)
class Facts:
    """What is known of one subject. A ratio that is not stated is made of its two parts."""

    metrics: Mapping[str, Metric]
    known: Mapping[str, Fact]

    def find(self, name: str) -> Fact | None:
        """The fact of a metric; None when nobody told it."""
        if name in self.known:
            return self.known[name]
        quotient = self.metrics[name].quotient
        over = self.find(quotient.of) if quotient else None
        under = self.find(quotient.by) if quotient and quotient.by else UNIT
        if quotient is None or over is None or under is None or under.least:
            return None
        if not isinstance(over.value, float) or not isinstance(under.value, float) or under.value <= 0:
            return None
        origins = [one.origin for one in (over, under) if one is not UNIT]
        said = Said(" ÷ ".join(one.zh for one in origins), " ÷ ".join(one.en for one in origins))
        return Fact(over.value / under.value * quotient.times, said, over.least)

    def number(self, name: str) -> float | None:
        """The fact as a number that is no mere lower bound."""
        fact = self.find(name)
        return fact.value if fact and isinstance(fact.value, float) and not fact.least else None

    def with_(self, known: Mapping[str, Fact]) -> Facts:
        """These facts and others, which count where both tell the same metric."""
        return Facts(self.metrics, {**self.known, **known})


def stated(record: Record | Register, book: Rulebook) -> Facts:
    """What a record or a row of a register tells: named figures and columns of its own first, then its fields."""
    known: dict[str, Fact] = {}
    for name, value in _figures(record):
        if (key := book.names.get(folded(name))) and key not in known:
            origin = Said(f"填报“{name}”", f"stated as “{name}”")
            known[key] = Fact(read(value, book.metrics[key].measure), origin)
    for field, key in book.fields.get(record.table.value, ()):
        value = getattr(record, field)
        if key not in known and value not in (None, "", ()):
            known[key] = _field(record, field, book.metrics[key])
    return Facts(book.metrics, known)


def _field(record: Record | Register, field: str, metric: Metric) -> Fact:
    """A field's figure; a list of words is what somebody thought of, so it is a lower bound."""
    name = next(each.metadata["headers"][0] for each in fields(record) if each.name == field)
    said = Said(f"记录所填“{name}”", f"the record's {field.replace('_', ' ')}")
    if care := metric.caution:
        said = Said(f"{said.zh}，{care.zh}", f"{said.en}, {care.en}")
    return Fact(read(getattr(record, field), metric.measure), said, least=metric.measure is Measure.LIST)


def _figures(record: Record | Register) -> Iterator[tuple[str, Any]]:
    yield from record.extra.items()
    if isinstance(record, Incubator | Submission):
        yield from record.metrics.items()


def read(value: Any, measure: Measure) -> Figure | None:
    """A cell as a metric's value; None when it cannot be that."""
    if measure is Measure.TEXT:
        return str(value)
    if measure is Measure.LIST:
        return tuple(value) if not isinstance(value, str) else tuple(filter(None, re.split(r"[;；、,，]\s*", value)))
    if measure is Measure.FLAG:
        return _flag(value)
    number = _number(value)
    if number is None or not math.isfinite(number) or (measure is Measure.SHARE and not 0 <= number <= 1):
        return None
    return number


def _flag(value: Any) -> bool | None:
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    if isinstance(value, float) and value in (0.0, 1.0):
        return value == 1.0
    return True if text in YES else False if text in NO else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    text = unicodedata.normalize("NFKC", str(value)).replace(",", "").strip()
    found = _NUMBER.fullmatch(text)
    return float(found[1]) * _TIMES[found[2]] if found else None
