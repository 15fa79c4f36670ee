"""Evidence to sentences. Nothing is said that is not in the evidence, and what is missing is said too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matcher.domain.controls import Control
from matcher.domain.matches import Component, Match, Quote, Reason, State, Verdict
from matcher.domain.records import Record, name_of
from matcher.policy.priority import Tier
from matcher.ranking.corpus import Matrix
from matcher.ranking.diversity import Place
from matcher.ranking.evidence import KINDS, Family
from matcher.text.passages import document, sentences
from matcher.wording import Said

NOTHING = Reason(
    Said("没有证据特别支持这一对，因候选较少而列出", "nothing speaks for this pair in particular; candidates are few"),
    "none",
)
REFUSING = re.compile(
    r"不(?:再|予)?(?:接|承|收(?!缩)|做|投|看|考虑|受理|支持|属于|在[^，。；]{0,8}(?:范围|清单|之列|布局|区间))|范围之?外|禁投"
    r"|暂不|除外|谢绝|缺|not (?:accept|take|fund|invest|consider)|do not"
    r"|excluded?|out of scope|outside (?:our|the) scope"
)
"""What says that something is not wanted, in the words of carriers, funds and reasons of refusal."""
Centre = Callable[[Matrix], Matrix]
Encode = Callable[[Sequence[str]], Matrix]
"""Sentences to unit rows, (n, d); cached, so that a sentence seen before costs nothing."""

CASES, TERMS, SIGNALS = 3, 5, 3
TELLING = 0.1
"""Contribution from which a fact or an activity is named as a reason."""
SIMILAR, QUOTABLE = 0.25, 0.3
"""Cosines around the mean from which two records are called similar, and sentences quoted; random ones: about 0."""


@dataclass(frozen=True, slots=True)
class Case:
    """A past left record that the right record took."""

    id: str
    name: str
    day: date


def closest_sentences(
    pairs: Sequence[tuple[Record, Record]],
    encode: Encode,
    around: tuple[Centre, Centre] = (np.asarray, np.asarray),
) -> list[Quote | None]:
    """For each pair the two sentences, one of each record, with the highest cosine; None if a side has none.

    All sentences are encoded in one call; `around` centres the vectors of the left and of the right sentences.
    """
    told = [(_welcoming(sentences(left)), _welcoming(sentences(right))) for left, right in pairs]
    texts = list(dict.fromkeys(text for pair in told for group in pair for text in group))
    rows = {text: row for row, text in enumerate(texts)}
    vectors = encode(texts)
    centred = around[0](vectors), around[1](vectors)
    return [_closest(ours, theirs, rows, centred) for ours, theirs in told]


def _welcoming(told: Sequence[str]) -> tuple[str, ...]:
    """Without sentences that say what is not wanted: they are no reason for a pair."""
    return tuple(text for text in told if not REFUSING.search(text))


def _closest(
    ours: Sequence[str], theirs: Sequence[str], rows: Mapping[str, int], vectors: tuple[Matrix, Matrix]
) -> Quote | None:
    if not ours or not theirs:
        return None
    found = vectors[0][[rows[text] for text in ours]] @ vectors[1][[rows[text] for text in theirs]].T
    row, column = divmod(int(found.argmax()), found.shape[1])
    return Quote(ours[row], theirs[column], float(found[row, column]))


def shared_terms(left: Record, right: Record, words: Callable[[str], list[str]]) -> tuple[str, ...]:
    """Words that both records use, longest first, then in the order of the left text."""
    theirs = set(words(document(right)))
    ours = dict.fromkeys(word for word in words(document(left)) if word in theirs and not word.isdigit())
    return tuple(sorted(ours, key=lambda word: -len(word))[:TERMS])


def reasons(
    quote: Quote | None, terms: Sequence[str], cases: Sequence[Case], components: Sequence[Component], tier: Tier
) -> tuple[Reason, ...]:
    """Why the pair is recommended, most telling first."""
    told = []
    if tier.clause:
        told.append(Reason(Said(f"{tier.said.zh}（{tier.clause}）", f"{tier.said.en} ({tier.clause})"), "priority"))
    if cases:
        zh = "；".join(f"《{case.name}》（{case.day}）" for case in cases)
        en = "; ".join(f"“{case.name}” ({case.day})" for case in cases)
        told.append(Reason(Said(f"曾承接相近案例：{zh}", f"took similar cases: {en}"), "past_dense_top"))
    if quote and quote.similarity >= QUOTABLE:
        told.append(
            Reason(
                Said(
                    f"“{quote.left}” 与对方 “{quote.right}” 最相近", f"“{quote.left}” is closest to its “{quote.right}”"
                ),
                "sentences",
            )
        )
    if terms:
        told.append(Reason(Said(f"共同术语：{'、'.join(terms)}", f"shared terms: {', '.join(terms)}"), "shared_terms"))
    told.extend(_signal(component) for component in _strongest(components, (Family.ACTIVITY, Family.FIT))[:SIGNALS])
    told = told or [_signal(component) for component in _strongest(components, tuple(Family))[:1]]
    return tuple(told) or (NOTHING,)


def watched(control: Control) -> Reason:
    """The wish that puts the record on the watch-list."""
    why = Said(f"：{control.reason}", f": {control.reason}") if control.reason else Said("", "")
    zh, en = f"在关注名单中（{control.target}{why.zh}）", f"on the watch-list ({control.target}{why.en})"
    return Reason(Said(zh, en), "watch_list")


def moved(matches: Sequence[Match], places: Sequence[Place]) -> tuple[Match, ...]:
    """The matches of a diverse list; each that its score alone would have put elsewhere says so."""
    return tuple(
        match if place.before == now else replace(match, reasons=(*match.reasons, _moved(place, now)))
        for now, (match, place) in enumerate(zip(matches, places, strict=True))
    )


def _moved(place: Place, now: int) -> Reason:
    why = Said("使名单不致集中于同类", "so that the list is not all of one kind")
    if now > place.before:
        why = Said("与前面所列相近", "it is much like those before it")
        if place.capped:
            why = Said("所属单位已达上限", "its institution has its share already")
    said = Said(
        f"多样性：按得分第 {place.before + 1}，现第 {now + 1}，{why.zh}",
        f"diversity: number {place.before + 1} by score, now {now + 1}: {why.en}",
    )
    return Reason(said, "diversity")


def missing_facts(verdicts: Sequence[Verdict]) -> tuple[Said, ...]:
    """What nobody told us and a rule would have asked."""
    return tuple(verdict.said for verdict in verdicts if verdict.state is State.UNKNOWN)


def past_cases(rows: Sequence[tuple[Record, date]], similarity: Matrix) -> tuple[Case, ...]:
    """The past records of one right record that are similar, most similar first; `similarity` is (len(rows),)."""
    similar = np.flatnonzero(similarity >= SIMILAR).tolist()
    order = sorted(similar, key=lambda row: (-float(similarity[row]), rows[row][0].id))[:CASES]
    return tuple(Case(rows[row][0].id, name_of(rows[row][0]), rows[row][1]) for row in order)


def _strongest(components: Sequence[Component], families: Sequence[Family]) -> list[Component]:
    """What of these families speaks most for the pair; texts and neighbours are told by quote, term and case."""
    told = [
        component
        for component in components
        if component.contribution >= TELLING
        and component.value is not None
        and KINDS[component.name].family in families
    ]
    return sorted(told, key=lambda component: (-component.contribution, component.name))


def _signal(component: Component) -> Reason:
    said = KINDS[component.name].said
    share = f"{component.contribution:+.2f}"
    return Reason(Said(f"{said.zh}（{share}）", f"{said.en} ({share})"), component.name)
