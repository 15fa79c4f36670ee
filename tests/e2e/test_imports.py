"""`matcher imports`: the journal, and an import taken back from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.commandline import CommandLine


def test_an_import_is_listed_undone_and_not_undone_twice(matcher: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "成果.csv"
    path.write_text("编号,成果名称\nA1,玉米淀粉\nA2,绒山羊选育\n", encoding="utf-8")
    told = matcher("import", path)
    assert "matcher imports undo 1" in told.out + told.err
    [listed] = matcher("imports", "list", "--json").json
    assert (listed["id"], listed["name"], listed["changes"], listed["undone_at"]) == (1, "成果.csv", 2, None)
    assert "可撤销 2 项更改" in matcher("imports", "list").out
    path.write_text("编号,成果名称\nA1,玉米淀粉（改）\n", encoding="utf-8")
    matcher("import", path)
    kept = matcher("imports", "undo", 1)
    assert "科研成果 A1 保留：此后又被修改" in kept.out
    assert matcher("imports", "undo", 2, "--json").json["restored"] == {"achievements": 1}
    assert matcher("imports", "undo", 1, "--json").json["deleted"] == {"achievements": 1}
    assert "没有可撤销的更改" in matcher("imports", "undo", 1, code=1).err
    listed = matcher("imports", "list").out
    assert ("没有可撤销的更改" in listed, "可撤销 0 项" in listed, "done" in listed) == (True, False, False)


def test_a_file_of_an_unknown_table_is_told_the_option_and_its_words(matcher: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "上报清单.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    told = matcher("import", path, code=1).err
    assert "--kind" in told
    assert all(kind in told for kind in ("achievements", "incubators", "projects", "funds", "outcomes"))
