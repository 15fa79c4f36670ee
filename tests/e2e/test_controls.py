"""Standing wishes, terms and diverse lists as a user types them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.commandline import DAY, SAMPLE, CommandLine

PREFIX = ("--today", DAY)


@pytest.fixture
def own(sample: CommandLine, tmp_path: Path) -> CommandLine:
    """The command line over a copy of the sample that may be changed."""
    shutil.copytree(sample.home, tmp_path / "own")
    return replace(sample, home=tmp_path / "own")


def ids(own: CommandLine, *words: object) -> list[str]:
    return [one["id"] for one in own(*words, *PREFIX, "--json").json]


def test_a_dismissed_pair_is_gone_from_both_sides_and_comes_back(own: CommandLine) -> None:
    first = ids(own, "match", "ex-a003")[0]
    assert "ex-a003" in ids(own, "screen", first, "-k", "100")
    [kept] = own("control", "dismiss", first, "ex-a003", "--reason", "已面谈", "--json").json
    assert (kept["asker"], kept["target"], kept["wish"]) == ("ex-a003", first, "dismiss")
    assert first not in ids(own, "match", "ex-a003", "-k", "100")
    assert "ex-a003" not in ids(own, "screen", first, "-k", "100")
    assert "按要求已排除 1 条：不再推荐 1" in own("match", "ex-a003", *PREFIX).err
    why = own("why", "ex-a003", first, *PREFIX).out
    assert "已面谈" in why
    assert f"matcher control undo {kept['id']}" in why
    assert "已面谈" in own("control", "undo", kept["id"]).out
    assert ids(own, "match", "ex-a003")[0] == first
    assert "没有控制项" in own("control", "list").err
    assert own("control", "list", "--json").json == []


def test_exclusions_by_record_institution_and_term_say_how_many_they_name(own: CommandLine) -> None:
    told = own(
        "control", "exclude", "ex-i02", "--term", "木糖", "--institution", "无此单位", "--record", "ex-a012", "--json"
    ).json
    names = {one["aim"]: one["names"] for one in told}
    assert names["record"] is None
    assert names["institution"] == 0
    assert names["term"] > 0
    found = own("screen", "ex-i02", *PREFIX, "-k", "100", "--json")
    assert not {"ex-a012", "ex-a004"} & {one["id"] for one in found.json}
    assert "持续排除" in found.err


def test_a_fund_may_exclude_a_carrier_by_its_name(own: CommandLine) -> None:
    carriers = {one["id"]: one for one in own("control", "exclude", "ex-f01", "--institution", "无", "--json").json}
    assert len(carriers) == 1
    [kept] = own("control", "exclude", "ex-f01", "--institution", "西辽河生物科技孵化器", "--json").json
    assert (kept["target"], kept["target_name"]) == ("ex-i02", "西辽河生物科技孵化器")
    assert kept["names"] > 0


def test_a_watched_record_is_marked_in_lists(own: CommandLine) -> None:
    own("control", "watch", "ex-i02", "--record", "ex-a003", "--reason", "院士团队")
    [watched] = [one for one in own("screen", "ex-i02", *PREFIX, "-k", "100", "--json").json if one["id"] == "ex-a003"]
    assert "watch_list" in watched["retrievers"]
    assert "在关注名单中（玉米皮" in own("screen", "ex-i02", *PREFIX, "-k", "100").out


def test_stating_the_same_wish_again_keeps_its_number(own: CommandLine) -> None:
    asked = ("control", "watch", "ex-i02", "--term", "蒙药", "--json")
    assert own(*asked).json == own(*asked).json
    assert len(own("control", "list", "ex-i02", "--json").json) == 1


def test_wishes_about_hidden_records_are_hidden(own: CommandLine) -> None:
    assert "--viewer" in own("control", "exclude", "ex-i02", "--record", "ex-a023", code=1).err
    entitled = ("--viewer", "restricted")
    [kept] = own("control", "exclude", "ex-i02", "--record", "ex-a023", *entitled, "--json").json
    assert own("control", "list", "--json").json == []
    assert own("control", "list", *entitled, "--json").json[0]["id"] == kept["id"]
    assert str(kept["id"]) in own("control", "undo", kept["id"], code=1).err
    assert own("control", "undo", kept["id"], *entitled, "--json").json[0]["id"] == kept["id"]


def test_deleting_a_record_takes_its_wishes_along(own: CommandLine) -> None:
    own("control", "dismiss", "ex-a003", "ex-i02")
    own("delete", "ex-a003")
    assert own("control", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("exclude", "ex-i99", "--term", "x"), "ex-i99"),
        (("exclude", "ex-i02", "--record", "ex-p001"), "不能构成一对"),
        (("dismiss", "ex-a003", "ex-f01"), "不能构成一对"),
        (("dismiss", "ex-a003", "ex-a004"), "不能构成一对"),
        (("undo", "99"), "control list"),
        (("watch", "ex-i02", "--term", "长" * 400), "无法保存"),
    ],
)
def test_what_cannot_be_wished_is_named_and_nothing_is_kept(
    own: CommandLine, words: tuple[str, ...], told: str
) -> None:
    assert told in own("control", *words, code=1).err
    assert own("control", "list", "--json").json == []


@pytest.mark.parametrize(
    "words",
    [
        ("control", "exclude", "ex-i02"),
        ("control", "watch", "ex-i02", "--term", " "),
        ("control", "dismiss", "ex-a003", "ex-i02", "--until", "2001-01-01"),
        ("control", "undo"),
        ("match", "ex-a003", "--must", " "),
        ("match", "ex-a003", "--lambda", "2"),
        ("screen", "ex-i02", "--cap", "0"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_two(matcher: CommandLine, words: tuple[str, ...]) -> None:
    assert matcher(*words, code=2).out == ""


def test_terms_of_a_question_work_in_both_directions(sample: CommandLine) -> None:
    plain = sample("screen", "ex-i02", *PREFIX, "-k", "100", "--json").json
    wanted = sample("screen", "ex-i02", *PREFIX, "-k", "100", "--must", "木糖", "--json")
    assert 0 < len(wanted.json) < len(plain)
    assert "缺所问必含词" in wanted.err
    assert {one["id"] for one in sample("match", "ex-a003", *PREFIX, "-k", "100", "--ban", "玉米", "--json").json} < {
        one["id"] for one in sample("match", "ex-a003", *PREFIX, "-k", "100", "--json").json
    }
    text = ("match", "--text", "蒙药制剂", "--to", "incubators", *PREFIX, "--must", "蒙药", "--json")
    assert 0 < len(sample(*text).json) < 10


def test_a_diverse_list_says_what_was_moved_and_is_repeatable(sample: CommandLine) -> None:
    asked = ("screen", "ex-i02", *PREFIX, "-k", "8", "--cap", "1", "--json")
    found = sample(*asked)
    assert found == sample(*asked)
    moved = [one for one in found.json if any(reason["evidence"] == "diversity" for reason in one["reasons"])]
    assert moved
    assert "让位于多样性" in found.err
    assert "多样性：按得分第" in sample(*asked[:-1]).out
    assert sample(*asked[:-3], "--lambda", "1", "--json").json == sample(*asked[:-3], "--json").json


def test_a_competitor_in_the_portfolio_is_warned_of_and_not_kept_out(own: CommandLine, tmp_path: Path) -> None:
    projects = [json.loads(line) for line in (SAMPLE / "projects.jsonl").read_text(encoding="utf-8").splitlines()]
    [held] = [one for one in projects if one["id"] == "ex-p016"]
    changes = {"name": "另一家蒙药微丸公司", "stage": "angel", "funding_sought": 2_000_000, "achievement_id": ""}
    twin = held | {"id": "twin"} | changes
    (tmp_path / "projects.jsonl").write_text(json.dumps(twin, ensure_ascii=False) + "\n", encoding="utf-8")
    own("import", tmp_path / "projects.jsonl")
    found = own("why", "twin", "ex-f06", *PREFIX, "--json").json
    [warning] = [verdict for verdict in found["verdicts"] if verdict["rule"] == "portfolio_competitor"]
    assert found["eligible"] is True
    assert held["name"] in warning["zh"]
    line = f"! 已投企业《{held['name']}》"
    assert line in own("why", "twin", "ex-f06", *PREFIX).out
    assert line in own("match", "twin", *PREFIX, "-k", "20").out


def test_a_fund_of_the_projects_own_carrier_is_named(sample: CommandLine) -> None:
    assert "本载体基金" in sample("why", "ex-p084", "ex-f04", *PREFIX).out
