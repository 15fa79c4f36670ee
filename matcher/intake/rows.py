"""From the cells of one row to one record, or to the reasons why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial

from matcher.domain.columns import label
from matcher.domain.records import KEYS, TYPES, Kind, PairKind, Row, Source, Visibility
from matcher.intake.cells import Reading, Uncached, as_text, broken, clean, is_empty, plain
from matcher.intake.checks import contradictions, currency_remark, missing, missing_remark, settle_currency, two_sides
from matcher.intake.headers import OPEN, STATUS_FIELD, WITHDRAWN_FIELD, is_nameless, nameless
from matcher.intake.identity import Registry, content_of, identity_of
from matcher.intake.issues import Remark, RowIssue, Severity, Withdrawal, issue_at, refuse, shown_key, tell
from matcher.intake.labels import Labels
from matcher.intake.layout import Column, Layout
from matcher.intake.limits import Limits
from matcher.intake.values import WITHDRAWN, Parser, parsers, read_loose_metric, read_metric

CellParser = Callable[[object], Reading]
SHORT, REMEMBERED = 24, 2048
"""Words, dates and places repeat down a column: short texts are read once and remembered, so many per column."""

Built = tuple[Row | Withdrawal | None, list[RowIssue]]


@dataclass(slots=True)
class Draft:
    """A row while it is read."""

    place: Source
    labels: Labels
    values: dict[str, object] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Field → header and text of the cell that filled it, for amounts and for limits in order."""
    stated: dict[str, str] = field(default_factory=dict)
    """Amount → the currency written beside it."""
    metrics: dict[str, float] = field(default_factory=dict)
    hints: set[PairKind] = field(default_factory=set)
    withdrawn: bool = False
    issues: list[RowIssue] = field(default_factory=list)

    def say(self, name: str, value: str, remark: Remark) -> None:
        """Add an issue with this row."""
        self.issues.append(issue_at(self.place, name, value, remark, self.labels.of(name)))

    @property
    def refused(self) -> bool:
        """Whether the row stays out."""
        return any(issue.refuses for issue in self.issues)


class RowBuilder:
    """Builds the rows of one file. The parser of every column is chosen once."""

    def __init__(
        self, kind: Kind, layout: Layout, file: str, limits: Limits, registry: Registry,
        visibility: Visibility | None = None,
    ) -> None:  # fmt: skip
        self._kind = kind
        self._file = file
        self._longest = limits.max_cell_chars
        self._registry = registry
        self._labels = Labels(kind, layout)
        by_field = parsers(kind)
        self._plan = [(column, cell_parser(column, by_field)) for column in layout.columns]
        self._key_names = KEYS[kind]
        self._blank_headers = _Once()
        self._unstated = visibility if "visibility" in by_field else None

    def build(self, number: int, cells: Sequence[object]) -> Built:
        """The record or withdrawal of the row, if it can be used, and all issues with it."""
        draft = Draft(Source(self._file, number), self._labels)
        for (column, parse), cell in zip(self._plan, cells, strict=False):
            if cell is not None and cell != "" and not column.ours:
                self._take(draft, column, parse, cell)
        self._take_surplus(draft, cells)
        if draft.withdrawn and not draft.refused:
            return self._withdraw(draft)
        self._finish(draft)
        if not draft.refused and self._says_nothing(draft):
            draft.say("metrics", "", _no_figures())
            return None, draft.issues
        return (None if draft.refused else self._record(draft)), draft.issues

    def _says_nothing(self, draft: Draft) -> bool:
        """Whether a row of figures has only its key, as the lines of a form that others are to fill in."""
        return self._kind in OPEN and draft.values.keys() <= set(self._key_names)

    def _take(self, draft: Draft, column: Column, parse: CellParser | None, cell: object) -> None:
        if isinstance(cell, str) and len(cell) > self._longest:
            draft.say(column.field or column.header, clean(cell[:400]), self._too_long(len(cell)))
            return
        if parse is None:
            self._keep(draft, column, cell)
            return
        error = broken(cell) if isinstance(cell, Uncached) or (isinstance(cell, str) and cell[0] == "#") else None
        reading = Reading(remark=error, keep=True) if error else parse(cell)
        if reading.remark is not None:
            self._remark(draft, column, reading, cell)
        if reading.keep:
            self._keep(draft, column, cell)
        if reading.value is not None:
            if reading.currency:
                draft.stated[column.field] = reading.currency
            self._put(draft, column, reading.value, cell)

    def _remark(self, draft: Draft, column: Column, reading: Reading, cell: object) -> None:
        remark = reading.remark
        if remark is not None and reading.value is None and column.field == WITHDRAWN_FIELD:
            # Whether an offer still stands must not be guessed.
            remark = replace(remark, severity=Severity.ERROR)
        if remark is not None:
            name = f"{column.field}.{column.metric}" if column.metric else column.field
            draft.say(name, as_text(cell), remark)

    def _put(self, draft: Draft, column: Column, value: object, cell: object) -> None:
        name = column.field
        if name == "metrics":
            draft.metrics.update({column.metric: value} if column.metric else value)  # type: ignore[call-overload]
        elif name == WITHDRAWN_FIELD:
            draft.withdrawn = draft.withdrawn or bool(value)
        elif name in draft.values:
            draft.say(name, as_text(cell), two_sides(label(TYPES[self._kind], name), str(draft.values[name])))
        else:
            draft.values[name] = value
            if isinstance(value, int | float | date):
                draft.texts[name] = (column.header, as_text(cell))
            if column.hint is not None:
                draft.hints.add(column.hint)

    def _keep(self, draft: Draft, column: Column, cell: object) -> None:
        text = as_text(cell)
        if column.field == STATUS_FIELD and plain(text) in WITHDRAWN:
            draft.withdrawn = True
        elif text:
            draft.extra[column.header] = text
            if is_nameless(column.header) and self._blank_headers.first(column.header):
                draft.say(column.header, text, _no_header(column.header))

    def _take_surplus(self, draft: Draft, cells: Sequence[object]) -> None:
        """Cells beyond the header are kept under their position."""
        for position in range(len(self._plan), len(cells)):
            if not is_empty(cells[position]):
                self._keep(draft, Column(position, nameless(position)), cells[position])

    def _withdraw(self, draft: Draft) -> Built:
        key = self._key(draft.values)
        if not all(key):
            draft.say(self._key_names[key.index("")], "", missing_remark(self._key_names, self._labels.of))
            return None, draft.issues
        # A withdrawal stands even where the same file still lists the record.
        self._registry.check(shown_key(key), draft.place, hash(WITHDRAWN_FIELD))
        return Withdrawal(self._kind, key, draft.place), draft.issues

    def _key(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """What tells the row from others: its id, one derived where it states none, or the fields of its key."""
        if self._key_names == ("id",):
            return (str(values.get("id") or identity_of(self._kind, values)),)
        return tuple(str(values.get(name, "")) for name in self._key_names)

    def _finish(self, draft: Draft) -> None:
        if self._kind is Kind.OUTCOMES and "kind" not in draft.values and not _has_issue(draft, "kind"):
            _derive_pair(draft)
        if draft.stated or draft.values.get("currency"):
            _settle_currency(draft)
        for name, dropped, remark in contradictions(draft.values, self._labels.of):
            draft.say(name, draft.texts[name][1], remark)
            _drop(draft, dropped)
        if draft.metrics:
            draft.values["metrics"] = draft.metrics
        for group in missing(self._kind, draft.values):
            _refuse_missing(draft, group)

    def _record(self, draft: Draft) -> Row | None:
        values = draft.values
        key = self._key(values)
        if self._key_names == ("id",):
            (values["id"],) = key
        if self._unstated:
            values.setdefault("visibility", self._unstated)
        id_ = shown_key(key)
        remark = self._registry.check(id_, draft.place, content_of(values, draft.extra))
        if remark is not None:
            draft.say("id", id_, remark)
            return None
        return TYPES[self._kind](**values, extra=draft.extra, source=draft.place)  # type: ignore[arg-type]

    def _too_long(self, length: int) -> Remark:
        return refuse(
            "cell_too_long",
            (
                f"单元格有 {length:,} 个字符，超过上限 {self._longest:,}。",
                f"{length:,} characters exceed the limit of {self._longest:,}.",
            ),
            ("请缩短内容；也可能是双引号没有配对。", "Shorten it; a quotation mark may also be unclosed."),
        )


class _Once:
    """Remembers what was already said."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def first(self, word: str) -> bool:
        known = word in self._said
        self._said.add(word)
        return not known


def cell_parser(column: Column, by_field: Mapping[str, Parser]) -> CellParser | None:
    """The parser of the column with its unit; None where its text is only kept."""
    figure = read_loose_metric if column.loose else read_metric
    parse = partial(figure, column.metric) if column.metric else by_field.get(column.field)
    if parse is None:
        return None
    unit = column.unit
    remembered = lru_cache(maxsize=REMEMBERED)(lambda text: parse(text, unit))

    def read(cell: object) -> Reading:
        return remembered(cell) if type(cell) is str and len(cell) <= SHORT else parse(cell, unit)

    return read


def _has_issue(draft: Draft, name: str) -> bool:
    return any(issue.field == name for issue in draft.issues)


def _derive_pair(draft: Draft) -> None:
    """The pairing, told by the headers of the two sides."""
    if len(draft.hints) == 1:
        draft.values["kind"] = next(iter(draft.hints))
    elif draft.hints:
        draft.say("kind", "", _mixed_pair())


def _settle_currency(draft: Draft) -> None:
    currency, conflicting = settle_currency(str(draft.values.get("currency") or ""), draft.stated)
    if currency:
        draft.values["currency"] = currency
    for name in conflicting:
        draft.say(name, draft.texts[name][1], currency_remark(currency, draft.stated[name]))
    _drop(draft, conflicting)


def _drop(draft: Draft, names: Sequence[str]) -> None:
    """Leave values out of the record, but keep what the cells said."""
    for name in names:
        del draft.values[name]
        header, text = draft.texts[name]
        draft.extra[header] = text


def _refuse_missing(draft: Draft, group: tuple[str, ...]) -> None:
    """Say what is missing; where the cell was filled but not understood, that issue becomes the error."""
    told = [place for place, issue in enumerate(draft.issues) if issue.field in group]
    for place in told:
        draft.issues[place] = replace(draft.issues[place], severity=Severity.ERROR)
    if not told:
        draft.say(group[0], "", missing_remark(group, draft.labels.of))


def _mixed_pair() -> Remark:
    return refuse(
        "required_missing",
        (
            "看不出是“成果—载体”还是“项目—基金”：两边的编号列不成对。",
            "The id columns name an achievement with a fund or the like.",
        ),
        ("请只填成果编号和载体编号，或项目编号和基金编号。", "Fill achievement and carrier, or project and fund."),
    )


def _no_figures() -> Remark:
    return tell(
        "no_figures",
        (
            "没有填写任何指标，这一行没有导入；以前报送的数据不变。",
            "The row tells no figure and is not taken in; nothing changes.",
        ),
        ("如需报送，请填写指标。", "Fill in the figures to submit them."),
    )


def _no_header(name: str) -> Remark:
    return tell(
        "column_without_header",
        (f"{name}没有表头，内容保存在附加信息里。", f"The column {name} has no header; it is kept as extra."),
        ("如需使用，请补上表头。", "Give it a header to use it."),
    )
