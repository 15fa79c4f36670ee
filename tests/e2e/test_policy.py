"""`matcher policy` as a user types it, on the sample."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from matcher.resources import data_folder
from tests.commandline import DAY, CommandLine

RULE_KEYS = {"id", "clause", "source", "confidence", "effect"}
AS_OF = ("--as-of", DAY)
RESTRICTED = ("ex-p007", "ex-p066", "ex-p072")


def test_the_rules_are_a_list_with_clause_source_confidence_and_effect(sample: CommandLine) -> None:
    found = sample("policy", "rules", "--json").json

    assert len({one["id"] for one in found}) == len(found) > 90
    for one in found:
        assert set(one) >= RULE_KEYS
        assert all(one[key] for key in RULE_KEYS)
        assert one["effect"] in {"info", "warn", "prefer", "reject"}
        assert one["confidence"] != "MEMORY" or one["effect"] in {"info", "warn"}
    assert "条文未取得" in sample("policy", "rules").out


@pytest.mark.parametrize(("day", "there", "gone"), [("2025-07-09", "2018", "2025"), ("2025-07-10", "2025", "2018")])
def test_the_day_picks_the_version(sample: CommandLine, day: str, there: str, gone: str) -> None:
    names = {one["ruleset"] for one in sample("policy", "rules", "--as-of", day, "--json").json}

    assert any(there in name and "INC" in name for name in names)
    assert not any(gone in name and "INC" in name for name in names)


def test_criteria_tell_value_threshold_margin_clause_and_where_the_value_comes_from(sample: CommandLine) -> None:
    found = sample("policy", "criteria", "ex-i13", "--as-of", "2025-01-01", "--json").json
    national = next(one for one in found["standards"] if one["ruleset"] == "NAT-INC-2018")
    tenants = next(one for one in national["verdicts"] if one["rule"] == "NAT-INC-2018.G6")

    assert (tenants["state"], tenants["value"], tenants["threshold"], tenants["margin"]) == ("fail", 26, 30, -4)
    assert tenants["change"]["zh"] == "还差 4 家在孵企业"
    assert (tenants["source"], tenants["confidence"]) == ("国科发区〔2018〕300号", "SEEN")
    assert tenants["origins"][0]["zh"] == "填报“在孵企业数”"
    assert "还差 4 家在孵企业" in sample("policy", "criteria", "ex-i13", "--as-of", "2025-01-01").out


def test_relief_moves_the_thresholds(sample: CommandLine) -> None:
    asked = ("policy", "criteria", "ex-i13", "--as-of", "2025-01-01", "--remote-area", "--json")
    found = sample(*asked).json["standards"][0]["verdicts"]

    assert next(one["threshold"] for one in found if one["rule"] == "NAT-INC-2018.G6") == 24


def test_the_path_names_the_open_conditions_of_each_project(sample: CommandLine) -> None:
    found = sample("policy", "criteria", "ex-i05", *AS_OF, "--json").json["path"]

    assert {one["id"] for one in found} >= {"ex-p019", "ex-p026"}
    assert [step["to"]["zh"] for step in found[0]["ahead"]] == ["孵化器", "加速器/产业园区"]
    assert "待核" in sample("policy", "criteria", "ex-i05", *AS_OF).out


def test_a_project_before_the_funds_has_its_tier_with_the_clause(sample: CommandLine) -> None:
    found = sample("policy", "priority", "ex-p019", *AS_OF, "--json").json
    first = found["funds"][0]

    assert len(found["funds"]) == 20
    assert (first["tier"], first["clause"], first["source"]) == (1, "三(三)", "通创办发〔2023〕2号")
    assert {one["tier"] for one in found["funds"] if one["id"] == "ex-f05"} == {0}
    shown = sample("policy", "priority", "ex-p019", *AS_OF).out
    assert "优先 1" in shown
    assert "初创科技型企业" in shown


def test_the_tier_is_the_one_that_screening_shows(sample: CommandLine) -> None:
    screened = {
        one["id"]: one["tier"] for one in sample("screen", "ex-f01", "--today", DAY, "-k", "100", "--json").json
    }
    for name in list(screened)[:3]:
        found = sample("policy", "priority", name, *AS_OF, "--json").json["funds"]
        assert next(one["tier"] for one in found if one["id"] == "ex-f01") == screened[name]


def test_the_status_of_a_start_up_names_what_is_missing_and_never_passes_without_it(sample: CommandLine) -> None:
    [status] = sample("policy", "priority", "ex-p019", *AS_OF, "--json").json["startup"]

    assert status["state"] == "unknown"
    assert "境内注册、查账征收的居民企业" in [one["zh"] for one in status["missing"]]
    [large] = sample("policy", "priority", "ex-p004", *AS_OF, "--json").json["startup"]
    assert large["state"] == "fail"


@pytest.mark.parametrize("viewer", ["public", "brokers"])
def test_what_the_viewer_may_not_see_is_in_no_path(sample: CommandLine, viewer: str) -> None:
    for number in range(1, 29):
        shown = sample("policy", "criteria", f"ex-i{number:02}", *AS_OF, "--viewer", viewer, "--json").out
        assert not [name for name in RESTRICTED if name in shown]


def test_a_hidden_project_is_refused_without_a_word_about_it(sample: CommandLine) -> None:
    told = [sample("policy", command, "ex-p007", code=1).err for command in ("priority", "criteria")]

    assert told[0] == told[1]
    assert "--viewer" in told[0]
    assert sample("policy", "priority", "ex-p007", "--viewer", "restricted", *AS_OF, "--json").json


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("criteria", "ex-p001"), "matcher policy priority"),
        (("priority", "ex-i01"), "matcher policy criteria"),
        (("criteria", "nobody"), "nobody"),
    ],
)
def test_a_wrong_id_is_answered_with_the_next_step(sample: CommandLine, words: tuple[str, str], told: str) -> None:
    assert told in sample("policy", *words, code=1).err


def test_nothing_imported_is_told_and_the_rules_need_no_records(matcher: CommandLine) -> None:
    assert "ex-i01" in matcher("policy", "criteria", "ex-i01", code=1).err
    assert matcher("policy", "rules", "--json").json


def test_rules_of_a_folder_of_ones_own_change_who_is_matched(sample: CommandLine, tmp_path: Path) -> None:
    own = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    text = (own / "matching.yaml").read_text(encoding="utf-8")
    (own / "matching.yaml").write_text(
        text.replace("clause: 可容纳企业数,", "clause: 可容纳企业数, effect: warn,"), encoding="utf-8"
    )
    asked = ("why", "ex-a027", "ex-i04", "--today", DAY, "--json")

    assert sample(*asked).json["eligible"] is False
    softer = sample(*asked, policy=str(own)).json
    assert softer["eligible"] is True
    assert next(one for one in softer["verdicts"] if one["rule"] == "capacity")["effect"] == "warn"


def test_a_broken_rule_file_is_named_with_its_line(sample: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("# 规则\nrulesets: 7\n", encoding="utf-8")
    told = sample("policy", "rules", code=1, policy=str(tmp_path)).err

    assert "mine.yaml 第 2 行" in told
    assert "data/policy/README.md" in told


def test_answers_are_the_same_byte_for_byte(sample: CommandLine) -> None:
    asked = ("policy", "criteria", "ex-i13", *AS_OF, "--json")

    assert sample(*asked).out == sample(*asked).out
    json.loads(sample(*asked).out)
