"""The digests of a week from the command line: composed, shown, made again, explained, set, judged."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.commandline import CommandLine

WEEK = "2026-W45"


@pytest.fixture
def own(sample: CommandLine, sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line over a sample that may be changed, with a fund's and a university's people."""
    shutil.copytree(sample_home, tmp_path / "own")
    own = replace(sample, home=tmp_path / "own")
    own("account", "organisation", "capital", "--name", "示例基金", "--fund", "ex-f01")
    own("account", "organisation", "college", "--name", "示例大学", "--institution", "白音温都民族医药大学")
    for role, home in (("fund", "capital"), ("university", "college")):
        monkeypatch.setattr("sys.stdin", io.StringIO("seven unrelated words\n"))
        told = ("--role", role, "--organisation", home, "--password-stdin")
        own("account", "create", f"{role}@example.org", *told)
    return own


def test_a_week_is_composed_shown_made_again_and_explained(own: CommandLine) -> None:
    tried = own("digest", "compose", "--week", WEEK, "--dry-run", "--json").json
    assert (tried["written"], tried["digests"], tried["silent"]) == (False, 1, {"nothing": 1})
    [looked] = own("digest", "show", "--week", WEEK, "--dry-run", "--account", "fund@example.org", "--json").json
    assert {item["right_id"] for item in looked["items"]} == {"ex-f01"}
    own("digest", "show", "--week", WEEK, "--dry-run", "--again", code=2)
    assert "没有" in own("digest", "show", "--week", WEEK, code=1).err
    made = own("digest", "compose", "--week", WEEK, "--seed", 3, "--json").json
    assert (made["written"], made["seed"]) == (True, 3)
    assert made["solutions"]["serving"]["ended"] == "optimal"
    assert "已生成" in own("digest", "compose", "--week", WEEK, code=1).err

    [shown] = own("digest", "show", "--week", WEEK, "--account", "fund@example.org", "--json").json
    assert shown["items"]
    assert {item["right_id"] for item in shown["items"]} == {"ex-f01"}
    said = own("digest", "show", "--week", WEEK).out
    assert shown["items"][0]["name"] in said
    assert "本周没有足够的新内容" in said
    again = own("digest", "show", "--week", WEEK, "--again", "--json").json
    assert again["same"] is True
    assert shown in again["digests"]
    assert "逐字节相同" in own("digest", "show", "--week", WEEK, "--again").out

    explained = own("digest", "explain", "--week", WEEK, "--account", "fund@example.org", "--json").json
    assert sum(one["chosen"] for one in explained["offers"]) == len(shown["items"])
    assert all(one["chosen"] or one["why_not"] for one in explained["offers"])
    assert explained["passed"]
    assert "入选" in own("digest", "explain", "--week", WEEK, "--account", "fund@example.org").out
    assert own("digest", "report", "--week", WEEK, "--json").json["items"] == {}


def test_settings_are_seen_and_changed(own: CommandLine) -> None:
    assert own("digest", "settings", "fund@example.org", "--json").json["frequency"] == "weekly"
    changed = ("--frequency", "never", "--size", 3, "--without", "gaps", "--quiet-until", "2027-01-01")
    told = own("digest", "settings", "fund@example.org", *changed, "--json").json
    assert (told["frequency"], told["size"], told["left_out"]) == ("never", 3, ["gaps"])
    assert "静默至 2027-01-01" in own("digest", "settings", "fund@example.org").out
    loud = own("digest", "settings", "fund@example.org", "--loud", "--everything", "--json").json
    assert (loud["quiet_until"], loud["left_out"], loud["size"]) == (None, [], 3)
    assert own("digest", "compose", "--week", WEEK, "--json").json["silent"] == {"never": 1, "nothing": 1}
    assert "没有账户" in own("digest", "settings", "nobody@example.org", code=1).err
    own("digest", "compose", "--week", "2026-W54", code=2)
