from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from matcher.encoder import cache
from matcher.encoder.cache import CacheCounts, CachedEncoder
from matcher.encoder.model import HashingEncoder, Progress, Role, Vectors

TEXTS = [f"第{number}项成果：矿用卡车的线控底盘" for number in range(40)]


class Watched(HashingEncoder):
    """Remembers what it was asked, and breaks down when told to."""

    def __init__(self, breaks_after: int = 1_000) -> None:
        super().__init__(64)
        self.asked: list[list[str]] = []
        self.breaks_after = breaks_after

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        if len(self.asked) >= self.breaks_after:
            raise KeyboardInterrupt
        self.asked.append(list(texts))
        return super().encode(texts, role, progress)


def only_file(folder: Path) -> Path:
    [path] = folder.glob("*.db")
    return path


def test_a_vector_is_the_same_bit_for_bit_fresh_and_from_the_file(tmp_path: Path) -> None:
    fresh = CachedEncoder(Watched(), tmp_path).encode(TEXTS, Role.PASSAGE)
    inner = Watched()
    later = CachedEncoder(inner, tmp_path)

    assert later.encode(TEXTS, Role.PASSAGE).tobytes() == fresh.tobytes()
    assert later.encode(TEXTS[3:4], Role.PASSAGE).tobytes() == fresh[3].tobytes()
    assert inner.asked == []
    assert later.counts == CacheCounts(hits=41, misses=0)


def test_half_precision_costs_next_to_nothing(tmp_path: Path) -> None:
    kept = CachedEncoder(Watched(), tmp_path).encode(TEXTS, Role.PASSAGE)

    assert ((kept * Watched().encode(TEXTS, Role.PASSAGE)).sum(axis=1) > 0.999999).all()


def test_only_unique_missing_texts_are_encoded(tmp_path: Path) -> None:
    inner = Watched()
    cached = CachedEncoder(inner, tmp_path)
    cached.encode(TEXTS[:2], Role.PASSAGE)

    rows = cached.encode([TEXTS[1], TEXTS[2], "", TEXTS[2]], Role.PASSAGE)

    assert inner.asked[1:] == [[TEXTS[2]]]
    assert rows[1].tobytes() == rows[3].tobytes()
    assert cached.counts == CacheCounts(hits=1, misses=3)


def test_roles_and_encoders_do_not_mix(tmp_path: Path) -> None:
    cached = CachedEncoder(Watched(), tmp_path)
    cached.encode(TEXTS, Role.PASSAGE)
    cached.encode(TEXTS, Role.QUERY)
    CachedEncoder(HashingEncoder(32), tmp_path).encode(TEXTS, Role.PASSAGE)

    assert cached.counts.hits == 0
    assert len(list(tmp_path.glob("*.db"))) == 2


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SLICE", 10)
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(Watched(breaks_after=3), tmp_path).encode(TEXTS, Role.PASSAGE)
    told: list[int] = []
    again = Watched()

    CachedEncoder(again, tmp_path).encode(TEXTS, Role.PASSAGE, told.append)

    assert again.asked == [TEXTS[30:]]
    assert told[0] == 30
    assert sum(told) == 40


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_ruined_file_is_named_set_aside_and_rebuilt(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    first = CachedEncoder(Watched(), tmp_path).encode(TEXTS, Role.PASSAGE)
    only_file(tmp_path).write_bytes(content)

    with caplog.at_level(logging.WARNING):
        assert CachedEncoder(Watched(), tmp_path).encode(TEXTS, Role.PASSAGE).tobytes() == first.tobytes()

    assert only_file(tmp_path).name in caplog.text
    assert len(list(tmp_path.glob("*.damaged-1"))) == 1
    last = CachedEncoder(Watched(), tmp_path)
    last.encode(TEXTS, Role.PASSAGE)
    assert last.counts.hits == 40


def test_a_changed_vector_is_not_believed(tmp_path: Path) -> None:
    first = CachedEncoder(Watched(), tmp_path).encode(TEXTS, Role.PASSAGE)
    with closing(sqlite3.connect(only_file(tmp_path))) as connection, connection:
        connection.execute("UPDATE vectors SET vector = zeroblob(128) WHERE key = (SELECT min(key) FROM vectors)")
    cached = CachedEncoder(Watched(), tmp_path)

    assert cached.encode(TEXTS, Role.PASSAGE).tobytes() == first.tobytes()
    assert cached.counts == CacheCounts(hits=39, misses=1)


def test_without_a_place_to_write_the_run_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")

    rows = CachedEncoder(Watched(), tmp_path / "taken").encode(TEXTS, Role.PASSAGE)

    np.testing.assert_allclose(rows, Watched().encode(TEXTS, Role.PASSAGE), atol=1e-3)
    assert "taken" in caplog.text


def test_several_processes_share_one_file(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from matcher.encoder import cache;"
        "from matcher.encoder.model import HashingEncoder, Role;"
        "cache.SLICE = 5; texts = [str(n) for n in range(200)];"
        "cache.CachedEncoder(HashingEncoder(), Path(sys.argv[1])).encode(texts, Role.PASSAGE)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]

    assert [process.communicate()[1] for process in running] == ["", "", "", ""]
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    cached.encode([str(number) for number in range(200)], Role.PASSAGE)
    assert cached.counts == CacheCounts(hits=200, misses=0)


def test_what_people_ask_is_kept_in_memory_and_never_written(tmp_path: Path) -> None:
    watched = Watched()
    cached = CachedEncoder(watched, tmp_path)

    first = cached.encode(["谁能承接乳酸？"], Role.QUERY)
    again = cached.encode(["谁能承接乳酸？"], Role.QUERY)

    assert first.tobytes() == again.tobytes()
    assert (cached.counts.hits, cached.counts.misses) == (1, 1)
    assert list(tmp_path.iterdir()) == []


def test_of_many_questions_the_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ASKED", 2)
    cached = CachedEncoder(Watched(), tmp_path)
    for text in ("一", "二", "三", "三", "二", "一"):
        cached.encode([text], Role.QUERY)

    assert (cached.counts.hits, cached.counts.misses) == (2, 4)
