"""Facts of what people wish, for the rules of `data/policy/matching.yaml`.

Whatever keeps a pair out says how to undo it.
"""

from __future__ import annotations

from matcher.domain.called import Called
from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.records import Record, name_of
from matcher.policy.pairs import Check, Pair, PairRule, Told
from matcher.text.passages import document
from matcher.text.words import fold, holds
from matcher.wording import Said

AIMS = {
    Aim.RECORD: Said("记录", "record"),
    Aim.INSTITUTION: Said("单位", "institution"),
    Aim.TERM: Said("词", "term"),
}


def excluded(pair: Pair, _: PairRule) -> Check:
    """What either side wants no more of."""
    for control in pair.wishes.binding(pair.left, pair.right):
        if control.wish is Wish.EXCLUDE:
            aim = AIMS[control.aim]
            asker, other = _sides(pair, control)
            target = wished(control, other, pair.names)
            zh, en = f"排除了{aim.zh} {target}", f"excludes the {aim.en} {target}"
            said = Said(f"{name_of(asker)} {zh}", f"{name_of(asker)} {en}")
            yield Told("wish_excludes", True, _noted(said, control), _undo(control), control.target)


def dismissed(pair: Pair, _: PairRule) -> Check:
    """Not this pair again."""
    for control in pair.wishes.binding(pair.left, pair.right):
        if control.wish is Wish.DISMISS:
            said = _noted(Said("已设为不再推荐", "dismissed"), control)
            yield Told("wish_dismisses", True, said, _undo(control), control.target)


def asked_ban(pair: Pair, _: PairRule) -> Check:
    """The shown record holds none of the terms that the question bans."""
    if pair.shown is None or not pair.wishes.ban:
        return
    text = fold(document(pair.shown))
    if banned := [term for term in pair.wishes.ban if holds(text, term)]:
        zh, en = "、".join(banned), ", ".join(banned)
        said = Said(f"含所问的排除词：{zh}", f"holds the banned: {en}")
        yield Told("asked_terms_banned", float(len(banned)), said, Said("去掉该 --ban", "drop that --ban"), zh)


def asked_must(pair: Pair, _: PairRule) -> Check:
    """The shown record holds each of the terms that the question demands; without a text that is unknown."""
    if pair.shown is None or not pair.wishes.must:
        return
    text = fold(document(pair.shown))
    absent = [term for term in pair.wishes.must if not holds(text, term)]
    zh, en = "、".join(absent), ", ".join(absent)
    if absent and document(pair.shown) in ("", name_of(pair.shown)):
        said = Said(f"未填简介，不知是否含必含词：{zh}", f"no text to tell whether it holds: {en}")
        yield Told("asked_terms_absent", None, said, threshold=zh)
    elif absent:
        said, change = Said(f"缺所问的必含词：{zh}", f"does not hold: {en}"), Said("去掉该 --must", "drop that --must")
        yield Told("asked_terms_absent", float(len(absent)), said, change, threshold=zh)


def wished(control: Control, record: Record, names: Called) -> str:
    """What a wish that names the record is aimed at, as people call it."""
    match control.aim:
        case Aim.RECORD:
            return name_of(record)
        case Aim.INSTITUTION:
            return names.get(control.target, control.target)
        case Aim.TERM:
            return control.target


def _sides(pair: Pair, control: Control) -> tuple[Record, Record]:
    """Whose the wish is, and the other one."""
    theirs = (control.asker_kind, control.asker) == (pair.left.table, pair.left.id)
    return (pair.left, pair.right) if theirs else (pair.right, pair.left)


def _noted(said: Said, control: Control) -> Said:
    until = Said(f"，至 {control.until}", f", until {control.until}") if control.until else Said("", "")
    reason = f"：{control.reason}" if control.reason else ""
    reason_en = f": {control.reason}" if control.reason else ""
    return Said(
        f"{said.zh}（{control.made_on}{until.zh}{reason}）", f"{said.en} ({control.made_on}{until.en}{reason_en})"
    )


def _undo(control: Control) -> Said:
    return Said(f"撤销：matcher control undo {control.id}", f"undo it: matcher control undo {control.id}")
