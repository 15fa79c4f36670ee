"""`matcher policy evaluate` as a user types it, on the sample."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from matcher.resources import data_folder
from tests.commandline import DAY, CommandLine

RESTRICTED = ("ex-a023", "ex-a030", "ex-a059", "ex-a078", "ex-a089")
ASKED = ("--year", "2025", "--as-of", DAY)


def test_an_internal_score_says_that_it_is_internal_and_where_its_structure_comes_from(sample: CommandLine) -> None:
    found = sample("policy", "evaluate", "ex-i07", *ASKED, "--json").json["internal"]

    assert found["kind"] == "internal"
    assert found["structure"] == {"source": "湖州市众创空间认定（备案）评审表", "clause": "评审表", "weights": "SEEN"}
    assert found["score"]["low"] == found["score"]["high"] == pytest.approx(76.8, abs=0.05)
    assert (found["coverage"], found["grade"]) == (1, "good")
    shown = sample("policy", "evaluate", "ex-i07", *ASKED).out
    assert "内部评价（本服务自用，不是官方评分）" in shown
    assert "湖州市" in shown


def test_no_official_score_is_told_and_why(sample: CommandLine) -> None:
    found = sample("policy", "evaluate", "ex-i02", *ASKED, "--json").json["official"]

    assert (found["available"], found["scores"]) == (False, [])
    assert [one["source"] for one in found["not_obtained"]] == ["国科火字〔2019〕239号"]
    assert "官方评分：没有" in sample("policy", "evaluate", "ex-i02", *ASKED).out
    assert "239" not in sample("policy", "evaluate", "--all", *ASKED).out


def test_a_missing_figure_makes_a_range_and_is_named(sample: CommandLine) -> None:
    found = sample("policy", "evaluate", "ex-i12", *ASKED, "--json").json["internal"]

    assert (found["score"]["high"] - found["score"]["low"], found["grade"]) == (5, None)
    assert found["grades_possible"] == ["excellent", "good"]
    assert [one["zh"] for one in found["missing"]] == ["促成技术合同数"]
    assert "未定（B 良好～A 优秀）" in sample("policy", "evaluate", "ex-i12", *ASKED).out


def test_year_on_year_compares_the_same_set_on_both_years(sample: CommandLine) -> None:
    found = sample("policy", "evaluate", "ex-i07", *ASKED, "--json").json["internal"]
    events = next(one for one in found["indicators"] if one["metric"] == "events")

    assert found["before"]["low"] == found["before"]["high"] == pytest.approx(52.6, abs=0.05)
    assert (events["value"], events["value_before"]) == (26, 19)
    assert "（上年 19 场，11.9 分）" in sample("policy", "evaluate", "ex-i07", *ASKED).out


def test_what_a_carrier_is_told_apart_by_is_said_where_it_has_no_set(sample: CommandLine) -> None:
    assert "星创天地" in sample("policy", "evaluate", "ex-i09", *ASKED).out
    for name, why in (
        ("ex-i09", "未列星创天地"),
        ("ex-i14", "未列加速器"),
        ("ex-i16", "未列产业园区"),
        ("ex-i24", "不在本市"),
    ):
        one = sample("policy", "evaluate", name, *ASKED, "--json").json
        assert one["internal"] is None
        assert why in one["class"]["without_set"]["zh"]


def test_a_year_without_any_figure_has_no_score(sample: CommandLine) -> None:
    shown = sample("policy", "evaluate", "ex-i28", *ASKED).out

    assert "没有填报数据，不计分" in shown
    assert "连续两次不合格" in shown


@pytest.mark.parametrize(
    ("carrier", "rule", "made"),
    [("ex-i28", "EV-MANAGE.two", True), ("ex-i02", "EV-MANAGE.national-yearly", True)],
)
def test_proposals_follow_the_official_results(sample: CommandLine, carrier: str, rule: str, *, made: bool) -> None:
    [found] = sample("policy", "evaluate", carrier, *ASKED, "--json").json["proposals"]

    assert (found["rule"], found["made"]) == (rule, made)
    assert found["clause"]
    assert found["source"]


def test_a_revoked_carrier_is_not_proposed_again_and_one_that_recovered_neither(sample: CommandLine) -> None:
    for name in ("ex-i22", "ex-i13"):
        assert sample("policy", "evaluate", name, *ASKED, "--json").json["proposals"] == []
    [open_] = sample("policy", "evaluate", "ex-i20", *ASKED, "--json").json["proposals"]
    assert (open_["made"], open_["state"]) == (False, "unknown")  # its grade is not published yet
    [region] = sample("policy", "evaluate", "ex-i13", "--year", "2024", "--as-of", DAY, "--json").json["proposals"]
    assert (region["rule"], region["confidence"]) == ("EV-MANAGE.region-failed", "SEEN_PRIMARY")


def test_all_are_ranked_within_their_class_and_internally(sample: CommandLine) -> None:
    found = sample("policy", "evaluate", "--all", *ASKED, "--json").json
    names = [one["class"]["rule"] for one in found["carriers"]]
    social = [one for one in found["carriers"] if one["class"]["rule"] == "EV-CLASS.social"]

    assert found["kind"] == "internal"
    assert len(names) == 28
    assert names == sorted(names, key=list(dict.fromkeys(names)).index)
    assert [(one["id"], one["place"] and one["place"]["best"]) for one in social] == [
        ("ex-i08", 1), ("ex-i07", 2), ("ex-i21", None),
    ]  # fmt: skip
    shown = sample("policy", "evaluate", "--all", *ASKED).out
    assert "中位数" in shown
    assert shown.count("本服务自用，不是官方评分") == 4


@pytest.mark.parametrize("year", ["2023", "2024", "2025", "2026"])
def test_no_count_names_a_result_that_the_viewer_may_not_see(sample: CommandLine, year: str) -> None:
    for viewer in ("public", "brokers"):
        asked = ("policy", "evaluate", "--all", "--year", year, "--as-of", DAY, "--viewer", viewer)
        assert not [one for one in RESTRICTED if one in sample(*asked, "--json").out]


def test_a_changed_weight_changes_the_score_without_code(sample: CommandLine, tmp_path: Path) -> None:
    own = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    text = (own / "evaluation.yaml").read_text(encoding="utf-8")
    text = text.replace("weight: 15, metric: residents,", "weight: 5, metric: residents,", 1)
    text = text.replace("technical, weight: 10, metric", "technical, weight: 20, metric", 1)
    (own / "evaluation.yaml").write_text(text, encoding="utf-8")
    asked = ("policy", "evaluate", "ex-i07", *ASKED, "--json")

    before, after = sample(*asked).json, sample(*asked, policy=str(own)).json
    assert after["internal"]["score"]["low"] < before["internal"]["score"]["low"]
    assert after["rules_version"] != before["rules_version"]
    (own / "evaluation.yaml").write_text(text.replace("weight: 20, metric", "weight: 21, metric", 1), encoding="utf-8")
    assert "sum to 101" in sample(*asked, policy=str(own), code=1).err


def test_wrong_questions_are_answered_with_the_next_step(sample: CommandLine) -> None:
    assert "载体编号" in sample("policy", "evaluate", "ex-p001", *ASKED, code=1).err
    assert sample("policy", "evaluate", "银毡文旅众创空间", *ASKED, "--json").json["id"] == "ex-i07"
    assert "ex-i21" in sample("policy", "evaluate", "ex-i1", *ASKED, code=1).err
    sample("policy", "evaluate", *ASKED, code=2)
    sample("policy", "evaluate", "ex-i01", "--all", *ASKED, code=2)


def test_answers_are_the_same_byte_for_byte(sample: CommandLine) -> None:
    asked = ("policy", "evaluate", "--all", *ASKED, "--json")

    assert sample(*asked).out == sample(*asked).out
