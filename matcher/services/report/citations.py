"""Where the numbers of a report come from: every row and rule that a line names, once, with the place it was read."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.domain.matches import Confidence
from matcher.domain.records import KEYS, RECORD_KINDS, TABLE_LABELS, Row, name_of
from matcher.policy.rules import Rulebook
from matcher.reporting.sections import Origin
from matcher.wording import Said

CONFIDENCE = {
    Confidence.SEEN_PRIMARY: "见原文",
    Confidence.SEEN: "见转述",
    Confidence.MEMORY: "凭记忆",
    Confidence.INFERRED: "推定",
    Confidence.STATED: "自述",
}


class Citations:
    """Collects what is cited while the sections are made."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._found: dict[str, Origin] = {}

    def rows(self, rows: Iterable[Row]) -> tuple[str, ...]:
        """The names of rows, each of which is then listed."""
        return tuple(dict.fromkeys(self.row(row) for row in rows))

    def row(self, row: Row) -> str:
        """The name of one row: its table and its key."""
        key = "/".join(str(getattr(row, name)) for name in KEYS[row.table])
        ref = f"{row.table.value}:{key}"
        said = name_of(row) if row.table in RECORD_KINDS else getattr(row, "name", "")  # type: ignore[arg-type]
        label = TABLE_LABELS[row.table]
        where = f"{row.source.file} 第 {row.source.row} 行" if row.source.file else ""
        self._found[ref] = Origin(ref, Said(label[0], row.table.value), Said(said, said), where)
        return ref

    def rule(self, rule_id: str) -> str:
        """The name of a rule."""
        basis = self._book.basis(rule_id)
        ref = f"rule:{rule_id}"
        where = f"{basis.cites.zh} {basis.clause}"
        self._found[ref] = Origin(ref, Said("规则", "rule"), basis.name, where, CONFIDENCE[basis.confidence])
        return ref

    def ruleset(self, name: str) -> str:
        """The name of a whole ruleset, as that of the indicators of a score."""
        ruleset = self._book.rulesets[name]
        basis = self._book.basis(ruleset.rules[0].id)
        ref = f"ruleset:{name}"
        where = f"{basis.cites.zh} {basis.clause}"
        kind = Said("规则组", "ruleset")
        self._found[ref] = Origin(ref, kind, ruleset.name, where, CONFIDENCE[basis.confidence])
        return ref

    @property
    def listed(self) -> dict[str, Origin]:
        """Everything that was cited, by name."""
        return dict(sorted(self._found.items()))
