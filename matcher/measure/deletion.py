"""Whether an explanation points at what the ranking used: without the quoted sentence the score should fall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from matcher.domain.records import Left, Record
from matcher.ranking.corpus import Matrix, Rows, Side
from matcher.ranking.explain import past_cases
from matcher.ranking.quotes import Encode, quoted
from matcher.ranking.ranker import Direction
from matcher.ranking.scorer import Scorer
from matcher.ranking.shared import Telling
from matcher.text.passages import sentences, without


@dataclass(frozen=True)
class Reading:
    """Records to a side in the order of their ids, sentences to rows, texts to telling words; how many questions."""

    build: Callable[[Sequence[Left]], Side[Left]]
    encode: Encode
    telling: Telling
    questions: int


def deletion(scorer: Scorer, questions: Rows, candidates: Rows, reading: Reading, seed: int) -> dict[str, Any]:
    """How the score of each question's best pair changes without the quoted left sentence, against another sentence.

    Counted are the pairs that a sentence is quoted for and whose left record has another one to take away instead.
    """
    known, random = scorer.known, np.random.default_rng(seed)
    questions = np.sort(random.permutation(questions)[: reading.questions])
    asked = known.left.take(questions)
    before = scorer.score(asked, Direction.RECOMMEND, candidates)
    best = before.ranking.argmax(axis=1)
    pairs = [(left, known.right.records[candidates[column]]) for left, column in zip(asked.records, best, strict=True)]
    cases = [_cases(scorer, row, int(candidates[column])) for row, column in zip(questions, best, strict=True)]
    shorter: list[Left] = []
    control: list[Left] = []
    columns, scores = [], []
    for row, quote in enumerate(quoted(pairs, cases, reading.encode, known, reading.telling)):
        others = [text for text in sentences(asked.records[row]) if quote and text != quote.left]
        if quote and others:
            shorter.append(without(asked.records[row], quote.left))
            control.append(without(asked.records[row], others[random.integers(len(others))]))
            columns.append(best[row])
            scores.append(before.score[row, best[row]])
    if not scores:
        return {"pairs": 0}
    drops, others_drop = (
        np.array(scores) - _scores(scorer, reading.build(part), columns, candidates) for part in (shorter, control)
    )
    return {
        "pairs": len(scores),
        "fell": round(float((drops > 0).mean()), 6),
        "mean_drop": round(float(drops.mean()), 6),
        "control_drop": round(float(others_drop.mean()), 6),
        "fell_further": round(float((drops > others_drop).mean()), 6),
    }


def _scores(scorer: Scorer, side: Side[Left], columns: Sequence[int], candidates: Rows) -> Matrix:
    """The score of one pair of each row."""
    return scorer.score(side, Direction.RECOMMEND, candidates).score[np.arange(len(side)), columns]


def _cases(scorer: Scorer, row: int, column: int) -> list[Record]:
    """What the right record took that is similar to a left one, the most similar first."""
    known = scorer.known
    taken = known.taken_on.get(column, {})
    rows = [(known.left.records[other], date.fromordinal(day)) for other, day in taken.items() if other != row]
    others = np.array([other for other in taken if other != row], np.int64)
    similarity = known.meanings(others) @ known.meanings(np.array([row]))[0]
    return [case.record for case in past_cases(rows, similarity)]
