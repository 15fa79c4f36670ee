"""How fast, how large, how exact: the whole path on a generated ecosystem, in a folder that is gone afterwards."""

from __future__ import annotations

import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from matcher import resources
from matcher.bootstrap.service import Installation
from matcher.domain.records import Kind, PairKind
from matcher.domain.visibility import Viewer
from matcher.encoder.backend import Backend
from matcher.encoder.cache import CachedEncoder
from matcher.encoder.model import Encoder, Role
from matcher.encoder.resolve import resolve_encoder
from matcher.encoder.sentence import SentenceEncoder
from matcher.intake import read
from matcher.measure.encoding import measure_encoding
from matcher.measure.generated import (
    LAST_DAY,
    LIMITS,
    ONE_CARRIER_FOR,
    ClauseEncoder,
    Vocabulary,
    carrier_id,
    documents,
    questions,
    result_id,
    write_ecosystem,
)
from matcher.measure.searching import measure_search
from matcher.services.importing import Files, import_files
from matcher.services.indexing import Progress
from matcher.settings import Settings
from matcher.store import Outcomes
from matcher.wording import Said

K = 10
WARM = 3
"""Questions that are asked before the clock counts: what is read once for all of them is no part of one."""
DOCUMENTS, SCREENS = 256, 20
"""Documents that both encoders encode, and carriers that are screened."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is generated and asked."""

    records: int = 10_000
    questions: int = 200
    seed: int = 0


class Rehearsal(Installation):
    """An installation on generated records: what is encoded in bulk is made of clauses."""

    def __init__(self, settings: Settings, encoder: Encoder, *, progress: Progress | None) -> None:
        super().__init__(settings, tell=_unheard, progress=progress)
        self._inner = ClauseEncoder(encoder)

    @cached_property
    def encoder(self) -> CachedEncoder:
        """The encoder with a cache of its own."""
        return CachedEncoder(self._inner, self.home / "vectors")


def sample_vocabulary() -> Vocabulary:
    """What the records of the sample say."""
    return Vocabulary.of(read(resources.data_folder("sample")))


def bench(settings: Settings, size: Size, progress: Progress) -> dict[str, Any]:
    """Figures of one run: seconds of each step, milliseconds of each question, ratios to the bare encoder, MiB.

    `query_over_encoder` is the time from a free text to ten explained takers over the encoder's own for that text,
    both medians of the same texts, taken in turn. Ratios hold from one machine to another, seconds do not.
    """
    cache = settings.cache_folder / "encoder"
    encoder = resolve_encoder(settings.encoder, cache, settings.encoder_backend)
    plain = resolve_encoder(settings.encoder, cache, Backend.TORCH)
    vocabulary = sample_vocabulary()
    with tempfile.TemporaryDirectory(prefix="matcher-bench-") as place:
        folder, home = Path(place) / "ecosystem", Path(place) / "home"
        folder.mkdir()
        write_ecosystem(folder, vocabulary, size.records, size.seed)
        here = settings.model_copy(update={"home": home, "database_url": ""})
        path = _whole_path(here, encoder, folder, vocabulary, size, progress)
    progress("search", 0, 1)
    search = asdict(measure_search(size.records, encoder.dimension, size.seed))
    encoding = _encoding(encoder, plain, vocabulary, size.seed, progress)
    return {
        "records": size.records,
        "seed": size.seed,
        "cores": len(os.sched_getaffinity(0)),
        "encoder": encoder.id,
        "encode_speedup": encoding and encoding["encode_speedup"],
        "query_over_encoder": path.pop("query_over_encoder"),
        "recall_at_10_filtered": search["recall_at_10_filtered"],
        "path": path,
        "search": search,
        "encoding": encoding,
    }


def _whole_path(
    settings: Settings, encoder: Encoder, folder: Path, vocabulary: Vocabulary, size: Size, progress: Progress
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    moment = datetime.combine(LAST_DAY, datetime.min.time(), UTC)
    with closing(Rehearsal(settings, encoder, progress=progress)) as first:
        ecosystem = Files([folder], limits=LIMITS)
        figures["import_s"] = _seconds(lambda: import_files(first.database, ecosystem, now=moment))
        figures["index_s"] = _seconds(first.indexer.refresh)
    with closing(Rehearsal(settings, encoder, progress=None)) as installation:
        matching = installation.matching
        match = partial(matching.match, k=K, viewer=Viewer.BROKERS, today=LAST_DAY)
        screen = partial(matching.screen, k=K, viewer=Viewer.BROKERS, today=LAST_DAY)
        figures["load_s"] = _seconds(lambda: match(result_id(0)))
        for name, ids in _known(installation, size).items():
            figures |= _spread(name, [partial(match, each) for each in ids], progress)
        carriers = max(size.records // ONE_CARRIER_FOR, 10)
        asked = [partial(screen, carrier_id(n)) for n in range(0, carriers, max(carriers // SCREENS, 1))]
        figures |= _spread("screen", asked, progress) | _spread("screen_again", asked, progress)
        texts = questions(vocabulary, size.questions, size.seed)
        answer = partial(matching.match_text, to=Kind.INCUBATORS, k=K, viewer=Viewer.BROKERS, today=LAST_DAY)
        figures |= _beside_encoder(encoder, answer, texts, progress)
        figures["files_mib"] = sum(path.stat().st_size for path in settings.home.rglob("*") if path.is_file()) / 2**20
        figures["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return figures


def _known(installation: Rehearsal, size: Size) -> dict[str, list[str]]:
    """Results to ask about: those that nobody took, as people do, and by themselves those that somebody took, whose
    sentences are encoded when they are asked about for the first time."""
    with installation.database.read() as connection:
        taken = Outcomes(connection).taken(PairKind.ACHIEVEMENT_INCUBATOR)
    drawn = random.Random(size.seed).sample(range(size.records), size.records)  # noqa: S311
    free = [name for name in map(result_id, drawn) if name not in taken]
    gone = [name for name in map(result_id, drawn) if name in taken]
    return {name: ids[: size.questions] for name, ids in (("match", free), ("match_taken", gone)) if ids}


def _beside_encoder(
    encoder: Encoder, answer: Callable[[str], object], texts: Sequence[str], progress: Progress
) -> dict[str, float]:
    """The whole way of a free text, and the encoder's own part of it, in turn."""
    bare, whole = [], []
    for number, text in enumerate(texts):
        progress("text", number, len(texts))
        bare.append(_seconds(partial(encoder.encode, [text], Role.QUERY)))
        whole.append(_seconds(partial(answer, text)))
    own, told = quantiles("encode_query", bare[WARM:]), quantiles("match_text", whole[WARM:])
    return own | told | {"query_over_encoder": median(whole[WARM:]) / median(bare[WARM:])}


def _encoding(
    encoder: Encoder, plain: Encoder, vocabulary: Vocabulary, seed: int, progress: Progress
) -> dict[str, Any] | None:
    """The encoder against plain sentence-transformers; nothing of an encoder that is no such model."""
    if not isinstance(plain, SentenceEncoder):
        return None
    progress("encoding", 0, 1)
    texts, asked = documents(vocabulary, DOCUMENTS, seed), questions(vocabulary, DOCUMENTS // 4, seed + 1)
    return asdict(measure_encoding(encoder, plain.folder, texts, asked))


def _spread(name: str, asked: Sequence[Callable[[], object]], progress: Progress) -> dict[str, float]:
    for ask in asked[:WARM]:
        ask()
    times = []
    for number, ask in enumerate(asked):
        progress(name, number, len(asked))
        times.append(_seconds(ask))
    return quantiles(name, times)


def quantiles(name: str, seconds: Sequence[float], unit: str = "ms") -> dict[str, float]:
    """Median and p99 in milliseconds, by nearest rank."""
    ordered = sorted(1000 * each for each in seconds)
    return {f"{name}_p{part}_{unit}": ordered[ceil(len(ordered) * part / 100) - 1] for part in (50, 99)}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _unheard(said: Said) -> None:
    """Remarks on a generated ecosystem help nobody."""
