"""What a row must hold, and what its fields must not say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from matcher.domain.columns import needed
from matcher.domain.records import REGISTER_KINDS, TYPES, Kind
from matcher.intake.amounts import YUAN
from matcher.intake.issues import Remark, refuse, warn
from matcher.intake.labels import either
from matcher.wording import Said

REQUIRED: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.ACHIEVEMENTS: (("title", "summary"),),
    Kind.INCUBATORS: (("name",),),
    Kind.PROJECTS: (("name",),),
    Kind.FUNDS: (("name",),),
    Kind.OUTCOMES: (("kind",), ("left_id",), ("right_id",), ("result",), ("decided_on",)),
    **{kind: tuple((name,) for name in needed(TYPES[kind])) for kind in REGISTER_KINDS},
}
"""Of each group at least one field must be filled."""

ORDERED = (
    ("ticket_min", "ticket_max"),
    ("trl_min", "trl_max"),
    ("started_on", "ended_on"),
    ("since", "until"),
    ("available_from", "available_until"),
    ("applied_on", "paid_on"),
    ("accepted_on", "registered_on"),
)
"""The first must not be larger or later than the second; which one is wrong cannot be known, so both are left out."""


def missing(kind: Kind, filled: Mapping[str, object] | frozenset[str]) -> list[tuple[str, ...]]:
    """The groups of required fields of which none is filled."""
    return [group for group in REQUIRED[kind] if not any(name in filled for name in group)]


def missing_remark(group: tuple[str, ...], called: Callable[[str], Said]) -> Remark:
    """The refusal of a row without a required field."""
    names = either(map(called, group))
    return refuse(
        "required_missing",
        (f"缺少必填项：{names.zh}。", f"The required {names.en} is missing."),
        ("请补填后重新导入这一行。", "Fill it in and import the row again."),
    )


def two_sides(name: Said, taken: str) -> Remark:
    """The refusal of a row in which two columns fill one field."""
    return refuse(
        "two_values",
        (f"有两列都填了{name.zh}（已有“{taken[:40]}”）。", f"Two columns fill {name.en} (already '{taken[:40]}')."),
        ("每行只填一个编号。", "Fill only one of them in a row."),
    )


def contradictions(
    values: Mapping[str, object], called: Callable[[str], Said]
) -> list[tuple[str, tuple[str, ...], Remark]]:
    """Field, the fields to leave out, and what is wrong between them."""
    found: list[tuple[str, tuple[str, ...], Remark]] = []
    for low, high in ORDERED:
        least, most = values.get(low), values.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            found.append((low, (low, high), _swapped(called(low), called(high), least, most)))
        if isinstance(least, date) and isinstance(most, date) and least > most:
            found.append((low, (low, high), _reversed(called(low), called(high), least, most)))
    occupied, capacity = values.get("occupied"), values.get("capacity")
    if isinstance(occupied, int) and isinstance(capacity, int) and occupied > capacity:
        found.append(("occupied", (), _overfull(occupied, capacity)))
    return found


def _swapped(low: Said, high: Said, least: float, most: float) -> Remark:
    return warn(
        "limits_swapped",
        (
            f"{low.zh} {least:g} 大于{high.zh} {most:g}，两项都未采用。",
            f"{low.en} {least:g} exceeds {high.en} {most:g}; both left out.",
        ),
        ("请检查上限和下限是否填反。", "Check whether the two limits were exchanged."),
    )


def _reversed(first: Said, last: Said, start: date, end: date) -> Remark:
    return warn(
        "dates_swapped",
        (
            f"{first.zh} {start} 晚于{last.zh} {end}，两项都未采用。",
            f"{first.en} {start} is later than {last.en} {end}; both left out.",
        ),
        ("请检查两个日期是否填反。", "Check whether the two days were exchanged."),
    )


def _overfull(occupied: int, capacity: int) -> Remark:
    return warn(
        "over_capacity",
        (
            f"在孵数量 {occupied} 超过可容纳企业数 {capacity}。",
            f"{occupied} tenants exceed the capacity of {capacity}.",
        ),
        ("请核对两个数字。", "Check both figures."),
    )


def settle_currency(column: str, stated: Mapping[str, str]) -> tuple[str, list[str]]:
    """The row's currency, and the amounts that name another one. `stated` is currency by field of the amount.

    A record has one currency. The currency column decides; without it, the first foreign word beside an amount.
    """
    if column:
        return column, [name for name, code in stated.items() if code not in (column, YUAN)]
    codes = [code for code in stated.values() if code != YUAN]
    if not codes:
        return "", []
    first = codes[0]
    same = {first, YUAN} if first == "CNY" else {first}
    return first, [name for name, code in stated.items() if code not in same]


def currency_remark(kept: str, stated: str) -> Remark:
    """The warning for an amount in another currency than its record."""
    other = "CNY" if stated == YUAN else stated
    return warn(
        "currency_conflict",
        (
            f"金额的币种 {other} 与本行币种 {kept} 不一致，未采用。",
            f"The amount is in {other}, the row in {kept}; it is left out.",
        ),
        ("请把一行的金额换算成同一币种。", "Convert the amounts of a row to one currency."),
    )
