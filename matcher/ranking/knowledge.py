"""What could be known of a pairing on one day: everything ranking uses, and nothing decided later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.records import Left, Refusal, Right
from matcher.index import terms
from matcher.index.mapped import scan
from matcher.index.terms import Postings
from matcher.ranking.centring import centred, lengths, mean, told, unit
from matcher.ranking.corpus import ALL, FACETS, Columns, Corpus, Matrix, Rows, Side, Sparse
from matcher.ranking.discriminant import discriminant_space
from matcher.ranking.habits import HABIT_MEMORY, Habits, Nearness, read_ages, read_amounts, read_habits
from matcher.ranking.later import Kept
from matcher.ranking.takings import Takings

FEWEST_FOR_MEAN = 50
FEWEST_FOR_PROJECTION = 1000
"""Past left records, and accepted pairs, from which the mean and the projection are estimated."""
LONG_MEMORY, SHORT_MEMORY, INSTANT_MEMORY = 720.0, 180.0, 30.0
"""Half-lives in days of what a taker did long ago, lately, and just now."""
TALKS_LAST = 180
"""Days after which talks that nobody decided count as gone to sleep."""


class Knowledge:
    """A corpus as of a day. All matrices are (left, right) or (right, …) and built when first asked for.

    `hidden` left rows keep their text but not their outcomes, as if they were new.
    """

    def __init__(self, corpus: Corpus, as_of: int, hidden: Rows | None = None) -> None:
        self.corpus = corpus
        self.as_of = as_of
        past = corpus.past.before(as_of)
        self.past = past if hidden is None else past.without(hidden)

    @property
    def left(self) -> Side[Left]:
        """The records that are recommended."""
        return self.corpus.left

    @property
    def right(self) -> Side[Right]:
        """The records that take them."""
        return self.corpus.right

    @cached_property
    def accepted(self) -> Sparse:
        """One for each accepted pair, (left, right)."""
        return self._pairs(np.inf)

    @cached_property
    def accepted_long(self) -> Sparse:
        """Accepted pairs, fading with the long half-life."""
        return self._pairs(LONG_MEMORY)

    @cached_property
    def past_rows(self) -> Rows:
        """Left rows that somebody took, ascending."""
        return np.unique(self.past.left[self.past.accepted])

    @cached_property
    def past_order(self) -> Rows:
        """The place of each past left record in the order of all ids, by `past_rows`."""
        return self.left.by_id[self.past_rows]

    @cached_property
    def past_accepted(self) -> Sparse:
        """One for each accepted pair, (past, right), rows as in `past_rows`."""
        return self.accepted[self.past_rows]

    def taken_by(self, columns: Columns) -> Sparse:
        """The same for the right records asked about."""
        return self.past_accepted if isinstance(columns, slice) else self.past_accepted[:, columns]

    @cached_property
    def takings(self) -> Takings:
        """What each right record took among the past ones, rows as in `past_rows`."""
        return Takings(self.past_accepted)

    @cached_property
    def past_adapted(self) -> Matrix:
        """Adapted vectors of the past left records, (past, d), laid out by dimension: a scan takes half the time
        (and gathering a few rows longer)."""
        return np.asfortranarray(self.adapted(self.left.vectors[self.past_rows]))

    @cached_property
    def near_amounts(self) -> Nearness:
        """ln of the amount that each past left record seeks."""
        return read_amounts(self.left, self.past_rows)

    @cached_property
    def near_ages(self) -> Nearness:
        """ln(1 + years) of each past left record when it was last taken."""
        return read_ages(self.left, self.past_rows, self.last_taken)

    @cached_property
    def left_mean(self) -> Matrix:
        """Mean vector of the past left records (of all, while the past is short), (d,)."""
        rows = self.past_rows if len(self.past_rows) >= FEWEST_FOR_MEAN else slice(None)
        return mean(self.left.vectors[rows])

    @cached_property
    def right_mean(self) -> Matrix:
        """Mean vector of the right records' own texts, (d,)."""
        return mean(self.right.vectors)

    def centred(self, vectors: Matrix) -> Matrix:
        """Left vectors without what all of them share, unit rows.

        Cosines of the default encoder all lie within a tenth of each other; around the mean they spread over -1 to 1.
        """
        return centred(vectors, self.left_mean)

    def centred_right(self, vectors: Matrix) -> Matrix:
        """Right vectors without what all of them share, unit rows."""
        return centred(vectors, self.right_mean)

    def meanings(self, rows: Columns = ALL) -> Matrix:
        """Centred vectors of left records, (rows, d); of all of very many they take as much room as the vectors."""
        return self.centred(self.left.vectors[rows])

    def adaptations(self, rows: Columns = ALL) -> Matrix:
        """Adapted vectors of left records, (rows, d)."""
        return self.adapted(self.left.vectors[rows])

    def likeness(self, columns: Rows) -> tuple[Matrix, Matrix]:
        """Cosines of all left records with what some right records say and with what they took, (left, columns) each.

        The vectors are multiplied where they lie: (v - m) · r / |v - m|, in the space of `projection` for the second.
        """
        said, took = self.right_meaning[columns].T, self.centroids[columns].T
        aims = np.hstack([said, took if self.projection is None else self.projection @ took])
        meant, adapted = np.hsplit(scan(self.left.vectors, aims) - self.left_mean @ aims, 2)
        return meant / self._lengths[0][:, None], adapted / self._lengths[1][:, None]

    @cached_property
    def _lengths(self) -> tuple[Matrix, Matrix]:
        """Lengths of the left vectors around the mean and in the space of `projection`, (left,) each; infinite where a
        record tells nothing."""
        around = lengths(self.left.vectors, self.left_mean)
        return around, around if self.projection is None else lengths(
            self.left.vectors, self.left_mean, self.projection
        )

    @cached_property
    def projection(self) -> Matrix | None:
        """The space in which what one taker took lies close together, (d, d); None while the past is short."""
        if self.past_accepted.nnz < FEWEST_FOR_PROJECTION:
            return None
        return discriminant_space(self.left.vectors[self.past_rows], self.past_accepted)

    def adapted(self, vectors: Matrix) -> Matrix:
        """Left vectors around the mean in the space of `projection`, unit rows."""
        if self.projection is None:
            return self.centred(vectors)
        return unit((told(vectors) * (vectors - self.left_mean)) @ self.projection)

    @cached_property
    def right_meaning(self) -> Matrix:
        """Centred vectors of the right records' own texts, (right, d), laid out by dimension."""
        return np.asfortranarray(self.centred_right(self.right.vectors))

    @cached_property
    def past_place(self) -> dict[str, int]:
        """Position of each past left record in `past_rows`."""
        return {self.left.ids[row]: place for place, row in enumerate(self.past_rows)}

    @cached_property
    def taken_on(self) -> dict[int, dict[int, int]]:
        """Per right row the left rows it took and the last day of it."""
        return self.past.taken_on()

    @cached_property
    def last_taken(self) -> NDArray[np.float64]:
        """Day (ordinal) on which each left record was last taken, (left,); NaN where nobody took it."""
        return self.past.last_taken(len(self.left))

    @cached_property
    def past_weight(self) -> Matrix:
        """Weight of each past left record as a neighbour, by `past_rows`: fades with the long half-life."""
        return np.asarray(np.exp2((self.last_taken[self.past_rows] - self.as_of) / LONG_MEMORY), np.float32)

    @cached_property
    def tfidf_past(self) -> Postings:
        """TF-IDF rows of the past left records, rows as in `past_rows`."""
        return Postings(terms.tfidf(self.left.bigrams[self.past_rows], self.inverse_frequency))

    @cached_property
    def this_month(self) -> Matrix:
        """How many left records each right one took, fading within weeks, (right,)."""
        return np.asarray(self._pairs(INSTANT_MEMORY).sum(axis=0), np.float32).ravel()

    @cached_property
    def habits(self) -> dict[str, Habits]:
        """What each right record leans to, by facet."""
        faded = self._pairs(HABIT_MEMORY)[self.past_rows]
        return {name: read_habits(faded, self.past_facets[name]) for name in FACETS}

    @cached_property
    def past_facets(self) -> Mapping[str, Sparse]:
        """By facet the categories of the past left records, (past, categories)."""
        return self.left.facets_of(self.past_rows)

    @cached_property
    def lately(self) -> Matrix:
        """How many left records each right one took, fading with the short half-life, (right,)."""
        return np.asarray(self._pairs(SHORT_MEMORY).sum(axis=0), np.float32).ravel()

    @cached_property
    def activity(self) -> dict[str, Matrix]:
        """ln(1 + how much each right record took) at all, lately, just now, (right,) each."""
        told = {"popularity": self.counts, "recent": self.lately, "this_month": self.this_month}
        return {name: np.log1p(values) for name, values in told.items()}

    @cached_property
    def free_places(self) -> Matrix:
        """Share of each right record's places that is free, (right,); NaN where none are stated."""
        places, used = self.right.numbers("capacity"), self.right.numbers("occupied")
        free = np.clip((places - used) / np.maximum(places, 1), 0, 1)
        return np.where(places > 0, free, np.nan).astype(np.float32)

    @cached_property
    def open_talks(self) -> Matrix:
        """With how many left records each right one is in talks, undecided since, (right,)."""
        return self.past.open_talks(len(self.right), self.as_of - TALKS_LAST)

    @cached_property
    def counts(self) -> Matrix:
        """How many left records each right one took, (right,)."""
        return np.asarray(self.accepted.sum(axis=0), np.float32).ravel()

    @cached_property
    def own_text(self) -> Matrix:
        """Whether a right record has words of its own, (right,)."""
        return np.asarray(np.diff(self.right.bigrams.indptr) > 0, np.float32)

    @cached_property
    def centroids(self) -> Matrix:
        """Unit mean of the adapted vectors of what each right record took, (right, d), laid out by dimension; zero
        without a past."""
        return np.asfortranarray(unit(np.asarray(self.past_accepted.T @ self.past_adapted, np.float32)))

    def taken_text(self, field: str, rows: Columns = ALL) -> Sparse:
        """Term counts of each right record's (or some's) own words and of all they took, (right, terms)."""
        own, taken = getattr(self.right, field)[rows], self._taken_by[rows]
        return sparse.csr_array(own + terms.summed(getattr(self.left, field), taken))

    @cached_property
    def _taken_by(self) -> Sparse:
        return self.accepted.T.tocsr()

    @cached_property
    def profile_weights(self) -> dict[str, Postings]:
        """BM25 weights of each right record's text and past, by field."""
        return {field: Postings(terms.bm25_weights(self.taken_text(field))) for field in ("bigrams", "words")}

    @cached_property
    def past_weights(self) -> Postings:
        """BM25 weights of the bigrams of the past left records, rows as in `past_rows`."""
        return Postings(terms.bm25_weights(self.left.bigrams[self.past_rows]))

    def lexical_views(self, columns: Rows) -> Matrix:
        """BM25 of every left record against the words and the past of some right records, (left, columns)."""
        return self.left.postings["bigrams"].scores(terms.present(self.taken_text("bigrams", columns))).T

    @cached_property
    def inverse_frequency(self) -> Matrix:
        """IDF of bigrams over the past left records."""
        return terms.idf(self.left.bigrams[self.past_rows])

    @cached_property
    def tfidf_profile(self) -> Postings:
        """Unit mean TF-IDF row of what each right record took, plus its own words, (right, columns)."""
        own = terms.tfidf(self.right.bigrams, self.inverse_frequency)
        taken = self.past_accepted.T @ terms.tfidf(self.left.bigrams[self.past_rows], self.inverse_frequency)
        profile = sparse.csr_array(own + taken)
        norms = np.sqrt(np.asarray(profile.multiply(profile).sum(axis=1)).ravel())
        profile.data /= np.repeat(np.where(norms > 0, norms, 1), np.diff(profile.indptr)).astype(np.float32)
        return Postings(profile)

    @cached_property
    def facet_activity(self) -> dict[str, Postings]:
        """ln(1 + faded number) of left records of each category that each right one took, (right, categories)."""
        faded = self.accepted_long[self.past_rows].T
        taken = {name: sparse.csr_array(faded @ self.past_facets[name]) for name in FACETS}
        for counts in taken.values():
            counts.data = np.log1p(counts.data)
        return {name: Postings(counts) for name, counts in taken.items()}

    @cached_property
    def by_categories(self) -> Kept:
        """The evidence of a single left record that follows from what it states."""
        return Kept()

    @cached_property
    def refused(self) -> dict[Refusal, Rows]:
        """Where in the past something was refused, by the class of the reason."""
        return {refusal: np.flatnonzero(self.past.refusal == refusal.value) for refusal in Refusal}

    @cached_property
    def refused_topics(self) -> tuple[Rows, Matrix]:
        """Left rows whose topic somebody refused, ascending, and their adapted vectors, (refused, d)."""
        rows = np.unique(self.past.left[self.refused[Refusal.TOPIC]])
        return rows, self.adaptations(rows)

    @cached_property
    def stated_facets(self) -> dict[str, Postings]:
        """The categories that right records state, by facet."""
        return {name: Postings(self.right.facets[name]) for name in FACETS}

    def _pairs(self, half_life: float) -> Sparse:
        ages = self.as_of - self.past.day
        return self.past.matrix((len(self.left), len(self.right)), np.exp2(-ages / half_life))
