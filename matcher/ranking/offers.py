"""Shared resources beside what results, projects and carriers need, in both directions.

A resource is read in the form of a result, so that everything that reads a record reads it too: its text in pairs of
characters and in words, its vector, its places in the trees of industries and regions. There are no outcomes to learn
from, so a documented mix of standardised evidence ranks; `tests/benchmarks/resources.py` judges it on labels by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from matcher.domain.matches import Component, Reason
from matcher.domain.records import Achievement, Incubator, Record
from matcher.domain.registers import Resource
from matcher.domain.taxonomy import Path, Taxonomy, shared_levels
from matcher.index.terms import bm25_weights, count_terms, present
from matcher.ranking.centring import products
from matcher.ranking.corpus import Matrix, Side
from matcher.ranking.kinds import strength
from matcher.ranking.ranker import Ranker
from matcher.ranking.shared import TERMS, Telling, shared_terms
from matcher.ranking.trees import tree_similarity
from matcher.text.passages import document
from matcher.text.words import bigrams, fold, holds
from matcher.wording import Said, listed

STEP = "trl_step"
MIX = Ranker(
    "resources",
    {"bm25_bigrams": 1.0, "bm25_words": 0.5, "dense": 1.0, "industry": 0.25, "region": 0.25, STEP: 0.25},
)
"""Content decides; that it is near, of the industry and for the step of readiness decides between equals."""
NAMES: Mapping[str, Said] = {
    "bm25_bigrams": Said("用词相合", "shares its words (pairs of characters)"),
    "bm25_words": Said("术语相合", "shares its terms"),
    "dense": Said("语义相近", "close in meaning"),
    "industry": Said("产业相近", "near in industry"),
    "region": Said("地区相近", "near in region"),
    STEP: Said("就绪度区间", "step of readiness"),
}
TELLING = 0.1
"""Contribution from which closeness in meaning is named as a reason."""


def offered(resource: Resource) -> Achievement:
    """A resource in the form of a result."""
    return Achievement(
        id=resource.id,
        title=resource.name,
        summary=resource.summary,
        keywords=(*resource.keywords, resource.kind.label),
        field=resource.field,
        industry=resource.industry,
        region=resource.region,
    )


def evidence(asked: Side[Any], shown: Side[Any]) -> dict[str, Matrix]:
    """What speaks for each shown record of a question, (asked, shown) each; the words are weighed over the shown."""
    return {
        "bm25_bigrams": np.asarray((present(asked.bigrams) @ bm25_weights(shown.bigrams).T).toarray(), np.float32),
        "bm25_words": np.asarray((present(asked.words) @ bm25_weights(shown.words).T).toarray(), np.float32),
        "dense": products(asked.vectors, shown.vectors),
        **{name: tree_similarity(asked.trees[name], shown.trees[name]) for name in ("industry", "region")},
    }


def ranked(found: Mapping[str, Matrix]) -> tuple[Matrix, dict[str, Matrix]]:
    """Scores and what each piece of evidence adds to them, (asked, shown) each."""
    parts = MIX.contributions(MIX.standardised(found, 1))
    return np.asarray(sum(parts.values()), np.float32), parts


def components(found: Mapping[str, Matrix], parts: Mapping[str, Matrix], column: int) -> tuple[Component, ...]:
    """The components of one shown record of a single question; they sum to its score."""
    values = {name: float(found[name][0, column]) for name in parts}
    return tuple(
        Component(name, value if np.isfinite(value) else None, float(parts[name][0, column]))
        for name, value in values.items()
    )


def lexical(query: str, texts: Sequence[str], words: Callable[[str], list[str]]) -> Matrix:
    """BM25 of a short question over texts, in pairs of characters and half as much in words, (texts,)."""
    total = np.zeros(len(texts), np.float32)
    for analyse, weight in ((bigrams, 1.0), (words, 0.5)):
        counts = count_terms(list(texts), analyse)
        asked = present(count_terms([query], analyse))
        total += np.float32(weight) * (asked @ bm25_weights(counts).T).toarray()[0]
    return total


class Reasons:
    """Sentences about a pair of need and resource, made from what the two state."""

    def __init__(self, telling: Telling, industries: Taxonomy, place: Callable[[str], Path]) -> None:
        self._telling = telling
        self._industries = industries
        self._place = place

    def of(self, need: Record, resource: Resource, parts: Sequence[Component]) -> tuple[Reason, ...]:
        """Why the two go together, most telling first; empty where neither words nor an industry speak for them.

        Words of the names of industries and fields are told as industries, not as terms; a single term may be chance.
        """
        terms = self._terms(need, resource)
        industry, same = self._industry(need, resource)
        if not same and len(terms) < FEWEST:
            return ()
        told = []
        if terms:
            zh, en = f"共同术语：{'、'.join(terms)}", f"shared terms: {', '.join(terms)}"
            told.append(Reason(Said(zh, en), "shared_terms"))
        if industry:
            told.append(Reason(industry, "industry"))
        dense = next((one.contribution for one in parts if one.name == "dense"), 0.0)
        if dense >= TELLING:
            said, mark = NAMES["dense"], strength(dense)
            told.append(Reason(Said(f"{said.zh}（{mark.zh}）", f"{said.en} ({mark.en})"), "dense"))
        if region := self._region(need, resource):
            told.append(Reason(region, "region"))
        return tuple(told)

    def _terms(self, need: Record, resource: Resource) -> list[str]:
        """Keywords of the one in the text of the other, then words of both."""
        offer = offered(resource)
        ours, theirs = fold(document(need)), fold(document(offer))
        keywords = [word for word in resource.keywords if holds(ours, word)]
        keywords += [word for word in getattr(need, "keywords", ()) if holds(theirs, word)]
        labels = (*_industries_of(need), *resource.industry, getattr(need, "field", ""), resource.field)
        named = set(self._telling("；".join(labels)))
        words = [word for word in shared_terms(need, offer, self._telling) if word not in named]
        return list(dict.fromkeys((*keywords, *words)))[:TERMS]

    def _industry(self, need: Record, resource: Resource) -> tuple[Said | None, bool]:
        """What is said of their industries, and whether one of the need is one that the resource serves."""
        words, served = _industries_of(need), listed(resource.industry)
        theirs = self._industries.codes(resource.industry)
        if both := [word for word in words if word in resource.industry]:
            told = listed(both)
            return Said(f"同属 {told.zh}", f"both of {told.en}"), True
        if same := [word for word in words if self._industries.nodes([word]) & theirs]:
            told = listed(same)
            return Said(f"行业相合：{told.zh}（资源面向 {served.zh}）", f"{told.en} goes with its {served.en}"), True
        near = self._industries.codes(words) & theirs
        return (Said(f"行业相近（资源面向 {served.zh}）", f"near to its {served.en}") if near else None), False

    def _region(self, need: Record, resource: Resource) -> Said | None:
        ours, theirs = self._place(getattr(need, "region", "")), self._place(resource.region)
        if not ours or not theirs:
            return None
        depth = shared_levels(ours, theirs)
        if depth <= PROVINCE:
            where = "".join(theirs[PROVINCE:]) or theirs[-1]
            return Said(f"资源在外地：{where}", f"it is elsewhere, in {where}")
        area, where = ours[depth - 1], theirs[-1]
        if depth == len(theirs):
            return Said(f"同在{area}", f"both in {area}")
        return Said(f"同在{area}（资源在{where}）", f"both in {area} (it is in {where})")


PROVINCE = 2
"""Levels of a path down to the province: country, province."""
FEWEST = 2
"""Terms that are enough where no industry is shared."""


def _industries_of(need: Record) -> tuple[str, ...]:
    return need.industries if isinstance(need, Incubator) else getattr(need, "industry", ())
