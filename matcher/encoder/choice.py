"""Which backend runs the default model: measured once on the machine itself, and kept with the figures."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.appearing import SHARED, appearing
from matcher.encoder.backend import Backend
from matcher.encoder.model import Encoder, Role, Vectors
from matcher.errors import EncoderError
from matcher.wording import Said

AUTO = "auto"
RECORD = "backends.json"
GAIN, LIKENESS = 1.1, 0.995
"""How many times as fast another backend must be as PyTorch, and how like its vectors (mean cosine), to be chosen."""

_PACKAGES = {Backend.TORCH: ("torch", "sentence-transformers"), Backend.ONNX: ("onnxruntime", "onnx")}
_ROUNDS = 3
_SENTENCES = (
    "一种寒旱区玉米秸秆低温快速腐熟菌剂及其制备方法，田间试验中秸秆降解率较常规处理提高两成。",
    "基于稀土永磁材料的直驱风力发电机组，空载损耗降低，已在风电场试运行。",
    "蒙药制剂的质量标准与稳定性研究，建立了多指标含量测定方法。",
    "A low-cost sensor array for methane leaks in natural-gas pipelines, tested in the field for two winters.",
    "面向露天矿区的无人驾驶运输调度系统，支持混合车队编组。",
    "我们寻找处于天使轮的人工智能与先进制造项目，可提供中试场地与检测设备。",
)


@dataclass(frozen=True, slots=True)
class Speed:
    """What one backend reached: rates and milliseconds are medians, `likeness` is the mean cosine to PyTorch."""

    documents_per_second: float
    query_ms: float
    likeness: float


@dataclass(frozen=True, slots=True)
class BackendRecord:
    """What was measured: a speed, or why there is none, for every backend, with the versions of `packages`."""

    packages: Mapping[str, str]
    speeds: Mapping[Backend, Speed]
    faults: Mapping[Backend, Said]

    @property
    def fastest(self) -> Backend:
        """PyTorch, unless another one is markedly faster and as good as the same."""
        usual = self.speeds[Backend.TORCH]
        return max(
            (
                backend
                for backend, speed in self.speeds.items()
                if backend is Backend.TORCH
                or (speed.likeness >= LIKENESS and speed.documents_per_second >= GAIN * usual.documents_per_second)
            ),
            key=lambda backend: self.speeds[backend].documents_per_second,
        )

    def told(self, backend: Backend) -> Said:
        """Which backend serves, with the figures of all."""
        each = [
            Said(
                f"{name.said.zh} 每秒 {speed.documents_per_second:.0f} 篇、提问 {speed.query_ms:.0f} 毫秒、"
                f"余弦 {speed.likeness:.4f}",
                f"{name.said.en} {speed.documents_per_second:.0f} documents/s, {speed.query_ms:.0f} ms a question, "
                f"cosine {speed.likeness:.4f}",
            )
            for name, speed in self.speeds.items()
        ]
        each += [
            Said(f"{name.said.zh} 不可用：{why.zh}", f"no {name.said.en}: {why.en}")
            for name, why in self.faults.items()
        ]
        return Said(
            f"编码由 {backend.said.zh} 承担（{'；'.join(said.zh for said in each)}）。",
            f"{backend.said.en} encodes ({'; '.join(said.en for said in each)}).",
        )

    def write(self, folder: Path) -> None:
        """Write the record into the folder, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2, sort_keys=True)
        with appearing(folder / RECORD, SHARED) as file:
            file.write(f"{text}\n".encode())

    @classmethod
    def read(cls, folder: Path) -> BackendRecord | None:
        """The record of the folder, or None when there is none that can be used with the packages of now."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            raw = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            speeds = {Backend(name): Speed(**speed) for name, speed in raw["speeds"].items()}
            faults = {Backend(name): Said(**said) for name, said in raw["faults"].items()}
            record = cls(raw["packages"], speeds, faults)
            if record.packages == packages() and Backend.TORCH in speeds:
                return record
        return None


def packages() -> dict[str, str]:
    """The versions of the packages that backends need; one that is missing is left out."""
    found = {}
    for name in (name for names in _PACKAGES.values() for name in names):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def missing(backend: Backend) -> Said | None:
    """Why a backend cannot be tried, or None."""
    lacking = [name for name in _PACKAGES[backend] if name not in packages()]
    if not lacking:
        return None
    names = " ".join(lacking)
    return Said(f"未安装 {names}", f"{names} not installed")


def measure_backends(encoder_of: Callable[[Backend], Encoder]) -> BackendRecord:
    """Try every backend on a few documents and questions, in turns. Raises EncoderError when PyTorch itself fails."""
    encoders, faults, vectors = {}, {}, {}
    for backend in Backend:
        try:
            if (why := missing(backend)) is not None:
                faults[backend] = why
                continue
            encoder = encoder_of(backend)
            vectors[backend] = encoder.encode(documents(), Role.PASSAGE)  # loads the model, too
            encoders[backend] = encoder
        except (EncoderError, ImportError) as error:
            if backend is Backend.TORCH:
                raise
            faults[backend] = error.message if isinstance(error, EncoderError) else Said(str(error), str(error))
    times: dict[Backend, list[tuple[float, float]]] = {backend: [] for backend in encoders}
    for _ in range(_ROUNDS):
        for backend, encoder in encoders.items():
            times[backend].append((_seconds(encoder, documents()), _seconds(encoder, _SENTENCES[:1])))
    speeds = {
        backend: Speed(
            documents_per_second=len(documents()) / statistics.median(bulk for bulk, _ in spent),
            query_ms=1000 * statistics.median(single for _, single in spent),
            likeness=_likeness(vectors[backend], vectors[Backend.TORCH]),
        )
        for backend, spent in times.items()
    }
    return BackendRecord(packages(), speeds, faults)


def documents() -> list[str]:
    """As many documents as there are sentences, each of three or four of them."""
    turns = range(len(_SENTENCES))
    return ["".join((_SENTENCES * 2)[turn : turn + 3 + turn % 2]) for turn in turns]


def _seconds(encoder: Encoder, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    encoder.encode(texts, Role.PASSAGE)
    return time.perf_counter() - start


def _likeness(left: Vectors, right: Vectors) -> float:
    return float((left * right).sum(axis=1).mean())
