"""The user's own column names: a file that says which column is which field."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from matcher.domain.columns import label
from matcher.domain.records import TYPES, Kind
from matcher.errors import ConfigurationError
from matcher.intake.headers import METRIC, WITHDRAWN_FIELD, field_names, has_metrics, withdrawable
from matcher.intake.labels import table_label
from matcher.intake.names import kind_of, known_names
from matcher.wording import Said

Columns = Mapping[str, str]
ColumnMapping = Mapping[Kind, Columns]


def load_mapping(path: Path, *, kind: Kind | None = None) -> ColumnMapping:
    """Read a JSON or TOML mapping: `{"achievements": {"我的列名": "title"}}`, or flat where `kind` is given.

    An empty field says that the column is none of the table's, whatever its header may mean: it is kept as extra.

    Raises ConfigurationError naming what is wrong: the file, the table or the field, and the valid names.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            Said(
                f"无法读取列名对照文件“{path.name}”：{error}。",
                f"The mapping file '{path.name}' cannot be read: {error}.",
            ),
            Said("请检查路径和 JSON/TOML 格式，编码用 UTF-8。", "Check the path and that it is JSON or TOML in UTF-8."),
        ) from error
    return check_mapping(raw, kind=kind)


def check_mapping(raw: object, *, kind: Kind | None = None) -> ColumnMapping:
    """The mapping by table, every table and field known. Raises ConfigurationError."""
    if not isinstance(raw, Mapping):
        raise _shape(type(raw).__name__)
    if raw and all(isinstance(value, str) for value in raw.values()):
        if kind is None:
            raise _flat()
        return {kind: _columns(kind, raw)}
    return {_table(str(name)): _columns(_table(str(name)), columns) for name, columns in raw.items()}


def _columns(kind: Kind, columns: object) -> Columns:
    if not isinstance(columns, Mapping):
        raise _shape(f"{kind.value}: {columns!r}"[:80])
    for header, field in columns.items():
        if not _valid(kind, field):
            raise _unknown_field(kind, str(header), str(field))
    return {str(header): str(field) for header, field in columns.items()}


def _valid(kind: Kind, field: object) -> bool:
    if not isinstance(field, str):
        return False
    if has_metrics(kind) and METRIC.fullmatch(field):
        return True
    return not field or field in field_names(kind) or (field == WITHDRAWN_FIELD and withdrawable(kind))


def _table(name: str) -> Kind:
    kind = kind_of(name)
    if kind is None:
        zh, en = known_names()
        raise ConfigurationError(
            Said(f"列名对照里的表“{name}”不存在。", f"The mapping names a table '{name}' that does not exist."),
            Said(f"可用的表：{zh}。", f"The tables are: {en}."),
        )
    return kind


def _unknown_field(kind: Kind, header: str, field: str) -> ConfigurationError:
    names = ", ".join(field_names(kind))
    labels = "、".join(f"{name}（{label(TYPES[kind], name).zh}）" for name in field_names(kind))
    return ConfigurationError(
        Said(
            f"列名对照把“{header}”对应到“{table_label(kind).zh}”表的字段“{field}”，没有这个字段。",
            f"The mapping sends '{header}' to the field '{field}', which {kind.value} does not have.",
        ),
        Said(f"可用的字段：{labels}。", f"The fields are: {names}."),
    )


def _flat() -> ConfigurationError:
    return ConfigurationError(
        Said("列名对照没有写明是哪一张表。", "The mapping does not say which table it is for."),
        Said(
            '请写成 {"achievements": {"我的列名": "title"}}，或指明表名（--kind）。',
            'Write {"achievements": {"my column": "title"}}, or name the table (--kind).',
        ),
    )


def _shape(shown: str) -> ConfigurationError:
    return ConfigurationError(
        Said(f"列名对照的格式不对（{shown}）。", f"The mapping has the wrong shape ({shown})."),
        Said('请写成 {"achievements": {"我的列名": "title"}}。', 'Write {"achievements": {"my column": "title"}}.'),
    )
