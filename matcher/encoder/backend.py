"""What runs a model: PyTorch for any of them, ONNX Runtime in eight bits for the default one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from matcher.encoder.model import Role, Vectors
from matcher.wording import Word


class Backend(Word):
    """The engines there are. Any of them gives the same vectors each time; their vectors are not mixed (`id`)."""

    TORCH = "torch", "PyTorch", "PyTorch"
    ONNX = "onnx", "8 位 ONNX Runtime", "ONNX Runtime in eight bits"


Plain = Callable[[Sequence[str], Role], Vectors]


class LoadedModel(Protocol):
    """A model in memory. Calls may come from several threads."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def room(self) -> int:
        """Tokens a window may hold besides the special ones."""

    @property
    def plain(self) -> Plain | None:
        """How a model without tokens (static word vectors, routers) encodes; None for one that takes tokens."""

    def prompt(self, role: Role) -> str | None:
        """What the model's own settings put before a text of this role, or None when they say nothing."""

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without specials and uncut."""

    def forward(self, batch: Sequence[Sequence[int]], prompt_tokens: int) -> Vectors:
        """Vectors of tokenised texts. Shape: (len(batch), dimension), unit length."""


Load = Callable[[Path], LoadedModel]


def load_with_torch(folder: Path) -> LoadedModel:
    """Any sentence-transformers folder. Raises EncoderError."""
    from matcher.encoder.network import TorchModel  # noqa: PLC0415  # importing torch takes seconds

    return TorchModel(folder)


def load_with_onnx(folder: Path) -> LoadedModel:
    """The default model as `graph` writes it. Raises EncoderError."""
    from matcher.encoder.session import OnnxModel  # noqa: PLC0415  # the package may be missing

    return OnnxModel(folder)
