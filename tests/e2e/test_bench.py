"""`matcher bench`: figures of this machine, from records that are gone afterwards."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commandline import run

GROUPS = {
    "path": {"import_s", "index_s", "load_s", "match_p50_ms", "match_p99_ms", "match_text_p50_ms", "peak_mib"},
    "search": {"recall_at_10", "recall_at_10_filtered", "p50_ms", "p99_ms", "filtered_p50_ms", "build_s", "bytes"},
}


def test_bench_measures_the_whole_path_and_leaves_nothing(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "figures.json"
    ran = run(home, "bench", "--records", 300, "--questions", 10, "--json", out, encoder="hashing", language="en")
    assert ran.code == 0, ran.err
    assert "300 results" in ran.out
    assert "match of a known record" in ran.out
    figures = json.loads(out.read_text("utf-8"))
    assert (figures["records"], figures["seed"]) == (300, 0)
    assert figures["query_over_encoder"] >= 1
    assert figures["recall_at_10_filtered"] >= 0.99
    for group, names in GROUPS.items():
        assert all(figures[group][name] >= 0 for name in names), group
    # The quick word encoder is no sentence-transformers model that could be compared with its plain use.
    assert (figures["encode_speedup"], figures["encoding"]) == (None, None)
    assert not (home / "matcher.db").exists()


def test_bench_prints_json_alone_when_asked_to(tmp_path: Path) -> None:
    ran = run(tmp_path / "home", "bench", "--records", 100, "--questions", 10, "--json", "-", encoder="hashing")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["records"] == 100
