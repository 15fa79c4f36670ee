"""The only module that imports onnxruntime: the default model in eight bits in memory. Import it when it is needed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from matcher.encoder.folder import GRAPH, PROMPTS
from matcher.encoder.manifest import EncoderManifest
from matcher.encoder.model import Role, Vectors, unit_rows
from matcher.errors import EncoderError
from matcher.wording import Said


class OnnxModel:
    """The default model on the CPU. Loading raises EncoderError. Calls may come from several threads."""

    plain = None

    def __init__(self, folder: Path) -> None:
        try:
            manifest = EncoderManifest.read(folder)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / GRAPH), _options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the tokenizer and the runtime raise bare Exception, and classes of their own
            raise _unusable(folder, error) from error
        self.dimension = manifest.dimension
        self._frame = self._tokenizer.encode("").ids
        self.room = manifest.max_tokens - len(self._frame)

    def prompt(self, role: Role) -> str:
        """What the model was trained with."""
        return PROMPTS[role.value]

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without specials and uncut."""
        return [found.ids for found in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def forward(self, batch: Sequence[Sequence[int]], prompt_tokens: int) -> Vectors:  # heeded by other backends
        """Vectors of tokenised texts. Shape: (len(batch), dimension), unit length.

        Texts of equal length run together, so that nothing is padded and no vector depends on its company.
        """
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, ids in enumerate(batch):
            places[len(ids)].append(place)
        vectors = np.empty((len(batch), self.dimension), dtype=np.float32)
        before, after = self._frame[:1], self._frame[1:]
        for same in places.values():
            rows = np.array([[*before, *batch[place], *after] for place in same], dtype=np.int64)
            vectors[same] = self._session.run(None, {"ids": rows})[0]
        return unit_rows(vectors)


def _options() -> onnxruntime.SessionOptions:
    """All cores this process may use, asleep between calls: FAISS and BLAS want them too."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = False  # every length would leave a pattern behind
    options.log_severity_level = 3
    return options


def _unusable(folder: Path, error: Exception) -> EncoderError:
    return EncoderError(
        Said(
            f"ONNX Runtime 无法加载 {folder} 中的编码器（{error}）。",
            f"ONNX Runtime cannot load the encoder in {folder} ({error}).",
        ),
        Said("请设 MATCHER_ENCODER_BACKEND=torch。", "Set MATCHER_ENCODER_BACKEND=torch."),
    )
