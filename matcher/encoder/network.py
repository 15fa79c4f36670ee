"""The only module that imports torch: a sentence-transformers model in memory. Import it when it is needed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.transformer import Transformer
from transformers.utils import logging

from matcher.encoder.model import Role, Vectors, unit_rows
from matcher.errors import EncoderError
from matcher.wording import Said

_LONGEST = 8_192
"""Some tokenizers claim no limit at all; a window is never longer than this."""


class TorchModel:
    """A model on the CPU in float32. Loading raises EncoderError. Calls may come from several threads."""

    def __init__(self, folder: Path) -> None:
        self._model = _load(folder)
        self._lock = threading.Lock()
        takes_tokens = isinstance(self._model[0], Transformer) and self._model.tokenizer is not None
        self.plain = None if takes_tokens else self._plain
        self.dimension = self._measured_dimension()
        self.room = 0
        if takes_tokens:
            self._tokenizer: Any = self._model.tokenizer
            self._before, self._after = self._frame()
            self._pad = int(self._tokenizer.pad_token_id or 0)
            longest = min(self._model.max_seq_length or 512, _LONGEST)
            self.room = int(longest) - len(self._before) - len(self._after)

    def prompt(self, role: Role) -> str | None:
        """What the model's own settings put before a text of this role, or None when they say nothing."""
        names = (role.value,) if role is Role.QUERY else (role.value, "document")
        prompts = self._model.prompts
        return next((str(prompts[name]) for name in names if prompts.get(name)), None)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without specials and uncut."""
        with self._lock:  # tokenizers keep their settings in place and refuse a second caller meanwhile
            encoded = self._tokenizer(
                list(texts), add_special_tokens=False, truncation=False, padding=False, verbose=False
            )
        return [list(ids) for ids in encoded["input_ids"]]

    def forward(self, batch: Sequence[Sequence[int]], prompt_tokens: int) -> Vectors:
        """Vectors of tokenised texts. Shape: (len(batch), dimension), unit length."""
        rows = [[*self._before, *ids, *self._after] for ids in batch]
        ids, mask = self._padded(rows)
        features = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        if prompt_tokens:  # heeded only by models whose pooling leaves the prompt out
            features["prompt_length"] = torch.tensor([len(self._before) + prompt_tokens])
        with torch.inference_mode():
            output = self._model(features)["sentence_embedding"]
        return unit_rows(output.to(torch.float32).numpy())

    def _plain(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of a model without a transformer's tokens (static word vectors, routers), as it makes them itself."""
        encode = self._model.encode_query if role is Role.QUERY else self._model.encode_document
        with self._lock:
            return unit_rows(np.asarray(encode(list(texts), show_progress_bar=False), dtype=np.float32))

    def _padded(self, rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        width = max(map(len, rows))
        ids = np.full((len(rows), width), self._pad, dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int64)
        left = self._tokenizer.padding_side == "left"
        for index, row in enumerate(rows):
            place = slice(width - len(row), width) if left else slice(0, len(row))
            ids[index, place], mask[index, place] = row, 1
        return ids, mask

    def _frame(self) -> tuple[list[int], list[int]]:
        """The special ids a tokenizer puts before and after a text, read off one that is encoded both ways."""
        bare = self.tokens(["a"])[0]
        full = list(self._tokenizer("a", add_special_tokens=True)["input_ids"])
        at = next((at for at in range(len(full)) if full[at : at + len(bare)] == bare), 0)
        return full[:at], full[at + len(bare) :]

    def _measured_dimension(self) -> int:
        known = self._model.get_embedding_dimension()
        return int(known) if known is not None else int(self._plain(["a"], Role.PASSAGE).shape[1])


def _load(folder: Path) -> SentenceTransformer:
    """Local files only, float32 whatever the file holds, on the CPU: the same text gives the same vector."""
    try:
        with _no_progress_bar():
            model = SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
            )
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        ImportError,
        SafetensorError,
    ) as error:
        raise EncoderError(
            Said(
                f"无法从 {folder} 加载编码器模型（{error}）。",
                f"No encoder model can be loaded from {folder} ({error}).",
            ),
            Said(
                "请确认该文件夹是完整的 sentence-transformers 模型，或将 MATCHER_ENCODER 留空以使用默认模型。",
                "Check that it is a complete sentence-transformers folder, or leave MATCHER_ENCODER empty.",
            ),
        ) from error
    return model.eval()


@contextlib.contextmanager
def _no_progress_bar() -> Iterator[None]:
    """The library's bar for reading weights would write over the caller's own."""
    bars: Any = logging  # the library leaves these functions untyped
    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()
