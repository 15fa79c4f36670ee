"""The derived files follow the database: only what changed is done again, and whatever is unusable is built anew."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from matcher.bootstrap import Installation
from matcher.domain.records import Kind, Record
from matcher.domain.registers import Resource, ResourceKind
from matcher.encoder.cache import CachedEncoder
from matcher.encoder.model import Encoder, HashingEncoder, Progress, Role, Vectors
from matcher.index.fields import FIELDS
from matcher.index.shared import SharedVectors
from matcher.index.snapshot import TABLES, Snapshot, SnapshotFolder
from matcher.services.indexing import Indexer
from matcher.settings import Settings
from matcher.store import Database, Outcomes, Records, Registers, open_database, upgrade
from matcher.text.passages import TEXT_VERSION
from matcher.wording import Said
from tests import builders
from tests.commandline import DAY, SAMPLE, CommandLine, start

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Watched(HashingEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self, dimension: int = 64) -> None:
        super().__init__(dimension)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        self.asked += texts
        return super().encode(texts, role, progress)


@dataclass
class Place:
    """A database and its derived files in one folder."""

    folder: Path
    encoder: Watched = field(default_factory=Watched)

    @cached_property
    def database(self) -> Database:
        opened = open_database(f"sqlite:///{self.folder / 'matcher.db'}")
        upgrade(opened)
        return opened

    def indexer(
        self, encoder: Encoder | None = None, folder: Path | None = None, shared: SharedVectors | None = None
    ) -> Indexer:
        """One that remembers nothing, as in a new process."""
        cached = CachedEncoder(encoder or self.encoder, self.folder / "vectors")
        files = SnapshotFolder(folder or self.folder / "indexes")
        return Indexer(self.database, files, cached, builders.side_builder().terms, shared)

    def write(self, *records: Record) -> None:
        with self.database.begin() as connection:
            Records(connection).upsert(records, NOW)

    def delete(self, kind: Kind, *ids: str) -> None:
        with self.database.begin() as connection:
            Records(connection).delete(kind, ids)

    def rebuilt(self) -> Snapshot:
        """What a build from nothing gives now, in a folder of its own."""
        return self.indexer(folder=self.folder / "another").refresh(rebuild=True)[0]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Three results and two carriers, indexed."""
    made = Place(tmp_path)
    made.write(
        builders.achievement("A1"),
        builders.achievement("A2", title="蒙药制剂工艺", summary="散剂改微丸。"),
        builders.achievement("A3", title="风电叶片回收", summary="热解回收纤维。"),
        builders.incubator("I1"),
        builders.incubator("I2", name="蒙医药孵化器", focus="蒙药制剂与院内制剂备案。"),
    )
    made.indexer().refresh()
    yield made
    made.database.close()


def content(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """Each record's vector and term counts, wherever its row is."""
    found: dict[str, dict[str, Any]] = {}
    for kind in TABLES:
        table = snapshot.tables[kind]
        matrix = table.vectors.matrix
        found |= {f"{kind} {name}": {"vector": matrix[row].tolist()} for row, name in enumerate(table.vectors.ids)}
        for name in FIELDS:
            counts = table.terms[name].order(table.vectors.ids)
            for row, each in enumerate(table.vectors.ids):
                line = counts[[row]]
                found[f"{kind} {each}"][name] = dict(zip(line.indices.tolist(), line.data.tolist(), strict=True))
    return found


def test_nothing_new_means_nothing_encoded_and_nothing_written(place: Place) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in (place.folder / "indexes").rglob("*"))
    place.encoder.asked.clear()
    _, report = place.indexer().refresh()
    assert (report.indexed, report.removed, report.rebuilt) == (0, 0, None)
    assert place.encoder.asked == []
    assert sorted((path, path.stat().st_mtime_ns) for path in (place.folder / "indexes").rglob("*")) == before


def test_an_index_of_other_texts_is_built_anew_and_not_called_damaged(place: Place) -> None:
    """An older version wrote fewer files: they are not looked for before it is known what they belong to."""
    folder = place.folder / "indexes"
    current = folder / (folder / "current").read_text(encoding="utf-8")
    for path in current.glob("*.places.*"):
        path.unlink()
    (manifest,) = current.glob("manifest*.json")
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["origin"]["text_version"] = TEXT_VERSION - 1
    told["files"] = {name: each for name, each in told["files"].items() if ".places." not in name}
    manifest.write_text(json.dumps(told), encoding="utf-8")

    snapshot, report = place.indexer().refresh()

    assert report.rebuilt == Said("文本版本已变", "the text version changed")
    assert content(snapshot) == content(place.rebuilt())


def test_changes_are_applied_alone_and_equal_a_rebuild(place: Place) -> None:
    place.write(
        builders.achievement("A2", title="奶牛育种", summary="全基因组选择。"),
        builders.achievement("A4", title="新的成果", summary="煤化工废水处理。"),
    )
    place.delete(Kind.ACHIEVEMENTS, "A3")
    place.encoder.asked.clear()
    snapshot, report = place.indexer().refresh()
    assert (report.indexed, report.removed, report.rebuilt) == (2, 1, None)
    assert all("奶牛" in text or "全基因组" in text or "新的" in text or "废水" in text for text in place.encoder.asked)
    assert content(snapshot) == content(place.rebuilt())
    assert content(place.indexer().refresh()[0]) == content(snapshot)  # what is on disk says the same


def test_a_record_that_came_and_went_between_two_runs_leaves_no_trace(place: Place) -> None:
    before = content(place.indexer().refresh()[0])
    place.write(builders.achievement("A9"))
    place.delete(Kind.ACHIEVEMENTS, "A9")
    assert content(place.indexer().refresh()[0]) == before


def test_a_record_that_went_and_came_back_is_there_once(place: Place) -> None:
    place.delete(Kind.ACHIEVEMENTS, "A1")
    place.write(builders.achievement("A1"))
    snapshot, _ = place.indexer().refresh()
    assert sorted(snapshot.tables[Kind.ACHIEVEMENTS].vectors.ids) == ["A1", "A2", "A3"]


def test_deleting_everything_leaves_empty_indexes(place: Place) -> None:
    place.delete(Kind.ACHIEVEMENTS, "A1", "A2", "A3")
    place.delete(Kind.INCUBATORS, "I1", "I2")
    snapshot, report = place.indexer().refresh()
    assert report.removed == 5
    assert content(snapshot) == {}


def test_registers_do_not_even_make_the_indexes_stale(place: Place) -> None:
    indexer = place.indexer()
    resource = Resource(id="R1", name="质谱", kind=ResourceKind.INSTRUMENT, open_to=("I1",))
    for name in ("质谱", "高分辨质谱"):
        with place.database.begin() as connection:
            Registers(connection).upsert([replace(resource, name=name)], NOW)
        assert not indexer.stale()


def test_a_new_outcome_encodes_nothing(place: Place) -> None:
    place.encoder.asked.clear()
    with place.database.begin() as connection:
        Outcomes(connection).upsert([builders.outcome("A1", "I1")], NOW)
    assert place.indexer().stale()
    snapshot, report = place.indexer().refresh()
    assert (report.indexed, place.encoder.asked) == (0, [])
    assert not place.indexer().stale()
    assert snapshot.origin == place.indexer().origin()


@pytest.mark.parametrize("harm", ["cut short", "changed", "missing", "no manifest", "broken pointer"])
def test_a_damaged_file_is_named_and_everything_rebuilt(place: Place, harm: str) -> None:
    before = content(place.indexer().refresh()[0])
    name = damage(place.folder / "indexes", harm)
    snapshot, report = place.indexer().refresh()
    assert report.rebuilt is not None
    assert name in report.rebuilt.zh
    assert name in report.rebuilt.en
    assert content(snapshot) == before
    assert place.indexer().refresh()[1].rebuilt is None


def damage(indexes: Path, harm: str) -> str:
    """Harm one of the current files and return its name."""
    pointer = indexes / "current"
    folder = indexes / pointer.read_text(encoding="utf-8")
    victim = folder / "achievements.vectors.faiss"
    match harm:
        case "cut short":
            victim.write_bytes(victim.read_bytes()[:-7])
        case "changed":
            held = bytearray(victim.read_bytes())
            held[len(held) // 2] ^= 1
            victim.write_bytes(bytes(held))
        case "missing":
            victim.unlink()
        case "no manifest":
            victim = folder / "manifest.json"
            victim.unlink()
        case _:
            pointer.write_text("gone", encoding="utf-8")
            victim = folder / "manifest.json"
    return victim.name


def test_another_encoder_is_named_and_everything_rebuilt(place: Place) -> None:
    _, report = place.indexer(Watched(32)).refresh()
    assert report.rebuilt is not None
    assert "编码器" in report.rebuilt.zh
    assert report.indexed == 5
    snapshot, _ = place.indexer(Watched(32)).refresh()
    assert snapshot.tables[Kind.INCUBATORS].vectors.matrix.shape == (2, 32)


def test_files_beside_another_database_are_rebuilt(place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other")
    other.folder.mkdir()
    shutil.copytree(place.folder / "indexes", other.folder / "indexes")
    for number in range(6):  # as many revisions as the first database, so that only its identity differs
        other.write(builders.achievement("B1", title=f"别的成果 {number}"))
    snapshot, report = other.indexer().refresh()
    assert report.rebuilt is not None
    assert "数据库" in report.rebuilt.zh
    assert list(content(snapshot)) == ["achievements B1"]
    other.database.close()


def test_a_database_restored_from_a_backup_is_noticed(place: Place) -> None:
    with closing(sqlite3.connect(place.folder / "matcher.db")) as live, closing(sqlite3.connect(":memory:")) as backup:
        live.backup(backup)
        place.write(builders.achievement("A8"))
        place.indexer().refresh()
        place.database.close()
        backup.backup(live)
    snapshot, report = place.indexer().refresh()
    assert report.rebuilt is not None
    assert "achievements A8" not in content(snapshot)


def test_old_snapshots_are_swept_away(place: Place) -> None:
    for number in range(4):
        place.write(builders.achievement("A1", title=f"标题 {number}"))
        place.indexer().refresh()
    assert len([path for path in (place.folder / "indexes").iterdir() if path.is_dir()]) <= 2


def test_the_commands_name_damage_and_go_on(matcher: CommandLine) -> None:
    matcher("import", SAMPLE)
    assert matcher("index", "--json").json["indexed"] == 242
    asked = ("match", "ex-a003", "--today", DAY, "--json")
    before = matcher(*asked)
    assert "索引" not in before.err
    name = damage(matcher.home / "indexes", "changed")
    mended = matcher(*asked)
    assert name in mended.err
    assert mended.out == before.out
    name = damage(matcher.home / "indexes", "cut short")
    assert name in matcher("index", "--json").json["rebuilt"]["zh"]
    assert matcher("index", "--json").json == {
        "revision": matcher("index", "--json").json["revision"],
        "indexed": 0,
        "removed": 0,
        "rebuilt": None,
        "texts_encoded": 0,
        "texts_from_cache": 0,
    }
    assert "最新" in matcher("index").out


def test_matching_brings_stale_indexes_up_to_date_and_says_so(matcher: CommandLine, tmp_path: Path) -> None:
    matcher("import", SAMPLE)
    matcher("index")
    fresh = tmp_path / "incubators.csv"
    fresh.write_text("id,name,focus\nnew-1,玉米新孵化器,玉米淀粉与低聚木糖\n", encoding="utf-8")
    matcher("import", fresh)
    ran = matcher("match", "ex-a003", "-k", "50", "--json")
    assert "new-1" in [one["id"] for one in ran.json]
    assert "新编 1 条" in ran.err


@pytest.mark.slow
def test_a_killed_index_run_is_completed_by_the_next_and_gives_the_same_answers(
    matcher: CommandLine, tmp_path: Path
) -> None:
    chance = random.Random(11)  # noqa: S311 - moments, no secrets
    whole, broken = replace(matcher, home=tmp_path / "whole"), replace(matcher, home=tmp_path / "broken")
    place = Place(whole.home)
    whole.home.mkdir()
    place.write(*(many(number) for number in range(2_000)), *(builders.incubator(f"I{number}") for number in range(5)))
    place.database.close()
    shutil.copytree(whole.home, broken.home)
    whole("index")
    for vectors in (0, chance.randrange(1, 4_000)):
        process = start(broken.home, "index")
        wait_for_vectors(process, broken.home / "cache" / "vectors", vectors)
        process.kill()
        process.communicate()
    process = start(broken.home, "index")
    wait_for_snapshot(process, broken.home / "indexes")  # in the middle of writing the files
    process.kill()
    process.communicate()
    done = broken("index", "--json").json
    assert done["texts_from_cache"] > 0  # what was encoded before the kill was not encoded again
    asked = ("match", "A00007", "--today", DAY, "--json")
    assert broken(*asked) == whole(*asked)
    assert loaded(broken.home) == loaded(whole.home)


def many(number: int) -> Record:
    summary = f"收率{number}%。废水少{number % 89}吨。"
    return builders.achievement(f"A{number:05d}", title=f"第{number}号玉米制备技术", summary=summary)


def loaded(home: Path) -> dict[str, list[float]]:
    snapshot = SnapshotFolder(home / "indexes").load()
    assert snapshot is not None
    vectors = snapshot.tables[Kind.ACHIEVEMENTS].vectors
    return {name: vectors.matrix[row].tolist() for row, name in enumerate(vectors.ids)}


def wait_for_vectors(process: subprocess.Popen[str], folder: Path, wanted: int) -> None:
    """Until the cache's file holds more than so many vectors."""
    while process.poll() is None:
        for path in folder.glob("*.db"):
            with closing(sqlite3.connect(path)) as connection:
                try:
                    if connection.execute("SELECT count(*) FROM vectors").fetchone()[0] > wanted:
                        return
                except sqlite3.OperationalError:  # the table is just being made
                    pass
        time.sleep(0.002)


def wait_for_snapshot(process: subprocess.Popen[str], folder: Path) -> None:
    """Until the first file of a snapshot is being written."""
    while process.poll() is None:
        if folder.is_dir() and any(os.listdir(each) for each in folder.iterdir() if each.is_dir()):  # noqa: PTH208
            return
        time.sleep(0.001)


def test_a_restored_backup_is_told_from_the_history_it_replaced(tmp_path: Path) -> None:
    """After the restore the revision counts on to where the index stood, but what it counts are other changes."""
    settings = Settings(home=tmp_path / "home", encoder="hashing")
    backup = tmp_path / "backup.db"

    def add(name: str) -> tuple[str, ...]:
        installation = Installation(settings, tell=lambda _: None)
        with installation.database.begin() as connection:
            Records(connection).upsert([builders.achievement(name)], NOW)
        snapshot, _ = installation.indexer.refresh()
        installation.close()
        return tuple(sorted(snapshot.tables[Kind.ACHIEVEMENTS].vectors.ids))

    add("A1")
    with sqlite3.connect(settings.home_folder / "matcher.db") as live, sqlite3.connect(backup) as copy:
        live.backup(copy)
    assert add("A8") == ("A1", "A8")
    with sqlite3.connect(backup) as copy, sqlite3.connect(settings.home_folder / "matcher.db") as live:
        copy.backup(live)

    assert add("A9") == ("A1", "A9")
