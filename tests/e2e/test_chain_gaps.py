"""`matcher policy chain-gaps` as a user types it, on the sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matcher.resources import data_folder
from tests.commandline import DAY, CommandLine

ASKED = ("policy", "chain-gaps", "--as-of", DAY)
INDUSTRIES = ["corn", "tourism", "coal", "tcm", "strategic"]


def nodes(found: Any) -> dict[str, Any]:
    return {
        one["id"]: one for industry in found["industries"] for chain in industry["chains"] for one in chain["nodes"]
    }


def test_every_industry_of_the_notice_is_reported_with_clause_and_source(sample: CommandLine) -> None:
    found = sample(*ASKED, "--json").json

    assert [one["code"] for one in found["industries"]] == INDUSTRIES
    assert (found["as_of"], found["viewer"], found["region"]) == (DAY, "brokers", None)
    for one in nodes(found).values():
        assert one["state"] in {"strong", "extendable", "weak", "missing"}
        assert (one["verdict"]["clause"], one["verdict"]["source"]) == ("二(三)", "通创办发〔2023〕2号")
        assert one["verdict"]["confidence"] == "INFERRED"


def test_counts_are_those_of_the_records_listed(sample: CommandLine) -> None:
    for one in nodes(sample(*ASKED, "--json").json).values():
        figures = one["figures"]
        taken = [each for each in one["results"] if each["taken_by"]]
        assert figures["results_taken"] == len(taken)
        assert figures["results_open"] == len(one["results"]) - len(taken)
        assert figures["projects"] == len(one["projects"])
        assert figures["carriers"] == sum(each["open"] is not False for each in one["carriers"])
        assert figures["projects_unmet"] == len(one["unmet"]["projects"])
        assert figures["results_unmet"] == len(one["unmet"]["results"])


def test_every_placement_names_its_rule_and_its_words(sample: CommandLine) -> None:
    for one in nodes(sample(*ASKED, "--json").json).values():
        for each in (*one["results"], *one["projects"]):
            assert each["place"]["rule"].startswith("CHAIN-PLACE.")
            assert each["place"]["signs"]


def test_only_weak_and_missing_nodes_are_filled_and_only_by_open_results(sample: CommandLine) -> None:
    found = nodes(sample(*ASKED, "--json").json)

    assert any(one["fills"] for one in found.values())
    for one in found.values():
        assert not one["fills"] or one["state"] in {"weak", "missing"}
        assert not [each for each in one["fills"] if each["taken_by"]]


def test_what_could_fill_a_gap_comes_with_the_reason_and_who_could_take_it(sample: CommandLine) -> None:
    retire = nodes(sample(*ASKED, "--industry", "新能源", "--json").json)["energy.retire"]

    assert retire["state"] == "missing"
    [one] = retire["fills"]
    assert (one["id"], one["could_go_to"]) == ("ex-a066", ["ex-i25"])
    assert {"where": "name", "where_name": {"zh": "名称", "en": "name"}, "what": "退役风机"} in one["place"]["signs"]


def test_a_gap_behind_an_existing_node_with_results_is_a_chain_to_extend(sample: CommandLine) -> None:
    [chain] = sample(*ASKED, "--industry", "新能源", "--json").json["industries"][0]["chains"]
    link = next(one for one in chain["links"] if one["to"] == "energy.retire")

    assert (link["from"], link["state"]) == ("energy.generation", "extendable")


@pytest.mark.parametrize("name", ["coal", "煤化工", "现代煤化工", "Modern coal chemistry"])
def test_an_industry_is_known_by_what_a_file_calls_it(sample: CommandLine, name: str) -> None:
    found = sample(*ASKED, "--industry", name, "--json").json

    assert [one["code"] for one in found["industries"]] == ["coal"]


def test_an_industry_without_a_chain_is_a_named_error_with_those_there_are(sample: CommandLine) -> None:
    told = sample(*ASKED, "--industry", "现代物流", code=1).err

    assert "没有为“现代物流”设产业链" in told
    assert "玉米生物、文化旅游" in told


def test_people_get_a_table_the_links_and_what_could_fill(sample: CommandLine) -> None:
    shown = sample(*ASKED, "--industry", "新能源").out

    assert "战略性新兴产业 · 新能源" in shown
    assert "延链 风光发电装备与部件 → 退役装备回收" in shown
    assert "可补 1 退役风机叶片切割破碎与纤维再利用 ex-a066" in shown
    assert "可接 ex-i25" in shown
    assert "归入环节" in shown
    assert "补链”指可见记录中没有" in sample(*ASKED).err


def test_why_tells_of_every_record_where_it_stands_and_by_what(sample: CommandLine) -> None:
    shown = sample(*ASKED, "--industry", "coal", "--why").out

    assert "CHAIN-NODE.missing · 通创办发〔2023〕2号 二(三) · INFERRED" in shown
    assert "褐煤蒸汽管回转干燥尾气水回收 ex-a031  关键词“褐煤干燥”  已落地 ex-i03、ex-p027" in shown
    assert "方向“褐煤提质”" in shown


def test_the_english_screen_has_no_chinese_of_its_own(sample: CommandLine) -> None:
    shown = sample(*ASKED, "--industry", "tourism", language="en")

    assert "missing creative products → marketing and ticketing" in shown.out
    assert "could go to" in shown.out
    assert "Missing means absent" in shown.err


def test_a_region_leaves_carriers_and_projects_of_other_places_out(sample: CommandLine) -> None:
    everywhere, here = (
        nodes(sample(*ASKED, *region, "--json").json)["biomedicine.drug"] for region in ((), ("--region", "通辽市"))
    )

    assert "ex-i26" in [one["id"] for one in everywhere["carriers"]]
    assert "ex-i26" not in [one["id"] for one in here["carriers"]]
    assert (everywhere["figures"]["projects"], here["figures"]["projects"]) == (1, 0)
    assert f"{DAY} 通辽市" in sample(*ASKED, "--region", "通辽市", "--industry", "corn").out


def test_a_region_on_no_map_is_a_named_error(sample: CommandLine) -> None:
    assert "不认识地区“月球”" in sample(*ASKED, "--region", "月球", code=1).err


def test_coverage_counts_every_record_once(sample: CommandLine) -> None:
    found = sample(*ASKED, "--viewer", "restricted", "--json").json["coverage"]

    assert {name: one["total"] for name, one in found.items()} == {
        "achievements": 105, "incubators": 28, "projects": 89, "funds": 20,
    }  # fmt: skip
    for one in found.values():
        assert one["total"] == sum(one[name] for name in ("placed", "general", "unplaced", "outside", "untold"))


def test_the_day_picks_the_rules_and_before_the_notice_nothing_is_decided(sample: CommandLine) -> None:
    found = nodes(sample("policy", "chain-gaps", "--as-of", "2023-03-26", "--json").json)

    assert {one["state"] for one in found.values()} == {None}
    assert "未判定" in sample("policy", "chain-gaps", "--as-of", "2023-03-26", "--industry", "corn").out


def test_without_records_the_next_step_is_told(matcher: CommandLine) -> None:
    assert "matcher import" in matcher(*ASKED).err


def test_a_chain_file_of_ones_own_serves_instead(sample: CommandLine, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    text = (data_folder("taxonomy") / "chains.yaml").read_text(encoding="utf-8")
    mine.write_text(text.replace("zh: 育种与种植", "zh: 种业"), encoding="utf-8")

    found = sample(*ASKED, "--industry", "corn", "--json", chains=str(mine)).json
    assert nodes(found)["corn.seed"]["name"]["zh"] == "种业"
    assert found["chains_version"] != sample(*ASKED, "--industry", "corn", "--json").json["chains_version"]

    mine.write_text(text.replace("position: upstream", "position: aside", 1), encoding="utf-8")
    line = text[: text.index("position: upstream")].count("\n") + 1
    assert f"mine.yaml 第 {line} 行" in sample(*ASKED, code=1, chains=str(mine)).err


def test_answers_are_the_same_byte_for_byte(sample: CommandLine) -> None:
    assert sample(*ASKED, "--json").out == sample(*ASKED, "--json").out
    assert sample(*ASKED, "--why").out == sample(*ASKED, "--why").out
