"""Backup, restore and what a person may ask, as an administrator types them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tests.commandline import CommandLine


def given(matcher: CommandLine, tmp_path: Path) -> Path:
    table = tmp_path / "achievements.csv"
    table.write_text("编号,成果名称,完成人,联系方式\nA1,玉米淀粉,张三;李四,张三 138\n", encoding="utf-8")
    matcher("import", table)
    return table


def test_a_backup_is_made_verified_and_restored_elsewhere(matcher: CommandLine, tmp_path: Path) -> None:
    given(matcher, tmp_path)
    archive = tmp_path / "b.zip"
    made = matcher("backup", archive, "--json").json
    assert (made["tables"]["achievements"], made["files"]) == (1, [])
    assert matcher("backup", archive, "--verify", "--json").json == made
    other = replace(matcher, home=tmp_path / "other")
    assert other("restore", archive, "--json").json == made
    assert other("import", tmp_path / "achievements.csv", "--json").json["tables"]["achievements"]["unchanged"] == 1
    assert "--replace" in other("restore", archive, code=1).err
    archive.write_bytes(archive.read_bytes()[:-30])
    assert "b.zip" in other("restore", archive, "--replace", code=1).err
    assert "b.zip" in other("backup", archive, "--verify", code=1).err
    assert "none.zip" in other("restore", tmp_path / "none.zip", code=1).err


def test_a_person_is_told_and_taken_out(matcher: CommandLine, tmp_path: Path) -> None:
    given(matcher, tmp_path)
    assert "没有提到此人" in matcher("subject", "export", "王五").out
    out = tmp_path / "told.json"
    assert "achievements/A1/contact" in matcher("subject", "export", "张三", "--out", out).out
    assert len(json.loads(out.read_text(encoding="utf-8"))["mentions"]) == 2
    assert out.stat().st_mode & 0o777 == 0o600
    listed = matcher("subject", "erase", "张三")
    assert "--yes" in listed.out
    assert "achievements.csv:2" in listed.err
    assert matcher("subject", "erase", "张三", "--yes", "--json").json["dry_run"] is False
    assert matcher("subject", "export", "张三", "--json").json["mentions"] == []
    assert len(matcher("subject", "export", "李四", "--json").json["mentions"]) == 1
