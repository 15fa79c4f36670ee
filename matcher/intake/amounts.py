"""Amounts of money, ratios and counts, as offices write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from matcher.intake.cells import NOTHING, Reading, as_text, is_blank, plain, unread
from matcher.intake.issues import Remark, tell, warn

SCALES = {
    "十万": 10**5, "百万": 10**6, "千万": 10**7, "百亿": 10**10, "十亿": 10**9, "万亿": 10**12,
    "万": 10**4, "亿": 10**8, "千": 10**3, "w": 10**4, "k": 10**3, "m": 10**6, "b": 10**9, "mn": 10**6, "bn": 10**9,
    "thousand": 10**3, "million": 10**6, "billion": 10**9,
}  # fmt: skip

YUAN = "元"
"""Not a code but the bare word: it means yuan where nothing else is said."""

CURRENCIES = {
    "元": YUAN, "块": YUAN, "圆": YUAN,
    "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "cn¥": "CNY",
    "美元": "USD", "美金": "USD", "usd": "USD", "us$": "USD", "$": "USD", "dollars": "USD", "dollar": "USD",
    "港币": "HKD", "港元": "HKD", "hkd": "HKD", "hk$": "HKD",
    "欧元": "EUR", "eur": "EUR", "€": "EUR", "euro": "EUR", "euros": "EUR",
    "英镑": "GBP", "gbp": "GBP", "£": "GBP", "日元": "JPY", "日圆": "JPY", "jpy": "JPY",
    "韩元": "KRW", "krw": "KRW", "新台币": "TWD", "台币": "TWD", "twd": "TWD", "澳元": "AUD", "aud": "AUD",
    "加元": "CAD", "cad": "CAD", "新加坡元": "SGD", "新元": "SGD", "sgd": "SGD", "瑞士法郎": "CHF", "chf": "CHF",
    "卢布": "RUB", "rub": "RUB", "图格里克": "MNT", "mnt": "MNT",
}  # fmt: skip

NEGOTIABLE = frozenset(
    {"面议", "议价", "可议", "价格面议", "协商", "协商确定", "双方协商", "电议", "另议", "待议", "面谈"}
)


def _either(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


_MONEY = _either(CURRENCIES)
_SCALE = _either(SCALES)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,3})?|\.[0-9]+"
_PART = re.compile(f"({_NUMBER})({_SCALE})?")
_AMOUNT = re.compile(
    f"(?P<about>约|大约|近)?(?P<lead>{_MONEY})?(?P<sign>[-+])?(?P<parts>(?:{_NUMBER})(?:(?:{_SCALE})(?:{_NUMBER}))*(?:{_SCALE})?)"
    f"(?P<tail>{_MONEY})?(?P<tail2>人民币|rmb|整)?(?P<about2>左右)?"
)
_RANGE = re.compile(r"[0-9](?:[^0-9]{0,6})(?:-|~|～|—|–|至|到)(?:[^0-9-]{0,4})[0-9]")
_BOUND = re.compile(r"以上|以下|以内|不低于|不超过|不少于|至少|至多|最高|最低|起$|[<>≤≥+]")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_UNIT = re.compile(f"(?:单位:?)?(?P<lead>{_MONEY})?(?P<scale>{_SCALE})?(?P<tail>{_MONEY})?(?P<tail2>人民币)?")
_MEASURE = re.compile(r"(?:家|人|个|名|户|项|间|位|件|笔|支|只|席|工位)$")
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit that a header states for its column."""

    factor: int = 1
    currency: str = ""
    percent: bool = False


NO_UNIT = Unit()


def unit_of(text: str) -> Unit | None:
    """The unit written as `万元`, `单位：亿美元` or `%`; None where the text is no unit."""
    text = plain(text)
    if text in {"%", "百分比", "百分数", "单位:%"}:
        return Unit(percent=True)
    found = _UNIT.fullmatch(text)
    if not text or not found or text in {"单位", "单位:", "k", "m", "b", "w"}:
        return None
    money = [CURRENCIES[word] for word in found.group("tail2", "lead", "tail") if word]
    return Unit(SCALES.get(found["scale"] or "", 1), _first_named(money))


def _first_named(money: list[str]) -> str:
    return next((code for code in money if code != YUAN), YUAN if money else "")


def currency_code(text: str) -> str:
    """The ISO code for a word such as 美元, or for a code itself; empty where it is neither."""
    code = CURRENCIES.get(plain(text), "")
    if code:
        return "CNY" if code == YUAN else code
    bare = text.strip().upper()
    return bare if len(bare) == 3 and bare.isascii() and bare.isalpha() else ""


def read_amount(cell: object, unit: Unit = NO_UNIT) -> Reading:
    """An amount: `300万`, `1.2亿元`, `¥1,200,000`. A unit in the cell wins over the header's."""
    text = as_text(cell)
    if _PLAIN.fullmatch(text):
        return _amount(Decimal(text) * unit.factor, unit.currency)
    if is_blank(text):
        return NOTHING
    text = plain(text)
    if text in NEGOTIABLE:
        return Reading(keep=True)
    found = _AMOUNT.fullmatch(text)
    if not found or (total := _sum(found["parts"])) is None:
        return _no_amount(text)
    money = [CURRENCIES.get(word, "") for word in found.group("lead", "tail", "tail2") if word]
    stated = total[1] or found["tail"] is not None
    number = total[0] * (1 if stated else unit.factor) * (-1 if found["sign"] == "-" else 1)
    reading = _amount(number, _first_named([code for code in money if code]) or unit.currency)
    about = bool(found["about"] or found["about2"]) and reading.remark is None
    return replace(reading, remark=_approximate(text), keep=True) if about else reading


def _sum(parts: str) -> tuple[Decimal, bool] | None:
    """The sum of `1亿2000万` and whether a scale was written; None where the parts do not descend."""
    total, last, scaled = Decimal(0), 0, False
    for number, scale in _PART.findall(parts):
        factor = SCALES.get(scale, 1)
        if last and factor >= last:
            return None
        try:
            total += Decimal(number.replace(",", "")) * factor
        except InvalidOperation:
            return None
        last, scaled = factor, scaled or bool(scale)
    return total, scaled


def _approximate(text: str) -> Remark:
    return warn(
        "amount_is_approximate",
        (f"“{text[:40]}”是约数，按确定的数读取。", f"'{text[:40]}' is approximate; it was read as an exact amount."),
        (
            "知道确数时请改填确数；原文保存在附加信息里。",
            "Write the exact amount once it is known; the text is kept as extra.",
        ),
    )


def _amount(number: Decimal, currency: str) -> Reading:
    if number < 0:
        return unread(
            "negative_amount",
            (f"金额 {number:.6g} 是负数。", f"The amount {number:.6g} is negative."),
            ("请改为正数或留空。", "Write a positive amount or leave it empty."),
        )
    if number > _LARGEST:
        return unread(
            "amount_too_large",
            (f"金额 {number:.3e} 大得不合理。", f"The amount {number:.3e} is implausibly large."),
            ("请检查表头的单位（如万元）是否写错。", "Check the unit in the header, such as 万元."),
        )
    return Reading(float(number), currency=currency)


def _no_amount(text: str) -> Reading:
    if _RANGE.search(text):
        return unread(
            "amount_range",
            (f"“{text[:40]}”是一个区间，不是一个金额。", f"'{text[:40]}' is a range, not one amount."),
            ("请只填一个数，或把上下限分成两列。", "Write one number, or put both ends into two columns."),
        )
    if _BOUND.search(text):
        return unread(
            "amount_is_bound",
            (f"“{text[:40]}”只给出了上限或下限。", f"'{text[:40]}' only gives an upper or lower bound."),
            ("请填写一个确定的数。", "Write one definite number."),
        )
    return unread(
        "bad_amount",
        (f"看不懂金额“{text[:40]}”。", f"The amount '{text[:40]}' cannot be read."),
        ("请写成数字，如 3000000、300万 或 1.2亿元。", "Write a number, such as 3000000, 300万 or 1.2亿元."),
    )


def read_ratio(cell: object, unit: Unit = NO_UNIT, *, most: float = 1.0) -> Reading:
    """A ratio as a fraction: `30%`, `3成` and `0.3` are .3; a bare 30 is taken as percent and said so."""
    text = plain(as_text(cell))
    if is_blank(text):
        return NOTHING
    body = text.removesuffix("%").removesuffix("成")
    if not _PLAIN.fullmatch(body.removeprefix("-")) or len(text) - len(body) > 1:
        return _no_ratio(text)
    number, mark = Decimal(body), text[len(body) :]
    if unit.percent and not mark and 0 < number <= 1:
        return unread(
            "ratio_unclear",
            (
                f"表头是百分比，但值为“{text}”：是 {text}% 还是 {number:%}？",
                f"'{text}' under a % header: {text}% or {number:%}?",
            ),
            ("请在单元格里写上 %，如 30%。", "Write the % sign into the cell, such as 30%."),
        )
    guessed = not mark and not unit.percent and number > 1
    value = number / (10 if mark == "成" else 100 if mark or unit.percent or guessed else 1)
    limit = Decimal(1) if guessed else Decimal(str(most))
    return _ratio(text, value, limit, guessed=guessed)


def _ratio(text: str, value: Decimal, most: Decimal, *, guessed: bool) -> Reading:
    if not 0 <= value <= most:
        return unread(
            "ratio_out_of_range",
            (f"比例“{text[:40]}”超出 0–{most:%}。", f"The ratio '{text[:40]}' is outside 0–{most:%}."),
            ("请写成 0 到 100% 之间的数。", "Write a number between 0 and 100%."),
        )
    remark = tell(
        "ratio_as_percent",
        (f"比例“{text[:40]}”按 {text[:40]}% 读取。", f"The ratio '{text[:40]}' was read as {text[:40]}%."),
        ("如果不对，请写成 30% 或 0.3。", "If that is wrong, write 30% or 0.3."),
    )
    return Reading(float(value), remark if guessed else None)


def _no_ratio(text: str) -> Reading:
    return unread(
        "bad_ratio",
        (f"看不懂比例“{text[:40]}”。", f"The ratio '{text[:40]}' cannot be read."),
        ("请写成 30% 或 0.3。", "Write 30% or 0.3."),
    )


def read_whole(cell: object, unit: Unit = NO_UNIT) -> Reading:
    """A count: `98`, `98家`, `1,200人`. Fractions, ranges and negative numbers are not counts."""
    text = plain(as_text(cell))
    if is_blank(text):
        return NOTHING
    found = _AMOUNT.fullmatch(_MEASURE.sub("", text))
    total = _sum(found["parts"]) if found and not any(found.group("about", "lead", "tail", "about2")) else None
    if found and total and found["sign"] != "-":
        number = total[0] * (1 if total[1] else unit.factor)
        if number <= _LARGEST and number == int(number):
            return Reading(int(number))
    return unread(
        "bad_count",
        (f"“{text[:40]}”不是一个非负整数。", f"'{text[:40]}' is not a whole number of zero or more."),
        ("请填写一个整数，如 98。", "Write a whole number, such as 98."),
    )
