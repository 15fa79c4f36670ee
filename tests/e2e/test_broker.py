"""`matcher policy stages | contract | contracts` as a user types them, on the sample."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matcher.domain.phases import TRANSITIONS
from tests.commandline import DAY, CommandLine

AS_OF = ("--as-of", DAY)
SECRET, INTERNAL = "ex-c10", ("ex-c07", "ex-c11")


def states(sample: CommandLine, contract: str) -> dict[str, str]:
    found = sample("policy", "contract", contract, *AS_OF, "--json").json
    return {one["rule"]: one["state"] for aspect in found["aspects"] for one in aspect["verdicts"]}


def test_the_stages_come_with_steps_exits_and_the_table_of_moves(sample: CommandLine) -> None:
    found = sample("policy", "stages", *AS_OF, "--json").json

    assert [one["name"]["zh"] for one in found["stages"]] == ["发现", "挖掘", "策划", "转化", "服务", "终止"]
    assert all(one["steps"] and one["exit"] for one in found["stages"])
    assert all(rule["clause"] and rule["source"] for one in found["stages"] for rule in one["exit"])
    assert {(one["from"], one["action"]): one["to"] for one in found["transitions"]} == {
        (at.value, move.value): to.value for (at, move), to in TRANSITIONS.items()
    }
    shown = sample("policy", "stages").out
    assert "进入下一环节 → 挖掘" in shown
    assert "公示记录（限协议定价）" in shown


@pytest.mark.parametrize(
    ("contract", "rule", "state"),
    [
        ("ex-c01", "CONTRACT-PRICE.days", "pass"),
        ("ex-c02", "CONTRACT-PRICE.publicity", "unknown"),
        ("ex-c02", "CONTRACT-REWARD.income", "fail"),
        ("ex-c02", "CONTRACT-REGISTRATION-2000.days", "fail"),
        ("ex-c03", "CONTRACT-FEE.told", "pass"),
        ("ex-c04", "CONTRACT-REGISTRATION-2000.days", "fail"),
        ("ex-c05", "CONTRACT-FORM.other", "pass"),
        ("ex-c05", "CONTRACT-REGISTRATION-2026.days", "unknown"),
        ("ex-c06", "CONTRACT-FORM.development", "fail"),
        ("ex-c12", "CONTRACT-FORM.type", "unknown"),
    ],
)
def test_the_awkward_contracts_of_the_sample_are_told_as_they_are(
    sample: CommandLine, contract: str, rule: str, state: str
) -> None:
    assert states(sample, contract)[rule] == state


def test_a_contract_is_shown_with_clauses_changes_and_what_is_missing(sample: CommandLine) -> None:
    shown = sample("policy", "contract", "ex-c02", *AS_OF).out

    assert "还差 12.5万元奖励（第四十五条" in shown
    assert "缺少：公示日期" in shown
    assert "MEMORY" in shown
    assert "国科发政字〔2000〕063号" in shown


def test_what_follows_for_a_fee_is_told_where_a_broker_is_named(sample: CommandLine) -> None:
    fees = sample("policy", "contract", "ex-c08", *AS_OF, "--json").json["fees"]

    assert {one["state"] for one in fees} == {"pass", "unknown"}
    assert all(one["then"]["zh"] and one["clause"].startswith("第") for one in fees)
    assert sample("policy", "contract", "ex-c01", *AS_OF, "--json").json["fees"] == []


def test_the_overview_counts_and_sums_what_the_viewer_may_see(sample: CommandLine) -> None:
    def asked(viewer: str) -> tuple[set[str], float]:
        found = sample("policy", "contracts", *AS_OF, "--viewer", viewer, "--json").json
        assert len(found["contracts"]) == sum(one["contracts"] for one in found["by_kind"])
        return {one["id"] for one in found["contracts"]}, sum(one["amount"] for one in found["by_kind"])

    (every, total), (brokers, less), (public, least) = map(asked, ("restricted", "brokers", "public"))
    assert every - brokers == {SECRET}
    assert brokers - public == set(INTERNAL)
    assert (total - less, less - least) == (1_800_000, 3_450_000)


@pytest.mark.parametrize(("viewer", "hidden"), [("public", (SECRET, *INTERNAL)), ("brokers", (SECRET,))])
def test_a_hidden_contract_leaves_no_trace(
    sample: CommandLine, viewer: str, hidden: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "登记.csv"
    told = sample("policy", "contracts", *AS_OF, "--viewer", viewer, "--json", "--out", out)

    assert not [name for name in hidden if name in told.out + told.err + out.read_text(encoding="utf-8-sig")]
    for name in hidden:
        assert "--viewer" in sample("policy", "contract", name, "--viewer", viewer, code=1).err
    assert SECRET not in sample("policy", "contract", "ex-c1O", "--viewer", viewer, code=1).err


def test_what_a_hidden_result_tells_stands_in_no_export(matcher: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "achievements.csv").write_text(
        "id,title,field,visibility\nA1,秘密,核技术,restricted\n", encoding="utf-8"
    )
    (tmp_path / "contracts.csv").write_text("id,name,achievement_id\nC1,合同,A1\n", encoding="utf-8")
    matcher("import", tmp_path)
    out = tmp_path / "out.csv"
    matcher("policy", "contracts", "--out", out)
    assert "核技术" not in out.read_text(encoding="utf-8-sig")
    matcher("policy", "contracts", "--out", out, "--viewer", "restricted")
    assert "核技术" in out.read_text(encoding="utf-8-sig")


def test_the_export_has_a_row_a_contract_under_the_fields_of_the_form(sample: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "登记.xlsx"
    told = sample("policy", "contracts", *AS_OF, "--out", out)
    book = load_workbook(out)
    headings, *rows = list(book["登记数据"].values)
    first = dict(zip(headings, rows[0], strict=True))

    assert str(out) in told.err
    assert len(rows) == 11
    assert (first["合同编号（本台账）"], first["合同类别"], first["合同成交额（元）"]) == (
        "ex-c01",
        "技术许可",
        1_200_000,
    )
    assert first["合同签订日期"] == datetime(2023, 12, 22)  # noqa: DTZ001 - a cell has no zone
    assert "卖方性质" in str(first["仍缺栏目"])
    notes = {row[0]: row for row in book["填表说明"].values}
    assert notes["卖方性质"][2] == "见转述"
    assert notes["技术领域"][1:3] == ("可能需要", "凭记忆")


def test_a_formula_in_a_file_does_not_run_in_the_export(matcher: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "contracts.csv").write_text("id,name,seller\nC1,=1+1,@SUM(A1)\n", encoding="utf-8")
    matcher("import", tmp_path / "contracts.csv")
    for name in ("a.csv", "a.xlsx"):
        matcher("policy", "contracts", "--out", tmp_path / name)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    page = load_workbook(tmp_path / "a.xlsx")["登记数据"]

    assert (row["项目名称"], row["卖方名称"]) == ("'=1+1", "'@SUM(A1)")
    assert "f" not in {cell.data_type for line in page.iter_rows() for cell in line}


def test_another_format_is_a_named_error(sample: CommandLine, tmp_path: Path) -> None:
    assert ".xlsx" in sample("policy", "contracts", "--out", tmp_path / "a.pdf", code=1).err


def test_no_contract_is_told_as_none(matcher: CommandLine) -> None:
    assert "还没有技术合同" in matcher("policy", "contracts").err
    assert matcher("policy", "contracts", "--json").json["contracts"] == []
    assert "nobody" in matcher("policy", "contract", "nobody", code=1).err


def test_english_says_the_same(sample: CommandLine) -> None:
    shown = sample("policy", "contract", "ex-c02", *AS_OF, language="en").out

    assert "12.5万" in shown
    assert "not told: day of publicity" in shown
