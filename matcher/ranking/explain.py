"""Evidence to sentences. Nothing is said that is not in the evidence, and what is missing is said too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matcher.domain.controls import Control
from matcher.domain.matches import Component, Match, Quote, Reason, State, Verdict
from matcher.domain.records import Record, name_of
from matcher.policy.priority import Tier
from matcher.ranking import addressed
from matcher.ranking.corpus import Matrix
from matcher.ranking.diversity import Place
from matcher.ranking.kinds import KINDS, Family, said_of, strength
from matcher.wording import Said

NOTHING = Reason(
    Said("没有证据特别支持这一对，因候选较少而列出", "nothing speaks for this pair in particular; candidates are few"),
    "none",
)
CASES, SIGNALS = 3, 3
TELLING = 0.1
"""Contribution from which a fact or an activity is named as a reason."""
CIRCUMSTANCES = frozenset(
    {
        "popularity",
        "recent",
        "this_month",
        "region_activity",
        "stage_activity",
        "region_fit",
        "place_activity",
        "place_fit",
        "free_places",
        "open_talks",
    }
    | {kind.name for kind in KINDS.values() if kind.family in (Family.HABITS, Family.REFUSALS, Family.RECORD)}
) - {"industry_share", "field_share"}
"""Evidence that has nothing to do with what the record is about."""
SIMILAR = 0.25
"""Cosine around the mean from which two records are called similar; random ones: about 0."""


@dataclass(frozen=True, slots=True)
class Case:
    """A past left record that the right record took."""

    record: Record
    day: date


def reasons(
    quote: Quote | None,
    terms: Sequence[str],
    cases: Sequence[Case],
    components: Sequence[Component],
    tier: Tier,
    places: Callable[[], Sequence[str]] = tuple,
) -> tuple[Reason, ...]:
    """Why the pair is recommended, most telling first. `places`: those that both name, asked where they count."""
    told = []
    if tier.clause:
        told.append(Reason(Said(f"{tier.said.zh}（{tier.clause}）", f"{tier.said.en} ({tier.clause})"), "priority"))
    if cases:
        zh = "；".join(f"《{name_of(case.record)}》（{case.day}）" for case in cases)
        en = "; ".join(f"“{name_of(case.record)}” ({case.day})" for case in cases)
        taken = addressed.took([(case.record, case.day) for case in cases])
        told.append(Reason(Said(f"曾承接相近案例：{zh}", f"took similar cases: {en}"), "past_dense_top", taken))
    if quote:
        told.append(_quoted(quote))
    if terms:
        said = Said(f"共同术语：{'、'.join(terms)}", f"shared terms: {', '.join(terms)}")
        told.append(Reason(said, "shared_terms", addressed.both_about(terms)))
    told.extend(
        _placed(one, places()) if one.evidence == "place_fit" else one
        for one in _signals(components, content=bool(cases or quote or terms))
    )
    return tuple(told) or (NOTHING,)


def _signals(components: Sequence[Component], *, content: bool) -> list[Reason]:
    """The facts and activities that speak for the pair; where no content does, just that is told first."""
    facts = _strongest(components, (Family.ACTIVITY, Family.FIT))[:SIGNALS]
    if content:
        return [_signal(one) for one in facts]
    close = _strongest(components, (Family.PROFILE, Family.NEIGHBOURS))[:1]
    facts = facts or (close or _strongest(components, tuple(Family)))[:1]
    if close or not facts or not all(one.name in CIRCUMSTANCES for one in facts):
        return [_signal(one) for one in dict.fromkeys((*close, *facts))]
    first = _signal(facts[0]).said
    zh, en = f"没有内容上的理由，主要因为{first.zh}", f"nothing in the content speaks for it; mainly {first.en}"
    return [Reason(Said(zh, en), "no_content"), *(_signal(one) for one in facts[1:])]


def _placed(signal: Reason, places: Sequence[str]) -> Reason:
    """The signal with the places by name."""
    said = signal.said
    told = Said(f"{said.zh}：{'、'.join(places)}", f"{said.en}: {', '.join(places)}")
    return replace(signal, said=told) if places else signal


def _quoted(quote: Quote) -> Reason:
    if quote.case:
        zh = f"“{quote.left}” 与其曾承接的《{quote.case}》中 “{quote.right}” 用词最相近"
        en = f"“{quote.left}” is closest in words to “{quote.right}” of “{quote.case}”, which it took"
        return Reason(Said(zh, en), "case_sentences", addressed.quoted(quote))
    zh, en = f"“{quote.left}” 与对方 “{quote.right}” 最相近", f"“{quote.left}” is closest to its “{quote.right}”"
    return Reason(Said(zh, en), "sentences", addressed.quoted(quote))


def watched(control: Control, target: str) -> Reason:
    """The wish that puts the record on the watch-list, and what it is aimed at."""
    why = Said(f"：{control.reason}", f": {control.reason}") if control.reason else Said("", "")
    zh, en = f"在关注名单中（{target}{why.zh}）", f"on the watch-list ({target}{why.en})"
    return Reason(Said(zh, en), "watch_list")


def moved(match: Match, place: Place, now: int) -> Match:
    """A match of a list that was spread; one that its score alone would have put elsewhere says so."""
    return match if place.before == now else replace(match, reasons=(*match.reasons, _moved(place, now)))


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
    return tuple(Case(*rows[row]) for row in order)


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
    said, mark = said_of(component), strength(component.contribution)
    told = Said(f"{said.zh}（{mark.zh}）", f"{said.en} ({mark.en})")
    return Reason(told, component.name, addressed.FACTS.get(component.name))
