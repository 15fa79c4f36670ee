"""Parameters of a query: one that an operation does not know is refused, for nothing is worse than passing it over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from matcher.wording import Said

SHOWN = 60
"""Characters of an unknown name that are said again."""


def known_to(dependant: Dependant) -> tuple[str, ...]:
    """The names of the parameters that an operation takes in its query."""
    return tuple(_names(dependant))


def _names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):  # one model for the whole query
            yield from (told.alias or name for name, told in model.model_fields.items())
        else:
            yield field.alias
    for needed in dependant.dependencies:
        yield from _names(needed)


def require_known(request: Request, known: Sequence[str]) -> None:
    """Raise RequestValidationError for parameters that the operation does not take, each with the nearest it does."""
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        raise RequestValidationError([_fault(name, known) for name in unknown[:20]])


def _fault(name: str, known: Sequence[str]) -> dict[str, Any]:
    shown = name[:SHOWN]
    near = get_close_matches(shown, known, n=1, cutoff=0.5)
    if near:
        hint = Said(f"是否为 {near[0]}？", f"Did you mean {near[0]}?")
    elif known:
        hint = Said(f"可用：{'、'.join(known)}。", f"It takes {', '.join(known)}.")
    else:
        hint = Said("此操作不带查询参数。", "It takes none.")
    said = Said(f"没有参数 {shown}。{hint.zh}", f"There is no parameter {shown}. {hint.en}")
    return {"type": "extra_forbidden", "loc": ("query", shown), "msg": said.en, "ctx": {"error": ValueError(said)}}
