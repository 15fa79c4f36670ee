"""Snapshots on a real disk: what was saved comes back, and damage is named."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.records import Kind
from matcher.errors import DamagedIndexError, UnservedError
from matcher.index import snapshot as snapshots
from matcher.index.fields import FIELDS
from matcher.index.snapshot import TABLES, Origin, Snapshot, SnapshotFolder, TableIndex
from matcher.index.terms import count_terms
from matcher.text.words import bigrams
from tests.disks import most_bytes

ORIGIN = Origin(revision=1, stamp="s1", database="db", encoder="hashing@1", dimension=4, text_version=1)
VECTORS = np.eye(4, dtype=np.float32)
TEXTS = {field: count_terms([f"第{n}号玉米淀粉" for n in range(400)], bigrams) for field in FIELDS}


def snapshot(revision: int = 1) -> Snapshot:
    """Two results, one carrier, no projects and no funds."""
    texts = ["玉米淀粉玉米", "蒙药"]
    counts = {field: count_terms(texts, bigrams) for field in FIELDS}
    empty = TableIndex.empty(4)
    return Snapshot(
        replace(ORIGIN, revision=revision),
        dict.fromkeys(TABLES, empty)
        | {
            Kind.ACHIEVEMENTS: empty.changed(["成果-2", "a1"], VECTORS[:2], counts, ()),
            Kind.INCUBATORS: empty.changed(["i1"], VECTORS[3:], {f: c[:1] for f, c in counts.items()}, ()),
        },
    )


def same(one: TableIndex, other: TableIndex) -> None:
    assert one.vectors.ids == other.vectors.ids
    np.testing.assert_array_equal(one.vectors.matrix, other.vectors.matrix)
    for field in FIELDS:
        assert one.terms[field].ids == other.terms[field].ids
        ours, theirs = one.terms[field].counts, other.terms[field].counts
        assert ours.shape == theirs.shape
        for part in ("indptr", "indices", "data"):
            np.testing.assert_array_equal(getattr(ours, part), getattr(theirs, part))


def current(folder: Path) -> Path:
    return folder / (folder / "current").read_text(encoding="utf-8")


def revision(folder: Path) -> int:
    loaded = SnapshotFolder(folder).load()
    assert loaded is not None
    return loaded.origin.revision


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    SnapshotFolder(tmp_path / "index").save(snapshot())

    loaded = SnapshotFolder(tmp_path / "index").load()

    assert loaded is not None
    assert loaded.origin == ORIGIN
    for kind in TABLES:
        same(loaded.tables[kind], snapshot().tables[kind])


def test_a_loaded_snapshot_can_be_changed_and_saved_again(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path)
    folder.save(snapshot())
    loaded = folder.load()
    assert loaded is not None
    table = loaded.tables[Kind.ACHIEVEMENTS]
    counts = {field: count_terms(["褐煤"], bigrams) for field in FIELDS}

    changed = table.changed(["a3"], VECTORS[2:3], counts, ["成果-2"])
    folder.save(Snapshot(replace(ORIGIN, revision=2), dict(loaded.tables) | {Kind.ACHIEVEMENTS: changed}))

    again = folder.load()
    assert again is not None
    same(again.tables[Kind.ACHIEVEMENTS], changed)
    assert again.tables[Kind.ACHIEVEMENTS].vectors.search(VECTORS[2:3], 1)[0].ids == ("a3",)
    assert table.vectors.ids == ("成果-2", "a1")


def test_there_is_nothing_before_the_first_save(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path / "index")

    assert folder.load() is None
    assert folder.origin() is None
    folder.relabel(ORIGIN)
    assert folder.origin() is None


def test_an_empty_snapshot_survives_the_disk(tmp_path: Path) -> None:
    SnapshotFolder(tmp_path).save(Snapshot.empty(ORIGIN))

    loaded = SnapshotFolder(tmp_path).load()

    assert loaded is not None
    assert all(len(table.vectors) == 0 for table in loaded.tables.values())


def test_relabelling_changes_the_origin_and_nothing_else(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path)
    folder.save(snapshot())

    folder.relabel(replace(ORIGIN, revision=5))

    assert folder.origin() == replace(ORIGIN, revision=5)
    loaded = folder.load()
    assert loaded is not None
    same(loaded.tables[Kind.ACHIEVEMENTS], snapshot().tables[Kind.ACHIEVEMENTS])


def test_the_pointer_is_moved_in_one_step_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for number in (1, 2):
        SnapshotFolder(tmp_path).save(snapshot(number))

    assert revision(tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["current"]
    assert all((path / "manifest.json").is_file() for path in tmp_path.iterdir() if path.is_dir())


def test_an_aborted_save_does_not_disturb_the_current_one(tmp_path: Path) -> None:
    SnapshotFolder(tmp_path).save(snapshot())
    half_written = tmp_path / "000000000002-deadbeef"
    half_written.mkdir()
    (half_written / "achievements.vectors.faiss").write_bytes(b"half")
    (tmp_path / "current.000000000002-deadbeef").write_text("000000000002-dead", encoding="utf-8")

    assert revision(tmp_path) == 1
    SnapshotFolder(tmp_path).save(snapshot(2))
    assert revision(tmp_path) == 2


@pytest.mark.parametrize("size", [0, 400, 1500])
def test_on_a_full_disk_the_current_one_stays_and_nothing_is_left_of_the_new_one(tmp_path: Path, size: int) -> None:
    folder = SnapshotFolder(tmp_path)
    folder.save(snapshot())
    before = sorted(tmp_path.rglob("*"))
    with most_bytes(size), pytest.raises(UnservedError):
        folder.save(snapshot(2))
    assert sorted(tmp_path.rglob("*")) == before
    assert revision(tmp_path) == 1
    folder.save(snapshot(2))
    assert revision(tmp_path) == 2


def test_old_snapshots_and_half_written_ones_are_swept(tmp_path: Path) -> None:
    half_written = tmp_path / "000000000000-deadbeef"
    half_written.mkdir(parents=True)
    os.utime(half_written, (0, 0))
    for number in (1, 2, 3, 4):
        SnapshotFolder(tmp_path).save(snapshot(number))
        os.utime(current(tmp_path), (number, number))

    left = sorted(path.name[:12] for path in tmp_path.iterdir() if path.is_dir())

    assert left == ["000000000003", "000000000004"]
    assert revision(tmp_path) == 4


FILES = [
    "achievements.vectors.faiss",
    "achievements.vectors.ids.json",
    "achievements.bigrams.columns.npy",
    "funds.words.ends.npy",
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "longer"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, damage: str) -> None:
    SnapshotFolder(tmp_path).save(snapshot())
    path = current(tmp_path) / name
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(content[:-1])
    elif damage == "longer":
        path.write_bytes(content + b" ")
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    with pytest.raises(DamagedIndexError) as raised:
        SnapshotFolder(tmp_path).load()

    assert name in raised.value.message.zh
    assert name in raised.value.message.en
    assert "matcher index" in raised.value.step.en


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        json.dumps({"format": 2, "files": {"a": {}}, "origin": {"revision": 1}}),
        "\ufeff\x00",
    ],
)
def test_a_broken_manifest_is_named(tmp_path: Path, content: str) -> None:
    folder = SnapshotFolder(tmp_path)
    folder.save(snapshot())
    (current(tmp_path) / "manifest.json").write_text(content, encoding="utf-8")

    for ask in (folder.load, folder.origin, lambda: folder.relabel(ORIGIN)):
        with pytest.raises(DamagedIndexError, match=r"manifest\.json"):
            ask()


@pytest.mark.parametrize("change", [{"format": 99}, {"files": {}}])
def test_a_manifest_of_another_format_or_without_files_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    folder = SnapshotFolder(tmp_path)
    folder.save(snapshot())
    path = current(tmp_path) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), encoding="utf-8")

    with pytest.raises(DamagedIndexError, match=r"manifest\.json"):
        folder.load()


def test_a_manifest_that_is_gone_is_named(tmp_path: Path) -> None:
    SnapshotFolder(tmp_path).save(snapshot())
    (current(tmp_path) / "manifest.json").unlink()

    with pytest.raises(DamagedIndexError, match=r"manifest\.json"):
        SnapshotFolder(tmp_path).load()


def test_files_that_are_whole_but_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    SnapshotFolder(tmp_path).save(snapshot())
    folder = current(tmp_path)
    (folder / "achievements.vectors.ids.json").write_bytes((folder / "incubators.vectors.ids.json").read_bytes())
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"]["achievements.vectors.ids.json"] = manifest["files"]["incubators.vectors.ids.json"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(DamagedIndexError):
        SnapshotFolder(tmp_path).load()


@pytest.mark.parametrize(
    ("newer", "extends"),
    [
        (ORIGIN, True),
        (replace(ORIGIN, revision=2), True),
        (replace(ORIGIN, revision=0), False),
        (replace(ORIGIN, revision=2, database="other"), False),
        (replace(ORIGIN, revision=2, encoder="other"), False),
        (replace(ORIGIN, revision=2, dimension=8), False),
        (replace(ORIGIN, revision=2, text_version=2), False),
    ],
)
def test_only_a_later_state_of_the_same_things_extends_a_snapshot(newer: Origin, extends: bool) -> None:
    assert newer.extends(ORIGIN) is extends


def test_of_a_large_file_parts_are_read_at_once_and_all_of_it_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "WHOLE", 1000)
    monkeypatch.setattr(snapshots, "PART", 16)
    monkeypatch.setattr(snapshots, "PARTS", 4)
    folder = SnapshotFolder(tmp_path)
    big = TableIndex.empty(4).changed([f"r{n:04d}" for n in range(400)], np.tile(VECTORS, (100, 1)), TEXTS, ())
    folder.save(Snapshot(ORIGIN, dict.fromkeys(TABLES, TableIndex.empty(4)) | {Kind.ACHIEVEMENTS: big}))
    path = current(tmp_path) / "achievements.vectors.faiss"
    whole = path.read_bytes()

    for cut in (whole[:-1], whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2), bytes(len(whole))):
        path.write_bytes(cut)
        with pytest.raises(DamagedIndexError, match=r"vectors\.faiss"):
            folder.load()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    path.write_bytes(changed)
    with pytest.raises(DamagedIndexError, match=r"vectors\.faiss"):
        folder.verify()
    path.write_bytes(whole)
    folder.verify()


def test_a_loaded_snapshot_stays_whole_while_newer_ones_replace_it(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path)
    folder.save(snapshot(1))
    held = folder.load()
    assert held is not None

    for number in (2, 3, 4):
        folder.save(Snapshot.empty(replace(ORIGIN, revision=number)))

    assert len(list(tmp_path.glob("*/achievements.vectors.faiss"))) == 2
    same(held.tables[Kind.ACHIEVEMENTS], snapshot().tables[Kind.ACHIEVEMENTS])
