"""One question about chains over a large generated ecosystem, held in memory; print milliseconds as JSON.

`python -m tests.benchmarks.chains --results 10000 --carriers 200 --funds 500`. The texts are drawn from the sample's
sentences with a seed; a third of the projects was invested in. `--places` says in how many places the carriers are.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from matcher.domain.records import (
    Achievement,
    CarrierKind,
    Fund,
    FundKind,
    Incubator,
    Outcome,
    PairKind,
    Project,
    Result,
    Stage,
)
from matcher.domain.visibility import Viewer
from matcher.encoder.model import HashingEncoder
from matcher.intake import read
from matcher.policy.loading import load_rulebook
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.chains import ChainFinder
from matcher.ranking.corpus import Corpus, gather_past
from matcher.ranking.facets import FacetReader
from matcher.ranking.judge import Judge
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.matcher import Matcher
from matcher.ranking.ranker import Direction, default_ranker
from matcher.ranking.scorer import Scorer, Trained
from matcher.ranking.sides import SideBuilder
from matcher.resources import data_folder, load_fields, load_gazetteer, load_industries, load_word_cutter
from matcher.text.passages import sentences

TODAY = date(2026, 11, 1)
INDUSTRIES = ("玉米生物", "新材料", "现代中医药(蒙医药)", "新能源", "电子信息", "节能环保", "文化旅游")


def main() -> None:
    """Build, ask fifty questions from each end, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    for name, size in (("results", 10_000), ("projects", 5000), ("carriers", 200), ("funds", 500), ("places", 12)):
        arguments.add_argument(f"--{name}", type=int, default=size)
    arguments.add_argument("--questions", type=int, default=50)
    chosen = arguments.parse_args()
    finder, results = ecosystem(chosen, random.Random(0))  # noqa: S311  # repeatable, not secret
    side = results.corpus.left
    rows = range(1, len(side), max(len(side) // chosen.questions, 1))
    funds = [f"f{n:05d}" for n in range(0, chosen.funds, max(chosen.funds // chosen.questions, 1))]

    def of_result(row: int) -> None:
        finder.of_result(side.take([row]), 5, Viewer.BROKERS)

    def to_fund(name: str) -> None:
        finder.to_fund(name, 5, Viewer.BROKERS)

    figures = {"from_a_result_first_ms": _ms(partial(of_result, 0))}
    figures |= _spread("from_a_result", [partial(of_result, row) for row in rows])
    figures["from_a_fund_first_ms"] = _ms(partial(to_fund, funds[-1]))
    figures |= _spread("from_a_fund", [partial(to_fund, name) for name in funds])
    json.dump(vars(chosen) | {name: round(value, 1) for name, value in figures.items()}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def ecosystem(sizes: argparse.Namespace, drawn: random.Random) -> tuple[ChainFinder, Knowledge]:
    """Both pairings, and what is known of the first."""
    sample = [item for item in read(data_folder("sample")) if isinstance(item, Achievement)]
    told = [text for item in sample for text in sentences(item)]
    gazetteer, industries, book = load_gazetteer(), load_industries(), load_rulebook(data_folder("policy"))
    facets = FacetReader(gazetteer, industries, load_fields())
    cutter = load_word_cutter()
    builder = SideBuilder(HashingEncoder(384), cutter.words, facets, cutter.telling)

    def text() -> str:
        return "".join(drawn.sample(told, 6))

    def industry() -> tuple[str, ...]:
        return (drawn.choice(INDUSTRIES),)

    places = [f"内蒙古自治区/通辽市/{n}号园" for n in range(sizes.places)]
    kinds, rounds = list(CarrierKind), list(Stage)
    results = [
        Achievement(id=f"a{n:05d}", title=drawn.choice(told)[:40], summary=text(), industry=industry(), trl=4)
        for n in range(sizes.results)
    ]
    carriers = [
        Incubator(
            id=f"i{n:05d}",
            name=f"示例载体{n}",
            focus=drawn.choice(told),
            kind=drawn.choice(kinds),
            region=places[n % sizes.places],
            capacity=50,
            occupied=drawn.randint(30, 50),
        )
        for n in range(sizes.carriers)
    ]
    projects = [
        Project(
            id=f"p{n:05d}",
            name=f"示例项目{n}",
            summary=text(),
            industry=industry(),
            stage=drawn.choice(rounds),
            region=drawn.choice(places),
        )
        for n in range(sizes.projects)
    ]
    funds = [
        Fund(
            id=f"f{n:05d}",
            name=f"示例基金{n}",
            thesis=drawn.choice(told),
            industries=industry(),
            kind=drawn.choice(list(FundKind)),
            city_owned=drawn.random() < 0.2,
            stages=tuple(drawn.sample(rounds, 2)),
            regions=("内蒙古自治区",),
        )
        for n in range(sizes.funds)
    ]

    def decided(kind: PairKind, lefts: int, rights: int) -> list[Outcome]:
        left, right = kind.left.value[0], kind.right.value[0]
        return [
            Outcome(
                kind=kind,
                left_id=f"{left}{n:05d}",
                right_id=f"{right}{drawn.randrange(rights):05d}",
                result=Result.ACCEPTED,
                decided_on=TODAY - timedelta(days=drawn.randint(1, 900)),
            )
            for n in range(0, lefts, 3)
        ]

    def serving(corpus: Corpus, outcomes: list[Outcome]) -> Matcher:
        trained = Trained(default_ranker(corpus.pairing), ASSUMED)
        known = Knowledge(replace(corpus, past=gather_past(outcomes, corpus.left, corpus.right)), TODAY.toordinal())
        kinds_by_id = {one.id: one.kind for one in carriers}
        judge = Judge(known, outcomes, book=book, gazetteer=gazetteer, industries=industries, carriers=kinds_by_id)
        scorer = Scorer(known, dict.fromkeys(Direction, trained))
        return Matcher(scorer, judge, telling=builder.telling, encode=builder.sentences)

    nothing = gather_past((), builder.build([]), builder.build([]))
    first = serving(
        Corpus(PairKind.ACHIEVEMENT_INCUBATOR, builder.build(results), builder.build(carriers), nothing),
        decided(PairKind.ACHIEVEMENT_INCUBATOR, sizes.results, sizes.carriers),
    )
    second = serving(
        Corpus(PairKind.PROJECT_FUND, builder.build(projects), builder.build(funds), nothing),
        decided(PairKind.PROJECT_FUND, sizes.projects, sizes.funds),
    )
    return ChainFinder(first, second, builder.facets), first.known


def _spread(name: str, questions: list[Callable[[], object]]) -> dict[str, float]:
    times = sorted(_ms(ask) for ask in questions)
    return {f"{name}_p50_ms": statistics.median(times), f"{name}_p95_ms": times[int(len(times) * 0.95)]}


def _ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
