"""Small builders: a record with everything a test does not name left at a harmless value, and a corpus of such records.

The tables are the real ones of `data/taxonomy`; the encoder is the hashing one, which needs no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from matcher.domain.names import BY_SPELLING, Organisations
from matcher.domain.places import Gazetteer
from matcher.domain.records import (
    Achievement,
    CarrierKind,
    Fund,
    Incubator,
    Left,
    Outcome,
    PairKind,
    Project,
    Result,
    Right,
)
from matcher.domain.taxonomy import Taxonomy
from matcher.encoder.model import HashingEncoder, Role
from matcher.policy.arrangements import Residents
from matcher.policy.chain_file import load_chains
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.corpus import Corpus, Matrix, Side, gather_past
from matcher.ranking.facets import FacetReader
from matcher.ranking.judge import Judge
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.matcher import Matcher
from matcher.ranking.ranker import Direction, Ranker, default_ranker
from matcher.ranking.scorer import Scorer, Trained
from matcher.ranking.sides import SideBuilder
from matcher.resources import data_folder, load_fields, load_gazetteer, load_industries, load_word_cutter
from matcher.services.chain_gaps import ChainGaps
from matcher.services.filings import Filings
from matcher.services.grants import Grants
from matcher.services.identity import Identity
from matcher.services.report.context import UseCases
from matcher.services.reporting import Reporting
from matcher.store import Database
from matcher.text.words import WordCutter

TODAY = date(2026, 7, 1)
"""The day the tests ask about, unless they say otherwise."""


def achievement(id: str = "A1", **changes: Any) -> Achievement:
    """A result about corn starch from a university of the city."""
    usual = Achievement(
        id=id,
        title="玉米淀粉绿色制备技术",
        summary="以玉米为原料制备淀粉，收率高，废水少。",
        institution="内蒙古民族大学",
        industry=("玉米生物",),
        region="通辽市",
        trl=5,
    )
    return replace(usual, **changes)


def incubator(id: str = "I1", **changes: Any) -> Incubator:
    """A carrier of the city with free places."""
    usual = Incubator(
        id=id,
        name="通辽玉米生物产业孵化器",
        focus="玉米深加工与生物发酵。",
        industries=("玉米生物",),
        region="通辽市",
        capacity=20,
        occupied=5,
    )
    return replace(usual, **changes)


def project(id: str = "P1", **changes: Any) -> Project:
    """A project at its angel round that seeks two million."""
    usual = Project(
        id=id,
        name="科尔沁风电叶片回收",
        summary="退役风电叶片的回收与再利用。",
        industry=("新能源",),
        region="通辽市",
        funding_sought=2_000_000.0,
    )
    return replace(usual, **changes)


def fund(id: str = "F1", **changes: Any) -> Fund:
    """A fund for new energy that states no limits."""
    return replace(
        Fund(id=id, name="通辽新能源基金", thesis="投资新能源与节能环保。", industries=("新能源",)), **changes
    )


def outcome(left_id: str = "A1", right_id: str = "I1", **changes: Any) -> Outcome:
    """An agreement between a result and a carrier, half a year before `TODAY`."""
    usual = Outcome(left_id=left_id, right_id=right_id, result=Result.ACCEPTED, decided_on=date(2026, 1, 1))
    return replace(usual, **changes)


@cache
def gazetteer() -> Gazetteer:
    """The real places."""
    return load_gazetteer()


@cache
def industries() -> Taxonomy:
    """The real industries."""
    return load_industries()


@cache
def fields() -> Taxonomy:
    """The real fields."""
    return load_fields()


def reporting(database: Database) -> Reporting:
    """Reporting on a database, with the real rules and chains."""
    book, subjects = rulebook(), fields()
    chains = load_chains(data_folder("taxonomy") / "chains.yaml", industries(), subjects)
    gaps = ChainGaps(database, book, chains, gazetteer=gazetteer(), industries=industries(), subjects=subjects)
    grants = Grants(database, book, gazetteer(), Identity(database))
    others = UseCases(gaps, grants, Filings(database, book, gazetteer()))
    return Reporting(database, book, gazetteer(), others)


def rulebook() -> Rulebook:
    """The real rules."""
    return load_rulebook(data_folder("policy"))


@cache
def word_cutter() -> WordCutter:
    """The real words."""
    return load_word_cutter()


@cache
def side_builder() -> SideBuilder:
    """Sides with real tables and hashed vectors of 64 dimensions."""
    facets = FacetReader(gazetteer(), industries(), fields())
    return SideBuilder(HashingEncoder(64), word_cutter().words, facets, word_cutter().telling)


def side(*records: Left, role: Role = Role.PASSAGE) -> Side[Left]:
    """The side of some left records."""
    return side_builder().build(records, role)


def corpus(left: Iterable[Left], right: Iterable[Right], outcomes: Sequence[Outcome] = ()) -> Corpus:
    """Both sides and what happened between them; the records tell which pairing it is, results when there are none."""
    ours, theirs = tuple(left), tuple(right)
    kinds = {record.table for record in (*ours, *theirs)}
    (pairing,) = {PairKind.of(kind) for kind in kinds} or {PairKind.ACHIEVEMENT_INCUBATOR}
    left_side, right_side = side_builder().build(ours), side_builder().build(theirs)
    return Corpus(pairing, left_side, right_side, gather_past(outcomes, left_side, right_side))


def knowledge(
    left: Iterable[Left], right: Iterable[Right], outcomes: Sequence[Outcome] = (), as_of: date = TODAY
) -> Knowledge:
    """What is known of a corpus on a day."""
    return Knowledge(corpus(left, right, outcomes), as_of.toordinal())


KNOWN_CARRIERS: Mapping[str, CarrierKind | None] = dict.fromkeys(("I1", "I2"), CarrierKind.INCUBATOR)


def matcher(
    left: Iterable[Left],
    right: Iterable[Right],
    outcomes: Sequence[Outcome] = (),
    *,
    as_of: date = TODAY,
    rankers: Mapping[Direction, Ranker] | None = None,
    organisations: Organisations = BY_SPELLING,
    residents: Residents | None = None,
    carriers: Mapping[str, CarrierKind | None] = KNOWN_CARRIERS,
) -> Matcher:
    """A matcher over a corpus, with the default mix and the assumed calibration unless told otherwise."""
    known = knowledge(left, right, outcomes, as_of)
    served = rankers or dict.fromkeys(Direction, default_ranker(known.corpus.pairing))
    judge = Judge(
        known,
        outcomes,
        book=rulebook(),
        gazetteer=gazetteer(),
        industries=industries(),
        carriers=carriers,
        organisations=organisations,
        residents=residents,
    )
    scorer = Scorer(known, {direction: Trained(ranker, ASSUMED) for direction, ranker in served.items()})
    return Matcher(scorer, judge, telling=word_cutter().telling, encode=side_builder().sentences)


CITIES = ("呼和浩特", "包头", "乌海", "赤峰", "通辽", "鄂尔多斯", "呼伦贝尔", "巴彦淖尔", "沈阳", "长春")


def planted_outcomes(lefts: int = 420, days: int = 840, until: date = TODAY) -> list[Outcome]:
    """Result `A…` and the carrier of its city agree; evenly spread over the days before `until`."""
    return [
        outcome(
            f"A{n:03d}",
            f"I-{n % len(CITIES)}",
            decided_on=until - timedelta(days=days - n * days // lefts),
        )
        for n in range(lefts)
    ]


@cache
def planted_corpus() -> Corpus:
    """A past in which a result's city alone decides who takes it; the words are noise. 420 agreements before `TODAY`.

    Another thirty results, `B…`, have no outcome.
    """
    random = np.random.default_rng(0)
    words = ["玉米", "淀粉", "蒙药", "风电", "叶片", "褐煤", "肉牛", "沙棘"]

    def noise() -> str:
        return "".join(random.choice(words, 3))

    names = [f"A{n:03d}" for n in range(420)] + [f"B{n:03d}" for n in range(30)]
    lefts = [
        achievement(name, title=noise(), summary="", industry=(), region=CITIES[int(name[1:]) % len(CITIES)])
        for name in names
    ]
    rights = [incubator(f"I-{n}", name=noise(), focus="", industries=(), region=city) for n, city in enumerate(CITIES)]
    return corpus(lefts, rights, planted_outcomes())


def with_outcomes(whole: Corpus, outcomes: Sequence[Outcome]) -> Corpus:
    """The same records with another past."""
    return replace(whole, past=gather_past(outcomes, whole.left, whole.right))


def table_encoder(rows: Mapping[str, Sequence[float]]) -> Callable[[Sequence[str]], Matrix]:
    """An encoder of sentences that looks each one up."""
    return lambda texts: np.array([rows[text] for text in texts], np.float32)
