"""Measure the backends of the default encoder against plain sentence-transformers; print JSON.

`python -m tests.benchmarks.encoding --documents 64 --queries 16 --rounds 3`. The documents are records of the
sample and mixtures of its sentences, drawn with a seed. What others do on the machine weighs on all; compare ratios.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import sys
from pathlib import Path

from matcher.domain.records import Achievement, Fund, Incubator, Project
from matcher.encoder.backend import Backend
from matcher.encoder.choice import packages
from matcher.encoder.resolve import default_encoder
from matcher.intake import read
from matcher.measure.encoding import measure_encoding
from matcher.resources import data_folder
from matcher.settings import Settings
from matcher.text.passages import document, sentences

LONGEST = 500
"""Characters that surely fit the model: what is beyond its length, plain sentence-transformers cuts off."""


def main() -> None:
    """Measure every backend, or those that are named."""
    arguments = argparse.ArgumentParser(description=__doc__)
    for name, value in (("documents", 64), ("queries", 16), ("rounds", 3), ("seed", 0)):
        arguments.add_argument(f"--{name}", type=int, default=value)
    arguments.add_argument("--backends", nargs="*", type=Backend, default=list(Backend))
    chosen = arguments.parse_args()
    documents, queries = drawn(chosen.documents, chosen.queries, random.Random(chosen.seed))  # noqa: S311
    cache = Settings().cache_folder / "encoder"
    figures = {
        backend.value: dataclasses.asdict(
            measure_encoding(
                default_encoder(cache, backend), plain_folder(cache), documents, queries, rounds=chosen.rounds
            )
        )
        for backend in chosen.backends
    }
    told = {"documents": len(documents), "queries": len(queries), "packages": packages(), "backends": figures}
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")


def drawn(documents: int, queries: int, seeded: random.Random) -> tuple[list[str], list[str]]:
    """Half of the documents are the sample's, half are made of four of its sentences; a question is one sentence."""
    records = [
        item for item in read(data_folder("sample")) if isinstance(item, Achievement | Incubator | Project | Fund)
    ]
    told = [sentence for record in records for sentence in sentences(record)]
    whole = [text for text in map(document, records) if len(text) <= LONGEST]
    own = seeded.sample(whole, min(documents // 2, len(whole)))
    mixed = ["".join(seeded.sample(told, 4)) for _ in range(documents - len(own))]
    return [*own, *mixed], seeded.sample(told, queries)


def plain_folder(cache: Path) -> Path:
    """The model as it was rebuilt, which sentence-transformers loads."""
    return default_encoder(cache).folder


if __name__ == "__main__":
    main()
