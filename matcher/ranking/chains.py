"""Result → carrier → fund as one path: two answers of the same ranking, the second about a project that may yet be.

Which fund would take what a carrier makes of a result is asked with a hypothetical project: the result's words,
industry and readiness, the carrier's region, once as seed and once as angel round. A path's probability is the product
of its links, as if the fund's decision depended on the carrier only by its place and kind.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matcher.domain.controls import PLAIN, Question
from matcher.domain.records import Achievement, CarrierKind, Incubator, Left, Result
from matcher.domain.visibility import Viewer
from matcher.index.terms import present
from matcher.policy.priority import NONE
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import Rows, Side
from matcher.ranking.facets import FacetReader
from matcher.ranking.hypothetical import STAGES, Carried, hypothetical, project_side, variants
from matcher.ranking.matcher import Matcher
from matcher.ranking.paths import Chain, Chains
from matcher.ranking.questions import decisions, recommended, refusing
from matcher.ranking.ranker import Direction
from matcher.ranking.scorer import Scored
from matcher.ranking.undertaken import undertaken, without_project

SHARE = 0.4
"""No carrier, and no fund (asked from a fund: no result), fills more of a list; two paths are always allowed."""
POOL, EACH = 20, 3
"""Asked from a fund: results each view of nearness brings in, and carriers considered for each of them."""
FAVOURED = (1, 2)
"""Tiers of the notice's priority, which stand first; the last tier and funds without the rule follow together."""
FAVOURED_SHARE = 0.6
"""Asked from a result, what paths with priority may fill of a list, so that a more probable one without is seen too."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Question:
    """The paths among which to choose. `places` are rows of `projects`, (carried, stages)."""

    query: Side[Left]
    scored: Scored
    carried: Sequence[Carried]
    refused: Mapping[str, int]
    projects: Side[Left]
    places: Rows
    funds: Rows
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class _Walk:
    """What was met on the way down the ranking: places in (carried, stages, funds), and what was passed over."""

    chosen: Sequence[tuple[int, int, int]]
    refused: Mapping[str, int]
    held_back: int


class _Shares:
    """Who has how much of a list of k: carriers, the paths' ends, and paths with the notice's priority."""

    def __init__(self, k: int, *, from_fund: bool) -> None:
        self._most = max(2, math.ceil(k * SHARE))
        self._favoured = k if from_fund else math.ceil(k * FAVOURED_SHARE)
        self._used: Counter[tuple[str, int]] = Counter()

    def grant(self, carrier: int, end: int, *, favoured: bool) -> bool:
        """Take a place for the path unless one of its sides has its share."""
        limits = {("carrier", carrier): self._most, ("end", end): self._most}
        if favoured:
            limits["favoured", 1] = self._favoured
        free = all(self._used[side] < limit for side, limit in limits.items())
        if free:
            self._used.update(limits.keys())
        return free


class ChainFinder:
    """Finds paths with the matchers of the two pairings, under their rules of visibility and eligibility."""

    def __init__(
        self,
        first: Matcher,
        second: Matcher,
        facets: FacetReader,
        questions: tuple[Question, Question] = (PLAIN, PLAIN),
    ) -> None:
        self._first = first
        self._second = second
        self._facets = facets
        self._further = questions[1]
        self._wishes = first.wishes(questions[0]), second.wishes(questions[1])

    def of_result(self, query: Side[Left], k: int, viewer: Viewer) -> Chains:
        """The k best paths of one result (a side of one row); its projects that exist stand apart."""
        existing = undertaken(query.ids[0], self._second, self._first.known.right, viewer, self._further)
        busy = {each.project.incubator_id for each in existing}
        funds = np.arange(len(self._second.known.right))
        question = self._question(query, funds, viewer, without=busy)
        walk = self._walk(question, k)
        paths = self._explained(question, walk.chosen)
        return Chains(paths, existing, question.refused, walk.refused, walk.held_back, 1, 1)

    def to_fund(self, fund_id: str, k: int, viewer: Viewer) -> Chains:
        """The k best paths that end at a fund, of the results nearest to it that are no projects yet."""
        column = self._second.known.right.rows[fund_id]
        fresh = without_project(self._first.known.left, self._second, viewer)
        rows = self._near(column, fresh)
        question = self._question(self._first.known.left.take(rows), np.array([column]), viewer, most=EACH)
        walk = self._walk(question, k, from_fund=True)
        paths = self._explained(question, walk.chosen)
        return Chains(paths, (), question.refused, walk.refused, walk.held_back, len(rows), len(fresh))

    def _question(
        self,
        query: Side[Left],
        funds: Rows,
        viewer: Viewer,
        *,
        most: int | None = None,
        without: Collection[str] = (),
    ) -> _Question:
        """The open paths of some results, each over at most so many carriers."""
        scored = self._first.scorer.score(query, Direction.RECOMMEND)
        odds = _probabilities(self._first, scored)
        carried: list[Carried] = []
        refused: Counter[str] = Counter()
        for row in range(len(query)):
            carried += self._carried(query, row, odds[row], viewer, most, without, refused)
        projects, places = variants(query, self._first.known.right, carried, self._facets, self._wishes[1].institutions)
        return _Question(query, scored, carried, refused, projects, places, funds, viewer)

    def _carried(
        self,
        query: Side[Left],
        row: int,
        odds: Numbers,
        viewer: Viewer,
        most: int | None,
        without: Collection[str],
        refused: Counter[str],
    ) -> list[Carried]:
        """The most probable carriers whose rules admit the result, or that have taken it, in the order of columns."""
        found: list[Carried] = []
        for column in np.argsort(-odds, kind="stable").tolist():
            if len(found) == most:
                break
            if self._first.known.right.ids[column] in without:
                continue
            verdicts = self._first.judge.verdicts(self._taking(query, row, column, viewer))
            failed = refusing(verdicts)
            if taken := any(verdict.value == Result.ACCEPTED.value for verdict in decisions(verdicts)):
                found.append(Carried(row, column, 1.0, taken))
            elif failed:
                refused.update(sorted(failed))
            else:
                found.append(Carried(row, column, float(odds[column]), taken))
        return sorted(found, key=lambda one: one.column)

    def _walk(self, question: _Question, k: int, *, from_fund: bool = False) -> _Walk:
        """Down the ranking until k paths are found whose every link is eligible and nobody fills the list."""
        odds, favour = self._odds(question), self._favour(question)
        shares = _Shares(k, from_fund=from_fund)
        chosen: list[tuple[int, int, int]] = []
        failing: dict[tuple[int, int], frozenset[str]] = {}
        refused: dict[int, set[str]] = {}
        admitted: dict[tuple[int, int], int] = {}
        for place in _order(question, odds, favour).tolist():
            if len(chosen) == k:
                break
            (one, stage), fund = divmod(place // odds.shape[2], len(STAGES)), place % odds.shape[2]
            if (one, fund) in admitted:  # with the other stage
                continue
            carried, row = question.carried[one], int(question.places[one, stage])
            end = carried.row if from_fund else fund
            if (row, fund) not in failing:
                failing[row, fund] = self._failing(question, row, fund)
            if failing[row, fund]:
                refused.setdefault(end, set()).update(failing[row, fund])
                continue
            admitted[one, fund] = end
            if shares.grant(carried.column, end, favoured=favour[one, fund] < len(FAVOURED)):
                chosen.append((one, stage, fund))
        reached = set(admitted.values())
        counts = Counter(rule for end, rules in refused.items() if end not in reached for rule in rules)
        return _Walk(chosen, dict(counts), len(admitted) - len(chosen))

    def _odds(self, question: _Question) -> Numbers:
        """Probability of each path, (carried, stages, funds)."""
        first = np.array([one.probability for one in question.carried]).reshape(-1, 1, 1)
        scored = self._second.scorer.score(question.projects, Direction.RECOMMEND)
        second = _probabilities(self._second, scored)[:, question.funds]
        return np.asarray(first * second[question.places], np.float64)

    def _favour(self, question: _Question) -> Rows:
        """Where the notice's priority puts what each carrier makes with each fund, 0 for first, (carried, funds)."""
        funds = [self._second.known.right.records[column] for column in question.funds]
        carriers = [cast("Incubator", self._first.known.right.records[one.column]) for one in question.carried]
        judge = self._second.judge
        ranks: dict[CarrierKind | None, list[int]] = {}  # the tier looks at the carrier's kind alone
        for one, carrier in zip(question.carried, carriers, strict=True):
            if carrier.kind not in ranks:
                project = hypothetical(question.query.records[one.row], carrier, STAGES[0])
                first, without = _rank(judge.place(project).level), _rank(NONE.level)
                ranks[carrier.kind] = [first if judge.keeps_queue(fund) else without for fund in funds]
        return np.array([ranks[one.kind] for one in carriers], np.int64).reshape(len(carriers), len(funds))

    def _failing(self, question: _Question, row: int, fund: int) -> frozenset[str]:
        """The rules that keep a fund from a project."""
        pair = self._funding(question.projects, row, int(question.funds[fund]), question.viewer)
        return self._second.judge.refusing(pair)

    def _taking(self, query: Side[Left], row: int, column: int, viewer: Viewer) -> Asked:
        return recommended(self._first.known, query, row, column, viewer, self._wishes[0])

    def _funding(self, projects: Side[Left], row: int, column: int, viewer: Viewer) -> Asked:
        return recommended(self._second.known, projects, row, column, viewer, self._wishes[1])

    def _explained(self, question: _Question, chosen: Sequence[tuple[int, int, int]]) -> tuple[Chain, ...]:
        """The chosen paths with the explanations of both links; the second once more, with each one's own carrier."""
        if not chosen:
            return ()
        carried = [question.carried[one] for one, _, _ in chosen]
        carriers = [cast("Incubator", self._first.known.right.records[one.column]) for one in carried]
        results = [question.query.records[one.row] for one in carried]
        stages = [STAGES[stage] for _, stage, _ in chosen]
        projects = list(map(hypothetical, results, carriers, stages))
        side = project_side(question.query, [one.row for one in carried], projects, self._facets)
        firsts = [self._taking(question.query, one.row, one.column, question.viewer) for one in carried]
        seconds = [
            self._funding(side, row, int(question.funds[fund]), question.viewer)
            for row, (_, _, fund) in enumerate(chosen)
        ]
        links = (
            self._first.explained(firsts, question.scored),
            self._second.explained(seconds, self._second.scorer.score(side, Direction.RECOMMEND)),
        )
        parts = zip(results, *links, stages, carried, strict=True)
        return tuple(
            Chain(cast("Achievement", result), carrier, fund, stage, one.taken)
            for result, carrier, fund, stage, one in parts
        )

    def _near(self, column: int, fresh: Sequence[int]) -> list[int]:
        """Rows among the fresh results that are near a fund in meaning (what it says, what it took) or in words."""
        known, among = self._second.known, np.array(fresh, np.int64)
        if len(fresh) <= POOL:
            return list(fresh)
        vectors = known.centred(self._first.known.left.vectors[among])
        taken = known.meanings(np.array(list(known.taken_on.get(column, ())), np.int64))
        words = self._first.known.left.postings["bigrams"].scores(
            present(known.taken_text("bigrams", np.array([column])))
        )[0]
        views = (
            vectors @ known.right_meaning[column],
            vectors @ taken.sum(axis=0),
            words[among],
        )
        best = (np.argsort(-view, kind="stable")[:POOL] for view in views)
        return sorted({int(among[place]) for places in best for place in places})


def _order(question: _Question, odds: Numbers, favour: Rows) -> Rows:
    """Flat places of the paths: those taken first, then by the notice's priority, by probability, by ids."""
    taken = np.array([one.taken for one in question.carried], np.bool_).reshape(-1, 1, 1)
    group = np.where(taken, 0, 1) * (len(FAVOURED) + 1) + favour[:, None, :]
    return np.argsort((2 * group - odds).ravel(), kind="stable")


def _probabilities(matcher: Matcher, scored: Scored) -> Numbers:
    return matcher.scorer.trained[Direction.RECOMMEND].calibration.probability(scored.score)


def _rank(level: int) -> int:
    return FAVOURED.index(level) if level in FAVOURED else len(FAVOURED)
