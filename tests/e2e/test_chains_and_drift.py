"""`matcher chain` and `matcher drift` as a user types them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.commandline import DAY, CommandLine

PREFIX = ("--today", DAY)
PATH_KEYS = {
    "result",
    "incubator",
    "fund",
    "stage",
    "probability",
    "tier",
    "weakest",
    "strengthening",
}


# chain


def test_a_chain_is_two_matches_with_their_product_and_the_weaker_named(sample: CommandLine) -> None:
    found = sample("chain", "ex-a027", *PREFIX, "--json").json
    assert len(found["paths"]) == 5
    for path in found["paths"]:
        assert set(path) == PATH_KEYS
        links = {side: path[side]["probability"] for side in ("incubator", "fund")}
        assert path["probability"] == pytest.approx(links["incubator"] * links["fund"], abs=2e-6)
        assert links[path["weakest"]] == min(links.values())
        assert path["strengthening"]
    assert found["refused"]["incubator"]["capacity"] == 1
    shown = sample("chain", "ex-a027", *PREFIX)
    assert all(path[side]["name"] in shown.out for path in found["paths"] for side in ("incubator", "fund"))
    assert "最弱一环" in shown.out
    assert "载体已满 1" in shown.err


def test_the_first_link_is_what_match_says(sample: CommandLine) -> None:
    path = sample("chain", "ex-a027", *PREFIX, "--json").json["paths"][0]["incubator"]
    matches = {one["id"]: one for one in sample("match", "ex-a027", *PREFIX, "-k", "100", "--json").json}
    assert matches[path["id"]] == {key: value for key, value in path.items() if key != "taken"}


def test_a_result_that_became_a_project_shows_it_first(sample: CommandLine) -> None:
    found = sample("chain", "ex-a001", *PREFIX, "--json").json
    assert found["undertaken"][0]["project"]["id"] == "ex-p001"
    assert found["undertaken"][0]["incubator"]["id"] == "ex-i02"
    assert "accepted" in {one["result"] for one in found["undertaken"][0]["decided"]}
    assert sample("chain", "ex-a001", *PREFIX).out.lstrip().startswith("●  已落地")


def test_words_and_a_fund_are_starting_points_too(sample: CommandLine) -> None:
    assert sample("chain", "--text", "蒙药复方制剂的现代化工艺", *PREFIX, "--json").json["paths"]
    found = sample("chain", "--fund", "ex-f06", *PREFIX, "-k", "3", "--json").json
    assert {path["fund"]["id"] for path in found["paths"]} == {"ex-f06"}
    assert "may follow" in sample("chain", "ex-a001", *PREFIX, language="en").out


def test_the_same_chain_question_has_the_same_answer_byte_for_byte(sample: CommandLine) -> None:
    for asked in (("ex-a003",), ("--fund", "ex-f01")):
        assert sample("chain", *asked, *PREFIX, "--why", "--json") == sample(
            "chain", *asked, *PREFIX, "--why", "--json"
        )


@pytest.mark.parametrize(
    ("asked", "step"),
    [
        (("ex-p001",), "matcher match ex-p001"),
        (("ex-i02",), "matcher screen ex-i02"),
        (("ex-f01",), "matcher chain --fund ex-f01"),
        (("--fund", "ex-a003"), "matcher chain ex-a003"),
        (("ex-a999",), "ex-a099"),
        (("ex-a023",), "--viewer"),
    ],
)
def test_a_chain_that_cannot_be_asked_names_the_way(sample: CommandLine, asked: tuple[str, ...], step: str) -> None:
    assert step in sample("chain", *asked, *PREFIX, code=1).err


@pytest.mark.parametrize(
    "asked", [("chain",), ("chain", "ex-a003", "--fund", "ex-f01"), ("drift",), ("drift", "a", "--all")]
)
def test_none_or_two_starting_points_are_wrong_usage(sample: CommandLine, asked: tuple[str, ...]) -> None:
    sample(*asked, code=2)


def test_an_empty_database_has_no_chains_and_no_drift(matcher: CommandLine) -> None:
    assert matcher("chain", "--text", "蒙药", "--json").json["paths"] == []
    assert "没有可走通的路径" in matcher("chain", "--text", "蒙药").err
    assert matcher("drift", "--all", "--json").json == []
    assert "空" in matcher("drift", "ex-f01", code=1).err


# drift


@pytest.fixture
def shifted(matcher: CommandLine, tmp_path: Path) -> CommandLine:
    """A fund that states corn and tourism but took biomedicine; a tenth decision is restricted."""
    folder = tmp_path / "eco"
    folder.mkdir()

    def write(name: str, *rows: tuple[str, ...]) -> None:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    sectors = ["生物医药"] * 9 + ["玉米生物"] * 5
    hidden = ("P99", "秘密项目", "生物医药", "restricted")
    projects = [(f"P{n}", f"项目{n}", sector, "public") for n, sector in enumerate(sectors)]
    offered = [(f"T{n}", f"文旅项目{n}", "文化旅游", "public") for n in range(20)]
    write(
        "funds",
        ("id", "name", "industries", "备注一"),
        ("F1", "示例基金", "玉米生物;文化旅游", "原样"),
        ("F2", "别的基金", "", ""),
    )
    write("projects", ("id", "name", "industry", "visibility"), *projects, *offered, hidden)
    decided = [("project_fund", row[0], "F1", "accepted", "2026-05-01", "") for row in (*projects, hidden)]
    decided += [("project_fund", row[0], "F2", "accepted", "2026-05-01", "") for row in offered]
    decided.append(("project_fund", "T0", "F1", "rejected", "2026-05-02", "方向不符：只看生物"))
    write("outcomes", ("kind", "left_id", "right_id", "result", "decided_on", "reason"), *decided)
    matcher("import", folder)
    return matcher


def test_a_shift_is_named_with_its_decisions_and_an_edit_that_import_takes(
    shifted: CommandLine, tmp_path: Path
) -> None:
    found = shifted("drift", "F1", *PREFIX, "--json").json
    edits = {(edit["change"], edit["value"]) for edit in found["edits"]}
    assert edits == {("add", "生物医药"), ("drop", "文化旅游")}
    assert {one["id"] for one in found["edits"][0]["evidence"]} == {f"P{n}" for n in range(9)}
    assert found["edits"][1]["evidence"][0]["reason"] == "方向不符：只看生物"
    path = tmp_path / "修改.csv"
    shown = shifted("drift", "F1", *PREFIX, "--edit-file", path)
    assert "投资行业增加 生物医药（9/14" in shown.out
    assert "方向不符 1" in shown.out
    assert f"matcher import {path} --kind funds" in shown.err
    before = shifted("drift", "F1", *PREFIX, "--json")
    assert before.json == found  # nothing is changed by itself
    assert shifted("import", path, "--kind", "funds", "--json").json["tables"]["funds"]["updated"] == 1
    after = shifted("drift", "F1", *PREFIX, "--json").json
    assert after["edits"] == []
    assert after["dimensions"][0]["stated"] == ["玉米生物", "生物医药"]


def test_a_restricted_decision_is_counted_and_named_only_for_the_entitled(shifted: CommandLine) -> None:
    for viewer, seen in (("public", False), ("brokers", False), ("restricted", True)):
        told = shifted("drift", "F1", *PREFIX, "--viewer", viewer, "--json")
        assert (len(told.json["accepted"]) == 15) is seen
        assert ("秘密项目" in told.out) is seen


def test_all_of_the_sample_in_one_table(sample: CommandLine) -> None:
    found = sample("drift", "--all", *PREFIX, "--json").json
    assert len(found) == 48
    assert sum(bool(one["edits"]) for one in found) == 0
    assert "无从判断" in sample("drift", "--all", *PREFIX).out


def test_without_a_proposal_no_file_is_written(sample: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    assert "未写文件" in sample("drift", "ex-f12", *PREFIX, "--edit-file", path).err
    assert not path.exists()
    assert "ex-a003" in sample("drift", "ex-a003", *PREFIX, code=1).err
