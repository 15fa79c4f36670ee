"""Cases from the command line, as a broker's station without the HTTP service works."""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from tests.casework import EVERYTHING, PDF
from tests.commandline import CommandLine


@pytest.fixture
def own(sample: CommandLine, sample_home: Path, tmp_path: Path) -> CommandLine:
    """The command line over a sample that may be changed."""
    shutil.copytree(sample_home, tmp_path / "own")
    return replace(sample, home=tmp_path / "own")


def test_a_case_is_worked_on_from_opening_to_the_next_taker(own: CommandLine, tmp_path: Path) -> None:
    case = own("case", "open", "ex-a003", "ex-i02", "--json").json["id"]
    assert "未结的案件" in own("case", "open", "ex-i02", "ex-a003", code=1).err
    assert "线索编号" in own("case", "move", case, "advance", code=1).err
    facts = [f"{name}={';'.join(value) if isinstance(value, list) else value}" for name, value in EVERYTHING.items()]
    told = own("case", "tell", case, *facts, "--json").json
    assert told["facts"]["case_evidence"] == ["检测报告"]
    assert own("case", "move", case, "advance", "--version", told["version"], "--json").json["phase"] == "dig"
    assert "其他人已修改" in own("case", "move", case, "advance", "--version", told["version"], code=1).err
    assert own("case", "undo", case, "--json").json["phase"] == "discover"

    file = tmp_path / "检测 报告.pdf"
    file.write_bytes(PDF)
    kept = own("case", "attach", case, file, "--json").json["attachments"][0]
    own("case", "fetch", case, kept["id"], "--out", tmp_path / "back.pdf")
    assert (tmp_path / "back.pdf").read_bytes() == PDF
    own("case", "note", case, "电话沟通", "--shared")
    task = own("case", "task", case, "补材料", "--due", "2999-01-01", "--json").json["tasks"][0]["id"]
    assert "逾期" in own("case", "overdue").err
    own("case", "done", case, task)

    asked = own("case", "introduce", case, "--message", "请看看", "--json").json["id"]
    own("case", "answer", asked, "accept", "--side", "left")
    assert "原因类别" in own("case", "answer", asked, "decline", "--side", "right", code=1).err
    declined = own("case", "answer", asked, "decline", "--side", "right", "--refusal", "容量不足", "--json").json
    assert (declined["state"], declined["answers"]["right"]["refusal"]) == ("declined", "capacity")
    following = own("case", "next", case, "--json").json
    assert following["right_id"] not in ("", "ex-i02")
    stopped = own("case", "stop", case, "--reason", "满了", "--refusal", "capacity", "--json").json
    assert stopped["history"][-1]["outcome"]["reason"] == "容量不足：满了"
    listed = own("case", "list", "--record", "ex-a003", "--json").json
    assert [(one["id"], one["phase"]) for one in listed] == [(following["case"], "discover"), (case, "closed_lost")]
    shown = own("case", "show", case).out
    for word in ("终止", "电话沟通", "☑ 补材料", "检测 报告.pdf", "被谢绝", "重新启动"):
        assert word in shown


def test_a_case_is_handed_to_another_account_and_the_history_tells_it(
    own: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = own("case", "open", "ex-a003", "ex-i02", "--json").json["id"]
    own("case", "task", case, "补材料", "--due", "2999-01-01")
    monkeypatch.setattr("sys.stdin", StringIO("seven unrelated words\n"))
    who = own("account", "create", "li@example.org", "--role", "broker", "--password-stdin", "--json").json["id"]
    handed = own("case", "hand-over", case, "li@example.org", "--json").json
    assert (handed["owner"], handed["tasks"][0]["assignee"]) == (who, who)
    assert f"移交 local → {who}" in own("case", "show", case).out
    assert "不能移交给 nobody" in own("case", "hand-over", case, "nobody", code=1).err


def test_wrong_usage_and_what_is_not_there_are_told(own: CommandLine) -> None:
    assert "没有编号为 nobody 的案件" in own("case", "show", "nobody", code=1).err
    assert "没有案件" in own("case", "list").err
    case = own("case", "open", "ex-a003", "ex-i02", "--json").json["id"]
    for words in (
        ("tell", case, "case_lead"),
        ("move", case, "stop"),
        ("answer", case, "maybe", "--side", "left"),
        ("stop", case, "--reason", "x", "--refusal", "weather"),
    ):
        own("case", *words, code=2)
    assert "Cannot read" in own("case", "attach", case, "no-such.pdf", code=1, language="en").err
