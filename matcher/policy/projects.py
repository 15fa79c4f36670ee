"""Figures of a project that depend on the day: ages, time in incubation; and whether it belongs to a special field."""

from __future__ import annotations

from datetime import date

from matcher.domain.records import Project
from matcher.domain.taxonomy import Taxonomy
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import folded
from matcher.wording import Said

ENTERED = ("入孵日期", "入驻日期", "entered_on")
SPECIAL = ("生物医药", "集成电路", "现代农业")
"""Fields that may stay longer (国科发区〔2018〕300号, 第八条); the list was seen in a local rule."""


def project_facts(
    project: Project, book: Rulebook, day: date, industries: Taxonomy, *, entering: bool = False
) -> Facts:
    """What the project states, with its ages on a day; `entering`: it would enter an incubator on that day."""
    facts = stated(project, book)
    entered = day if entering else entered_on(project)
    known: dict[str, Fact] = {}
    if founded := project.founded_on:
        said = Said(f"成立日期 {founded} 至 {day}", f"founded {founded}, until {day}")
        known["months_founded_at_investment"] = Fact(months(founded, day), said)
        if entered:
            said = Said(f"成立日期 {founded} 至入孵 {entered}", f"founded {founded}, entry {entered}")
            known["months_founded_at_entry"] = Fact(months(founded, entered), said)
    if entered and not entering:
        said = Said(f"入孵日期 {entered} 至 {day}", f"entered {entered}, until {day}")
        known["incubation_months"] = Fact(months(entered, day), said)
    if project.industry:
        nodes = industries.nodes(SPECIAL)
        word = "yes" if nodes & industries.codes(project.industry) else "no"
        known["special_field"] = Fact(word, Said("所属行业", "its industries"))
    return facts.with_(known)


def entered_on(project: Project) -> date | None:
    """The day of entry that a column of its own tells; None where it tells none or none that can be read."""
    names = {folded(name) for name in ENTERED}
    told = next((text for name, text in project.extra.items() if folded(name) in names), "")
    try:
        return date.fromisoformat(told.strip()[:10].replace("/", "-"))
    except ValueError:
        return None


def months(first: date, last: date) -> float:
    """Months from one day to another, days as parts of 31; 24 is not passed on the very day two years later."""
    whole = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    year, month = divmod(first.year * 12 + first.month - 1 + whole, 12)
    reached = date(year, month + 1, min(first.day, _days(year, month + 1)))
    return whole + max((last - reached).days, 0) / 31


def _days(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
