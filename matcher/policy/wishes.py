"""Standing wishes and the terms of a question to verdicts: whatever keeps a pair out says how to undo it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcher.domain.controls import Aim, Control, Question, Wish
from matcher.domain.matches import State, Verdict
from matcher.domain.names import BY_SPELLING, Organisations
from matcher.domain.records import Achievement, Fund, Incubator, Kind, Project, Record, name_of
from matcher.text.passages import document
from matcher.text.words import fold, holds
from matcher.wording import Said

AIMS = {
    Aim.RECORD: Said("记录", "record"),
    Aim.INSTITUTION: Said("单位", "institution"),
    Aim.TERM: Said("词", "term"),
}


class Wishes:
    """The wishes behind one question, by whom they belong to; names are compared as people decided about them."""

    def __init__(self, question: Question, organisations: Organisations = BY_SPELLING) -> None:
        self._question = question
        self._organisations = organisations
        self._of: dict[tuple[Kind, str], list[Control]] = {}
        for control in question.controls:
            self._of.setdefault((control.asker_kind, control.asker), []).append(control)

    def check(self, asker: Record, shown: Record) -> Iterator[Verdict]:
        """What either side wants no more of, then the terms of the question; silent where nothing is wished."""
        for one, other in ((asker, shown), (shown, asker)):
            for control in self._of.get((one.table, one.id), ()):
                if control.wish is not Wish.WATCH and aims_at(control, other, self._organisations):
                    yield _kept_out(control)
        if self._question.must or self._question.ban:
            yield from _terms(shown, self._question.must, self._question.ban)

    def watched(self, asker: Record, shown: Record) -> Control | None:
        """The first wish of the asker that puts the other record on its watch-list."""
        mine = self._of.get((asker.table, asker.id), ())
        watching = (one for one in mine if one.wish is Wish.WATCH)
        return next((one for one in watching if aims_at(one, shown, self._organisations)), None)

    def watched_rows(self, asker: Record, records: Sequence[Record]) -> list[int]:
        """Which of these records stand on the asker's watch-list."""
        if not any(one.wish is Wish.WATCH for one in self._of.get((asker.table, asker.id), ())):
            return []
        return [row for row, record in enumerate(records) if self.watched(asker, record)]

    def institution(self, record: Record) -> str:
        """Of whom a list may hold too many: a result's institution, or a project's carrier; empty where none is."""
        match record:
            case Achievement():
                return self._organisations.key(record.institution)
            case Project():
                return record.incubator_id
            case _:
                return ""


def aims_at(control: Control, record: Record, organisations: Organisations = BY_SPELLING) -> bool:
    """Whether the wish names this record of the other side."""
    match control.aim:
        case Aim.RECORD:
            return control.target == record.id
        case Aim.INSTITUTION:
            named = (name for name in institutions(record) if name)
            return any(control.target == name or organisations.same(control.target, name) for name in named)
        case Aim.TERM:
            return holds(fold(document(record)), control.target)


def institutions(record: Record) -> tuple[str, ...]:
    """Who is behind a record: names, and the id of the carrier that undertakes a project or manages a fund."""
    match record:
        case Achievement():
            return (record.institution,)
        case Project():
            return (record.incubator_id,)
        case Incubator():
            return (record.name,)
        case Fund():
            return record.name, record.managed_by_incubator_id


def _kept_out(control: Control) -> Verdict:
    until = Said(f"，至 {control.until}", f", until {control.until}") if control.until else Said("", "")
    reason = Said(f"：{control.reason}", f": {control.reason}") if control.reason else Said("", "")
    aim = AIMS[control.aim]
    said = (
        Said("已设为不再推荐", "dismissed")
        if control.wish is Wish.DISMISS
        else Said(
            f"{control.asker} 排除了{aim.zh} {control.target}",
            f"{control.asker} excludes the {aim.en} {control.target}",
        )
    )
    return Verdict(
        "dismissed" if control.wish is Wish.DISMISS else "excluded",
        State.FAIL,
        Said(
            f"{said.zh}（{control.made_on}{until.zh}{reason.zh}）",
            f"{said.en} ({control.made_on}{until.en}{reason.en})",
        ),
        Said(f"撤销：matcher control undo {control.id}", f"undo it: matcher control undo {control.id}"),
        value=control.target,
    )


def _terms(shown: Record, must: Sequence[str], ban: Sequence[str]) -> Iterator[Verdict]:
    text = fold(document(shown))
    if banned := [term for term in ban if holds(text, term)]:
        zh, en = "、".join(banned), ", ".join(banned)
        change = Said("去掉该 --ban", "drop that --ban")
        yield Verdict("asked_ban", State.FAIL, Said(f"含所问的排除词：{zh}", f"holds the banned: {en}"), change, zh)
    if absent := [term for term in must if not holds(text, term)]:
        zh, en = "、".join(absent), ", ".join(absent)
        if document(shown) in ("", name_of(shown)):
            said = Said(f"未填简介，不知是否含必含词：{zh}", f"no text to tell whether it holds: {en}")
            yield Verdict("asked_must", State.UNKNOWN, said, threshold=zh)
            return
        change = Said("去掉该 --must", "drop that --must")
        yield Verdict(
            "asked_must", State.FAIL, Said(f"缺所问的必含词：{zh}", f"does not hold: {en}"), change, threshold=zh
        )
