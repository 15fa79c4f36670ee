"""Reasons as whole sentences to the taker itself, for letters: no figures, nothing of its habits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from matcher.domain.matches import Quote
from matcher.domain.records import Kind, Record, name_of
from matcher.wording import Said

FEWEST = 2
"""Shared terms that are worth a sentence; a single one may be chance."""
THIS: Mapping[Kind, Said] = {
    Kind.ACHIEVEMENTS: Said("本成果", "this result"),
    Kind.PROJECTS: Said("本项目", "this project"),
}
FACTS: Mapping[str, Said] = {
    "region_fit": Said("双方所在地区相近。", "We are near you in region."),
    "place_fit": Said("材料写到贵单位所在或关注的地方。", "It names places where you are, or look."),
    "industry_fit": Said("所属行业在贵单位关注的行业之内。", "It is of an industry that you look for."),
    "field_fit": Said("所属领域与贵单位关注的行业相合。", "Its field suits the industries that you look for."),
    "stage_fit": Said("所处阶段符合贵单位的投资阶段。", "It is at a stage that you invest in."),
    "ticket_fit": Said("所需金额在贵单位的投资额度之内。", "What it seeks lies within what you invest at a time."),
    "trl_fit": Said("技术成熟度在贵单位可承接的范围之内。", "Its readiness is what you can work with."),
}
"""What facts say to the taker, by the evidence; the rest of the evidence says nothing to it."""


def took(cases: Sequence[tuple[Record, date]]) -> Said:
    """What it took that is alike, most similar first."""
    this = THIS[cases[0][0].table]
    zh = "、".join(f"{day.year}年曾承接《{name_of(record)}》" for record, day in cases)
    en = " and ".join(f"“{name_of(record)}” in {day.year}" for record, day in cases)
    return Said(f"贵单位{zh}，与{this.zh}相近。", f"You took {en}, which is much like {this.en}.")


def quoted(quote: Quote) -> Said:
    """The two sentences that are closest."""
    ours, theirs = (text.rstrip("。.；; ") for text in (quote.left, quote.right))
    if quote.case:
        return Said(
            f"其中“{ours}”，与贵单位承接过的《{quote.case}》中“{theirs}”相近。",
            f"It says “{ours}”; “{quote.case}”, which you took, says “{theirs}”.",
        )
    return Said(f"贵单位提出“{theirs}”，与其中“{ours}”相合。", f"You say “{theirs}”; it says “{ours}”.")


def both_about(terms: Sequence[str]) -> Said | None:
    """The terms that both use."""
    if len(terms) < FEWEST:
        return None
    zh, en = "、".join(terms), f"{', '.join(terms[:-1])} and {terms[-1]}"
    return Said(f"与贵单位的方向都涉及{zh}。", f"Like your own work, it is about {en}.")
