"""A period's report as plain JSON values."""

from __future__ import annotations

from typing import Any

from matcher.plain.matches import said_json
from matcher.reporting.sections import Cell, Content, Headline, Line, Report, Section
from matcher.wording import Language, Said


def report_json(report: Report, language: Language) -> dict[str, Any]:
    """Every section with its lines and their sources, and the list of sources."""
    return {
        "title": said_json(report.title),
        "period": report.period,
        "as_of": report.as_of,
        "rules_version": report.rules_version,
        "notes": [said_json(note) for note in report.notes],
        "sections": [_section_json(section, language) for section in report.sections],
        "sources": {
            ref: {
                "kind": said_json(one.kind),
                "what": one.said.to(language),
                "where": one.where,
                "confidence": one.confidence,
            }
            for ref, one in report.origins.items()
        },
    }


def _section_json(section: Section, language: Language) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": said_json(section.title),
        "notes": [said_json(note) for note in section.notes],
        "headlines": [_headline_json(one, language) for one in section.headlines],
        "columns": [
            {"name": said_json(one.name), "shape": one.shape.value, "unit": said_json(one.unit)}
            for one in section.columns
        ],
        "lines": [_line_json(line, language) for line in section.lines],
    }


def _headline_json(one: Headline, language: Language) -> dict[str, Any]:
    return {"name": said_json(one.name), "value": _plain(one.content, language), "unit": said_json(one.unit)}


def _line_json(line: Line, language: Language) -> dict[str, Any]:
    return {
        "cells": [_plain(cell, language) for cell in line.cells],
        "doubted": [place for place, cell in enumerate(line.cells) if isinstance(cell, Cell) and cell.doubted],
        "at_least": [place for place, cell in enumerate(line.cells) if isinstance(cell, Cell) and cell.least],
        "total": line.total,
        "sources": list(line.refs),
    }


def _plain(cell: Content | Cell, language: Language) -> Any:
    content = cell.content if isinstance(cell, Cell) else cell
    return content.to(language) if isinstance(content, Said) else content
