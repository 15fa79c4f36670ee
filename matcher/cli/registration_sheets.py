"""The registration form as sheets: one row a contract, and what is known of every column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.domain.matches import Effect
from matcher.policy.registration_form import FormRow, FormRule, columns
from matcher.policy.rules import Rulebook
from matcher.reporting.spreadsheets import Sheet
from matcher.wording import Language, Said

ID = Said("合同编号（本台账）", "contract id")
AFTER = (
    Said("仍缺栏目", "fields it lacks"),
    Said("可能需要的栏目", "fields it may need"),
    Said("核对提示", "what to look at"),
)
"""Columns of our own behind those of the form."""
NEEDED = {True: Said("须填", "needed"), False: Said("可能需要", "may be needed")}
KNOWN = {"SEEN": Said("见转述", "seen in a repost"), "MEMORY": Said("凭记忆", "from memory")}
NOTES = (
    Said("栏目", "field"),
    Said("是否须填", "needed"),
    Said("可信度", "known"),
    Said("来源", "source"),
    Said("说明", "note"),
)


def sheets(book: Rulebook, rows: Sequence[FormRow], day: date, language: Language) -> tuple[Sheet, Sheet]:
    """The registration data, and a sheet that tells of every column how it is known."""
    fields = columns(book)
    headings = (ID, *(rule.name for rule in fields), *AFTER)
    data = tuple((row.check.contract.id, *row.cells, *_after(row, language)) for row in rows)
    notes = [book.rulesets[name].note for name in dict.fromkeys(rule.ruleset for rule in fields)]
    about = [_about(book, rule, language) for rule in fields]
    tail = [(note.to(language), "", "", str(day), book.version) for note in notes if note]
    return (
        Sheet(Said("登记数据", "registration").to(language), tuple(one.to(language) for one in headings), data),
        Sheet(Said("填表说明", "notes").to(language), tuple(one.to(language) for one in NOTES), (*about, *tail)),
    )


def _after(row: FormRow, language: Language) -> tuple[str, ...]:
    told = (row.missing, row.open, row.warnings)
    return tuple("；".join(one.to(language) for one in each) for each in told)


def _about(book: Rulebook, rule: FormRule, language: Language) -> tuple[str, ...]:
    return (
        rule.name.to(language),
        NEEDED[rule.effect is not Effect.INFO].to(language),
        KNOWN.get(rule.confidence.value, Said(rule.confidence, rule.confidence)).to(language),
        f"{book.basis(rule.id).cites.to(language)} {rule.clause}",
        rule.note.to(language) if rule.note else "",
    )
