"""What the queue promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from matcher.domain.jobs import EXHAUSTED, LEASE, MOST_ATTEMPTS, Job, JobError, JobState
from matcher.store import Database, Jobs
from matcher.wording import Said

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LAPSED = LEASE + timedelta(seconds=1)
WENT_WRONG = JobError(Said("坏了", "broken"), Said("修", "mend it"))
T = TypeVar("T")


def within(database: Database, do: Callable[[Jobs], T]) -> T:
    with database.begin() as connection:
        return do(Jobs(connection))


def add(database: Database, job_id: str = "j1", kind: str = "index", **values: object) -> Job:
    made: dict[str, object] = {"id": job_id, "kind": kind, "created_at": NOW, **values}
    return within(database, lambda jobs: jobs.add(Job(**made)))  # type: ignore[arg-type]


def get(database: Database, job_id: str = "j1") -> Job:
    found = within(database, lambda jobs: jobs.get(job_id))
    assert found is not None
    return found


def claim(database: Database, holder: str = "h1", now: datetime = NOW) -> Job | None:
    return within(database, lambda jobs: jobs.claim(["index", "import"], holder, now))


def test_a_job_is_read_back_equal(database: Database) -> None:
    job = add(database, arguments={"files": ["成果.csv"], "dry_run": False}, created_by="a1", due_at=NOW, total=None)
    assert get(database) == job
    assert within(database, lambda jobs: jobs.get("j2")) is None


def test_jobs_are_claimed_in_the_order_they_fell_due_and_only_once(database: Database) -> None:
    add(database, "later", created_at=NOW, due_at=NOW + timedelta(seconds=9))
    add(database, "second", created_at=NOW)
    add(database, "first", created_at=NOW - timedelta(seconds=1))
    taken = [claim(database, f"h{number}") for number in range(3)]
    assert [job and job.id for job in taken] == ["first", "second", None]
    assert taken[0] is not None
    assert (taken[0].state, taken[0].attempts, taken[0].started_at) == (JobState.RUNNING, 1, NOW)
    assert [claim(database, now=NOW + timedelta(seconds=seconds)) is not None for seconds in (8, 9)] == [False, True]


def test_a_kind_that_this_version_does_not_know_is_left_to_another(database: Database) -> None:
    add(database, kind="digest")
    assert claim(database) is None
    assert not within(database, lambda jobs: jobs.awaits(["index"], NOW))
    assert within(database, lambda jobs: jobs.awaits(["digest"], NOW))


def test_threads_that_claim_at_once_never_get_the_same_job(database: Database) -> None:
    for number in range(40):
        add(database, f"j{number:02d}")

    def worker(name: int) -> list[str]:
        mine = []
        while (job := claim(database, f"h{name}")) is not None:
            mine.append(job.id)
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [job_id for mine in pool.map(worker, range(4)) for job_id in mine]
    assert sorted(taken) == [f"j{number:02d}" for number in range(40)]


CLAIMER = """
import sys
from datetime import UTC, datetime
from matcher.store import Jobs, open_database
database = open_database(sys.argv[1])
now = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
while True:
    with database.begin() as connection:
        job = Jobs(connection).claim(["index"], sys.argv[2], now)
    if job is None:
        break
    print(job.id, flush=True)
database.close()
"""


def test_processes_that_claim_at_once_never_get_the_same_job(database: Database, url: str) -> None:
    for number in range(40):
        add(database, f"j{number:02d}")
    taken = []
    with ExitStack() as stack:
        processes = []
        for name in "ab":
            command = [sys.executable, "-c", CLAIMER, url, name]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            processes.append(stack.enter_context(process))
            stack.callback(process.kill)
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            out, _ = process.communicate(timeout=120)
            taken += out.split()
    assert sorted(taken) == [f"j{number:02d}" for number in range(40)]


def test_a_claim_that_is_not_committed_holds_nobody_up_on_postgresql(database: Database) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    add(database, "a")
    add(database, "b")
    with database.engine.begin() as one, database.engine.begin() as other:
        first = Jobs(one).claim(["index"], "h1", NOW)
        other.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        second = Jobs(other).claim(["index"], "h2", NOW)
    assert {job and job.id for job in (first, second)} == {"a", "b"}


def test_progress_is_kept_and_tells_whether_to_cancel(database: Database) -> None:
    add(database)
    claim(database)
    later = NOW + timedelta(seconds=1)
    assert within(database, lambda jobs: jobs.beat("j1", "h1", later, "funds", 3, 10)) is False
    job = get(database)
    assert (job.step, job.done, job.total, job.heartbeat_at) == ("funds", 3, 10, later)
    within(database, lambda jobs: jobs.cancel("j1", later))
    assert within(database, lambda jobs: jobs.asked("j1", "h1")) is True
    assert get(database).state is JobState.RUNNING


def test_a_job_whose_process_fell_silent_is_queued_again_and_the_attempt_counts(database: Database) -> None:
    add(database)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        at = NOW + LAPSED * attempt
        job = claim(database, f"h{attempt}", at)
        assert job is not None
        assert job.attempts == attempt
        within(database, lambda jobs, at=at: jobs.reclaim(at + LEASE))  # type: ignore[misc]
        assert get(database).state is JobState.RUNNING  # silent, but not for longer than the lease
        assert within(database, lambda jobs, at=at: jobs.awaits(["index"], at + LAPSED))  # type: ignore[misc]
        within(database, lambda jobs, at=at: jobs.reclaim(at + LAPSED))  # type: ignore[misc]
    job = get(database)
    assert (job.state, job.error) == (JobState.FAILED, EXHAUSTED)
    assert claim(database, now=NOW + LAPSED * 9) is None


def test_whoever_lost_the_claim_changes_nothing(database: Database) -> None:
    add(database)
    claim(database, "dead")
    within(database, lambda jobs: jobs.reclaim(NOW + LAPSED))
    claim(database, "alive", NOW + LAPSED)
    before = get(database)
    assert within(database, lambda jobs: jobs.beat("j1", "dead", NOW, "funds", 3, 10)) is None
    assert within(database, lambda jobs: jobs.asked("j1", "dead")) is None
    assert not within(database, lambda jobs: jobs.finish("j1", "dead", JobState.DONE, NOW, result={"indexed": 1}))
    assert not within(database, lambda jobs: jobs.release("j1", "dead", NOW, counted=True))
    assert get(database) == before


def test_a_job_ends_once_with_a_result_or_an_error(database: Database) -> None:
    add(database, "good")
    add(database, "bad")
    claim(database, "h1")
    claim(database, "h2")
    assert within(database, lambda jobs: jobs.finish("bad", "h1", JobState.FAILED, NOW, error=WENT_WRONG))
    assert within(database, lambda jobs: jobs.finish("good", "h2", JobState.DONE, NOW, result={"新增": 1}))
    assert not within(database, lambda jobs: jobs.finish("good", "h2", JobState.CANCELLED, NOW))
    assert (get(database, "bad").state, get(database, "bad").error) == (JobState.FAILED, WENT_WRONG)
    good = get(database, "good")
    assert (good.state, good.result, good.finished_at, good.error) == (JobState.DONE, {"新增": 1}, NOW, None)


def test_a_job_put_back_waits_and_counts_only_when_it_failed(database: Database) -> None:
    add(database)
    claim(database)
    within(database, lambda jobs: jobs.release("j1", "h1", NOW, counted=False))
    assert (get(database).state, get(database).attempts) == (JobState.QUEUED, 0)
    claim(database)
    within(database, lambda jobs: jobs.release("j1", "h1", NOW + timedelta(seconds=5), counted=True))
    assert get(database).attempts == 1
    assert claim(database) is None
    assert claim(database, now=NOW + timedelta(seconds=5)) is not None


def test_a_waiting_job_is_cancelled_at_once_and_a_dead_one_when_it_is_found(database: Database) -> None:
    add(database)
    within(database, lambda jobs: jobs.cancel("j1", NOW))
    assert (get(database).state, get(database).finished_at) == (JobState.CANCELLED, NOW)
    add(database, "j2")
    claim(database)
    within(database, lambda jobs: jobs.cancel("j2", NOW))
    within(database, lambda jobs: jobs.reclaim(NOW + LAPSED))
    assert get(database, "j2").state is JobState.CANCELLED


def test_a_resumed_job_has_all_its_attempts_before_it(database: Database) -> None:
    add(database, attempts=3, state=JobState.FAILED, error=WENT_WRONG, finished_at=NOW)
    add(database, "running", state=JobState.RUNNING, attempts=1)
    for job_id in ("j1", "running"):
        within(database, lambda jobs, job_id=job_id: jobs.resume(job_id, NOW))  # type: ignore[misc]
    job = get(database)
    assert (job.state, job.attempts, job.error, job.finished_at) == (JobState.QUEUED, 0, None, None)
    assert get(database, "running").state is JobState.RUNNING


def test_the_same_job_is_found_while_it_is_unfinished_and_not_given_up(database: Database) -> None:
    add(database, arguments={"rebuild": True})

    def same(arguments: dict[str, object], *states: JobState) -> Job | None:
        return within(database, lambda jobs: jobs.same("index", arguments, *([states] if states else [])))

    assert same({}) is None
    found = same({"rebuild": True})
    assert found is not None
    claim(database)
    assert same({"rebuild": True}) is not None
    assert same({"rebuild": True}, JobState.QUEUED) is None
    within(database, lambda jobs: jobs.cancel("j1", NOW))
    assert same({"rebuild": True}) is None


def test_pages_run_from_the_newest_on_without_gaps_and_without_results(database: Database) -> None:
    for number in range(7):
        made = NOW + timedelta(seconds=number // 2)  # two at a time were made at the same moment
        state = JobState.DONE if number % 2 else JobState.QUEUED
        add(database, f"j{number}", created_at=made, created_by=f"a{number % 3}", state=state, result={"n": 1})
    seen: list[str] = []
    before = None
    while page := within(database, lambda jobs, before=before: jobs.page(3, before=before)):  # type: ignore[misc]
        seen += [job.id for job in page]
        assert all(job.result is None for job in page)
        before = page[-1]
    assert seen == ["j6", "j5", "j4", "j3", "j2", "j1", "j0"]
    mine = within(database, lambda jobs: jobs.page(9, created_by="a1", state=JobState.DONE))
    assert [job.id for job in mine] == ["j1"]
    assert within(database, lambda jobs: jobs.page(9, kind="train")) == []


def test_only_what_ended_long_ago_is_forgotten(database: Database) -> None:
    add(database, "old", state=JobState.DONE, finished_at=NOW - timedelta(days=2))
    add(database, "new", state=JobState.DONE, finished_at=NOW)
    add(database, "waiting", created_at=NOW - timedelta(days=9))
    assert within(database, lambda jobs: jobs.forget(NOW - timedelta(days=1))) == 1
    assert within(database, lambda jobs: {job.id for job in jobs.page(9)}) == {"new", "waiting"}
    assert within(database, lambda jobs: jobs.unfinished_ids()) == {"waiting"}
