"""The bodies of records, derived from the domain's fields: what is added there is served here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from api.texts import Moment
from matcher.domain.records import TYPES, Kind, Record, Term, Visibility
from matcher.store.fields import Form, fields_of
from matcher.store.rows import RECORD_PLANS

LONGEST_TEXT, LONGEST_LIST = 20_000, 200
RANGES: Mapping[str, tuple[int, int]] = {"trl": (1, 9), "trl_min": (1, 9), "trl_max": (1, 9)}
EXAMPLES: Mapping[Kind, dict[str, Any]] = {
    Kind.ACHIEVEMENTS: {
        "title": "玉米秸秆制备纳米纤维素的连续化工艺（示例）",
        "summary": "以秸秆为原料，连续制备纳米纤维素，已完成中试。",
        "institution": "科尔沁示例大学",
        "industry": ["农产品加工"],
        "region": "内蒙古自治区通辽市",
        "trl": 6,
        "transfer_modes": ["licence"],
    },
    Kind.INCUBATORS: {
        "name": "草原示例孵化器",
        "kind": "incubator",
        "focus": "玉米生物产业、农产品精深加工",
        "region": "内蒙古自治区通辽市",
        "capacity": 60,
    },
    Kind.PROJECTS: {
        "name": "示例纳米纤维素项目",
        "summary": "秸秆纳米纤维素的产业化。",
        "stage": "angel",
        "region": "内蒙古自治区通辽市",
    },
    Kind.FUNDS: {"name": "示例天使基金", "kind": "angel", "thesis": "生物制造", "stages": ["angel", "pre_a"]},
}


def _base(of: type) -> Any:
    if issubclass(of, Term):
        return Enum(f"{of.__name__}Value", {each.name: each.value for each in of}, type=str)
    return Annotated[str, Field(max_length=LONGEST_TEXT)] if of is str else of


def _field(kind: Kind, name: str, base: type, form: Form) -> Any:
    one: Any = _BASES.setdefault(base, _base(base))
    if form is Form.MANY:
        return Annotated[list[one], Field(max_length=LONGEST_LIST)], []
    if form is Form.NAMED:
        return Annotated[dict[str, one], Field(max_length=LONGEST_LIST)], {}
    if name in RANGES:
        low, high = RANGES[name]
        return Annotated[int, Field(ge=low, le=high)] | None, None
    if base is str:
        return one, ""
    if base is Visibility:
        return one, Visibility.PUBLIC.value
    return one | None, None


_BASES: dict[type, Any] = {}


def _body(kind: Kind) -> type[BaseModel]:
    fields = {each.name: _field(kind, each.name, each.base, each.form) for each in fields_of(TYPES[kind])}
    name = kind.value[:-1].capitalize()
    config = ConfigDict(json_schema_extra={"examples": [EXAMPLES[kind]]}, use_enum_values=True, extra="forbid")
    return create_model(name, __config__=config, __doc__=f"{TYPES[kind].__doc__}", **fields)


def _shown(kind: Kind, body: type[BaseModel]) -> type[BaseModel]:
    stamps: dict[str, Any] = {"first_seen_at": (Moment, ...), "changed_at": (Moment, ...)}
    return create_model(f"{body.__name__}Shown", __base__=body, __doc__=f"{body.__doc__} As it is kept.", **stamps)


RECORDS: Mapping[Kind, type[BaseModel]] = {
    kind: _body(kind) for kind in (Kind.ACHIEVEMENTS, Kind.INCUBATORS, Kind.PROJECTS, Kind.FUNDS)
}
"""What is sent of a record."""
SHOWN: Mapping[Kind, type[BaseModel]] = {kind: _shown(kind, body) for kind, body in RECORDS.items()}
"""What is answered of one."""


def content_of(record: Record) -> dict[str, Any]:
    """A record as plain JSON values, without where it was read."""
    content = RECORD_PLANS[record.table].archived(record)
    return {name: value for name, value in content.items() if not name.startswith("source_")}
