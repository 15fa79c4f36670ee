"""Encoding in bulk: Ray Data spreads texts over processes of this machine or of a cluster.

Only this process writes the cache, so workers may be on other machines; each block is kept as soon as it comes back, so
a killed run goes on where it was.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoder.cache import SLICE, CachedEncoder
from matcher.encoder.model import Progress, Role
from matcher.encoder.resolve import resolve_encoder
from matcher.errors import ConfigurationError, EncoderError
from matcher.wording import Said

PORTION = 200_000
"""Texts handed over at a time; the workers load their model once for each portion."""
STORE_BYTES = 512 * 1024**2
"""Shared memory for texts and vectors on their way."""
Batch = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who encodes."""

    workers: int
    encoder: str
    """The encoder by its setting, and the folder in which the default one is built."""
    folder: Path
    cluster: str = ""
    """Address of a Ray cluster (`host:6379`, or `auto`), on whose machines the product is installed; else this one."""

    @property
    def cpus(self) -> int:
        """Processors of each worker: the machine's in equal parts, one on a cluster."""
        return 1 if self.cluster else max(1, (os.cpu_count() or 1) // self.workers)


def encode_in_bulk(cached: CachedEncoder, texts: Sequence[str], crew: Crew, progress: Progress | None = None) -> int:
    """Put the vectors of the passages that the cache lacks into it; how many there were.

    Raises ConfigurationError without Ray, EncoderError when the workers fail.
    """
    missing = cached.missing(texts, Role.PASSAGE)
    if progress is not None:
        progress(len(texts) - len(missing))
    if missing:
        with _gathered(crew) as data:
            for start in range(0, len(missing), PORTION):
                # Texts of like length cost nothing for padding.
                for kept, vectors in _encoded(data, sorted(missing[start : start + PORTION], key=len), crew):
                    cached.keep(kept, Role.PASSAGE, vectors)
                    if progress is not None:
                        progress(len(kept))
    return len(missing)


class Worker:
    """What each process of the crew holds: an encoder of its own."""

    def __init__(self, encoder: str, folder: str) -> None:
        self._encoder = resolve_encoder(encoder, Path(folder))

    def __call__(self, batch: Batch) -> Batch:
        """Texts to texts and vectors, (n, d)."""
        vectors = self._encoder.encode(batch["text"].tolist(), Role.PASSAGE)
        return {"text": batch["text"], "vector": vectors}


def _encoded(data: Any, texts: Sequence[str], crew: Crew) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
    made = data.from_items([{"text": text} for text in texts]).map_batches(
        Worker,
        batch_size=SLICE,
        batch_format="numpy",
        compute=data.ActorPoolStrategy(size=crew.workers),
        fn_constructor_args=(crew.encoder, str(crew.folder)),
        num_cpus=crew.cpus,
    )
    from ray.exceptions import RayError  # noqa: PLC0415  # an extra, and slow to import

    try:
        for batch in made.iter_batches(batch_size=None, batch_format="numpy"):
            yield batch["text"].tolist(), np.asarray(batch["vector"], np.float32)
    except RayError as error:
        reason = str(getattr(error, "cause", None) or error).strip().splitlines()[-1]
        raise EncoderError(
            Said(f"批量编码的进程失败（{reason}）。", f"The workers that encode have failed ({reason})."),
            Said(
                "已完成的向量都已保存；请重试，或减少 --workers。",
                "What was done is kept: try again, or with fewer --workers.",
            ),
        ) from error


@contextmanager
def _gathered(crew: Crew) -> Iterator[Any]:
    """`ray.data`, with the crew at hand. On this machine it listens on the loopback alone and tells nobody."""
    # Read when Ray is first imported.
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    loopback = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    os.environ.update(quiet if crew.cluster else quiet | loopback)
    try:
        import ray  # noqa: PLC0415  # an extra, and slow to import
        import ray.data  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ConfigurationError(
            Said("缺少软件包 Ray。", "The package Ray is not installed."),
            Said("请执行 pip install 'techtransfer-matcher[ray]'。", "Run pip install 'techtransfer-matcher[ray]'."),
        ) from None
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        local: dict[str, Any] = {
            "num_cpus": crew.workers * crew.cpus,
            "include_dashboard": False,
            "object_store_memory": STORE_BYTES,
            "_node_ip_address": "127.0.0.1",
            "_temp_dir": folder,
        }
        try:
            ray.init(
                crew.cluster or "local",
                log_to_driver=False,
                logging_level=logging.ERROR,
                **({} if crew.cluster else local),
            )
        except ConnectionError as error:
            raise ConfigurationError(
                Said(f"无法连接 Ray 集群 {crew.cluster}。", f"The Ray cluster {crew.cluster} cannot be reached."),
                Said(
                    "请检查 --cluster 的地址，以及集群的 RAY_AUTH_TOKEN。",
                    "Check the address of --cluster, and RAY_AUTH_TOKEN where the cluster has one.",
                ),
            ) from error
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        try:
            yield ray.data
        finally:
            ray.shutdown()
