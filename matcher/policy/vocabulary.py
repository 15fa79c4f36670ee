"""The words of the rules: sources that are cited, and metrics, the named figures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from matcher.wording import Said


class Model(BaseModel):
    """Frozen, and without room for words that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Quality(StrEnum):
    """What a source is: the original, a repost or report, what a party states, or this service's own agreement."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    STATEMENT = "statement"
    OWN = "own"


class Source(Model):
    """A document, as a person cites it; where it can be read is not part of the rules."""

    title: Said
    number: str = ""
    date: str = ""
    quality: Quality
    note: Said | None = None

    @property
    def cites(self) -> Said:
        """Its number; its title where it has none."""
        return Said(self.number, self.number) if self.number else self.title


class Measure(StrEnum):
    """What a metric's value is."""

    NUMBER = "number"
    SHARE = "share"
    """A fraction: 0.75 is 75 %."""
    YUAN = "yuan"
    FLAG = "flag"
    TEXT = "text"
    """One word of a closed list."""
    LIST = "list"


class Course(StrEnum):
    """How a figure that carriers submit runs over time, and so what those of quarters tell of their year."""

    STOCK = "stock"
    """What there is on the last day; a year has the last value told."""
    CUMULATIVE = "cumulative"
    """What there has been so far: a stock that never falls."""
    FLOW = "flow"
    """What happened in the period; the parts of a year add up."""
    PRESENT = "present"
    """Who was there or did something in the period, each counted once; of its parts the largest is a lower bound."""


COURSES: Mapping[Course, Said] = {
    Course.STOCK: Said("期末数", "at the end"),
    Course.CUMULATIVE: Said("累计数", "so far"),
    Course.FLOW: Said("当期数", "in the period"),
    Course.PRESENT: Said("当期不重复数", "in the period, each once"),
}


class Quotient(Model):
    """A metric made of another, or as a ratio of two others: of ÷ by × times."""

    of: str
    by: str = ""
    times: float = 1


class Metric(Model):
    """A named figure: what it is called, its unit, and where it may stand."""

    name: Said
    measure: Measure = Measure.NUMBER
    course: Course | None = None
    """None: no figure of a period, but a trait that a record states without a date."""
    unit: Said = Said("", "")
    noun: Said | None = None
    """What is counted, in “还差 3 家在孵企业”; the name, when that reads well."""
    aliases: tuple[str, ...] = ()
    """What people write for it among the named figures of a carrier or in a column of their own."""
    fields: tuple[str, ...] = ()
    """`table.field` of a record that holds it."""
    caution: Said | None = None
    """What a field's figure is taken for without being quite that."""
    quotient: Quotient | None = None
    words: Mapping[str, Said] = Field(default_factory=dict)
    """The closed list of a text, with what each word is called."""
    usual: tuple[Said, ...] = ()
    """What is usually answered, where anything else may be as well."""

    def written(self, key: str) -> tuple[str, ...]:
        """Everything it may be called, its id among them."""
        return (key, self.name.zh, self.name.en, *self.aliases)


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name of a figure without what people write differently: width, case, spaces, what stands in brackets."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"\s+|[_\-]|\([^)]*\)", "", text)
