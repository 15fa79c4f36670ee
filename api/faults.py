"""What is wrong with a field of a request, in both languages: the framework tells it in English only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.wording import Said

CHINESE: Mapping[str, str] = {
    "missing": "缺少此项。",
    "extra_forbidden": "没有这一项。",
    "json_invalid": "不是有效的 JSON。",
    "string_type": "须为文字。",
    "string_too_long": "最多 {max_length} 个字符。",
    "string_too_short": "至少 {min_length} 个字符。",
    "string_pattern_mismatch": "不合要求的格式：{pattern}",
    "too_long": "最多 {max_length} 项。",
    "too_short": "至少 {min_length} 项。",
    "list_type": "须为列表。",
    "dict_type": "须为对象。",
    "model_type": "须为对象。",
    "model_attributes_type": "须为对象。",
    "int_type": "须为整数。",
    "int_parsing": "须为整数。",
    "int_from_float": "须为整数。",
    "float_type": "须为数字。",
    "float_parsing": "须为数字。",
    "finite_number": "须为有限的数字。",
    "bool_type": "须为 true 或 false。",
    "bool_parsing": "须为 true 或 false。",
    "date_type": "须为日期，如 2026-11-26。",
    "date_parsing": "须为日期，如 2026-11-26。",
    "date_from_datetime_parsing": "须为日期，如 2026-11-26。",
    "date_from_datetime_inexact": "须为日期，如 2026-11-26。",
    "greater_than": "须大于 {gt}。",
    "greater_than_equal": "不得小于 {ge}。",
    "less_than": "须小于 {lt}。",
    "less_than_equal": "不得大于 {le}。",
    "enum": "只能是 {expected} 之一。",
    "literal_error": "只能是 {expected} 之一。",
}
"""By the framework's own names of faults."""
OTHER = "不合要求。"


def said(fault: Mapping[str, Any]) -> Said:
    """One fault of the framework's list."""
    context = fault.get("ctx", {})
    told = getattr(context.get("error"), "args", None)
    if told and isinstance(told[0], Said):
        return told[0]
    english = str(fault["msg"])
    if fault["type"] == "json_invalid":
        english = f"This is no valid JSON: {context.get('error', '')}."
    return Said(CHINESE.get(str(fault["type"]), OTHER).format_map(context), english)


def place(fault: Mapping[str, Any]) -> str:
    """Where it is: `body.k`, `query.limit`, `header.if-match`."""
    return ".".join(map(str, fault["loc"]))
