"""Milvus held to what FAISS is held to, and what only a server can do wrong. Milvus-lite stands in for the server."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.errors import ConfigurationError, UnservedError
from matcher.index.milvus import CHUNK, MilvusIndex
from matcher.index.server import Address, connected
from matcher.index.vectors import FaissIndex, VectorIndex
from tests.contracts.test_vector_index import DIMENSION, VectorIndexContract, agree, names, unit_vectors

pytest.importorskip("pymilvus", reason="pymilvus is not installed: pip install 'techtransfer-matcher[milvus]'")
pytest.importorskip("milvus_lite", reason="milvus-lite, which stands in for a server, is not installed")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with connected(address(tmp_path_factory.mktemp("milvus"))) as opened:
        yield opened


def address(folder: Path) -> Address:
    return Address.parse(f"milvus+file://{folder}/vectors.db")


def fresh(client: Any) -> MilvusIndex:
    return MilvusIndex(client, f"test_{uuid.uuid4().hex}", DIMENSION)


class TestMilvusIndex(VectorIndexContract):
    """A collection for each index."""

    @pytest.fixture(autouse=True)
    def _server(self, client: Any) -> None:
        self.client = client

    def empty(self) -> MilvusIndex:
        return fresh(self.client)

    def reopened(self, index: VectorIndex, folder: Path) -> MilvusIndex:
        assert isinstance(index, MilvusIndex)
        return MilvusIndex(self.client, index.name, DIMENSION)


@pytest.fixture(scope="module")
def many(client: Any) -> tuple[MilvusIndex, FaissIndex]:
    """More rows than are named in one expression, on Milvus and in FAISS."""
    rows = unit_vectors(3 * CHUNK, seed=8)
    indexes = fresh(client), FaissIndex(DIMENSION)
    for index in indexes:
        index.upsert([f"r{number:05d}" for number in range(len(rows))], rows)
    return indexes


@pytest.mark.parametrize("share", [0.04, 0.5, 0.9])
@pytest.mark.parametrize("k", [1, 10, 1000])
def test_a_filter_of_many_ids_gives_what_faiss_gives(
    many: tuple[MilvusIndex, FaissIndex], share: float, k: int
) -> None:
    milvus, faiss = many
    queries, allowed = unit_vectors(3, seed=9), milvus.ids[: int(3 * CHUNK * share)]

    found, wanted = milvus.search(queries, k, allowed), faiss.search(queries, k, allowed)

    assert [each.ids for each in found] == [each.ids for each in wanted]
    np.testing.assert_allclose([each.scores for each in found], [each.scores for each in wanted], atol=1e-6)


def test_many_ids_that_are_all_far_away_are_found_all_the_same(many: tuple[MilvusIndex, FaissIndex]) -> None:
    milvus, faiss = many
    query = unit_vectors(1, seed=10)
    farthest = faiss.search(-query, CHUNK + 50)[0].ids

    assert milvus.search(query, 10, farthest)[0].ids == faiss.search(query, 10, farthest)[0].ids


def test_more_hits_than_the_server_gives_are_given_all_the_same(
    many: tuple[MilvusIndex, FaissIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    milvus, faiss = many
    monkeypatch.setattr("matcher.index.milvus.MOST", 100)
    query = unit_vectors(1, seed=11)

    assert milvus.search(query, 200)[0].ids == faiss.search(query, 200)[0].ids


def test_a_tie_longer_than_what_was_fetched_is_still_in_the_order_of_ids(client: Any) -> None:
    index = fresh(client)
    index.upsert(names(60), np.repeat(unit_vectors(1), 60, axis=0))

    assert list(index.search(unit_vectors(1), 5)[0].ids) == sorted(names(60))[:5]


STRANGE = ['a"b', "a'b", "a\\", 'a\\"] or id != "', "{x}", "100%", "%25", "换\n行\t", "𠮷野", " ", "a/b?c=d&e"]


def test_ids_of_any_signs_are_kept_found_and_deleted_as_they_are(client: Any) -> None:
    index, rows = fresh(client), unit_vectors(len(STRANGE), seed=12)
    index.upsert(STRANGE, rows)

    for name, row in zip(STRANGE, rows, strict=True):
        assert index.search(row[None], 1, [name])[0].ids == (name,)
        assert index.rows([name]).ids == (name,)
    assert sorted(index.ids) == sorted(STRANGE)
    index.delete(STRANGE[:4])
    assert sorted(index.ids) == sorted(STRANGE[4:])


def test_rows_come_back_bit_for_bit_with_the_hashes_of_their_texts(client: Any) -> None:
    index, rows = fresh(client), unit_vectors(3)
    index.upsert(["a", "b", "c"], rows, ["1", "2", "3"])

    found = index.rows(["c", "nobody", "a"])

    assert dict(zip(found.ids, found.contents, strict=True)) == {"a": "1", "c": "3"}
    np.testing.assert_array_equal(found.matrix, rows[[("a", "b", "c").index(name) for name in found.ids]])
    np.testing.assert_array_equal(index.matrix, rows[[("a", "b", "c").index(name) for name in index.ids]])
    assert fresh(client).matrix.shape == (0, DIMENSION)


def test_another_process_finds_what_was_written(tmp_path: Path) -> None:
    with connected(address(tmp_path)) as client:
        MilvusIndex(client, "shared", DIMENSION).upsert(["a", "b"], unit_vectors(2))
    code = (
        "import sys\n"
        "from matcher.index.milvus import MilvusIndex\n"
        "from matcher.index.server import Address, connected\n"
        f"with connected(Address.parse('milvus+file://{tmp_path}/vectors.db')) as client:\n"
        f"    index = MilvusIndex(client, 'shared', {DIMENSION})\n"
        "    index.delete(['a'])\n"
        "    print(*index.ids)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert (told.stdout, told.stderr) == ("b\n", "")

    with connected(address(tmp_path)) as client:
        index = MilvusIndex(client, "shared", DIMENSION)
        (found,) = index.search(unit_vectors(1), 5)
        agree(found, {"b": unit_vectors(2)[1]}, unit_vectors(1)[0], 5)


def test_what_one_client_of_a_server_writes_the_others_find_at_once(milvus_server: str) -> None:
    where = Address.parse(milvus_server)
    with connected(where) as one, connected(where) as other:
        writer, reader = (MilvusIndex(each, "at_once", DIMENSION) for each in (one, other))
        writer.upsert(["a", "b"], unit_vectors(2))
        assert reader.search(unit_vectors(1), 1)[0].ids == ("a",)
        reader.delete(["a"])
        assert len(writer) == 1
        writer.upsert(["b"], unit_vectors(1))
        assert reader.search(unit_vectors(1), 1)[0].scores == pytest.approx((1.0,))


def test_a_file_has_one_user_at_a_time_and_the_next_one_waits(tmp_path: Path) -> None:
    """Milvus-lite itself would refuse the second one."""
    written = []

    def write(name: str) -> None:
        with connected(address(tmp_path)) as client:
            MilvusIndex(client, "waited", DIMENSION).upsert([name], unit_vectors(1))
            written.append(name)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(written) == ["a", "b", "c"]
    with connected(address(tmp_path)) as client:
        assert len(MilvusIndex(client, "waited", DIMENSION)) == 3


def test_a_server_that_is_away_is_named_and_its_secret_is_not() -> None:
    where = Address.parse("milvus+http://somebody:ge%40heim@127.0.0.1:1/here")
    assert where.token == "somebody:ge@heim"  # noqa: S105 - made up
    with pytest.raises(UnservedError) as caught, connected(where):
        pass
    assert "127.0.0.1:1" in caught.value.said.zh
    assert "heim" not in f"{caught.value.said} {where!r}"


@pytest.mark.parametrize(
    ("setting", "uri", "file", "database", "token"),
    [
        ("milvus+http://host", "http://host:19530", None, "", ""),
        ("milvus+https://host/team", "https://host:443", None, "team", ""),
        ("milvus+http://key@[::1]:7/", "http://[::1]:7", None, "", "key"),
        ("milvus+file:///srv/a%20b/v.db", "", Path("/srv/a b/v.db"), "", ""),
    ],
)
def test_an_address_is_read(setting: str, uri: str, file: Path | None, database: str, token: str) -> None:
    assert Address.parse(setting) == Address(uri, file, database, token)


@pytest.mark.parametrize(
    "setting",
    ["milvus", "milvus://u:geheim@h", "u:geheim@h", "milvus+http://:geheim@", "milvus+http://u:geheim@h:x", "geheim@",
     "milvus+file:///v", "milvus+file://host/v.db"],
)  # fmt: skip
def test_an_address_of_no_use_is_refused_and_no_secret_of_it_repeated(setting: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Address.parse(setting)
    assert "MATCHER_VECTOR_STORE" in caught.value.said.en
    assert "geheim" not in str(caught.value.said)
