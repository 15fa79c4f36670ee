"""What a report is made of before it is a workbook or a page: sections of lines, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from matcher.domain.periods import Period
from matcher.domain.rounding import yuan
from matcher.wording import Language, Said

Content = str | float | date | Said | None
NO_UNIT = Said("", "")


class Shape(StrEnum):
    """How a column's contents are shown."""

    TEXT = "text"
    LONG = "long"
    """A text that may need several lines."""
    CODE = "code"
    """An id or another text that is never broken."""
    NUMBER = "number"
    SHARE = "share"
    YUAN = "yuan"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, how it is shown, and the unit of its numbers."""

    name: Said
    shape: Shape = Shape.TEXT
    unit: Said = NO_UNIT


@dataclass(frozen=True, slots=True)
class Cell:
    """A content that is more than it says: doubted, or only a lower bound."""

    content: Content
    doubted: bool = False
    least: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and the sources that it stands on, by their names in the list of sources."""

    cells: tuple[Content | Cell, ...]
    refs: tuple[str, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """A number that the first page repeats."""

    name: Said
    content: Content | Cell
    shape: Shape = Shape.NUMBER
    unit: Said = NO_UNIT


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report."""

    key: str
    title: Said
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[Said, ...] = ()
    headlines: tuple[Headline, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that lines name: a row of a table, or a rule."""

    ref: str
    kind: Said
    said: Said
    where: str = ""
    """File and row in which it was read, or clause and document of a rule."""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A period's report as one viewer may know it."""

    title: Said
    period: Period
    as_of: date
    rules_version: str
    notes: tuple[Said, ...]
    sections: tuple[Section, ...]
    origins: Mapping[str, Origin]

    def only(self, *keys: str) -> Report:
        """The report of these sections alone, with the sources that they name."""
        sections = tuple(one for one in self.sections if one.key in keys)
        refs = {ref for section in sections for line in section.lines for ref in line.refs}
        return replace(self, sections=sections, origins={ref: one for ref, one in self.origins.items() if ref in refs})


def heading(column: Column, language: Language) -> str:
    """A column's name with its unit in brackets of the language."""
    name, unit = column.name.to(language), column.unit.to(language)
    return f"{name}{in_brackets(unit, language)}" if unit else name


def in_brackets(text: str, language: Language) -> str:
    """A text in the brackets of its language."""
    return Said(f"（{text}）", f" ({text})").to(language)


def ref_names(report: Report, language: Language) -> dict[str, str]:
    """What the sources that are sections of the report itself are called."""
    return {f"section:{one.key}": one.title.to(language) for one in report.sections}


def content_of(cell: Content | Cell) -> Content:
    """What a cell holds, whatever else is known of it."""
    return cell.content if isinstance(cell, Cell) else cell


def told(cell: Content | Cell, column: Column, language: Language) -> str:
    """A cell as people read it."""
    content = content_of(cell)
    text = _told(content, column.shape, language)
    least = isinstance(cell, Cell) and cell.least and content is not None
    return f"≥ {text}" if least else text


def _told(content: Content, shape: Shape, language: Language) -> str:
    match content:
        case None:
            return "—"
        case Said():
            return content.to(language)
        case str() | date():
            return str(content)
        case _:
            return _number(content, shape)


def _number(number: float, shape: Shape) -> str:
    if shape is Shape.SHARE:
        return f"{number:.1%}"
    if shape is Shape.YUAN:
        return yuan(number)
    return f"{number:,.10g}" if number == round(number) else f"{number:,.2f}"
