"""A report as one self-contained page: it prints on A4 and reads on a phone, and loads nothing from anywhere."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from matcher.appearing import SHARED, appearing
from matcher.reporting.sections import Cell, Column, Content, Report, Shape, in_brackets, ref_names, told
from matcher.wording import Language, Said

NUMERIC = frozenset({Shape.NUMBER, Shape.SHARE, Shape.YUAN})
WHOLE = frozenset({Shape.CODE, Shape.DAY})

MOST = 12
"""Sources that a line of the page names; a workbook names them all."""


def page(report: Report, language: Language) -> str:
    """The report as HTML. Every text is escaped."""
    environment = Environment(
        loader=PackageLoader("matcher.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        report=report,
        language=language.value,
        say=partial(_say, language),
        told=partial(_told, language),
        bracketed=partial(_bracketed, language),
        classes=_classes,
        names=ref_names(report, language),
        most=MOST,
    )


def _classes(column: Column, cell: Content | Cell = None) -> str:
    """How a cell of the column looks: n number, w never broken, else its shape; doubt."""
    kind = "n" if column.shape in NUMERIC else "w" if column.shape in WHOLE else column.shape.value
    return f"{kind} {_doubt(cell)}".strip()


def _doubt(cell: Content | Cell) -> str:
    return "doubt" if isinstance(cell, Cell) and cell.doubted else ""


def write_page(path: Path, report: Report, language: Language) -> None:
    """Write the page whole."""
    with appearing(path, SHARED) as file:
        file.write(page(report, language).encode())


def _say(language: Language, said: Said | str, en: str = "") -> str:
    """A text in the page's language; two texts are one said in both."""
    return Said(said, en).to(language) if isinstance(said, str) else said.to(language)


def _bracketed(language: Language, text: str) -> str:
    return in_brackets(text, language).strip()


def _told(language: Language, cell: Content | Cell, column: Column) -> str:
    return told(cell, column, language)
