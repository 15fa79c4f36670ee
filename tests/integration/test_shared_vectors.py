"""Several workers of one installation, each with files of its own, that share vectors on a server."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from matcher.domain.records import Kind, Record
from matcher.errors import UnservedError
from matcher.index.milvus import MilvusIndex
from matcher.index.server import Address, connected
from matcher.index.shared import SharedTables, SharedVectors, hashed
from matcher.index.snapshot import Snapshot
from matcher.services.indexing import Indexer
from matcher.store import Database, Records, open_database
from tests import builders
from tests.commandline import DAY, SAMPLE, CommandLine
from tests.integration.test_indexing import Place, Watched, content

pytest.importorskip("pymilvus", reason="pymilvus is not installed: pip install 'techtransfer-matcher[milvus]'")

RECORDS: tuple[Record, ...] = (
    builders.achievement("A1"),
    builders.achievement("A2", title="蒙药制剂工艺", summary="散剂改微丸。"),
    builders.achievement("A3", title="风电叶片回收", summary="热解回收纤维。"),
    builders.incubator("I1"),
)


@dataclass
class Workers:
    """One database, one server, and as many workers as are asked for."""

    first: Place
    server: str

    @property
    def database(self) -> Database:
        return self.first.database

    def new(self, dimension: int = 64) -> tuple[Indexer, Watched]:
        """A worker without any file, and what it encodes."""
        place = Place(self.first.folder / uuid.uuid4().hex, Watched(dimension))
        place.folder.mkdir()
        place.__dict__["database"] = self.database
        return place.indexer(shared=SharedVectors(Address.parse(self.server))), place.encoder

    def collections(self) -> list[str]:
        """Names on the server that are this database's."""
        with connected(Address.parse(self.server)) as client:
            return [name for name in client.list_collections() if self.identity in name]

    @property
    def identity(self) -> str:
        """What names the database in names of collections."""
        return hashed(self.new()[0].origin().database)[:12]

    def kept(self, kind: Kind = Kind.ACHIEVEMENTS) -> set[str]:
        """Ids on the server."""
        with connected(Address.parse(self.server)) as client:
            return set(SharedTables(client, self.new()[0].origin()).index(kind).ids)


@pytest.fixture
def workers(tmp_path: Path, milvus_server: str) -> Iterator[Workers]:
    """Three results and a carrier, indexed by one worker."""
    made = Workers(Place(tmp_path), milvus_server)
    made.first.write(*RECORDS)
    yield made
    made.database.close()


def test_the_second_worker_encodes_nothing_and_has_the_same_index(workers: Workers) -> None:
    (one, busy), (other, idle) = workers.new(), workers.new()

    first, second = one.refresh()[0], other.refresh()[0]

    assert len(busy.asked) > 4  # the texts of records, and sentences
    assert idle.asked == []
    assert content(second) == content(first) == content(workers.first.rebuilt())


def test_what_one_worker_takes_up_the_others_only_fetch(workers: Workers) -> None:
    (one, busy), (other, idle) = workers.new(), workers.new()
    one.refresh()
    other.refresh()
    workers.first.write(
        builders.achievement("A2", title="奶牛育种", summary="全基因组选择。"), builders.achievement("A9")
    )
    workers.first.delete(Kind.ACHIEVEMENTS, "A3")
    busy.asked.clear()

    first, second = one.refresh()[0], other.refresh()[0]

    assert any("奶牛" in text for text in busy.asked)
    assert idle.asked == []
    assert content(second) == content(first) == content(workers.first.rebuilt())
    assert workers.kept() == {"A1", "A2", "A9"}


def test_a_vector_of_another_text_is_passed_over_and_written_anew(workers: Workers) -> None:
    """A slow worker may write what it read before somebody changed the record."""
    one, _ = workers.new()
    right = content(one.refresh()[0])
    with connected(Address.parse(workers.server)) as client:
        index = SharedTables(client, one.origin()).index(Kind.ACHIEVEMENTS)
        index.upsert(["A1"], np.ones((1, 64), np.float32), ["hash of an older text"])

    other, encoder = workers.new()
    assert content(other.refresh()[0]) == right
    assert encoder.asked[0].startswith(builders.achievement("A1").title)

    third, idle = workers.new()
    assert content(third.refresh()[0]) == right
    assert idle.asked == []


def test_a_rebuild_trusts_no_vector_of_the_server(workers: Workers) -> None:
    one, _ = workers.new()
    right = content(one.refresh()[0])
    with connected(Address.parse(workers.server)) as client:
        index = SharedTables(client, one.origin()).index(Kind.ACHIEVEMENTS)
        index.upsert(["A1"], np.ones((1, 64), np.float32), index.rows(["A1"]).contents)

    assert content(workers.new()[0].refresh()[0]) != right
    assert content(one.refresh(rebuild=True)[0]) == right
    assert content(workers.new()[0].refresh()[0]) == right


def test_a_rebuild_drops_what_an_earlier_encoder_left(workers: Workers) -> None:
    workers.new(32)[0].refresh()
    workers.new()[0].refresh()
    assert len(workers.collections()) == 8

    workers.new()[0].refresh(rebuild=True)

    assert len(workers.collections()) == 4
    assert all("x64" in name for name in workers.collections())


def test_what_was_withdrawn_while_nobody_told_the_server_is_forgotten(workers: Workers) -> None:
    workers.new()[0].refresh()
    workers.first.delete(Kind.ACHIEVEMENTS, "A1")
    workers.first.delete(Kind.INCUBATORS, "I1")

    workers.new()[0].refresh()

    assert workers.kept() == {"A2", "A3"}
    assert workers.kept(Kind.INCUBATORS) == set()


def test_a_snapshot_stays_as_it_is_whatever_the_others_write(workers: Workers) -> None:
    held = workers.new()[0].refresh()[0]
    before = content(held)
    workers.first.write(builders.achievement("A1", title="别的", summary="别的内容。"))
    workers.first.delete(Kind.ACHIEVEMENTS, "A2")

    workers.new()[0].refresh()

    assert content(held) == before


def test_workers_that_start_at_the_same_time_end_with_the_same_index(workers: Workers) -> None:
    workers.first.write(*(builders.achievement(f"B{number:03d}", title=f"第{number}号技术") for number in range(300)))
    found: list[Snapshot] = []
    indexers = [workers.new()[0] for _ in range(3)]
    threads = [threading.Thread(target=lambda each=each: found.append(each.refresh()[0])) for each in indexers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    right = content(workers.first.rebuilt())
    assert [content(each) == right for each in found] == [True, True, True]
    late, idle = workers.new()
    assert content(late.refresh()[0]) == right
    assert idle.asked == []


def test_two_installations_on_one_server_do_not_mix(workers: Workers, tmp_path: Path) -> None:
    workers.new()[0].refresh()
    other = Workers(Place(tmp_path / "other"), workers.server)
    other.first.folder.mkdir()
    other.first.write(builders.achievement("A1", title="别的", summary="别的内容。"))

    other.new()[0].refresh()

    assert (other.kept(), workers.kept()) == ({"A1"}, {"A1", "A2", "A3"})
    other.database.close()


def test_without_the_server_what_is_there_serves_and_changes_wait(workers: Workers) -> None:
    place = Place(workers.first.folder)
    place.indexer().refresh()
    away = SharedVectors(Address.parse("milvus+http://u:geheim@127.0.0.1:1"))
    assert len(content(place.indexer(shared=away).refresh()[0])) == 4
    place.write(builders.achievement("A7"))

    with pytest.raises(UnservedError, match=r"127\.0\.0\.1:1") as caught:
        place.indexer(shared=away).refresh()

    assert "geheim" not in str(caught.value)
    assert len(content(place.indexer().refresh()[0])) == 5
    place.database.close()


def test_commands_name_a_server_that_is_away(matcher: CommandLine) -> None:
    away = replace(matcher, settings={"vector_store": "milvus+http://u:geheim@127.0.0.1:1"})
    matcher("import", SAMPLE)
    for ran in (away("index", code=1), away("match", "ex-a003", code=1), away("check", code=1)):
        assert "127.0.0.1:1" in ran.out + ran.err
        assert "geheim" not in ran.out + ran.err


@pytest.mark.postgres
def test_a_whole_installation_on_servers_answers_as_one_on_files(
    matcher: CommandLine, postgres_server: Any, milvus_server: str
) -> None:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        url = postgres_server.get_uri(name, driver="psycopg")
        settings = {"database_url": url, "vector_store": milvus_server}
        files, one, other = (
            replace(matcher, home=matcher.home.with_name(home), settings=given)
            for home, given in (("files", {}), ("one", settings), ("other", settings))
        )
        one("init")
        for line in (files, one):
            line("import", SAMPLE)
            assert line("index", "--json").json["indexed"] == 242
        late = other("index", "--json").json
        assert (late["indexed"], late["texts_encoded"]) == (242, 0)
        for words in (
            ("match", "ex-a003", "--why"),
            ("match", "--text", "玉米淀粉制备低聚木糖", "--to", "incubators"),
            ("screen", "ex-f01"),
        ):
            asked = (*words, "--today", DAY, "--json")
            assert files(*asked).json == one(*asked).json == other(*asked).json
        assert other("delete", "ex-a003", "--json").json["records"] == 1
        for line in (one, other):
            assert "ex-a003" in line("match", "ex-a003", "--today", DAY, code=1).err
        one("index")
        assert one("check", "--json").json["sound"]
        with connected(Address.parse(milvus_server)) as client:
            (results,) = (
                each for each in client.list_collections() if each.startswith(_prefix(url)) and "achiev" in each
            )
            assert "ex-a003" not in MilvusIndex(client, results, 256).ids
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _prefix(url: str) -> str:
    database = open_database(url)
    with database.read() as connection:
        identity = Records(connection).identity()
    database.close()
    return f"matcher_{hashed(identity)[:12]}_"
