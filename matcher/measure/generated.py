"""A large ecosystem made from the words of a small one: for measuring speed and memory, never quality."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from matcher.domain.records import Achievement, Incubator
from matcher.encoder.model import Encoder, Progress, Role, Vectors, unit_rows
from matcher.intake.limits import Limits

LIMITS = Limits(max_bytes=2**40, max_rows=2**40)
"""What may be read of one file: all of it, for nobody but the generator has written it."""
LAST_DAY = date(2026, 11, 1)
"""The day after everything that was generated."""
DECIDED_WITHIN = 900
"""Days before it, within which outcomes were decided."""
ONE_CARRIER_FOR, ONE_OUTCOME_FOR = 50, 5
"""Results for each carrier, and for each outcome."""
SHORTEST = 4
"""Characters of a clause that tells anything."""
FEW = 64
"""Texts that may be part of an answer rather than of an index."""

_BREAK = re.compile(r"[，。；：！？、,;:!?\n]+|[.](?=\s)")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Clauses that results and carriers are described with, and what else they state."""

    told: tuple[str, ...]
    focus: tuple[str, ...]
    industries: tuple[str, ...]
    regions: tuple[str, ...]

    @classmethod
    def of(cls, records: Iterable[object]) -> Vocabulary:
        """What the results and carriers among these records say."""
        told = list(records)
        results = [record for record in told if isinstance(record, Achievement)]
        carriers = [record for record in told if isinstance(record, Incubator)]
        regions = {one.region for one in results} | {one.region for one in carriers}
        stated = {name for one in results for name in one.industry} | {n for one in carriers for n in one.industries}
        return cls(
            told=_distinct(clause for one in results for clause in clauses(f"{one.title}。{one.summary}")),
            focus=_distinct(clause for one in carriers for clause in clauses(one.focus)),
            industries=tuple(sorted(stated)),
            regions=tuple(sorted(filter(None, regions))),
        )


def clauses(text: str) -> list[str]:
    """What stands between punctuation, without what is too short to tell anything."""
    return [part for part in map(str.strip, _BREAK.split(text)) if len(part) >= SHORTEST]


def questions(vocabulary: Vocabulary, count: int, seed: int) -> list[str]:
    """So many different needs in words, a sentence of three clauses each."""
    drawn = random.Random(f"questions {seed}")  # noqa: S311  # repeatable, not secret
    return ["，".join(drawn.sample(vocabulary.told, 3)) + "。" for _ in range(count)]


def documents(vocabulary: Vocabulary, count: int, seed: int) -> list[str]:
    """So many summaries of different lengths, 2 to 12 clauses."""
    drawn = random.Random(f"documents {seed}")  # noqa: S311  # repeatable, not secret
    return [_summary(vocabulary.told, drawn, drawn.randint(2, 12)) for _ in range(count)]


def write_ecosystem(folder: Path, vocabulary: Vocabulary, records: int, seed: int, carriers: int = 0) -> None:
    """Files of results, a fiftieth as many carriers (or so many), and an outcome for every fifth result."""
    drawn = random.Random(seed)  # noqa: S311  # repeatable, not secret
    carriers = carriers or max(records // ONE_CARRIER_FOR, 10)
    _write(
        folder / "achievements.csv",
        ("id", "title", "summary", "region", "industry", "trl", "published_on"),
        (
            (
                result_id(n),
                drawn.choice(vocabulary.told),
                _summary(vocabulary.told, drawn, 6),
                drawn.choice(vocabulary.regions),
                drawn.choice(vocabulary.industries),
                drawn.randint(3, 9),
                LAST_DAY - timedelta(drawn.randint(1, 2 * DECIDED_WITHIN)),
            )
            for n in range(records)
        ),
    )
    _write(
        folder / "incubators.csv",
        ("id", "name", "focus", "region", "industries", "capacity", "occupied"),
        (
            (
                carrier_id(n),
                f"示例载体{n}",
                _summary(vocabulary.focus, drawn, 4),
                drawn.choice(vocabulary.regions),
                ";".join(drawn.sample(vocabulary.industries, 2)),
                50,
                drawn.randint(0, 49),
            )
            for n in range(carriers)
        ),
    )
    _write(
        folder / "outcomes.csv",
        ("kind", "left_id", "right_id", "result", "decided_on"),
        (
            (
                "achievement_incubator",
                result_id(n),
                carrier_id(drawn.randrange(carriers)),
                drawn.choice(("accepted", "accepted", "accepted", "rejected")),
                LAST_DAY - timedelta(drawn.randint(1, DECIDED_WITHIN)),
            )
            for n in range(0, records, ONE_OUTCOME_FOR)
        ),
    )


def result_id(number: int) -> str:
    """The id of a generated result."""
    return f"a{number:07d}"


def carrier_id(number: int) -> str:
    """The id of a generated carrier."""
    return f"i{number:05d}"


class ClauseEncoder:
    """An encoder that reads many passages at once as the means of their clauses, each of which is encoded once.

    A million generated passages are made of a few hundred clauses, so their vectors lie as real ones do and cost no
    hours; what encoding whole passages costs is measured by itself. A question, and the few texts that are encoded
    to answer it, go to the encoder as ever.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    @property
    def id(self) -> str:
        """Vectors made in this way are compared with no others."""
        return f"clauses-of-{self._encoder.id}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """One row per text. Shape: (len(texts), dimension), float32, unit length; zeros for a blank text."""
        if role is Role.QUERY or len(texts) <= FEW:
            return self._encoder.encode(texts, role, progress)
        cut = [clauses(text) or [text] for text in texts]
        missing = [clause for clause in dict.fromkeys(c for parts in cut for c in parts) if clause not in self._known]
        self._known |= zip(missing, self._encoder.encode(missing, role), strict=True)
        rows = np.array([np.mean([self._known[clause] for clause in parts], axis=0) for parts in cut], np.float32)
        if progress is not None:
            progress(len(texts))
        return unit_rows(rows.reshape(len(texts), self.dimension))


def _summary(clauses: Sequence[str], drawn: random.Random, count: int) -> str:
    chosen = drawn.sample(clauses, min(count, len(clauses)))
    return "。".join("，".join(chosen[start : start + 2]) for start in range(0, len(chosen), 2)) + "。"


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
