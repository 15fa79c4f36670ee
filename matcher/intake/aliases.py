"""A table of spellings: alias, canonical, kind. One row says that the alias counts as the canonical name or record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from matcher.domain.identity import Decision
from matcher.domain.records import IdentityKind, Source
from matcher.errors import UnsupportedFileError
from matcher.intake.cells import as_text, has_content
from matcher.intake.delimited import Delimited
from matcher.intake.headers import header_key
from matcher.intake.issues import Remark, RowIssue, issue_at, refuse
from matcher.intake.limits import Limits, check_bytes
from matcher.intake.terms import read_term
from matcher.wording import Said

FILE = "aliases.csv"
"""What the table is called in an ecosystem folder."""

HEADERS: Mapping[str, tuple[str, ...]] = {
    "alias": ("alias", "别名", "别称", "异名", "又名"),
    "canonical": ("canonical", "规范名称", "标准名称", "正式名称", "规范名"),
    "kind": ("kind", "类型", "类别"),
}


def read_aliases(path: Path, limits: Limits | None = None) -> Iterator[Decision | RowIssue]:
    """The rows of a CSV file as decisions, those that cannot be used as issues.

    Raises IntakeError for a file that cannot be read, or lacks one of the three columns.
    """
    limits = limits or Limits()
    check_bytes(path, limits)
    known = [header for headers in HEADERS.values() for header in headers]
    rows = ((number, row) for number, row in Delimited(path, limits, known).rows() if has_content(row))
    _, header = next(rows, (0, []))
    places = _places(path.name, header)
    for number, row in rows:
        cells = {name: as_text(row[place]) if place < len(row) else "" for name, place in places.items()}
        yield _decision(Source(path.name, number), cells)


def _places(file: str, header: Sequence[str]) -> dict[str, int]:
    keys = [header_key(cell) for cell in header]
    found = {
        name: keys.index(key) for name, headers in HEADERS.items() for key in map(header_key, headers) if key in keys
    }
    if len(found) < len(HEADERS):
        lacking = [name for name in HEADERS if name not in found]
        zh, en = "、".join(HEADERS[name][1] for name in lacking), ", ".join(lacking)
        raise UnsupportedFileError(
            Said(f"别名表“{file}”缺少列：{zh}（{en}）。", f"The alias table '{file}' lacks the column {en}."),
            Said("请给出 alias、canonical、kind 三列。", "It needs the columns alias, canonical, kind."),
        )
    return found


def _decision(place: Source, cells: Mapping[str, str]) -> Decision | RowIssue:
    for name in ("alias", "canonical"):
        if not cells[name]:
            return issue_at(place, name, "", EMPTY)
    if cells["alias"] == cells["canonical"]:
        return issue_at(place, "alias", cells["alias"], ITSELF)
    kind = read_term(IdentityKind, cells["kind"]).value
    if not isinstance(kind, IdentityKind):
        return issue_at(place, "kind", cells["kind"], KIND)
    return Decision(kind, cells["alias"], cells["canonical"])


EMPTY: Remark = refuse(
    "missing_value", ("缺少名称，本行未采用。", "A name is missing; refused."), ("请填写。", "Fill it in.")
)
ITSELF: Remark = refuse(
    "alias_of_itself",
    ("别名与规范名称相同，本行未采用。", "The alias is the canonical name itself; refused."),
    ("请删除此行。", "Delete the row."),
)
KIND: Remark = refuse(
    "unknown_kind",
    ("看不懂类型，本行未采用。", "The kind is not known; refused."),
    (
        f"请填写其中之一：{'、'.join(kind.label for kind in IdentityKind)}。",
        f"Write one of: {', '.join(kind.value for kind in IdentityKind)}.",
    ),
)
