"""Generated ecosystems: repeatable, made of the sample's own words, with vectors that cost a few hundred encodings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matcher.bootstrap.bench import sample_vocabulary
from matcher.encoder.model import HashingEncoder, Progress, Role, Vectors
from matcher.intake import RowIssue, read
from matcher.measure.generated import FEW, ClauseEncoder, Vocabulary, clauses, documents, questions, write_ecosystem


class Counting:
    """An encoder that tells how many texts it was given."""

    def __init__(self) -> None:
        self.inner = HashingEncoder()
        self.id, self.dimension, self.texts = self.inner.id, self.inner.dimension, 0

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        self.texts += len(texts)
        return self.inner.encode(texts, role, progress)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return sample_vocabulary()


def written(folder: Path, vocabulary: Vocabulary, seed: int) -> dict[str, bytes]:
    folder.mkdir()
    write_ecosystem(folder, vocabulary, 300, seed)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_files_and_another_one_others(tmp_path: Path, vocabulary: Vocabulary) -> None:
    first, again, other = (written(tmp_path / name, vocabulary, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert first == again
    assert all(first[name] != other[name] for name in ("achievements.csv", "incubators.csv", "outcomes.csv"))


def test_every_generated_row_can_be_imported(tmp_path: Path, vocabulary: Vocabulary) -> None:
    written(tmp_path / "a", vocabulary, 1)
    items = list(read(tmp_path / "a"))
    assert [item for item in items if isinstance(item, RowIssue)] == []
    assert len(items) == 300 + 10 + 60


def test_questions_and_documents_are_many_and_of_the_words_of_the_sample(vocabulary: Vocabulary) -> None:
    assert len(set(questions(vocabulary, 500, 0))) == 500
    assert {clause for text in documents(vocabulary, 200, 0) for clause in clauses(text)} <= set(vocabulary.told)


def test_many_passages_cost_no_more_encodings_than_there_are_clauses(vocabulary: Vocabulary) -> None:
    inner = Counting()
    encoder = ClauseEncoder(inner)
    texts = documents(vocabulary, 2_000, 0)
    vectors = encoder.encode(texts, Role.PASSAGE)
    assert inner.texts <= len(vocabulary.told)
    of = inner.inner.encode(clauses(texts[7]), Role.PASSAGE).mean(axis=0)
    assert np.allclose(vectors[7], of / np.linalg.norm(of), atol=1e-6)


def test_questions_and_the_few_texts_of_an_answer_are_encoded_as_they_are(vocabulary: Vocabulary) -> None:
    inner = Counting()
    encoder = ClauseEncoder(inner)
    texts = documents(vocabulary, FEW, 0)
    assert np.array_equal(encoder.encode(texts, Role.PASSAGE), inner.inner.encode(texts, Role.PASSAGE))
    many = questions(vocabulary, FEW + 1, 0)
    assert np.array_equal(encoder.encode(many, Role.QUERY), inner.inner.encode(many, Role.QUERY))
