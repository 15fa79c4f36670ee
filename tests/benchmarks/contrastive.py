"""Contrastive fine-tuning of the encoder's last layers on (headline, body) pairs, within a CPU's means.

What the frozen layers below make of a text is computed once; each pass then costs two layers instead of twelve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch.nn import functional

from matcher.ranking.corpus import Matrix, Rows

LAYERS = 2
EPOCHS, BATCH, TEMPERATURE, RATE = 3, 64, 0.05, 5e-5
HEADLINE = 40
"""Tokens of a headline; those of a body are chosen."""


@dataclass(frozen=True)
class States:
    """What the lower layers make of texts, (n, tokens, d) in half precision, and which tokens there are."""

    values: torch.Tensor
    there: torch.Tensor


class Encoder:
    """The encoder of a folder, cut in two: layers that stay as they are, and the last ones, which may learn."""

    def __init__(self, folder: Path) -> None:
        model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
        network = model[0].auto_model
        self._tokenizer, self._embed = model.tokenizer, network.embeddings
        self._lower, self.upper = network.encoder.layer[:-LAYERS], network.encoder.layer[-LAYERS:]

    @torch.no_grad()
    def states(self, texts: Sequence[str], tokens: int) -> States:
        """Texts through the lower layers, cut after so many tokens."""
        read = self._tokenizer(
            list(texts), max_length=tokens, truncation=True, padding="max_length", return_tensors="pt"
        )
        ids, there = read["input_ids"], read["attention_mask"].bool()
        values = torch.zeros((*ids.shape, self._embed.word_embeddings.embedding_dim), dtype=torch.float16)
        for rows in torch.split(there.sum(1).argsort(), BATCH):
            width = int(there[rows].sum(1).max())
            found = self._embed(ids[rows, :width])
            for layer in self._lower:
                found = layer(found, there[rows, None, None, :width])
            values[rows, :width] = found.half()
        return States(values, there)

    def vectors(self, states: States, rows: torch.Tensor) -> torch.Tensor:
        """The rest of the way: unit means over the tokens, (rows, d)."""
        there = states.there[rows]
        width = int(there.sum(1).max())
        found, there = states.values[rows, :width].float(), there[:, :width]
        for layer in self.upper:
            found = layer(found, there[:, None, None])
        return functional.normalize((found * there[..., None]).sum(1), dim=1)

    @torch.no_grad()
    def encode(self, states: States) -> Matrix:
        """The vectors of all texts, (n, d)."""
        parts = torch.split(torch.arange(len(states.there)), BATCH)
        return np.asarray(torch.cat([self.vectors(states, rows) for rows in parts]).numpy(), np.float32)


def tune(encoder: Encoder, headlines: States, bodies: States, pairs: Rows) -> list[float]:
    """Bring each headline near its own body and away from the others of a batch; row n of `headlines` goes with body
    `pairs[n]`. Gives the mean loss of each pass."""
    optimiser = torch.optim.AdamW(encoder.upper.parameters(), RATE)
    partners, losses = torch.from_numpy(pairs), []
    for _ in range(EPOCHS):
        told = []
        for rows in torch.split(torch.randperm(len(pairs)), BATCH):
            likeness = encoder.vectors(headlines, rows) @ encoder.vectors(bodies, partners[rows]).T / TEMPERATURE
            own = torch.arange(len(rows))
            loss = (functional.cross_entropy(likeness, own) + functional.cross_entropy(likeness.T, own)) / 2
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            told.append(loss.item())
        losses.append(float(np.mean(told)))
    return losses
