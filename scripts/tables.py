"""Write the tables that the documentation takes from the code. `--check` only tells whether they are up to date."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from matcher.domain.records import TYPES, Term
from matcher.settings import Settings

ROOT = Path(__file__).parent.parent


def settings() -> str:
    """Every setting with its default and its help text."""
    rows = [
        f"| `MATCHER_{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | what it does |", "|---|---|---|", *rows])


def headers() -> str:
    """Every field of every table with the headers a file may use."""
    parts = []
    for kind, row in TYPES.items():
        lines = [f"**{kind.value}**", "", "| field | headers |", "|---|---|"]
        for field in dataclasses.fields(row):
            if names := field.metadata.get("headers"):
                lines.append(f"| `{field.name}` | {'、'.join(names)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def terms() -> str:
    """Every closed vocabulary with its values, labels and spellings."""
    lines = ["| vocabulary | value | also written |", "|---|---|---|"]
    for vocabulary in Term.__subclasses__():
        lines += [
            f"| {vocabulary.__name__} | `{term.value}` | {'、'.join((term.label, *term.spellings))} |"
            for term in vocabulary
        ]
    return "\n".join(lines)


TABLES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"settings": settings},
    "README.zh.md": {"settings": settings},
    "data/README.md": {"headers": headers, "terms": terms},
}


def filled(text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """The document with every table between its markers."""
    for name, make in tables.items():
        before, rest = text.split(f"<!-- {name} -->\n")
        _, after = rest.split(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{make()}\n<!-- /{name} -->{after}"
    return text


def main() -> int:
    """Write or check all documents; 1 when a check finds one out of date."""
    stale = 0
    for name, tables in TABLES.items():
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        after = filled(before, tables)
        if before != after and "--check" in sys.argv:
            sys.stderr.write(f"{name} is out of date; run `python scripts/tables.py`\n")
            stale = 1
        elif before != after:
            path.write_text(after, encoding="utf-8")
    return stale


def _shown(default: object) -> str:
    return "–" if default in (None, "") else f"`{default}`"


if __name__ == "__main__":
    sys.exit(main())
