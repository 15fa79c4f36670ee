"""Any sentence-transformers model as an encoder; long texts are read whole, in windows."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from matcher.encoder.backend import Load, LoadedModel, Plain, load_with_torch
from matcher.encoder.manifest import sha256_of, short_hash
from matcher.encoder.model import Progress, Role, Vectors, unit_rows
from matcher.encoder.windows import Window, batches, windows_of
from matcher.errors import EncoderError
from matcher.wording import Said

_READING = "1"
"""Version of how texts are cut and averaged; part of the id of every model but the default, whose recipe counts."""

_E5 = re.compile(r"(^|[-_/])e5[-_](?!.*instruct)", re.IGNORECASE)
_PLAIN_SLICE = 256


class SentenceEncoder:
    """A sentence-transformers folder, loaded at the first encode. May be used from several threads.

    A text beyond the model's length is cut into overlapping windows (`windows.OVERLAP` tokens), each is encoded with
    the prompt, and the mean of their vectors, weighted by their tokens, is scaled to unit length. Models that take
    no tokens (static word vectors, routers) encode as they do themselves.

    `prepare` runs once before loading, for a folder that must be checked first. `identity` and `dimension` spare
    reading the files where they are known. `load` is the backend.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "",
        *,
        identity: str | None = None,
        dimension: int | None = None,
        prepare: Callable[[], object] | None = None,
        load: Load = load_with_torch,
    ) -> None:
        self.folder = folder
        self.name = name or folder.name
        self._identity = identity
        self._dimension = dimension
        self._prepare = prepare
        self._load = load
        self._loading = threading.Lock()
        self._loaded: LoadedModel | None = None

    @cached_property
    def id(self) -> str:
        """`name@hash` over every file of the folder. Raises EncoderError when one cannot be read."""
        if self._identity is not None:
            return self._identity
        try:
            files = sorted(path for path in self.folder.rglob("*") if path.is_file())
            marks = [f"{path.relative_to(self.folder).as_posix()} {sha256_of(path)}" for path in files]
        except OSError as error:
            raise EncoderError(
                Said(
                    f"编码器文件夹 {self.folder} 无法读取（{error}）。",
                    f"The encoder folder {self.folder} cannot be read ({error}).",
                ),
                Said("请检查权限。", "Check the permissions."),
            ) from error
        return f"{self.name}@{short_hash(_READING, *marks)}"

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model when nobody told it."""
        return self._dimension if self._dimension is not None else self._model().dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """One row per text. Shape: (len(texts), dimension), float32, unit length; zeros for a blank text.

        A row does not depend on what it is encoded with, to 1e-5. Raises EncoderError when the model cannot be loaded.
        """
        report = progress or _unheard
        filled = [index for index, text in enumerate(texts) if text.strip()]
        if len(filled) < len(texts):
            report(len(texts) - len(filled))
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if filled:
            model = self._model()
            told = [_sayable(texts[index]) for index in filled]
            if model.plain is None:
                rows[filled] = self._fill_from_windows(model, told, role, report)
            else:
                rows[filled] = self._fill_plainly(model.plain, told, role, report)
        return rows

    def _fill_from_windows(self, model: LoadedModel, texts: list[str], role: Role, report: Progress) -> Vectors:
        prompt, windows = self._windows(model, texts, role)
        open_windows = Counter(window.owner for window in windows)
        sums = np.zeros((len(texts), model.dimension), dtype=np.float64)
        for batch in batches(windows):
            vectors = model.forward([window.ids for window in batch], len(prompt))
            for window, vector in zip(batch, vectors, strict=True):
                sums[window.owner] += window.weight * vector.astype(np.float64)
            open_windows.subtract(window.owner for window in batch)
            report(sum(not open_windows[owner] for owner in {window.owner for window in batch}))
        return unit_rows(sums)

    def _fill_plainly(self, plain: Plain, texts: list[str], role: Role, report: Progress) -> Vectors:
        parts = []
        for start in range(0, len(texts), _PLAIN_SLICE):
            parts.append(plain(texts[start : start + _PLAIN_SLICE], role))
            report(len(parts[-1]))
        return np.concatenate(parts)

    def _windows(self, model: LoadedModel, texts: list[str], role: Role) -> tuple[list[int], list[Window]]:
        """Token ids of the prompt, and the windows of all texts. A text is tokenised together with its prompt."""
        prompt = self._prompt(model, role)
        head = model.tokens([prompt.rstrip()])[0] if prompt.strip() else []
        tokens = model.tokens([prompt + text for text in texts])
        return head, [window for owner, ids in enumerate(tokens) for window in windows_of(owner, ids, head, model.room)]

    def _prompt(self, model: LoadedModel, role: Role) -> str:
        """The model's own prompt; models of the e5 family were trained with one that their settings do not tell."""
        own = model.prompt(role)
        if own is not None:
            return own
        return f"{role.value}: " if _E5.search(self.name) else ""

    def _model(self) -> LoadedModel:
        with self._loading:
            if self._loaded is None:
                if self._prepare is not None:
                    self._prepare()
                self._loaded = self._load(self.folder)
            return self._loaded


def _sayable(text: str) -> str:
    """The text with a question mark for every lone surrogate, which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode()


def _unheard(_count: int) -> None:
    """Progress nobody asked for."""
