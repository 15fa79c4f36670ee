"""`matcher policy grants` and `filings` as a bureau officer types them, on the sample."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matcher.resources import data_folder
from tests.commandline import DAY, SAMPLE, CommandLine

AS_OF = ("--as-of", DAY)
EXCELLENT = "TL-GRANT.agri-excellent"


@pytest.fixture
def office(matcher: CommandLine) -> CommandLine:
    """The sample, to be written to."""
    matcher("import", SAMPLE)
    return matcher


def states(ran: CommandLine, *words: str) -> dict[str, set[tuple[str, str]]]:
    """By state, which carrier and which rule."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in ran("policy", "grants", *words, *AS_OF, "--json").json["grants"]:
        found.setdefault(one["state"], set()).add((one["carrier"], one["rule"].removeprefix("TL-GRANT.")))
    return found


def test_the_ledger_of_the_sample(sample: CommandLine) -> None:
    assert states(sample) == {
        "entitled": {("ex-i03", "incubator-region"), ("ex-i08", "makerspace-national"), ("ex-i09", "agri-excellent")},
        "applied": {("ex-i12", "incubator-region"), ("ex-i07", "makerspace-excellent")},
        "paid": {("ex-i02", "incubator-national"), ("ex-i04", "incubator-region")},
        "unknown": {("ex-i27", "incubator-national"), ("ex-i10", "agri-excellent")},
        "not_entitled": {
            ("ex-i25", "incubator-national"),
            ("ex-i01", "incubator-region"),
            ("ex-i13", "incubator-region"),
            ("ex-i15", "incubator-region"),
            ("ex-i26", "incubator-region"),
            ("ex-i05", "makerspace-excellent"),
            ("ex-i11", "agri-excellent"),
            ("ex-i22", "agri-excellent"),
        },
    }


def test_each_entry_has_amount_clause_source_confidence_event_and_days(sample: CommandLine) -> None:
    found = sample("policy", "grants", "ex-i02", *AS_OF, "--json").json
    [one] = found["grants"]

    assert (one["amount"], one["clause"], one["source"], one["confidence"]) == (
        1_000_000,
        "三(一)",
        "通创办发〔2023〕2号",
        "SEEN_PRIMARY",
    )
    assert (one["event"]["id"], one["event"]["decided_on"]) == ("ex-e02", "2023-11-15")
    assert one["days"] == {
        "event_to_application": 35,
        "event_to_payment": 226,
        "application_to_payment": 191,
        "waiting": None,
    }
    assert (one["irregularities"], one["missing"]) == ([], [])
    assert found["totals"] == {"paid": {"count": 1, "amount": 1_000_000}}


def test_the_list_for_people_says_what_is_due_since_when_and_why_others_are_not(sample: CommandLine) -> None:
    shown = sample("policy", "grants", *AS_OF).out

    assert "应享未申请   3 项   90万元" in shown
    assert "2023-02-15 早于规则施行日 2023-03-27" in shown
    assert "事件后 437 天未申请" in shown
    assert "缺少：与西辽河生物科技孵化器是否同一载体" in shown
    assert "通创办发〔2023〕2号 三(一)" in shown


def test_only_one_state_is_shown_on_demand(sample: CommandLine) -> None:
    assert set(states(sample, "--state", "unknown")) == {"unknown"}
    assert "已拨付" not in sample("policy", "grants", "--state", "unknown", *AS_OF).out


def test_the_ledger_of_an_earlier_day_knows_nothing_of_later_days(sample: CommandLine) -> None:
    def states_on(day: str) -> list[str]:
        return [one["state"] for one in sample("policy", "grants", "ex-i04", "--as-of", day, "--json").json["grants"]]

    assert [states_on(day) for day in ("2023-06-11", "2023-06-12", "2023-09-05", "2024-03-15")] == [
        [],
        ["entitled"],
        ["applied"],
        ["paid"],
    ]


def test_the_sheet_for_the_office_has_sources_and_opens_in_excel(sample: CommandLine, tmp_path: Path) -> None:
    told = sample("policy", "grants", *AS_OF, "--out", tmp_path / "g.csv").err
    sample("policy", "grants", *AS_OF, "--out", tmp_path / "g.xlsx")
    with (tmp_path / "g.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    sheet = load_workbook(tmp_path / "g.xlsx")["奖补台账"]

    assert "已写入 17 行" in told
    assert (tmp_path / "g.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    assert len(rows) == sheet.max_row - 1 == 17
    assert {row["条款"] for row in rows} == {"三(一)"}
    assert {row["来源"] for row in rows} == {"通创办发〔2023〕2号"}
    assert [cell.value for cell in sheet[1]] == list(rows[0])
    assert sheet["F2"].value == 500_000
    assert "pdf" in sample("policy", "grants", "--out", tmp_path / "g.pdf", code=1).err


def test_an_application_and_its_payment_are_noted_and_taken_back(office: CommandLine) -> None:
    asked = ("policy", "grants", "apply", EXCELLENT, "ex-i09", "--on", "2025-08-01", "--json")
    assert office(*asked).json["days"]["event_to_application"] == 24
    assert "已有申请" in office(*asked, code=1).err
    paid = office(
        "policy", "grants", "pay", EXCELLENT, "ex-i09", "--on", "2025-09-01", "--amount", "5万", "--json"
    ).json
    assert (paid["state"], paid["noted_amount"]) == ("paid", 50_000)
    assert [one["name"] for one in paid["irregularities"]] == ["amount"]
    assert office("policy", "grants", "undo", EXCELLENT, "ex-i09", "--json").json["state"] == "applied"
    shown = office("policy", "grants", "undo", "agri-excellent", "红椒田星创天地").out
    assert "天未申请" in shown
    assert "没有登记" in office("policy", "grants", "undo", EXCELLENT, "ex-i09", code=1).err


@pytest.mark.parametrize(
    ("carrier", "rule", "reason", "step"),
    [
        ("ex-i13", "incubator-region", "早于规则施行日", "matcher policy grants"),
        ("ex-i10", "agri-excellent", "资格待核实", "首次评价"),
        ("ex-i27", "incubator-national", "疑似与西辽河生物科技孵化器为同一载体", "matcher identity same ex-i27 ex-i02"),
        ("ex-i05", "makerspace-excellent", "获批后首次评价 否", "matcher policy grants"),
        ("ex-i06", "incubator-region", "没有相应的认定", "events"),
        ("ex-i06", "seed-money", "没有编号为 seed-money", "TL-GRANT.incubator-national"),
        ("ex-i99", "incubator-region", "ex-i99", "ex-i09"),
        ("ex-p001", "incubator-region", "不是孵化载体", "载体编号"),
    ],
)
def test_what_is_not_due_is_refused_with_reason_and_next_step(
    sample: CommandLine, carrier: str, rule: str, reason: str, step: str
) -> None:
    told = sample("policy", "grants", "apply", rule, carrier, "--on", DAY, code=1).err

    assert reason in told
    assert step in told


def test_two_spellings_that_are_decided_to_be_one_are_due_once(office: CommandLine) -> None:
    office("identity", "same", "ex-i27", "ex-i02")
    of = [one for one in office("policy", "grants", *AS_OF, "--json").json["grants"] if one["amount"] == 1_000_000]

    assert [(one["carrier"], one["state"]) for one in of] == [("ex-i02", "paid"), ("ex-i25", "not_entitled")]
    assert office("policy", "grants", "ex-i27", *AS_OF, "--json").json["grants"][0]["carrier"] == "ex-i02"


def test_a_row_of_an_unknown_rule_is_told(office: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "grants.csv").write_text("规则,载体编号,办理状态\nTL-GRANT.gone,ex-i09,已申请\n", encoding="utf-8")
    office("import", tmp_path / "grants.csv")

    assert "规则编号不存在" in office("policy", "grants", "ex-i09", *AS_OF).out
    [stray] = office("policy", "grants", "ex-i09", *AS_OF, "--json").json["strays"]
    assert (stray["rule"], stray["irregularity"]["name"]) == ("TL-GRANT.gone", "unknown_rule")


def test_rules_of_ones_own_change_the_ledger(sample: CommandLine, tmp_path: Path) -> None:
    own = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    text = (own / "grants.yaml").read_text(encoding="utf-8")
    (own / "grants.yaml").write_text(text.replace("effective_from: 2023-03-27", "effective_from: 2023-01-01"), "utf-8")
    asked = ("policy", "grants", "ex-i13", *AS_OF, "--json")

    assert sample(*asked).json["grants"][0]["state"] == "not_entitled"
    assert sample(*asked, policy=str(own)).json["grants"][0]["state"] == "entitled"


def test_the_rules_tell_what_they_give(sample: CommandLine) -> None:
    rules = sample("policy", "rules", "--json").json
    given = {one["id"]: one["means"] for one in rules if one["kind"] == "grant"}

    assert len(given) == 6
    assert given["TL-GRANT.incubator-national"]["zh"] == "一次性 100万元"


# filings


def test_how_each_service_of_the_sample_stands(sample: CommandLine) -> None:
    found = sample("policy", "filings", *AS_OF, "--json").json
    by_id = {one["id"]: (one["state"], one["days"]) for one in found["filings"]}

    assert by_id == {
        "ex-b01": ("in_time", 0),
        "ex-b02": ("late", 45),
        "ex-b03": ("unfiled", 425),
        "ex-b04": ("in_time", 0),
        "ex-b05": ("in_time", 0),
        "ex-b06": ("in_time", 0),
        "ex-b07": ("in_time", 0),
        "ex-b08": ("in_time", 0),
    }
    assert found["due"] == ["ex-b03"]
    assert {one["clause"] for one in found["filings"]} == {"三(二)"}


def test_what_is_due_now_comes_first_with_what_to_do(sample: CommandLine) -> None:
    shown = sample("policy", "filings", *AS_OF).out
    due = sample("policy", "filings", "--due", *AS_OF).out

    assert shown.index("现在应办") < shown.index("逾期 45 天") < shown.index("按时备案")
    assert "立即向市科技局补办备案" in due
    assert "按时备案" not in due


@pytest.mark.parametrize(
    ("words", "may_start", "told"),
    [
        (("--kind", "管理服务", "--receiver", "ex-i28"), True, "依据备案 ex-b01"),
        (("--kind", "brand_output", "--receiver", "ex-i09"), False, "之前向市科技局备案"),
        (("--kind", "品牌输出", "--receiver", "某合作社"), None, "接受方所在地区"),
        (("--kind", "品牌输出", "--receiver", "某合作社", "--region", "赤峰市"), True, "不需备案"),
    ],
)
def test_the_check_before_a_planned_service(
    sample: CommandLine, words: tuple[str, ...], may_start: bool | None, told: str
) -> None:
    asked = ("policy", "filings", "check", "ex-i02", *words, "--start", "2027-01-05", *AS_OF)
    found = sample(*asked, "--json").json

    assert found["may_start"] is may_start
    assert (found["clause"], found["source"]) == ("三(二)", "通创办发〔2023〕2号")
    assert told in sample(*asked).out


def test_a_kind_that_is_none_is_wrong_usage(sample: CommandLine) -> None:
    asked = ("policy", "filings", "check", "ex-i02", "--kind", "保洁", "--receiver", "ex-i09", "--start", "2027-01-05")

    assert "品牌输出" in sample(*asked, code=2).err


def test_both_answer_in_english_and_byte_for_byte(sample: CommandLine) -> None:
    for what in ("grants", "filings"):
        asked = ("policy", what, *AS_OF, "--json")
        assert sample(*asked).out == sample(*asked).out
        json.loads(sample(*asked).out)
    assert "not entitled" in sample("policy", "grants", *AS_OF, language="en").out
    assert "filed late" in sample("policy", "filings", *AS_OF, language="en").out
