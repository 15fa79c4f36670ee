"""`matcher policy submissions`, `template` and `report` as a user types them, on the sample."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matcher.domain.records import Achievement, Project, Visibility
from matcher.domain.registers import Contract, ContractKind
from matcher.intake import read
from matcher.resources import data_folder
from tests.commandline import DAY, SAMPLE, CommandLine

AS_OF = ("--as-of", DAY)
ROWS = list(read(SAMPLE))
CONTRACTS = [row for row in ROWS if isinstance(row, Contract)]
SECRET = [row for row in ROWS if isinstance(row, Achievement | Project) and row.visibility is not Visibility.PUBLIC]
SECRET_CONTRACTS = [row for row in CONTRACTS if row.visibility is not Visibility.PUBLIC]


def carriers(sample: CommandLine, period: str, *more: str) -> dict[str, Any]:
    found = sample("policy", "submissions", "--period", period, *(more or AS_OF), "--json").json
    return {one["id"]: one for one in found["carriers"]}


def test_a_submission_is_received_late_or_missing_with_the_day_it_was_due(sample: CommandLine) -> None:
    found = carriers(sample, "2025Q3")

    assert Counter(one["state"] for one in found.values()) == {"received": 13, "late": 1, "missing": 7}
    late = found["ex-i06"]
    assert (late["state"], late["due"], late["submitted_on"], late["days_late"]) == (
        "late",
        "2025-10-15",
        "2025-11-27",
        43,
    )
    assert "逾期报送（逾期 43 天）" in sample("policy", "submissions", "--period", "2025Q3", *AS_OF).out


@pytest.mark.parametrize(
    ("day", "state"), [("2026-10-05", "pending"), ("2026-10-15", "pending"), ("2026-10-16", "missing")]
)
def test_the_day_asked_tells_what_is_due(sample: CommandLine, day: str, state: str) -> None:
    assert carriers(sample, "2026Q3", "--as-of", day)["ex-i19"]["state"] == state


def test_what_came_after_the_day_asked_has_not_come_yet(sample: CommandLine) -> None:
    assert carriers(sample, "2026Q3", "--as-of", "2026-10-06")["ex-i20"]["state"] == "pending"
    assert carriers(sample, "2026Q3", "--as-of", "2026-10-07")["ex-i20"]["state"] == "received"


def test_missing_doubtful_and_written_by_rule(sample: CommandLine) -> None:
    first, second = carriers(sample, "2026Q1"), carriers(sample, "2026年第二季度")

    assert [one["metric"] for one in first["ex-i12"]["missing"]] == ["tenants_with_ip"]
    [jump] = second["ex-i20"]["implausible"]
    assert (jump["metric"], jump["submitted"], jump["before"], jump["before_period"]) == ("tenants", 61, 14, "2026Q1")
    [fall] = second["ex-i03"]["implausible"]
    assert (fall["rule"], fall["clause"], bool(fall["source"])) == ("REPORT-CHECK.fall", "填报合理性核对", True)


def test_a_correction_is_kept_and_shown(matcher: CommandLine, tmp_path: Path) -> None:
    matcher("import", SAMPLE)
    (tmp_path / "periods.csv").write_text(
        "载体编号,填报期,指标:在孵企业数,指标:毕业企业数,填报日期\nex-i20,2026Q2,16,8,2026-07-12\n", encoding="utf-8"
    )
    matcher("import", tmp_path / "periods.csv")
    found = carriers(matcher, "2026Q2")["ex-i20"]
    told = {one["figure"]: (one["before"], one["after"]) for one in found["corrections"]}

    assert told["在孵企业数"] == (61, 16)
    assert told["面积"] == (9100, None)
    assert found["implausible"] == []
    assert "更正：在孵企业数 61 → 16" in matcher("policy", "submissions", "--period", "2026Q2", *AS_OF).out


def test_only_the_city_and_only_who_owes_is_asked(sample: CommandLine) -> None:
    quarter, half = carriers(sample, "2026Q3"), carriers(sample, "2026H1")

    assert not {"ex-i16", "ex-i23", "ex-i24", "ex-i25", "ex-i26", "ex-i17"} & set(quarter)
    assert {name: one["state"] for name, one in half.items()} == {"ex-i17": "received", "ex-i18": "missing"}
    assert "没有载体需要填报" in sample("policy", "submissions", "--period", "2021Q1", *AS_OF).out


def test_a_changed_duty_changes_the_answer_without_code(sample: CommandLine, tmp_path: Path) -> None:
    own = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    text = (own / "reporting.yaml").read_text(encoding="utf-8")
    (own / "reporting.yaml").write_text(text.replace("due: {quarter: 15,", "due: {quarter: 6,"), encoding="utf-8")
    asked = ("policy", "submissions", "--period", "2026Q3", *AS_OF, "--json")

    assert sample(*asked).json["counts"]["late"] == 0
    assert sample(*asked, policy=str(own)).json["counts"]["late"] == 9


def test_a_form_is_written_filled_in_and_taken_back(matcher: CommandLine, tmp_path: Path) -> None:
    matcher("import", SAMPLE)
    out = tmp_path / "表.xlsx"
    told = matcher(
        "policy", "template", "--period", "2026Q4", "--carrier", "ex-i05", "--out", out, *AS_OF, "--json"
    ).json
    assert (told["due"], told["sheets"]) == ("2027-01-15", [{"sheet": "填报数据", "figures": 12, "carriers": 1}])
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    for place in range(4, 16):
        sheet.cell(7, place).value = 12
    sheet.cell(7, 16).value = "2027-01-08"
    book.save(out)
    report = matcher("import", out, "--json").json

    assert (report["tables"]["periods"]["new"], report["issues"]) == (1, [])
    [one] = [one for name, one in carriers(matcher, "2026Q4", "--as-of", "2027-02-01").items() if name == "ex-i05"]
    assert (one["state"], one["missing"]) == ("received", [])


def test_a_report_tells_the_same_in_json_workbook_and_page(sample: CommandLine, tmp_path: Path) -> None:
    asked = ("policy", "report", "--period", "2026Q1", *AS_OF)
    found = sample(*asked, "--out", tmp_path / "r.xlsx", "--json").json
    sample(*asked, "--out", tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    sheets = openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames

    assert [one["title"]["zh"] for one in found["sections"]] == sheets[:-1]
    for one in found["sections"]:
        assert one["title"]["zh"] in text
        for line in one["lines"]:
            assert line["sources"]
            assert all(ref in found["sources"] or ref.startswith("section:") for ref in line["sources"])


def test_contracts_of_a_period_are_those_of_the_register(sample: CommandLine) -> None:
    found = sample("policy", "report", "--period", "2025", *AS_OF, "--viewer", "restricted", "--json").json
    section = next(one for one in found["sections"] if one["key"] == "contracts")
    lines = {line["cells"][0]: line["cells"] for line in section["lines"]}
    signed = [one for one in CONTRACTS if one.signed_on and one.signed_on.year == 2025]
    registered = [one for one in CONTRACTS if one.registered_on and one.registered_on.year == 2025]

    assert (lines["合计"][1], lines["合计"][5]) == (len(signed), len(registered))
    assert lines["合计"][2] == sum(one.amount or 0 for one in signed)
    for kind in ContractKind:
        ours = [one for one in signed if one.kind is kind]
        assert lines.get(kind.label, [0, 0])[1] == len(ours)


def test_grants_are_told_with_the_time_from_the_event_to_the_payment(sample: CommandLine) -> None:
    found = sample("policy", "report", "--period", "2024", *AS_OF, "--json").json
    grants = next(one for one in found["sections"] if one["key"] == "grants")
    names = [column["name"]["zh"] for column in grants["columns"]]
    lines = [dict(zip(names, line["cells"], strict=True)) for line in grants["lines"] if not line["total"]]
    paid = {line["编号"]: line for line in lines if line["办理状态"] == "已拨付"}

    assert {name: (line["应享到拨付"], line["申请到拨付"]) for name, line in paid.items()} == {
        "ex-i02": (226, 191), "ex-i04": (277, 192),
    }  # fmt: skip
    assert next(line for line in lines if line["编号"] == "ex-i12")["办理状态"] == "应享未申请"  # applied for in 2025
    [total] = [line["cells"] for line in grants["lines"] if line["total"] and "已拨付" in line["cells"][0]]
    assert (total[3], total[8]) == (1_500_000, 251.5)
    assert {one["name"]["zh"]: one["value"] for one in grants["headlines"]}["奖补：本期拨付"] == 1_500_000
    assert all(any(ref.startswith("rule:TL-GRANT") for ref in line["sources"]) for line in grants["lines"])


def test_services_that_ran_in_the_period_are_told_with_their_filing(sample: CommandLine) -> None:
    def states(period: str) -> dict[str, str]:
        found = sample("policy", "report", "--period", period, *AS_OF, "--json").json
        filings = next(one for one in found["sections"] if one["key"] == "filings")
        return {line["sources"][0].removeprefix("filings:"): line["cells"][7] for line in filings["lines"]}

    assert states("2026Q1") == {
        **dict.fromkeys(("ex-b01", "ex-b04", "ex-b05", "ex-b06", "ex-b08"), "按时备案"),
        "ex-b02": "逾期备案",
        "ex-b03": "已开展未备案",
    }
    assert "ex-b02" not in states("2026Q2")  # it ended in January
    assert states("2025Q2")["ex-b07"] == "按时备案"


@pytest.mark.parametrize(
    "question",
    [
        ("report", "--period", "2025"),
        ("report", "--period", "2026Q1"),
        ("evaluate", "--all", "--year", "2025"),
        ("submissions", "--period", "2026Q2"),
    ],
    ids=" ".join,
)
def test_the_public_gets_the_same_answer_as_if_the_secrets_did_not_exist(
    matcher: CommandLine, tmp_path: Path, question: tuple[str, ...]
) -> None:
    asked = ("policy", *question, "--viewer", "public", *AS_OF, "--json")
    matcher("import", SAMPLE)
    with_secrets = matcher(*asked).out
    matcher("delete", *(record.id for record in SECRET))
    gone = "\n".join(["编号,撤回", *(f"{one.id},是" for one in SECRET_CONTRACTS)])
    (tmp_path / "contracts.csv").write_text(gone + "\n", encoding="utf-8")
    matcher("import", tmp_path / "contracts.csv")

    assert SECRET_CONTRACTS
    assert matcher(*asked).out == with_secrets


def test_wrong_questions_are_answered_with_the_next_step(sample: CommandLine, tmp_path: Path) -> None:
    sample("policy", "report", "--period", "前三季度", "--json", code=2)
    sample("policy", "report", "--period", "2026Q3", code=2)
    sample("policy", "report", "--period", "2026Q3", "--out", tmp_path / "r.pdf", code=2)
    assert (
        "2026H1"
        in sample(
            "policy",
            "template",
            "--period",
            "2026Q3",
            "--carrier",
            "ex-i17",
            "--out",
            tmp_path / "f.xlsx",
            *AS_OF,
            code=1,
        ).err
    )
    assert (
        "ex-i21"
        in sample(
            "policy", "template", "--period", "2026Q3", "--carrier", "ex-i1", "--out", tmp_path / "f.xlsx", code=1
        ).err
    )
    assert not list(tmp_path.iterdir())
    told = sample("policy", "report", "--period", "2026Q3", "--out", tmp_path / "nowhere" / "r.html", code=1).err
    assert "nowhere" in told


def test_the_report_is_the_same_byte_for_byte(sample: CommandLine, tmp_path: Path) -> None:
    asked = ("policy", "report", "--period", "2026Q3", *AS_OF)
    for name in ("a.html", "b.html"):
        sample(*asked, "--out", tmp_path / name)

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sample(*asked, "--json").out == sample(*asked, "--json").out
    json.loads(sample(*asked, "--json").out)
