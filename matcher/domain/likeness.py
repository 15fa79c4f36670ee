"""Which names may be one organisation: suggestions for a person to decide, each with its reason; never a merger.

Certain is only what has the same normal form. Everything else needs a look, and what tells two organisations
apart (a number, a period, a branch, an institute, a hospital) is never called alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Self

from matcher.domain.names import Units, bare_units, normal_name, number, tails_of, without_tail
from matcher.wording import Said


class Likeness(StrEnum):
    """Why two names may be one organisation, the surest reason first."""

    said: Said

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        """Make a reason of its name and how it is said."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.said = Said(zh, en)
        return member

    SAME_FORM = "same_form", "只差写法（全半角、大小写、标点、公司形式）", "only the spelling differs"
    SCRIPT = "script", "繁简不同", "traditional and simplified characters"
    BRACKET = "bracket", "括号内容不同", "what stands in brackets differs"
    SUFFIX = "suffix", "一方多后缀（基金、资本、集团等）", "one has a suffix more"
    CONTAINS = "contains", "一方包含另一方", "one contains the other"
    EDIT = "edit", "只差一字", "one letter differs"


TAILS = (
    "基金 投资基金 创业投资基金 天使投资基金 股权投资基金 产业基金 资本 创投 创业投资 风险投资 股权投资 投资 管理 "
    "资产管理 投资中心 创业投资中心 股权投资中心 管理中心 合伙企业 有限合伙 普通合伙 有限合伙企业 集团 控股 "
    "总公司 总部 capital ventures venture partners partner funds fund group holdings holding management investments "
    "investment vc advisors associates"
)
"""What a name is often written without; two organisations may well differ in nothing else, hence only a suggestion."""

DIVISION = re.compile(
    "分院|分公司|分行|支行|分所|分校|分部|子公司|研究所|研究院|研究中心|学院|医院|大学|中学|实验室|实验站|中心|孵化器|众创空间|"
    "星创天地|加速器|科技园|产业园|园区|工作站|基地|委员会|协会|学会|联盟|银行|担保|保险|种子|天使|"
    r"\b(?:university|institutes?|school|college|hospital|departments?|laborator(?:y|ies)|labs?|cent(?:er|re)s?|branch|"
    r"division|campus|faculty|academy|alumni|students?|foundation|bank|angels?|seed|growth|accelerator|incubator)\b"
)
"""Words that name a part of an organisation, or another one beside it: they have to be the same in both names."""

ROMAN = re.compile(r"\b(?:[ivx]+|[a-z])\b")
ORDINALS = {word: str(place) for place, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)}
COUNTRY = re.compile("中国(?:人民)?|中华人民共和国|美国|英国|德国|法国|日本|韩国|俄罗斯|蒙古国|加拿大|澳大利亚")
PLACE = frozenset("省市县区旗盟州")
OPTIONAL = frozenset("省市县区旗的与和及")
"""Single characters that a name is often written without."""

TRADITIONAL = str.maketrans(
    "國學業華東創資興銀醫藥龍灣臺團發電機廣動開區際產農鄉術實驗導聯網雲豐億萬財貿進達遠長門關陽陳雙風飛馬鳳麗齊與優儀錄"
    "識證權轉術製療書車鐵鋼鋁礦煙氣環綠紅黃藍經濟貨幣險擔維護務協會黨軍員個體種質養殖漁島嶺陸營運輸",
    "国学业华东创资兴银医药龙湾台团发电机广动开区际产农乡术实验导联网云丰亿万财贸进达远长门关阳陈双风飞马凤丽齐与优仪录"
    "识证权转术制疗书车铁钢铝矿烟气环绿红黄蓝经济货币险担维护务协会党军员个体种质养殖渔岛岭陆营运输",
)
"""The traditional characters that names of organisations use most."""

BRACKETED = re.compile(r"[(\[（【〔](.*?)[)\]）】〕]")
SHORTEST_CORE = 2
"""Chinese characters, or half of the Latin letters, that must be left of a name for it to be compared without tails."""
SHORTEST_CONTAINED, MOST_AROUND = 4, 6
SHORTEST_EDITED, SHORTEST_WORD = 8, 6

LARGEST_BLOCK = 60

_TAILS = tails_of(TAILS)


@dataclass(frozen=True)
class Spelling:
    """A name and the forms it is compared in."""

    name: str

    @cached_property
    def form(self) -> str:
        """The normal form: equality in it is certain."""
        return normal_name(self.name)

    @cached_property
    def simplified(self) -> Units:
        """Units with traditional characters simplified."""
        return bare_units(self.name.translate(TRADITIONAL))

    @cached_property
    def inside(self) -> tuple[Units, ...]:
        """What stands in brackets, but for forms such as 有限合伙."""
        found = (bare_units(part.translate(TRADITIONAL)) for part in BRACKETED.findall(self.name))
        return tuple(part for part in found if part and part not in _TAILS)

    @cached_property
    def outside(self) -> Units:
        """The name without its brackets; the whole name where nothing would be left."""
        return bare_units(BRACKETED.sub(" ", self.name.translate(TRADITIONAL))) or self.simplified

    @cached_property
    def core(self) -> Units:
        """Without brackets and tails, while enough is left to be somebody's name."""
        found = without_tail(self.outside, _TAILS)
        return found if weight(found) >= SHORTEST_CORE else self.outside

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Every number in the name, and what counts as one: roman numerals, single letters, ordinals."""
        text = " ".join(self.simplified)
        chinese = (
            str(number(found)) for found in re.findall("[零〇一二三四五六七八九十百]+", "".join(self.simplified))
        )
        ordinals = (ORDINALS[word] for word in self.simplified if word in ORDINALS)
        return tuple(sorted([*re.findall(r"\d+", text), *ROMAN.findall(text), *chinese, *ordinals]))

    @cached_property
    def divisions(self) -> tuple[str, ...]:
        """The divisions the core names, sorted."""
        text = "".join(unit if len(unit) == 1 and unit > "一" else f" {unit} " for unit in self.core)
        return tuple(sorted(DIVISION.findall(text)))

    def keys(self) -> Iterator[Units]:
        """Forms one of which two names share if they can be alike."""
        yield from (self.simplified, self.outside, self.core, *self.inside)
        for at in range(1, len(self.core)):
            yield self.core[:at]
            yield self.core[at:]
        letters = "".join(self.outside)
        for at in range(len(letters)):
            yield ("edit", letters[:at] + letters[at + 1 :])


def weight(units: Units) -> float:
    """How much of a name the units are: one for a Chinese character, a quarter for a letter."""
    return sum(len(unit) / 4 if unit.isascii() else len(unit) for unit in units)


@lru_cache(maxsize=100_000)
def spelling(name: str) -> Spelling:
    """The name's forms, worked out once."""
    return Spelling(name)


def likeness(one: str, other: str) -> Likeness | None:
    """Why the two names may be one organisation; None when nothing speaks for it. Symmetric."""
    a, b = spelling(one), spelling(other)
    if a.form == b.form:
        return Likeness.SAME_FORM
    if a.simplified == b.simplified:
        return Likeness.SCRIPT
    told_apart = a.inside and b.inside and a.inside != b.inside
    if told_apart or a.numbers != b.numbers or a.divisions != b.divisions:
        return None
    checks = (
        (Likeness.BRACKET, _bracket),
        (Likeness.SUFFIX, _suffix),
        (Likeness.CONTAINS, _contains),
        (Likeness.EDIT, _edit),
    )
    return next((reason for reason, holds in checks if holds(a, b) or holds(b, a)), None)


def _bracket(a: Spelling, b: Spelling) -> bool:
    """One has brackets and the other has none, or is called what stands in them."""
    return bool(a.inside) and not b.inside and (a.outside == b.outside or b.outside in a.inside)


def _suffix(a: Spelling, b: Spelling) -> bool:
    """Without tails they are equal; of Latin names the one has to be the other with more behind it.

    银杏创投 and 银杏资本 are usually one house, Summit Partners and Summit Ventures usually two.
    """
    if a.core != b.core or (a.inside and not a.core):
        return False
    return not b.core[-1].isascii() or a.outside[: len(b.outside)] == b.outside


def _contains(a: Spelling, b: Spelling) -> bool:
    """The longer begins with the shorter, or puts a country or a wider place before it, and adds little."""
    long, short = a.core, b.core
    if len(short) >= len(long) or weight(short) < SHORTEST_CONTAINED or weight(long) - weight(short) > MOST_AROUND:
        return False
    if short[-1].isascii():
        return len(short) > 1 and long[:-1] == short
    before = "".join(long[: len(long) - len(short)])
    placed = COUNTRY.fullmatch(before) is not None or bool(PLACE & set(short[1:-1]))
    return long[: len(short)] == short or (placed and long[-len(short) :] == short)


def _edit(a: Spelling, b: Spelling) -> bool:
    """One letter inside a long word more, less, other or swapped; of Chinese characters only one that says little."""
    one, other = "".join(a.outside), "".join(b.outside)
    start = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
    left, right = one[start:], other[start:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    if not (left + right).isascii():
        return len(left + right) == 1 and left + right in OPTIONAL
    swapped = len(left) == 2 and left == right[::-1]
    if max(len(left), len(right)) > 1 and not swapped:
        return False
    return min(map(len, (one, other))) >= SHORTEST_EDITED and _inside_long_word(a, b)


def _inside_long_word(a: Spelling, b: Spelling) -> bool:
    """Whether the names differ in one long word, behind its first letter. Other initials are other people."""
    differing = [(x, y) for x, y in zip(a.outside, b.outside, strict=False) if x != y]
    same_length = len(a.outside) == len(b.outside) and len(differing) == 1
    return same_length and all(
        x[0] == y[0] and min(len(x), len(y)) >= SHORTEST_WORD and not (x + y)[-1].isdigit() for x, y in differing
    )


def alike(names: Sequence[str]) -> Iterator[tuple[int, int, Likeness]]:
    """The places of all pairs of names that may be one organisation, with the reason; each pair once."""
    blocks: dict[Units, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        for key in set(spelling(name).keys()):
            blocks[key].append(place)
    pairs = {pair for places in blocks.values() for pair in _pairs(places)}
    for one, other in sorted(pairs):
        if reason := likeness(names[one], names[other]):
            yield one, other, reason


def _pairs(places: Sequence[int]) -> Iterable[tuple[int, int]]:
    """All pairs of a block; of a large one, the first with each other."""
    return combinations(places, 2) if len(places) <= LARGEST_BLOCK else ((places[0], other) for other in places[1:])
