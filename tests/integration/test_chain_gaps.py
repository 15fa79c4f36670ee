"""Chain gaps over a real database: what a viewer may not see is in no count, and what is one counts once."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.records import Achievement, Kind, Project, Visibility
from matcher.domain.visibility import Viewer
from matcher.intake import read
from matcher.resources import data_folder
from matcher.store import Controls, Records
from tests.commandline import DAY, SAMPLE, CommandLine
from tests.service import Service

SECRET = [
    record
    for record in read(data_folder("sample"))
    if isinstance(record, Achievement | Project) and record.visibility is not Visibility.PUBLIC
]
ASKED = ("policy", "chain-gaps", "--as-of", DAY)


def node(found: Any, name: str) -> Any:
    return next(
        one
        for industry in found["industries"]
        for chain in industry["chains"]
        for one in chain["nodes"]
        if one["id"] == name
    )


def ids(records: Any) -> list[str]:
    return [one["id"] for one in records]


@pytest.mark.parametrize("form", [("--json",), ("--why",)])
def test_the_public_gets_the_same_report_as_if_the_secrets_did_not_exist(
    matcher: CommandLine, form: tuple[str, ...]
) -> None:
    matcher("import", SAMPLE)
    with_secrets = matcher(*ASKED, *form, "--viewer", "public").out
    entitled = matcher(*ASKED, *form, "--viewer", "restricted").out
    matcher("delete", *(record.id for record in SECRET))

    assert matcher(*ASKED, *form, "--viewer", "public").out == with_secrets
    assert entitled != with_secrets


def test_each_viewer_gets_the_counts_and_the_answer_of_what_he_may_see(matcher: CommandLine) -> None:
    """The only two results of 炮制、提取与药效物质 are restricted; a chip's project and result as well."""
    matcher("import", SAMPLE)
    seen = {
        viewer: matcher(*ASKED, "--viewer", viewer, "--json").json for viewer in ("public", "brokers", "restricted")
    }
    process = {viewer: node(found, "tcm.process") for viewer, found in seen.items()}
    chip = {viewer: node(found, "electronics.chip") for viewer, found in seen.items()}

    assert [process[viewer]["state"] for viewer in seen] == ["missing", "missing", "weak"]
    assert [ids(process[viewer]["results"]) for viewer in seen] == [[], [], ["ex-a023", "ex-a030"]]
    assert [chip[viewer]["figures"]["projects"] for viewer in seen] == [0, 0, 1]
    hidden = {record.id for record in SECRET if record.visibility is Visibility.RESTRICTED}
    told = json.dumps([seen["public"], seen["brokers"]], ensure_ascii=False)
    assert not [name for name in hidden if name in told]


def test_a_carrier_does_not_cover_a_node_by_a_project_the_viewer_may_not_see(matcher: CommandLine) -> None:
    """`ex-i06` covers chips only by housing the restricted `ex-p066`, and as a carrier of electronics in general."""
    matcher("import", SAMPLE)

    def took(viewer: str) -> list[str]:
        carriers = node(matcher(*ASKED, "--viewer", viewer, "--json").json, "electronics.chip")["carriers"]
        return [name for one in carriers if one["id"] == "ex-i06" for name in one["took"]]

    assert took("brokers") == []
    assert "ex-p066" in took("restricted")


def write(folder: Path, table: str, rows: list[dict[str, str]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def twins(tmp_path: Path, matcher: CommandLine) -> CommandLine:
    """A result that stands twice in the files; the second was accepted, and a project came from it."""
    folder = tmp_path / "twins"
    folder.mkdir()
    titles = {"a1": "L-赖氨酸发酵新菌株", "a2": "赖氨酸发酵菌株选育"}
    write(
        folder,
        "achievements",
        [
            {"id": name, "title": title, "institution": "甲大学", "industry": "玉米生物"}
            for name, title in titles.items()
        ],
    )
    write(folder, "incubators", [{"id": "i1", "name": "乙孵化器", "focus": "主攻氨基酸", "industries": "玉米生物"}])
    write(
        folder,
        "projects",
        [{"id": "p1", "name": "赖氨酸公司", "industry": "玉米生物", "incubator_id": "i1", "achievement_id": "a2"}],
    )
    write(
        folder,
        "outcomes",
        [
            {
                "kind": "achievement_incubator",
                "left_id": "a2",
                "right_id": "i1",
                "result": "accepted",
                "decided_on": "2026-01-01",
            }
        ],
    )
    matcher("import", folder)
    return matcher


def test_records_that_are_one_count_once_with_what_became_of_all_of_them(twins: CommandLine) -> None:
    def ferment() -> Any:
        return node(twins(*ASKED, "--industry", "corn", "--json").json, "corn.ferment")

    before = ferment()["figures"]
    twins("identity", "same", "a2", "a1")
    [one] = ferment()["results"]

    assert (before["results_open"], before["results_taken"]) == (1, 1)
    assert (ferment()["figures"]["results_open"], ferment()["figures"]["results_taken"]) == (0, 1)
    assert one["taken_by"] == ["i1", "p1"]
    assert ferment()["carriers"][0]["took"] == [one["id"], "p1"]


def test_what_fits_no_node_is_listed_by_industry_and_never_guessed(matcher: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "vague"
    folder.mkdir()
    told = {"a1": "玉米生物", "a2": "新能源汽车", "a3": "现代物流", "a4": ""}
    rows = [
        {"id": name, "title": "一种提质方法", "institution": "甲大学", "industry": word} for name, word in told.items()
    ]
    write(folder, "achievements", rows)
    matcher("import", folder)
    found = matcher(*ASKED, "--json").json
    unplaced = {one["code"]: ids(one["unplaced"]) for one in found["industries"]}
    counts = found["coverage"]["achievements"]

    assert unplaced == {"corn": ["a1"], "tourism": [], "coal": [], "tcm": [], "strategic": ["a2"]}
    assert ids(found["untold"]) == ["a4"]
    assert (counts["unplaced"], counts["outside"], counts["untold"], counts["placed"]) == (2, 1, 1, 0)
    shown = matcher(*ASKED).out
    assert "玉米生物未归类 1  一种提质方法 a1" in shown
    assert "未填行业且未归类：一种提质方法 a4" in shown


def test_what_is_decided_later_is_not_known_before(twins: CommandLine) -> None:
    found = twins("policy", "chain-gaps", "--as-of", "2025-12-31", "--industry", "corn", "--json").json
    by = {one["id"]: one["taken_by"] for one in node(found, "corn.ferment")["results"]}

    assert by == {"a1": [], "a2": ["p1"]}


def test_a_standing_exclusion_keeps_a_pair_out(twins: CommandLine) -> None:
    def takers() -> list[str]:
        results = node(twins(*ASKED, "--industry", "corn", "--json").json, "corn.ferment")["results"]
        return [name for one in results if one["id"] == "a1" for name in one["could_go_to"]]

    before = takers()
    twins("control", "exclude", "i1", "--record", "a1", "--reason", "不做")

    assert before == ["i1"]
    assert takers() == []


GAPS_DAY = date.fromisoformat(DAY)
WISH = Control(
    wish=Wish.EXCLUDE, asker_kind=Kind.INCUBATORS, asker="ex-i01", aim=Aim.RECORD, target="ex-a003", made_on=GAPS_DAY
)


def test_a_report_is_made_again_when_a_record_an_outcome_or_a_wish_changes_and_for_each_viewer(
    service: Service,
) -> None:
    """What is kept must be another report as soon as it would tell something else."""
    gaps, database = service.installation.chain_gaps, service.installation.database
    first = gaps.report(None, Viewer.PUBLIC, GAPS_DAY)
    assert gaps.report(None, Viewer.PUBLIC, GAPS_DAY) is first
    entitled = gaps.report(None, Viewer.ENTITLED, GAPS_DAY)
    assert entitled.coverage != first.coverage
    assert gaps.report(None, Viewer.PUBLIC, GAPS_DAY + timedelta(days=1)) is not first
    assert gaps.report("corn", Viewer.PUBLIC, GAPS_DAY) is not first

    with database.begin() as connection:
        Controls(connection).add(WISH)
    wished = gaps.report(None, Viewer.PUBLIC, GAPS_DAY)
    assert wished is not first

    with database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["ex-a003"])
    left = gaps.report(None, Viewer.PUBLIC, GAPS_DAY)
    assert left.coverage[Kind.ACHIEVEMENTS].total == wished.coverage[Kind.ACHIEVEMENTS].total - 1
