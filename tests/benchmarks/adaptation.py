"""Ways to adapt the encoder's vectors to a pairing, each alone: nDCG@10 of kNN and of the mean of what was taken.

`python -m tests.benchmarks.adaptation FOLDER CUT [--tune]`: an ecosystem folder with outcomes before and after the cut.
Everything is learnt from what was decided before it. `--tune` also fine-tunes the encoder's last layers, which takes
minutes: on the records' bodies, cut short, so that tuned vectors stand beside untuned ones of the same texts.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from matcher.bootstrap import Installation
from matcher.domain.records import Achievement, Left
from matcher.measure.metrics import per_query
from matcher.measure.training import MIN_HISTORY
from matcher.measure.windows import Window, look
from matcher.ranking.centring import unit
from matcher.ranking.corpus import Corpus, Matrix, Rows, gather_past
from matcher.ranking.discriminant import SPHERE
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.votes import NEIGHBOURS
from matcher.services.folders import Ecosystem, read_ecosystem
from matcher.settings import Settings
from tests.benchmarks.contrastive import HEADLINE, Encoder, tune

EPOCHS, BATCH, TEMPERATURE, RATE = 40, 256, 0.1, 1e-3
"""Of the projection head."""
SEED = 0
FIRST_SENTENCE = re.compile(r"[。.]")


def main() -> None:
    """Print the figures of each space as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("cut", type=date.fromisoformat)
    arguments.add_argument("--tune", action="store_true")
    arguments.add_argument("--most", type=int, default=2000, help="past records and questions, where layers are tuned")
    arguments.add_argument("--pairs", type=int, default=1500)
    arguments.add_argument("--tokens", type=int, default=96)
    chosen = arguments.parse_args()
    if not (chosen.folder / "outcomes.csv").is_file():
        sys.exit(f"{chosen.folder} holds no outcomes.csv. Name an ecosystem folder and a cut, e.g. data/sample.")
    torch.manual_seed(SEED)
    ecosystem = read_ecosystem(chosen.folder)
    corpus = ecosystem.corpus(
        ecosystem.main_pairing, Installation(Settings(), tell=lambda _: None).builder, lambda *_: lambda _: None
    )
    window = look(corpus, chosen.cut.toordinal(), None, MIN_HISTORY)
    found: dict[str, Any] = {"folder": chosen.folder.name, "cut": chosen.cut.isoformat()}
    found["whole texts"] = {"past": len(window.known.past_rows), **judged(window, spaces(window.known))}
    if chosen.tune:
        found["short bodies"] = tuned(ecosystem, window, chosen)
    json.dump(found, sys.stdout, indent=2)
    sys.stdout.write("\n")


def spaces(known: Knowledge) -> dict[str, Matrix]:
    """All left records in each space, (left, d), unit rows."""
    return {
        "plain": known.left.vectors,
        "centred": known.meanings(),
        "whitened": whitened(known, SPHERE),
        "whitened, hardly shrunk": whitened(known, SPHERE / 50),
        "LDA metric": known.adaptations(),
        "projection head": projected(known),
    }


def whitened(known: Knowledge, sphere: float) -> Matrix:
    """Around the mean, with equal variance every way; `sphere` is the shrinkage in mean variances."""
    covariance = np.cov(known.left.vectors[known.past_rows].T)
    covariance += sphere * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    return unit((known.left.vectors - known.left_mean) @ np.linalg.cholesky(np.linalg.inv(covariance)))


def projected(known: Knowledge) -> Matrix:
    """A linear map learnt so that two records of one taker come near; the pass that does best on a fifth kept back."""
    taken = known.accepted[known.past_rows].tocsr()
    vectors = torch.from_numpy(known.meanings(known.past_rows))
    drawn = np.random.default_rng(SEED)
    back = drawn.random(taken.shape[0]) < 0.2
    parts = [np.flatnonzero(~back), np.flatnonzero(back)]
    head = torch.nn.Linear(vectors.shape[1], vectors.shape[1], bias=False)
    torch.nn.init.eye_(head.weight)
    optimiser, best, kept = torch.optim.AdamW(head.parameters(), RATE), np.inf, head.weight.detach().clone()
    for _ in range(EPOCHS):
        with torch.no_grad():
            loss = float(np.mean([_apart(head, vectors, taken, rows).item() for rows in _batches(parts[1], drawn)]))
        if loss < best:
            best, kept = loss, head.weight.detach().clone()
        for rows in _batches(parts[0], drawn):
            optimiser.zero_grad()
            _apart(head, vectors, taken, rows).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return unit(known.meanings() @ kept.numpy().T)


def _batches(rows: Rows, drawn: np.random.Generator) -> list[Rows]:
    return np.array_split(drawn.permutation(rows), max(1, len(rows) // BATCH))


def _apart(head: torch.nn.Linear, vectors: torch.Tensor, taken: Any, rows: Rows) -> torch.Tensor:
    """How little the records of a batch tell those of their own takers from the others (contrastive loss)."""
    found = functional.normalize(head(vectors[rows]), dim=1)
    likeness = (found @ found.T / TEMPERATURE).fill_diagonal_(-torch.inf)
    same = torch.from_numpy((taken[rows] @ taken[rows].T).toarray() > 0).fill_diagonal_(fill_value=False)
    asked = same.any(1)
    own = torch.logsumexp(likeness[asked].masked_fill(~same[asked], -torch.inf), 1)
    return (torch.logsumexp(likeness[asked], 1) - own).mean()


def judged(window: Window, found: Mapping[str, Matrix]) -> dict[str, dict[str, float]]:
    """nDCG@10 of both simple methods in each space."""
    answered = window.truth.any(axis=1)
    taken = window.known.accepted[window.known.past_rows][:, window.candidates]
    figures = {}
    for name, vectors in found.items():
        past, asked = vectors[window.known.past_rows], vectors[window.questions]
        methods = {"knn": votes(asked @ past.T) @ taken, "mean": asked @ unit(taken.T @ past).T}
        figures[name] = {
            method: round(float(per_query(scores[answered], window.truth[answered])["ndcg@10"].mean()), 3)
            for method, scores in methods.items()
        }
    return figures


def votes(cosines: Matrix) -> Matrix:
    """Votes of the nearest, at a temperature of one deviation of the cosines: narrow and wide spaces are alike."""
    threshold = np.partition(cosines, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS][:, None]
    near = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / cosines.std())
    return np.asarray(np.where(cosines >= threshold, near, 0), np.float32)


def tuned(ecosystem: Ecosystem, window: Window, chosen: argparse.Namespace) -> dict[str, Any]:
    """The same figures on fewer records and shorter texts, before and after fine-tuning."""
    known, drawn = window.known, np.random.default_rng(SEED)
    latest = known.past_rows[np.argsort(-known.last_taken[known.past_rows], kind="stable")[: chosen.most]]
    rows = np.unique(np.concatenate([latest, drawn.permutation(window.questions)[: chosen.most]]))
    told = [headline_and_body(known.left.records[row]) for row in rows]
    pairs = np.flatnonzero([bool(np.isin(row, latest) and all(texts)) for row, texts in zip(rows, told, strict=True)])
    pairs = drawn.permutation(pairs)[: chosen.pairs]
    encoder = Encoder(Settings().cache_folder / "encoder" / "multilingual-e5-small")
    bodies = encoder.states([f"passage: {body}" for _, body in told], chosen.tokens)
    headlines = encoder.states([f"query: {told[pair][0]}" for pair in pairs], HEADLINE)
    before = encoder.encode(bodies)
    losses = tune(encoder, headlines, bodies, pairs)
    found: dict[str, Any] = {"past": len(latest), "pairs": len(pairs), "losses": np.round(losses, 3).tolist()}
    for name, vectors in (("untuned", before), ("fine-tuned", encoder.encode(bodies))):
        part = _with(ecosystem, known.corpus, rows, vectors)
        again = look(part, known.as_of, None, MIN_HISTORY)
        kept = {"centred": again.known.meanings(), "LDA metric": again.known.adaptations()}
        found |= {f"{name}, {space}": figures for space, figures in judged(again, kept).items()}
    return found


def headline_and_body(record: Left) -> tuple[str, str]:
    """Title or name with keywords, and what is told below; without a title the first sentence is one."""
    title = record.title if isinstance(record, Achievement) else record.name
    if title:
        return "；".join((title, *record.keywords)), record.summary
    first, *rest = FIRST_SENTENCE.split(record.summary, maxsplit=1)
    return first, "".join(rest)


def _with(ecosystem: Ecosystem, corpus: Corpus, rows: Rows, vectors: Matrix) -> Corpus:
    """The corpus with these left records only, and other vectors for them."""
    left = replace(corpus.left.take(rows), vectors=vectors)
    outcomes = ecosystem.pooled(corpus.pairing).outcomes
    return replace(corpus, left=left, past=gather_past(outcomes, left, corpus.right))


if __name__ == "__main__":
    main()
