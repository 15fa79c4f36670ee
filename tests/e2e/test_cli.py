"""Every command of the contract as a user types it: what is printed, where, and with which exit code."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from matcher import __version__
from tests.commandline import DAY, SAMPLE, CommandLine, environment, run, start

MATCH_KEYS = {"id", "name", "score", "probability", "tier", "eligible", "components", "reasons", "retrievers"}
RESTRICTED = {"ex-a023", "ex-a030", "ex-a059", "ex-a078", "ex-a089", "ex-p007", "ex-p066", "ex-p072"}
BROKERS = {f"ex-a{number:03}" for number in (5, 8, 21, 33, 40, 54, 65, 70, 74, 84)}
PREFIX = ("--today", DAY)


def titles(*ids: str) -> set[str]:
    """The titles of results of the sample."""
    with (SAMPLE / "achievements.csv").open(encoding="utf-8", newline="") as file:
        return {row["title"] for row in csv.DictReader(file) if row["id"] in ids}


# match


def test_match_prints_exactly_the_keys_of_the_contract(sample: CommandLine) -> None:
    found = sample("match", "ex-a003", *PREFIX, "-k", "3", "--json").json
    assert len(found) == 3
    for one in found:
        assert set(one) == MATCH_KEYS
        assert 0 <= one["probability"] <= 1
        assert one["eligible"] is True
        assert all(set(part) == {"name", "value", "contribution"} for part in one["components"])
        assert all(set(reason) == {"zh", "en", "evidence"} for reason in one["reasons"])
        assert sum(part["contribution"] for part in one["components"]) == pytest.approx(one["score"], abs=1e-4)
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_match_for_people_names_each_carrier_with_its_id_and_a_reason(sample: CommandLine) -> None:
    found = sample("match", "ex-a003", *PREFIX, "-k", "3", "--json").json
    shown = sample("match", "ex-a003", *PREFIX, "-k", "3").out
    assert all(one["id"] in shown and one["name"] in shown for one in found)
    assert shown.count("·") >= 3
    everything = sample("match", "ex-a003", *PREFIX, "-k", "3", "--why").out
    assert "证据" in everything
    assert len(everything) > len(shown)


def test_a_project_is_matched_with_funds(sample: CommandLine) -> None:
    assert all(one["id"].startswith("ex-f") for one in sample("match", "ex-p010", *PREFIX, "--json").json)


def test_words_alone_are_matched_with_either_side(sample: CommandLine) -> None:
    carriers = sample("match", "--text", "蒙药复方制剂的现代化工艺", "--to", "incubators", *PREFIX, "--json").json
    assert {one["id"] for one in carriers[:5]} & {"ex-i05", "ex-i26", "ex-i04"}
    funds = sample("match", "--text", "民族药制剂项目，寻求天使轮投资", "--to", "funds", *PREFIX, "--json").json
    assert all(one["id"].startswith("ex-f") for one in funds)


def test_the_same_question_has_the_same_answer_byte_for_byte(sample: CommandLine) -> None:
    asked = ("match", "ex-a003", *PREFIX, "--why", "--json")
    assert sample(*asked) == sample(*asked)


def test_a_full_carrier_is_never_recommended(sample: CommandLine) -> None:
    everything = sample("match", "ex-a027", *PREFIX, "-k", "1000", "--json").json
    assert "ex-i04" not in {one["id"] for one in everything}
    assert "载体已满 1" in sample("match", "ex-a027", *PREFIX, "-k", "1000").err


def test_asking_for_more_than_there_is_gives_what_there_is(sample: CommandLine) -> None:
    assert 0 < len(sample("match", "ex-a003", *PREFIX, "-k", "1000", "--json").json) <= 28
    assert 0 < len(sample("screen", "ex-f01", *PREFIX, "-k", "1000", "--json").json) <= 89


def test_a_record_that_is_the_other_side_is_named_with_the_right_command(sample: CommandLine) -> None:
    assert "matcher screen ex-i02" in sample("match", "ex-i02", code=1).err
    assert "matcher match ex-a003" in sample("screen", "ex-a003", code=1).err
    assert "--to incubators" in sample("match", "ex-a003", "--to", "funds", code=1).err


@pytest.mark.parametrize(
    "text", ["，。！？……——", "🌽", "x", "NULL", "'; DROP TABLE achievements; --", "\u202e蒙药\u0000"]
)
def test_any_text_has_an_answer(sample: CommandLine, text: str) -> None:
    assert sample("match", "--text", text, "--to", "incubators", *PREFIX, "--json").json


def test_a_text_of_ten_thousand_characters_has_an_answer(sample: CommandLine) -> None:
    text = "蒙药复方制剂的现代化工艺，散剂改微丸。" * 530
    assert len(text) > 10_000
    assert sample("match", "--text", text, "--to", "incubators", *PREFIX, "--json").json


# screen


def test_tiers_stand_above_scores_in_screening(sample: CommandLine) -> None:
    found = sample("screen", "ex-f01", *PREFIX, "-k", "100", "--json").json
    assert all(set(one) == MATCH_KEYS for one in found)
    order = [(one["tier"] or 9, -one["score"]) for one in found]
    assert order == sorted(order)
    assert {"ex-p019", "ex-p026"} <= {one["id"] for one in found if one["tier"] == 1}
    assert "优先 1" in sample("screen", "ex-f01", *PREFIX, "-k", "3").out


def test_a_carrier_screens_results(sample: CommandLine) -> None:
    assert all(one["id"].startswith("ex-a") for one in sample("screen", "ex-i02", *PREFIX, "--json").json)


# why


@pytest.mark.parametrize("pair", [("ex-a027", "ex-i04"), ("ex-i04", "ex-a027")])
def test_why_says_that_the_carrier_is_full_in_either_order(sample: CommandLine, pair: tuple[str, str]) -> None:
    found = sample("why", *pair, *PREFIX, "--json").json
    assert found["eligible"] is False
    assert found["id"] == "ex-i04"
    [failed] = [verdict for verdict in found["verdicts"] if verdict["state"] == "fail"]
    assert failed["rule"] == "capacity"
    shown = sample("why", *pair, *PREFIX).out
    assert "不符合条件" in shown
    assert "25" in shown


def test_why_shows_the_numbers_that_match_shows(sample: CommandLine) -> None:
    first = sample("match", "ex-a003", *PREFIX, "--json").json[0]
    found = sample("why", "ex-a003", first["id"], *PREFIX, "--json").json
    assert {key: found[key] for key in MATCH_KEYS} == first
    assert "可对接" in sample("why", "ex-a003", first["id"], *PREFIX).out


@pytest.mark.parametrize("pair", [("ex-a001", "ex-f01"), ("ex-a001", "ex-a002"), ("ex-i01", "ex-f01")])
def test_two_records_of_no_pairing_are_refused_by_name(sample: CommandLine, pair: tuple[str, str]) -> None:
    assert all(name in sample("why", *pair, code=1).err for name in pair)


# who may see what


@pytest.mark.parametrize(("viewer", "hidden"), [("brokers", RESTRICTED), ("public", RESTRICTED | BROKERS)])
def test_lists_hide_what_the_viewer_may_not_see(sample: CommandLine, viewer: str, hidden: set[str]) -> None:
    for asked in ("ex-i02", "ex-i04", "ex-i05", "ex-f04", "ex-f01"):
        found = sample("screen", asked, *PREFIX, "-k", "1000", "--viewer", viewer, "--json", "--why")
        assert not {one["id"] for one in found.json} & hidden
        assert not [title for title in titles(*hidden) if title in found.out]


def test_the_entitled_see_restricted_records(sample: CommandLine) -> None:
    carriers = [f"ex-i{number:02}" for number in range(1, 8)]
    seen = {
        one["id"]
        for c in carriers
        for one in sample("screen", c, *PREFIX, "-k", "1000", "--viewer", "restricted", "--json").json
    }
    assert seen & RESTRICTED


def test_similar_cases_name_nothing_hidden(sample: CommandLine) -> None:
    hidden = titles(*RESTRICTED, *BROKERS)
    shown = [
        sample("match", f"ex-a{number:03}", *PREFIX, "-k", "100", "--viewer", "public", "--why", "--json").out
        for number in (1, 3, 27, 42, 90)
    ]
    assert not [title for title in hidden if any(title in one for one in shown)]


def test_the_error_for_a_hidden_record_tells_nothing_of_it(sample: CommandLine) -> None:
    told = sample("match", "ex-a023", code=1).err
    assert not [title for title in titles("ex-a023") if title in told]
    assert "--viewer" in told
    assert sample("match", "ex-a023", "--viewer", "restricted", *PREFIX, "--json").json


def test_an_unknown_id_is_named_with_near_ones_and_none_that_is_hidden(sample: CommandLine) -> None:
    told = sample("match", "ex-a003X", code=1).err
    assert "ex-a003X" in told
    assert "ex-a003？" in told or "ex-a003、" in told
    for near in ("ex-A023", "xe-a023", "ex-023"):
        assert "ex-a023" not in sample("match", near, code=1).err
        assert "ex-a023" in sample("match", near, "--viewer", "restricted", code=1).err


# nothing there yet


def test_an_empty_database_says_how_to_begin(matcher: CommandLine) -> None:
    told = matcher("match", "ex-a003", code=1).err
    assert "空" in told
    assert "matcher import" in told
    ran = matcher("match", "--text", "蒙药", "--to", "incubators")
    assert "导入" in ran.err
    assert matcher("match", "--text", "蒙药", "--to", "incubators", "--json").json == []
    assert matcher("index", "--json").json["indexed"] == 0
    assert [report["outcomes"] for report in matcher("train", "--json").json] == [0, 0]


def test_a_side_without_records_is_no_crash(matcher: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "achievements.csv"
    path.write_text("id,title\nA1,玉米淀粉\n", encoding="utf-8")
    matcher("import", path)
    assert matcher("match", "A1", "--json").json == []
    (tmp_path / "funds.csv").write_text("id,name\nF1,基金\n", encoding="utf-8")
    matcher("import", tmp_path / "funds.csv")
    assert matcher("screen", "F1", "--json").json == []


def test_init_can_be_repeated(matcher: CommandLine) -> None:
    assert str(matcher.home) in matcher("init").err
    matcher("init")


# language and settings


def test_the_language_is_a_setting(sample: CommandLine) -> None:
    english = sample("why", "ex-a027", "ex-i04", *PREFIX, language="en")
    assert "not eligible" in english.out
    assert "Error" in sample("match", "nothing", code=1, language="en").err
    assert "Did you mean" in sample("match", "ex-a02", code=1, language="en").err


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("language", "fr", "MATCHER_LANGUAGE"),
        ("vector_store", "milvus", "MATCHER_VECTOR_STORE"),
        ("encoder", "no/such-model", "MATCHER_ENCODER"),
        ("database_url", "mysql://u:secret@h/d", "MATCHER_DATABASE_URL"),
        ("database_url", "nonsense", "MATCHER_DATABASE_URL"),
        ("home", "/proc/nowhere", "MATCHER_HOME"),
    ],
)
def test_a_wrong_setting_is_named(sample: CommandLine, setting: str, value: str, told: str) -> None:
    error = sample("match", "ex-a003", code=1, **{setting: value}).err
    assert told in error
    assert "secret" not in error


def test_an_empty_setting_means_the_default(
    sample: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    sample("init", home="", language="", vector_store="")
    assert (tmp_path / "me" / ".matcher" / "matcher.db").is_file()


# import


def test_what_cannot_be_imported_is_named_with_a_way_out(matcher: CommandLine, tmp_path: Path) -> None:
    assert "nowhere" in matcher("import", tmp_path / "nowhere", code=1).err
    (tmp_path / "nothing").mkdir()
    assert "nothing" in matcher("import", tmp_path / "nothing", code=1).err
    (tmp_path / "成果.docx").write_bytes(b"PK\x03\x04")
    assert ".xlsx" in matcher("import", tmp_path / "成果.docx", code=1).err
    assert "nope.json" in matcher("import", SAMPLE, "--mapping", tmp_path / "nope.json", code=1).err


def test_a_chinese_csv_from_excel_goes_in(matcher: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "2026科研成果.csv"
    path.write_bytes(
        "编号,成果名称,成果简介,技术成熟度\r\nT1,玉米淀粉“绿色”制备,以玉米为原料，收率高。,6级\r\n".encode("gb18030")
    )
    done = matcher("import", path, "--json").json
    assert done["tables"]["achievements"]["new"] == 1
    with closing(sqlite3.connect(matcher.home / "matcher.db")) as connection:
        assert connection.execute("SELECT title, trl FROM achievements").fetchall() == [("玉米淀粉“绿色”制备", 6)]


def test_issues_are_told_one_a_line_with_place_and_code(matcher: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "achievements.csv"
    path.write_text("id,title,trl\nT1,好的,5\nT2,,5\nT3,好的,九十\n", encoding="utf-8")
    shown = matcher("import", path).out
    assert [line for line in shown.splitlines() if "第 3 行" in line and "成果名称" in line]
    assert [line for line in shown.splitlines() if "第 4 行" in line and "九十" in line]
    assert matcher("import", path, "--dry-run", "--json").json["dry_run"] is True


def test_a_mapping_file_names_foreign_headers(matcher: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "achievements.csv").write_text("no,heading\nT1,玉米淀粉\n", encoding="utf-8")
    (tmp_path / "map.json").write_text('{"achievements": {"no": "id", "heading": "title"}}', encoding="utf-8")
    done = matcher("import", tmp_path / "achievements.csv", "--mapping", tmp_path / "map.json", "--json").json
    assert done["tables"]["achievements"]["new"] == 1


# train, score, evaluate


def test_training_reports_both_pairings_and_keeps_what_it_found(matcher: CommandLine) -> None:
    matcher("import", SAMPLE)
    found = matcher("train", *PREFIX, "--json").json
    assert [report["pairing"] for report in found] == ["achievement_incubator", "project_fund"]
    assert (matcher.home / "models" / "project_fund.json").is_file()
    assert "推荐" in matcher("train", *PREFIX).out
    assert matcher("train", *PREFIX, "--if-stale", "--json").json == []
    assert matcher("match", "ex-a003", *PREFIX).code == 0
    (matcher.home / "models" / "achievement_incubator.json").write_text("{", encoding="utf-8")
    assert "achievement_incubator.json" in matcher("match", "ex-a003", *PREFIX).err


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Pairs of both pairings and one with an unknown id, as Excel would save them."""
    path = tmp_path / "pairs.csv"
    lines = ["left_id,right_id,note", "ex-a003,ex-i02,好", "ex-p010,ex-f01,", "ex-a999,ex-i02,", "ex-a027, ex-i04,"]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    return path


@pytest.mark.parametrize("source", [(), ("--folder", SAMPLE)], ids=["database", "folder"])
@pytest.mark.parametrize("cut", [(), ("--cut", "2026-01-01")], ids=["today", "cut"])
def test_pairs_of_both_pairings_get_scores_in_their_order(
    sample: CommandLine, pairs: Path, source: tuple[object, ...], cut: tuple[str, ...]
) -> None:
    out = pairs.with_name("scores.csv")
    told = sample("score", pairs, "--out", out, *source, *cut).err
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["left_id", "right_id", "score"]
    assert [row["left_id"] for row in rows] == ["ex-a003", "ex-p010", "ex-a999", "ex-a027"]
    assert [bool(row["score"]) for row in rows] == [True, True, False, True]
    assert "第 4 行" in told
    assert "ex-a999" in told


def test_scoring_with_a_cut_knows_nothing_of_that_day(sample: CommandLine, pairs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "eco"
    folder.mkdir()
    for path in SAMPLE.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    lines = (SAMPLE / "outcomes.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines[1:] if line.split(",")[4] < "2026-01-08"]
    (folder / "outcomes.csv").write_text("\n".join([lines[0], *kept]), encoding="utf-8")
    results = []
    for source in (SAMPLE, folder):
        out = tmp_path / "scores.csv"
        sample("score", pairs, "--out", out, "--folder", source, "--cut", "2026-01-08")
        results.append(out.read_text(encoding="utf-8"))
    assert results[0] == results[1]


def test_score_names_what_it_cannot_use(sample: CommandLine, pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert "none.csv" in sample("score", tmp_path / "none.csv", "--out", out, code=1).err
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert "left_id" in sample("score", tmp_path / "bad.csv", "--out", out, code=1).err
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    assert "empty.csv" in sample("score", tmp_path / "empty.csv", "--out", out, code=1).err
    (tmp_path / "strangers.csv").write_text("left_id,right_id\nx,y\n", encoding="utf-8")
    assert "strangers.csv" in sample("score", tmp_path / "strangers.csv", "--out", out, code=1).err
    assert "missing" in sample("score", pairs, "--out", tmp_path / "missing" / "out.csv", code=1).err


def test_evaluation_has_the_keys_of_the_contract_and_repeats_itself(sample: CommandLine, tmp_path: Path) -> None:
    asked = ("evaluate", SAMPLE, "--cut", "2026-01-01", "--pairing", "both", "--json")
    first = sample(*asked, "-")
    reports = first.json
    assert [report["pairing"] for report in reports] == ["achievement_incubator", "project_fund"]
    for report in reports:
        assert {"folder", "cut", "min_history", "directions", "calibration", "ranker"} <= set(report)
        assert {"ece", "brier", "bins"} <= set(report["calibration"])
        for direction in ("recommend", "screen"):
            found = report["directions"][direction]
            assert {"queries", "candidates", "pair_coverage", "methods"} <= set(found)
            assert {"popularity", "recent", "bm25", "dense", "dense_knn", "matcher"} <= set(found["methods"])
            assert all({"hit@10", "recall@10", "ndcg@10", "mrr"} <= set(one) for one in found["methods"].values())
    sample(*asked, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == reports
    assert sample(*asked, "-").out == first.out


def test_one_pairing_is_evaluated_unless_both_are_asked_for(sample: CommandLine) -> None:
    alone = sample("evaluate", SAMPLE, "--cut", "2026-01-01", "--json", "-").json
    assert alone["pairing"] == "achievement_incubator"
    shown = sample("evaluate", SAMPLE, "--cut", "2026-01-01", "--pairing", "project_fund").out
    assert "项目 → 基金" in shown
    assert "ndcg@10" in shown


def test_an_evaluation_without_anything_to_judge_is_a_named_error(sample: CommandLine, tmp_path: Path) -> None:
    assert "2030-01-01" in sample("evaluate", SAMPLE, "--cut", "2030-01-01", code=1).err
    assert "1990-01-01" in sample("evaluate", SAMPLE, "--cut", "1990-01-01", code=1).err
    assert "nowhere" in sample("evaluate", tmp_path / "nowhere", "--cut", "2026-01-01", code=1).err
    (tmp_path / "achievements.csv").write_text("id,title\nA1,x\n", encoding="utf-8")
    assert "outcomes" in sample("evaluate", tmp_path, "--cut", "2026-01-01", code=1).err


def test_an_evaluation_says_what_of_the_folder_it_left_out(sample: CommandLine, tmp_path: Path) -> None:
    for path in SAMPLE.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "outcomes.csv").open("a", encoding="utf-8") as file:
        file.write("achievement_incubator,ex-a999,ex-i02,accepted,2025-01-01,,\nnonsense,,,,,,\n")
    told = sample("evaluate", tmp_path, "--cut", "2026-01-01").err
    assert "1 行" in told
    assert "1 条结果" in told


# the shell


def test_the_version_is_printed(matcher: CommandLine) -> None:
    assert matcher("--version").out.strip() == __version__


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("match",),
        ("match", "ex-a003", "--text", "x"),
        ("match", "--text", "  ", "--to", "funds"),
        ("match", "--text", "x"),
        ("match", "ex-a003", "--to", "projects"),
        ("match", "ex-a003", "-k", "0"),
        ("match", "ex-a003", "--today", "gestern"),
        ("match", "ex-a003", "--viewer", "me"),
        ("score", "pairs.csv"),
        ("evaluate", str(SAMPLE)),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_two_and_touches_nothing(matcher: CommandLine, words: tuple[str, ...]) -> None:
    ran = matcher(*words, code=2)
    assert ran.out == ""
    assert not matcher.home.exists()


def test_what_is_piped_has_no_colours_and_loses_nothing(sample_home: Path) -> None:
    ran = run(sample_home, "match", "ex-a003", *PREFIX, "-k", "5", "--why")
    assert "\x1b" not in ran.out + ran.err
    assert all(f"{row}  " in ran.out for row in range(1, 6))
    narrow = run(sample_home, "evaluate", SAMPLE, "--cut", "2026-01-01")
    assert "…" not in narrow.out
    assert "dense_knn" in narrow.out


def test_a_console_of_another_code_page_does_not_end_the_run(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = subprocess.run(
        [sys.executable, "-c", "from matcher.cli import main; main()", "why", "ex-a027", "ex-i04", *PREFIX],
        env={**os.environ, **environment(sample_home, {})},
        capture_output=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert b"ex-i04" in process.stdout


@pytest.mark.parametrize("extra", [("--json",), ("--why",)])
def test_a_reader_that_leaves_early_is_no_error(sample_home: Path, extra: tuple[str, ...]) -> None:
    process = start(sample_home, "match", "ex-a003", *PREFIX, "-k", "28", *extra)
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert "Exception" not in err


def test_control_c_says_so_and_exits_with_130(tmp_path: Path) -> None:
    path = tmp_path / "achievements.csv"
    rows = "".join(f"A{number},第{number}号玉米淀粉\n" for number in range(30_000))
    path.write_text("id,title\n" + rows, encoding="utf-8")
    process = start(tmp_path / "home", "import", path)
    while process.poll() is None and not (tmp_path / "home" / "matcher.db").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "已中断" in err
    assert "Traceback" not in err


# the real encoder


@pytest.mark.model
@pytest.mark.slow
def test_the_real_encoder_finds_a_carrier_for_mongolian_medicine(
    matcher: CommandLine, real_encoder_cache: Path, real_encoder_folder: Path
) -> None:
    assert real_encoder_folder.is_dir()
    real = replace(matcher, settings={"encoder": "default", "cache_dir": str(real_encoder_cache)})
    real("import", SAMPLE)
    found = real("match", "--text", "蒙药复方制剂的现代化工艺", "--to", "incubators", *PREFIX, "--json").json
    with (SAMPLE / "incubators.csv").open(encoding="utf-8", newline="") as file:
        focus = {row["编号"]: row["孵化方向"] + row["主导产业"] for row in csv.DictReader(file)}
    assert "蒙药" in focus[found[0]["id"]] or "蒙医药" in focus[found[0]["id"]]
