"""`matcher jobs …` as an operator uses it."""

from __future__ import annotations

import signal
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from matcher.bootstrap import Installation
from matcher.services.jobs import ImportOrder
from matcher.services.uploads import Upload
from matcher.settings import Settings
from tests.commandline import CommandLine, start

CSV = "id,title\nA1,玉米淀粉\n"


def hand_in(home: Path, text: str = CSV) -> str:
    """An import, as the service hands it in."""
    settings = Settings(home=home, cache_dir=home / "cache", database_url="", encoder="hashing")
    with closing(Installation(settings, tell=lambda _: None)) as installation:
        upload = Upload("achievements.csv", BytesIO(text.encode()))
        return installation.jobs.submit_import([upload], ImportOrder(), None, datetime.now(UTC)).id


def test_jobs_are_worked_one_by_one_listed_and_shown(matcher: CommandLine) -> None:
    job_id = hand_in(matcher.home)
    [waiting] = matcher("jobs", "list", "--json").json
    assert (waiting["id"], waiting["state"], waiting["kind"]) == (job_id, "queued", "import")
    assert "排队中" in matcher("jobs", "list").out
    done = matcher("jobs", "work", "--once", "--json").json
    assert (done["id"], done["state"], done["result"]["tables"]["achievements"]["new"]) == (job_id, "done", 1)
    assert matcher("jobs", "work", "--once", "--json").json["kind"] == "index"
    assert matcher("jobs", "work", "--once", "--json").json is None
    assert "没有待办" in matcher("jobs", "work", "--once").err
    shown = matcher("jobs", "show", job_id, language="en")
    assert "import" in shown.out
    assert "done" in shown.out
    assert matcher("jobs", "show", job_id, "--json").json == done
    first = matcher("jobs", "list", "-k", 1, "--json").json
    [second] = matcher("jobs", "list", "--after", first[0]["id"], "--json").json
    assert (first[0]["kind"], second["kind"]) == ("index", "import")
    assert matcher("jobs", "list", "--kind", "import", "--state", "done", "--json").json == [second]


def test_jobs_are_cancelled_and_taken_up_again(matcher: CommandLine) -> None:
    job_id = hand_in(matcher.home)
    assert matcher("jobs", "cancel", job_id, "--json").json["state"] == "cancelled"
    assert "已取消" in matcher("jobs", "cancel", job_id).out
    assert matcher("jobs", "resume", job_id, "--json").json["state"] == "queued"
    matcher("jobs", "work", "--once")
    assert "已完成" in matcher("jobs", "cancel", job_id, code=1).err
    assert "There is no job 0000" in matcher("jobs", "show", "0000", code=1, language="en").err


def test_a_failed_job_says_why_and_what_to_do(matcher: CommandLine) -> None:
    job_id = hand_in(matcher.home, "未知的列,另一列\n1,2\n")
    failed = matcher("jobs", "work", "--once", "--json").json
    assert (failed["id"], failed["state"]) == (job_id, "failed")
    shown = matcher("jobs", "show", job_id)
    assert failed["error"]["zh"][:10] in shown.out.replace("\n", "")
    assert str(matcher.home) not in shown.out


@pytest.mark.slow
def test_a_worker_ends_in_peace_when_it_is_told_to(matcher: CommandLine) -> None:
    hand_in(matcher.home)
    process = start(matcher.home, "jobs", "work")
    assert process.stderr is not None
    for line in process.stderr:
        if "(index) is done" in line:
            break
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
