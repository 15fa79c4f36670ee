"""`matcher resource` and `matcher carrier` as a user types them, on the sample."""

from __future__ import annotations

import pytest

from tests.commandline import DAY, CommandLine

AS_OF = ("--as-of", DAY)
SECRET, INTERNAL = "ex-r10", ("ex-r05", "ex-r24")


def test_a_search_finds_what_holds_the_words_with_counts_by_facet(sample: CommandLine) -> None:
    found = sample("resource", "search", "冻干 中试", *AS_OF, "--json").json

    assert found["hits"][0]["id"] == "ex-r16"
    assert found["total"] == sum(found["facets"]["kind"].values())
    assert found["unheard"] == []
    shown = sample("resource", "search", "冻干 核磁", *AS_OF)
    assert "食品与药品冻干喷干中试车间" in shown.out
    assert "核磁" in shown.err


def test_filters_narrow_a_search(sample: CommandLine) -> None:
    found = sample("resource", "search", "--kind", "pilot_line", "--region", "扎鲁特旗", *AS_OF, "--json").json

    assert [one["id"] for one in found["hits"]] == ["ex-r25"]
    assert found["facets"]["kind"] == {"instrument": 1, "pilot_line": 1}


def test_a_closed_line_is_listed_with_the_reason(sample: CommandLine) -> None:
    [hit] = sample("resource", "search", "液化糖化结晶", *AS_OF, "-k", "1", "--json").json["hits"]

    assert hit["id"] == "ex-r11"
    assert [one["state"] for one in hit["verdicts"]] == ["pass", "fail"]
    assert "2025-12-31 已停止开放" in sample("resource", "search", "液化糖化结晶", *AS_OF).out


@pytest.mark.parametrize(
    ("need", "resource"), [("ex-a052", "ex-r05"), ("ex-a036", "ex-r24"), ("ex-p025", "ex-r03"), ("ex-i12", "ex-r06")]
)
def test_the_resource_a_record_needs_is_among_the_first_three(sample: CommandLine, need: str, resource: str) -> None:
    found = sample("resource", "for", need, *AS_OF, "-k", "3", "--json").json

    assert resource in [one["id"] for one in (*found["fits"], *found["closed"])]


def test_each_resource_comes_with_reasons_whose_parts_sum_to_its_score(sample: CommandLine) -> None:
    for one in sample("resource", "for", "ex-a001", *AS_OF, "--json").json["fits"]:
        assert one["usable"]
        assert one["reasons"]
        assert sum(part["contribution"] for part in one["components"]) == pytest.approx(one["score"], abs=1e-4)
        assert all(verdict["clause"] and verdict["source"] for verdict in one["verdicts"])


def test_a_result_uses_what_is_open_to_the_carrier_that_took_it(sample: CommandLine) -> None:
    found = sample("resource", "for", "ex-a001", *AS_OF, "--json").json
    fermenter = next(one for one in found["fits"] if one["id"] == "ex-r02")

    assert "对所在载体 西辽河生物科技孵化器 开放" in [one["zh"] for one in fermenter["verdicts"]]


def test_a_carrier_that_takes_a_result_later_does_not_open_anything_before(sample: CommandLine) -> None:
    found = sample("resource", "for", "ex-a001", "--as-of", "2023-11-19", "--json").json
    fermenter = next(one for one in found["fits"] if one["id"] == "ex-r02")

    assert "尚未落户载体" in next(one["zh"] for one in fermenter["verdicts"] if one["state"] == "unknown")


def test_what_cannot_be_used_is_told_with_what_would_change_it(sample: CommandLine) -> None:
    [closed] = [
        one for one in sample("resource", "for", "ex-p086", *AS_OF, "--json").json["closed"] if one["id"] == "ex-r25"
    ]

    assert closed["usable"] is False
    assert next(one["zh"] for one in closed["verdicts"] if one["state"] == "fail") == "2026-12-01 才开放"
    shown = sample("resource", "for", "ex-p086", *AS_OF).out
    assert "相合，但现在不能用" in shown
    later = sample("resource", "for", "ex-p086", "--as-of", "2026-12-01", "--json").json
    assert "ex-r25" in [one["id"] for one in later["fits"]]


def test_the_step_of_readiness_is_told_as_inferred(sample: CommandLine) -> None:
    shown = sample("resource", "for", "ex-a001", *AS_OF, "--why").out

    assert "就绪度 6，常用于中试放大（推定）" in shown
    assert "用词相合" in shown


def test_who_could_need_a_resource_is_told_by_table(sample: CommandLine) -> None:
    found = sample("resource", "users", "ex-r05", *AS_OF, "--json").json

    assert found["resource"]["id"] == "ex-r05"
    assert found["achievements"][0]["id"] == "ex-a052"
    assert "ex-p046" in [one["id"] for one in found["projects"]]
    assert "ex-i13" in [one["id"] for one in found["incubators"]]
    shown = sample("resource", "users", "ex-r05", *AS_OF).out
    assert all(title in shown for title in ("成果", "项目", "载体"))


@pytest.mark.parametrize(
    ("viewer", "hidden"), [("public", (SECRET, *INTERNAL)), ("brokers", (SECRET,)), ("restricted", ())]
)
def test_a_resource_is_shown_to_those_who_may_see_it(sample: CommandLine, viewer: str, hidden: tuple[str, ...]) -> None:
    asked = sample("resource", "search", "-k", "100", "--viewer", viewer, *AS_OF, "--json").json

    assert asked["total"] == sum(asked["facets"]["kind"].values()) == 24 - len(hidden)
    for command in (("search", "草乌减毒保密"), ("for", "ex-i04"), ("for", "ex-a036"), ("users", "ex-r03")):
        shown = sample("resource", *command, "--viewer", viewer, *AS_OF, "--json").out
        assert not [name for name in hidden if name in shown]


def test_a_hidden_resource_is_refused_like_a_hidden_record(sample: CommandLine) -> None:
    assert "--viewer restricted" in sample("resource", "users", SECRET, code=1).err
    assert SECRET not in sample("resource", "users", "ex-r1O", code=1).err


def test_a_hidden_project_is_no_user_for_who_may_not_see_it(sample: CommandLine) -> None:
    asked = ("resource", "users", "ex-r02", "-k", "100", *AS_OF, "--json")

    assert "ex-p007" not in sample(*asked).out
    assert "ex-p007" in sample(*asked, "--viewer", "restricted").out


@pytest.mark.parametrize(
    ("words", "told"), [(("for", "ex-f01"), "基金"), (("for", "nobody"), "nobody"), (("users", "nobody"), "nobody")]
)
def test_a_wrong_id_is_answered_with_the_next_step(sample: CommandLine, words: tuple[str, str], told: str) -> None:
    ran = sample("resource", *words, code=1)

    assert told in ran.err
    assert "→" in ran.err


def test_an_empty_register_finds_nothing(matcher: CommandLine) -> None:
    assert matcher("resource", "search", "冻干", "--json").json["hits"] == []
    assert "没有找到" in matcher("resource", "search").err


def test_a_carrier_is_shown_with_how_it_is_run_and_who_resides(sample: CommandLine) -> None:
    found = sample("carrier", "show", "ex-i02", *AS_OF, "--json").json

    assert [(one["mode"], one["partner"], one["state"]) for one in found["run"]] == [
        ("commissioned", "青岸孵化管理有限公司", "now")
    ]
    assert [one["clause"] for one in found["run"][0]["clauses"]] == ["二(一)"]
    assert {one["fund_id"]: one["fund_kind"] for one in found["residents"]} == {"ex-f01": "angel", "ex-f13": "bank"}
    assert {one["clauses"][0]["clause"] for one in found["residents"]} == {"三(三)"}
    assert found["missing"] == []


def test_what_ended_is_told_as_ended_and_what_is_not_known_as_missing(sample: CommandLine) -> None:
    replaced = sample("carrier", "show", "ex-i20", *AS_OF, "--json").json["run"]
    assert [(one["partner"][:2], one["state"]) for one in replaced] == [("雁行", "now"), ("顺驿", "ended")]
    assert [one["state"] for one in sample("carrier", "show", "ex-i09", *AS_OF, "--json").json["residents"]] == [
        "ended"
    ]
    undated = sample("carrier", "show", "ex-i04", *AS_OF, "--json").json
    assert [one["zh"] for one in undated["missing"]] == ["运营方式未登记", "敖包泉民族医药天使基金：起始日期未填"]
    assert "起始日期未填" in sample("carrier", "show", "ex-i04", *AS_OF).out


def test_the_city_by_mode_counts_what_holds_on_the_day(sample: CommandLine) -> None:
    def counts(*day: str) -> dict[str, int]:
        return {one["mode"]: one["count"] for one in sample("policy", "arrangements", *day, "--json").json["modes"]}

    assert counts(*AS_OF) == {
        "own": 2, "commissioned": 2, "built": 1, "co_invested": 1, "outsourced": 1, "branch": 1, "resident": 6,
    }  # fmt: skip
    assert counts("--as-of", "2025-11-15")["outsourced"] == 0, "between the two contracts"
    assert counts("--as-of", "2025-12-31")["resident"] == 7


def test_one_mode_or_one_region_is_asked_for_alone(sample: CommandLine) -> None:
    found = sample("policy", "arrangements", "--mode", "built", *AS_OF, "--json").json
    assert [one["mode"] for one in found["modes"]] == ["built"]
    assert found["not_told"] == []
    near = sample("policy", "arrangements", "--region", "长春", *AS_OF, "--json").json
    assert [one["id"] for one in near["not_told"]] == ["ex-i24"]


def test_a_carrier_is_named_or_numbered(sample: CommandLine) -> None:
    name = "西辽河生物科技孵化器"
    assert sample("carrier", "show", name, *AS_OF).out == sample("carrier", "show", "ex-i02", *AS_OF).out
    assert sample("policy", "criteria", name, *AS_OF).out == sample("policy", "criteria", "ex-i02", *AS_OF).out


def test_a_carrier_of_another_table_is_refused(sample: CommandLine) -> None:
    assert "不是孵化载体" in sample("carrier", "show", "ex-p001", code=1).err
    assert "nobody" in sample("carrier", "show", "nobody", code=1).err


def test_a_resident_fund_is_a_named_plus_of_the_projects_of_its_carrier(sample: CommandLine) -> None:
    [found] = [
        one
        for one in sample("match", "ex-p001", "--to", "funds", "--today", DAY, "-k", "20", "--json").json
        if one["id"] == "ex-f01"
    ]

    assert {one["evidence"]: one["zh"] for one in found["reasons"]}["resident_fund"] == (
        "基金入驻项目所在载体“西辽河生物科技孵化器”，2023-09-01 起（通创办发〔2023〕2号 三(三)）"
    )
    assert "resident_fund" not in sample("match", "ex-p001", "--to", "funds", "--today", "2023-08-31", "--json").out
