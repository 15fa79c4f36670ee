"""A stretch of time as a test: the questions that came up in it, what was known before, and what came about."""

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
    """Questions are the left records whose first outcome falls into the window.

    Candidates are the right records with enough accepted outcomes before it. Only what was decided before the window
    is known; truth is every pair of a question that was accepted in the window.
    """

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
    """The window from day `start` (in it) to day `end` (not in it; None: open), days as date ordinals."""
    known, past = Knowledge(corpus, start), corpus.past
    last = np.inf if end is None else end
    first_day = np.full(len(corpus.left), np.inf)
    np.minimum.at(first_day, past.left, past.day)
    questions = np.flatnonzero((first_day >= start) & (first_day < last))
    inside = past.accepted & (past.day < last) & np.isin(past.left, questions)
    candidates = np.flatnonzero(known.counts >= min_history)
    truth = np.zeros((len(questions), len(corpus.right)), np.bool_)
    truth[np.searchsorted(questions, past.left[inside]), past.right[inside]] = True
    return Window(known, questions, candidates, truth[:, candidates], int(truth.sum()))
