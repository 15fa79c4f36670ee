"""What the fields of a domain type hold, worked out once from its annotations.

Tables and row translation are both derived from this, so that a field added to the domain reaches the
database by a migration and nothing else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from matcher.domain.records import Row


class Form(Enum):
    """How many values a field holds."""

    ONE = auto()
    MANY = auto()
    NAMED = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the type of its values (`str`, `int`, `float`, `bool`, `date` or a `Term`) and its form."""

    name: str
    base: type
    form: Form = Form.ONE
    optional: bool = False


def fields_of(row_type: type[Row]) -> tuple[Field, ...]:
    """The fields of a domain type in their order, without `source`, which is kept in columns of its own."""
    hints = get_type_hints(row_type)
    return tuple(_field(each.name, hints[each.name]) for each in dataclasses.fields(row_type) if each.name != "source")


def _field(name: str, hint: Any) -> Field:
    if isinstance(hint, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        return dataclasses.replace(_field(name, inner), optional=True)
    origin = get_origin(hint)
    if origin is tuple:
        return Field(name, get_args(hint)[0], Form.MANY)
    if origin is Mapping:
        return Field(name, get_args(hint)[1], Form.NAMED)
    return Field(name, hint)
