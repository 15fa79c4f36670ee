"""`matcher identity` on the sample: what is proposed, decided, pooled, hidden and taken back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import DAY, SAMPLE, CommandLine

TODAY = ("--today", DAY)


@pytest.fixture
def mine(sample: CommandLine, matcher: CommandLine) -> CommandLine:
    """The sample, imported and indexed, to be changed."""
    shutil.copytree(sample.home, matcher.home)
    return matcher


def ids(line: CommandLine, *words: object) -> set[str]:
    return {one["id"] for one in line(*words, *TODAY, "-k", "1000", "--json").json}


def pairs(line: CommandLine, *words: object) -> set[tuple[str, str]]:
    return {(one["alias"]["id"], one["canonical"]["id"]) for one in line("identity", *words, "--json").json}


def activity(match: Any) -> float:
    """What is known of the taker's own past, added up."""
    parts = [
        part for part in match["components"] if part["name"] in ("popularity", "recent") or "activity" in part["name"]
    ]
    assert parts
    return sum(part["value"] or 0.0 for part in parts)


def test_the_two_spellings_of_the_sample_are_proposed_with_reason_evidence_and_commands(sample: CommandLine) -> None:
    found = {one["kind"]: one for one in sample("identity", "review", "--json").json}
    assert (found["fund"]["alias"]["id"], found["fund"]["canonical"]["id"]) == ("ex-f18", "ex-f01")
    assert found["fund"]["reason"]["code"] == "suffix"
    assert (found["incubator"]["alias"]["id"], found["incubator"]["reason"]["code"]) == ("ex-i27", "same_form")
    assert found["incubator"]["canonical"]["outcomes"] > found["incubator"]["alias"]["outcomes"] > 0
    shown = sample("identity", "review", "--kind", "fund").out
    assert "matcher identity same ex-f18 ex-f01" in shown
    assert "ex-i27" not in shown
    assert "one has a suffix more" in sample("identity", "review", language="en").out


def test_a_fund_decided_to_be_another_is_no_candidate_and_its_past_counts_for_the_other(mine: CommandLine) -> None:
    project = next(iter(ids(mine, "screen", "ex-f18") & ids(mine, "screen", "ex-f01")))
    before = mine("why", project, "ex-f01", *TODAY, "--json").json
    assert "ex-f18" in ids(mine, "match", project) | {"ex-f18"}
    told = mine("identity", "same", "ex-f18", "马莲滩天使投资基金(有限合伙)", "--by", "王").out
    assert "ex-f18 计入 ex-f01" in told
    for number in (1, 10, 24):
        assert "ex-f18" not in ids(mine, "match", f"ex-p{number:03}")
    after = mine("why", project, "ex-f01", *TODAY, "--json").json
    assert activity(before) < activity(after)
    screened = mine("screen", "ex-f18", *TODAY, "--json")
    assert "ex-f18 计入 ex-f01" in screened.err
    assert screened.json == mine("screen", "ex-f01", *TODAY, "--json").json
    assert mine("why", project, "ex-f18", *TODAY, "--json").json["id"] == "ex-f01"
    assert mine("identity", "review", "--kind", "fund", "--json").json == []
    mine("identity", "undo", "ex-f01", "ex-f18")
    assert mine("why", project, "ex-f01", *TODAY, "--json").json == before


def test_what_a_pooled_fund_decided_is_not_recommended_again(mine: CommandLine) -> None:
    with (SAMPLE / "outcomes.csv").open(encoding="utf-8") as file:
        taken = next(line.split(",")[1] for line in file if ",ex-f18,accepted," in line)
    mine("identity", "same", "ex-f18", "ex-f01")
    found = mine("why", taken, "ex-f01", *TODAY, "--json").json
    assert next(each["state"] for each in found["verdicts"] if each["rule"] == "already_decided") == "fail"


def test_what_was_called_different_is_not_proposed_again_until_undone(mine: CommandLine) -> None:
    mine("identity", "different", "ex-i02", "ex-i27")
    assert pairs(mine, "review") == {("ex-f18", "ex-f01")}
    (listed,) = mine("identity", "list", "--json").json
    assert (listed["decision"], listed["names"][0]) == ("different", "西辽河生物科技孵化器")
    mine("identity", "undo", "ex-i27", "ex-i02")
    assert ("ex-i27", "ex-i02") in pairs(mine, "review")
    assert "matcher identity list" in mine("identity", "undo", "ex-i27", "ex-i02", code=1).err


def test_near_duplicates_are_shown_with_what_differs_and_left_out_once_decided(mine: CommandLine) -> None:
    (found,) = mine("identity", "duplicates", "achievements", "--json").json
    assert (found["alias"]["id"], found["canonical"]["id"]) == ("ex-a014", "ex-a013")
    assert found["likeness"]["institution"] is True
    assert {"title", "summary", "inventors"} <= {each["field"] for each in found["differs"]}
    assert mine("identity", "duplicates", "projects", "--json").json == []
    assert "ex-a014" in ids(mine, "screen", "ex-i17")
    mine("identity", "same", "ex-a014", "ex-a013")
    screened = mine("screen", "ex-i17", *TODAY, "-k", "1000", "--json")
    assert "ex-a014" not in {one["id"] for one in screened.json}
    assert "1 条记录" in screened.err
    assert "没有发现" in mine("identity", "duplicates", "achievements").err
    assert "ex-a014 计入 ex-a013" in mine("match", "ex-a014", *TODAY).err
    mine("identity", "undo", "ex-a013", "ex-a014")
    assert "ex-a014" in ids(mine, "screen", "ex-i17")


def test_indexing_says_how_many_near_duplicates_came_in(matcher: CommandLine) -> None:
    matcher("import", SAMPLE)
    assert "matcher identity duplicates achievements" in matcher("index").err
    assert "duplicates" not in matcher("index").err


# who may see what


@pytest.fixture
def secret(matcher: CommandLine, tmp_path: Path) -> CommandLine:
    """A restricted result beside a public one of the same text, of an institution that only it names."""
    rows = [
        "id,title,summary,institution,visibility",
        "A1,玉米浆补料生产赖氨酸菌株,选育耐高渗菌株，三十立方米罐上产酸稳定，副产少。,平原大学,public",
        "A2,玉米浆补料生产赖氨酸菌株,选育耐高渗菌株，三十立方米罐上产酸稳定，副产少。,平原大学（北校区）,restricted",
    ]
    path = tmp_path / "achievements.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    matcher("import", path)
    return matcher


@pytest.mark.parametrize("words", [("review",), ("duplicates", "achievements")], ids=" ".join)
def test_restricted_records_are_proposed_to_the_entitled_only(secret: CommandLine, words: tuple[str, ...]) -> None:
    assert secret("identity", *words, "--json").json == []
    assert len(secret("identity", *words, "--viewer", "restricted", "--json").json) == 1


def test_neither_decisions_nor_counts_nor_errors_tell_of_restricted_records(secret: CommandLine) -> None:
    assert "近似" not in secret("index", "--rebuild").err
    secret("identity", "same", "A1", "A2", code=1)
    assert "北校区" not in secret("identity", "same", "平原大学（北校", "平原大学", code=1).err
    secret("identity", "same", "平原大学（北校区）", "平原大学", code=1)
    entitled = ("--viewer", "restricted")
    secret("identity", "same", "A1", "A2", *entitled)
    secret("identity", "same", "平原大学（北校区）", "平原大学", *entitled)
    assert secret("identity", "list", "--json").json == []
    assert len(secret("identity", "list", *entitled, "--json").json) == 2
    secret("identity", "undo", "A1", "A2", code=1)
    seen = secret("match", "A1", "--json")
    assert "A2" not in seen.err + seen.out
    assert "计入" not in seen.err
    assert "A1 计入 A2" in secret("match", "A1", *entitled).err


# alias tables, names, mistakes


def test_an_alias_table_goes_in_once_and_its_mistakes_are_told(mine: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "aliases.csv"
    rows = ("alias,canonical,kind", "ex-f18,ex-f01,fund", "平原农大,科右平原农业大学,institution", "x,,fund")
    path.write_text("\n".join(rows), "utf-8")
    done = mine("identity", "import", path, "--json").json
    assert (done["new"], len(done["issues"])) == (2, 1)
    assert mine("identity", "import", path, "--json").json["unchanged"] == 2
    assert "ex-f18" not in ids(mine, "match", "ex-p010")


def test_a_folder_with_an_alias_table_is_evaluated_as_if_the_spellings_were_one(
    sample: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "eco"
    shutil.copytree(SAMPLE, folder)
    asked = ("evaluate", folder, "--cut", "2026-01-01", "--pairing", "project_fund", "--json", "-")
    apart = sample(*asked).json["directions"]["recommend"]
    (folder / "aliases.csv").write_text("alias,canonical,kind\nex-f18,马莲滩天使投资基金(有限合伙),fund\n", "utf-8")
    together = sample(*asked).json["directions"]["recommend"]
    assert together["candidates"] <= apart["candidates"]
    assert together != apart
    assert "别名表" in sample("import", folder, "--dry-run").out


def test_pairs_of_an_alias_have_the_score_of_the_one_that_stands_for_it(mine: CommandLine, tmp_path: Path) -> None:
    pairs_file, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    pairs_file.write_text("left_id,right_id\nex-p010,ex-f18\nex-p010,ex-f01\n", "utf-8")
    mine("identity", "same", "ex-f18", "ex-f01")
    mine("score", pairs_file, "--out", out)
    first, second = (line.split(",") for line in out.read_text("utf-8").split()[1:])
    assert (first[1], second[1]) == ("ex-f18", "ex-f01")
    assert first[2] == second[2] != ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("same", "ex-f18", "nothing"), "nothing"),
        (("same", "ex-f01", "ex-a001"), "不是同一类"),
        (("same", "ex-f01", "ex-f01"), "本来就是同一个"),
        (("same", "辽河湾生物制造研究所（开鲁）", "辽河湾生物制造研究所(开鲁)"), "本来就是同一个"),
        (("same", "西辽河生物科技孵化器", "ex-i01"), "ex-i27"),
        (("same", "ex-a023", "ex-a001"), "--viewer"),
        (("import", "nowhere.csv"), "nowhere.csv"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_what_cannot_be_decided_is_named(sample: CommandLine, words: tuple[str, ...], told: str) -> None:
    assert told in sample("identity", *words, code=1).err


@pytest.mark.parametrize("words", ["review --kind project", "duplicates funds", "same ex-f01"])
def test_wrong_usage_exits_with_two(sample: CommandLine, words: str) -> None:
    sample("identity", *words.split(), code=2)


def test_an_empty_database_has_nothing_to_decide(matcher: CommandLine) -> None:
    assert matcher("identity", "review", "--json").json == []
    assert "没有待核" in matcher("identity", "review").err
    assert "没有发现" in matcher("identity", "duplicates", "projects").err
    assert "还没有判定" in matcher("identity", "list").err


def test_institutions_are_decided_by_name_and_a_chain_is_taken_apart_link_by_link(mine: CommandLine) -> None:
    names = ["科右平原农业大学", "辽河湾生物制造研究所（开鲁）", "ex-i01"]
    mine("identity", "same", names[0], names[1], "--kind", "institution")
    mine("identity", "same", names[1], names[2])
    assert "其他判定" in mine("identity", "different", names[0], names[2], code=1).err
    mine("identity", "undo", names[1], names[2])
    mine("identity", "different", names[0], names[2])
    assert {each["decision"] for each in mine("identity", "list", "--json").json} == {"same", "different"}


def test_wishes_rules_chains_and_drift_take_two_decided_to_be_one_for_one(mine: CommandLine) -> None:
    unwanted = next(iter(sorted(ids(mine, "screen", "ex-f01"))))
    mine("control", "exclude", "ex-f18", "--record", unwanted)
    assert unwanted in ids(mine, "screen", "ex-f01")
    apart = len(mine("policy", "priority", unwanted, "--as-of", DAY, "--json").json["funds"])
    mine("identity", "same", "ex-f18", "ex-f01")
    assert unwanted not in ids(mine, "screen", "ex-f01")
    funds = {one["id"]: one for one in mine("policy", "priority", unwanted, "--as-of", DAY, "--json").json["funds"]}
    assert len(funds) == apart - 1
    assert not funds["ex-f01"]["eligible"]
    assert "excluded" in {one["rule"] for one in funds["ex-f01"]["verdicts"] if one["state"] == "fail"}
    for asked in (("chain", "--fund"), ("drift",)):
        found = mine(*asked, "ex-f18", *TODAY, "--json")
        assert "ex-f18 计入 ex-f01" in found.err
        assert found.json == mine(*asked, "ex-f01", *TODAY, "--json").json


def test_the_projects_of_a_carrier_decided_to_be_another_are_the_others(mine: CommandLine) -> None:
    def tenants(carrier: str) -> set[str]:
        found = mine("policy", "criteria", carrier, "--as-of", DAY, "--json").json
        return {found["id"]} | {one["id"] for one in found["path"]}

    one, other = tenants("ex-i02"), tenants("ex-i27")
    mine("identity", "same", "ex-i02", "ex-i27")
    assert tenants("ex-i27") == tenants("ex-i02") == (one | other) - {"ex-i02"}
    assert len(one) > 1
