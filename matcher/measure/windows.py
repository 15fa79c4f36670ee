"""A test made of the past: questions, what was known when they came up, and what came about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.ranking import evidence
from matcher.ranking.corpus import Corpus, Matrix, Rows
from matcher.ranking.knowledge import Knowledge


@dataclass(frozen=True)
class Window:
    """Questions are left records of whose outcomes none is known, candidates right records with enough accepted."""

    known: Knowledge
    questions: Rows
    candidates: Rows
    truth: NDArray[np.bool_]
    """(questions, candidates)"""
    pairs: int
    """Accepted pairs of the questions, whether their right record is a candidate or not."""

    @cached_property
    def evidence(self) -> dict[str, Matrix]:
        """All evidence, (questions, candidates) each."""
        return evidence.gather(self.known, self.known.left.take(self.questions), self.candidates)


def look(corpus: Corpus, start: int, end: int | None, min_history: int) -> Window:
    """A stretch of time, from day `start` (in it) to day `end` (not in it; None: open), days as date ordinals.

    Questions are the left records whose first outcome falls into it; only what was decided before it is known.
    """
    past = corpus.past
    last = np.inf if end is None else end
    first_day = np.full(len(corpus.left), np.inf)
    np.minimum.at(first_day, past.left, past.day)
    questions = np.flatnonzero((first_day >= start) & (first_day < last))
    return _window(Knowledge(corpus, start), questions, past.accepted & (past.day < last), min_history)


def folds(corpus: Corpus, as_of: int, number: int, min_history: int, seed: int) -> list[Window]:
    """The past cut into `number` random parts, each a test with the others known.

    For a past without depth in time, where no stretch has anything before it.
    """
    decided = corpus.past.before(as_of)
    asked = np.random.default_rng(seed).permutation(np.unique(decided.left))
    parts = [np.sort(part) for part in np.array_split(asked, number)]
    before = corpus.past.accepted & (corpus.past.day < as_of)
    return [_window(Knowledge(corpus, as_of, hidden=part), part, before, min_history) for part in parts]


def _window(known: Knowledge, questions: Rows, counted: NDArray[np.bool_], min_history: int) -> Window:
    past, corpus = known.corpus.past, known.corpus
    counted = counted & np.isin(past.left, questions)
    candidates = np.flatnonzero(known.counts >= min_history)
    truth = np.zeros((len(questions), len(corpus.right)), np.bool_)
    truth[np.searchsorted(questions, past.left[counted]), past.right[counted]] = True
    return Window(known, questions, candidates, truth[:, candidates], int(truth.sum()))
