"""Jobs from the hand-in to the end: whatever happens to the process that does them, nothing is lost or doubled."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from matcher.bootstrap import Installation
from matcher.domain.accounts import Account, Actor, Role
from matcher.domain.jobs import LEASE, MOST_ATTEMPTS, Job, JobState
from matcher.domain.records import Kind
from matcher.encoder.cache import SLICE
from matcher.errors import (
    ConfigurationError,
    ConflictError,
    EncoderError,
    IntakeError,
    RecordNotFoundError,
    UnservedError,
)
from matcher.services import pulse
from matcher.services.job_kinds import KINDS, JobKind, Outcome, Parts, Tell
from matcher.services.jobs import ImportOrder
from matcher.services.uploads import KEPT, Upload
from matcher.services.worker import Worker
from matcher.settings import Settings
from matcher.store import Imports, Jobs, Records
from matcher.wording import Said
from tests.commandline import SAMPLE, start

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SMALL = "id,title,summary\nA1,玉米淀粉,工艺\nA2,蒙药制剂,制剂\n"


@dataclass
class Clock:
    """The time, which passes only when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def next(self) -> datetime:
        """A moment later, so that what is handed in first is first."""
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class House:
    """An installation, and workers of it that do what they are told to."""

    installation: Installation
    clock: Clock = field(default_factory=Clock)
    stop: threading.Event = field(default_factory=threading.Event)
    ids: Iterator[str] = field(default_factory=lambda: iter([f"id{number}" for number in range(1000)]))

    def worker(self, kinds: Mapping[str, JobKind] = KINDS) -> Worker:
        return Worker(self.installation, clock=self.clock, new_id=lambda: next(self.ids), stop=self.stop, kinds=kinds)

    def hand_in(self, *files: tuple[str, str | bytes], dry_run: bool = False, actor: Actor | None = None) -> Job:
        uploads = [Upload(name, BytesIO(text.encode() if isinstance(text, str) else text)) for name, text in files]
        return self.installation.jobs.submit_import(uploads, ImportOrder(dry_run=dry_run), actor, self.clock.next())

    def submit(self, kind: str, **arguments: object) -> Job:
        return self.installation.jobs.submit(kind, arguments, None, self.clock.next())

    def get(self, job_id: str) -> Job:
        return self.installation.jobs.get(job_id, None)

    def all(self) -> list[Job]:
        return list(self.installation.jobs.page(None, limit=100).jobs)

    def files_of(self, job: Job) -> list[str]:
        folder = self.installation.uploads.folder(job.id)
        return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []

    def results(self) -> int:
        with self.installation.database.read() as connection:
            return Records(connection).count()[Kind.ACHIEVEMENTS]


def installed(home: Path, url: str = "") -> Installation:
    settings = Settings(home=home, cache_dir=home / "cache", database_url=url, encoder="hashing")
    return Installation(settings, tell=lambda _: None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation without any record."""
    with closing(installed(tmp_path / "home")) as installation:
        yield House(installation)


def somebody(name: str, role: Role) -> Actor:
    return Actor(account=Account(id=name, email=f"{name}@example.org", name=name, role=role, created_at=NOW))


def large(rows: int) -> str:
    return "id,title,summary\n" + "".join(
        f"g-{row:05d},第{row}号玉米淀粉制备技术,收率{row % 50}%\n" for row in range(rows)
    )


def until(condition: Callable[[], bool], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


# --- imports ---


def test_an_import_reads_what_was_uploaded_and_an_indexing_follows_it(house: House) -> None:
    job = house.hand_in(("achievements.csv", SMALL), ("incubators.csv", "id,name\nI1,孵化器\n"))
    assert house.files_of(job) == ["achievements.csv", "incubators.csv"]
    done = house.worker().once()
    assert done is not None
    assert (done.id, done.state) == (job.id, JobState.DONE)
    assert done.result is not None
    assert {name: counts["new"] for name, counts in done.result["tables"].items()} == {
        "achievements": 2,
        "incubators": 1,
    }
    assert (done.result["issues"], done.result["issues_in_all"]) == ([], 0)
    assert house.files_of(job) == []
    follower = house.worker().once()
    assert follower is not None
    assert (follower.kind, follower.state) == ("index", JobState.DONE)
    assert follower.result is not None
    assert follower.result["indexed"] == 3
    assert not house.installation.indexer.stale()
    assert house.worker().once() is None


def test_a_dry_run_counts_without_writing_and_nothing_follows_it(house: House) -> None:
    job = house.hand_in(("achievements.csv", SMALL + "A3,,\n"), dry_run=True)
    done = house.worker().once()
    assert done is not None
    assert done.result is not None
    assert (done.result["dry_run"], done.result["tables"]["achievements"]["new"]) == (True, 2)
    [issue] = [issue for issue in done.result["issues"] if issue["severity"] == "error"]
    assert (issue["file"], issue["row"]) == ("achievements.csv", 4)
    assert house.results() == 0
    assert [each.id for each in house.all()] == [job.id]
    # What was handed in is kept for the import that may follow; no copy of the database is left.
    left = [path.name for path in house.installation.uploads.folder("").rglob("*") if path.is_file()]
    assert left == ["achievements.csv"]


def test_a_dry_run_keeps_nobody_from_writing(house: House) -> None:
    in_the_middle, written = threading.Event(), threading.Event()

    def trying(parts: Parts, job: Job, tell: Tell) -> Outcome:
        def heard(step: str, done: int, total: int | None) -> None:
            tell(step, done, total)
            if step.startswith("achievements.csv · ") and not in_the_middle.is_set():
                in_the_middle.set()
                assert written.wait(30)

        return KINDS["import"].run(parts, job, heard)

    house.hand_in(("achievements.csv", large(5000)), dry_run=True)
    thread = threading.Thread(target=house.worker({"import": JobKind(Said("", ""), trying)}).once)
    thread.start()
    assert in_the_middle.wait(30)
    began = time.monotonic()
    with house.installation.database.begin() as connection:
        Imports(connection).start("other.csv", NOW)
    assert time.monotonic() - began < 1
    written.set()
    thread.join()
    assert house.all()[0].state is JobState.DONE


def test_one_index_job_that_waits_serves_several_imports(house: House) -> None:
    house.hand_in(("achievements.csv", SMALL))
    house.hand_in(("achievements.csv", SMALL.replace("A1", "A9")))
    worker = house.worker()
    worker.once()
    worker.once()
    assert [job.kind for job in house.all()].count("index") == 1


def test_an_index_job_that_runs_does_not_serve_an_import_that_came_later(house: House) -> None:
    def meanwhile(parts: Parts, job: Job, tell: Tell) -> Outcome:
        house.hand_in(("achievements.csv", SMALL))
        house.worker({"import": KINDS["import"]}).once()
        return Outcome({})

    house.submit("index")
    house.worker({"index": JobKind(Said("", ""), meanwhile)}).once()
    assert [job.state for job in house.all() if job.kind == "index"] == [JobState.QUEUED, JobState.DONE]


def test_asking_for_an_index_or_a_training_again_gives_the_job_there_is(house: House) -> None:
    first = house.submit("index")
    assert house.submit("index").id == first.id
    assert house.submit("index", rebuild=True).id != first.id
    assert house.submit("train").id != first.id
    house.worker().once()
    assert house.submit("index").id != first.id


def test_training_tells_what_was_compared(house: House) -> None:
    tables = ("achievements.csv", "incubators.csv", "projects.jsonl", "funds.xlsx", "outcomes.csv")
    house.hand_in(*((name, (SAMPLE / name).read_bytes()) for name in tables))
    house.worker().once()
    house.submit("train")
    house.worker().once()
    done = house.worker().once()
    assert done is not None
    assert (done.kind, done.state) == ("train", JobState.DONE)
    assert done.result is not None
    assert [each["pairing"] for each in done.result["pairings"]] == ["achievement_incubator", "project_fund"]


def test_a_person_whom_an_issue_quotes_is_told_of_it_and_taken_out(house: House) -> None:
    job = house.hand_in(("achievements.csv", "id,title,trl\nA1,玉米,问 z@example.org\nA2,小麦,十一\n"))
    house.worker().once()
    rights = house.installation.subjects
    quoted = [each for each in rights.export("z@example.org") if each.table == "jobs"]
    assert quoted
    assert all(each.origin.startswith("achievements.csv:") for each in quoted)
    rights.erase("z@example.org", [], NOW, dry_run=False)
    assert "z@example.org" not in str(house.get(job.id).to_json())
    assert rights.export("z@example.org") == []
    result = house.get(job.id).result
    assert result is not None
    assert [issue["row"] for issue in result["issues"]] == [2, 3]
    assert "十一" in str(result["issues"][1])


# --- who sees them ---


def test_a_job_is_seen_by_who_made_it_and_by_administrators_and_the_bureau(house: House) -> None:
    maker, other = somebody("maker", Role.BROKER), somebody("other", Role.BROKER)
    job = house.hand_in(("achievements.csv", SMALL), actor=maker)
    house.submit("index")
    jobs = house.installation.jobs
    assert jobs.get(job.id, maker).created_by == "maker"
    for role in (Role.ADMINISTRATOR, Role.BUREAU):
        assert len(jobs.page(somebody("boss", role), limit=9).jobs) == 2
    assert [each.id for each in jobs.page(maker, limit=9).jobs] == [job.id]
    assert jobs.page(other, limit=9).jobs == []
    with pytest.raises(RecordNotFoundError) as refused:
        jobs.get(job.id, other)
    with pytest.raises(RecordNotFoundError) as unknown:
        jobs.get("0" * len(job.id), other)
    assert str(refused.value).replace(job.id, "") == str(unknown.value).replace("0" * len(job.id), "")
    for do in (jobs.cancel, jobs.resume):
        with pytest.raises(RecordNotFoundError):
            do(job.id, other, NOW)
    with pytest.raises(RecordNotFoundError):
        jobs.page(other, limit=9, cursor=job.id)


def test_pages_follow_each_other_by_their_cursor(house: House) -> None:
    made: list[str] = []
    for _ in range(5):
        house.clock.now += timedelta(seconds=1)
        made.append(house.submit("train", only_stale=len(made)).id)
    first = house.installation.jobs.page(None, limit=2)
    second = house.installation.jobs.page(None, limit=2, cursor=first.cursor)
    third = house.installation.jobs.page(None, limit=2, cursor=second.cursor)
    assert [job.id for page in (first, second, third) for job in page.jobs] == made[::-1]
    assert third.cursor == ""


# --- cancel, stop, resume ---


@dataclass
class Endless:
    """A job that goes on, telling how far it is, until it is not to."""

    begun: threading.Event = field(default_factory=threading.Event)

    def __call__(self, parts: Parts, job: Job, tell: Tell) -> Outcome:
        for number in range(100_000):
            tell("counting", number, None)
            self.begun.set()
            time.sleep(0.001)
        return Outcome({})


@contextmanager
def running(house: House, kind: str = "index") -> Iterator[Job]:
    """An endless job, running in a thread."""
    endless = Endless()
    worker = house.worker({kind: JobKind(Said("", ""), endless)})
    job = house.submit(kind)
    thread = threading.Thread(target=worker.once)
    thread.start()
    assert endless.begun.wait(30)
    yield job
    thread.join(30)
    assert not thread.is_alive()


def test_a_running_job_stops_within_a_second_of_its_cancellation(house: House) -> None:
    with running(house) as job:
        asked = house.installation.jobs.cancel(job.id, None, NOW)
        assert (asked.state, asked.cancel_asked) == (JobState.RUNNING, True)
        began = time.monotonic()
        until(lambda: house.get(job.id).state is JobState.CANCELLED)
        assert time.monotonic() - began < 1
    assert house.get(job.id).done > 0


def test_a_cancelled_import_keeps_whole_batches_and_is_resumed_to_its_end(house: House) -> None:
    def lingering(parts: Parts, job: Job, tell: Tell) -> Outcome:
        def told(step: str, done: int, total: int | None) -> None:
            tell(step, done, total)
            while house.results():  # until the cancellation is heard, which breaks off whoever tells
                time.sleep(0.01)
                tell(step, done, total)

        return KINDS["import"].run(parts, job, told)

    job = house.hand_in(("achievements.csv", large(8000)))
    worker = house.worker({"import": replace(KINDS["import"], run=lingering)})
    thread = threading.Thread(target=worker.once)
    thread.start()
    until(lambda: house.results() > 0)
    house.installation.jobs.cancel(job.id, None, NOW)
    thread.join()
    assert house.get(job.id).state is JobState.CANCELLED
    assert 0 < house.results() < 8000
    assert house.results() % 1000 == 0
    house.installation.jobs.resume(job.id, None, NOW)
    done = house.worker().once()
    assert done is not None
    assert (done.id, done.state) == (job.id, JobState.DONE)
    assert house.results() == 8000


def test_what_has_ended_is_not_cancelled_and_only_what_broke_off_is_resumed(house: House) -> None:
    job = house.submit("index")
    with pytest.raises(ConflictError):
        house.installation.jobs.resume(job.id, None, NOW)
    house.worker().once()
    for do in (house.installation.jobs.cancel, house.installation.jobs.resume):
        with pytest.raises(ConflictError):
            do(job.id, None, NOW)


def test_a_job_whose_files_are_gone_is_not_resumed(house: House) -> None:
    job = house.hand_in(("achievements.csv", SMALL))
    house.installation.jobs.cancel(job.id, None, NOW)
    house.installation.uploads.discard(job.id)
    with pytest.raises(IntakeError, match="no longer there"):
        house.installation.jobs.resume(job.id, None, NOW)
    assert house.get(job.id).state is JobState.CANCELLED


def test_a_process_that_is_told_to_stop_puts_its_job_back_uncounted(house: House) -> None:
    with running(house) as job:
        house.stop.set()
    assert (house.get(job.id).state, house.get(job.id).attempts) == (JobState.QUEUED, 0)


def test_a_silent_job_is_kept_by_its_pulse_and_one_taken_over_lets_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "TICK", 0.05)
    go = threading.Event()

    def silent(parts: Parts, job: Job, tell: Tell) -> Outcome:
        go.wait(30)
        until(lambda: house.get(job.id).heartbeat_at == house.clock())
        with house.installation.database.begin() as connection:  # it was taken for dead nevertheless
            Jobs(connection).reclaim(house.clock() + LEASE * 2)
            assert Jobs(connection).claim(["index"], "another", house.clock() + LEASE * 2) is not None
        while True:
            tell("", 0, None)
            time.sleep(0.01)

    worker = house.worker({"index": JobKind(Said("", ""), silent)})
    job = house.submit("index")
    ended: list[Job | None] = []
    thread = threading.Thread(target=lambda: ended.append(worker.once()))
    thread.start()
    until(lambda: house.get(job.id).state is JobState.RUNNING)
    house.clock.now += timedelta(seconds=6)
    go.set()
    thread.join(30)
    assert ended == [None]
    assert (house.get(job.id).state, house.get(job.id).attempts) == (JobState.RUNNING, 2)  # the other one's now


def test_a_worker_beside_a_service_works_and_ends_with_it(house: House) -> None:
    with house.worker().beside():
        job = house.submit("index")
        until(lambda: house.get(job.id).state is JobState.DONE)
    assert not [thread for thread in threading.enumerate() if thread.name == "jobs"]


# --- failures ---


def failing(house: House, error: Exception) -> Job:
    def fail(parts: Parts, job: Job, tell: Tell) -> Outcome:
        raise error

    job = house.submit("index")
    house.worker({"index": JobKind(Said("", ""), fail)}).once()
    return house.get(job.id)


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError(Said("文件夹 /srv/secret", "the folder /srv/secret"), Said("", "")),
        EncoderError(Said("无 /srv/secret", "no /srv/secret"), Said("看 /srv/secret", "see /srv/secret")),
        OSError(28, "No space left on device", "/srv/secret/indexes"),
        ValueError("password=/srv/secret"),
    ],
)
def test_a_failure_of_the_machine_is_told_without_a_path_or_a_secret(house: House, error: Exception) -> None:
    job = failing(house, error)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert "secret" not in str(job.to_json())
    assert "log" in job.error.step.en
    assert "日志" in job.error.step.zh


def test_a_failure_of_the_file_is_told_in_its_words_with_the_name_the_user_gave(house: House) -> None:
    job = house.hand_in(("achievements.csv", "id,title\nA1,\xff".encode("latin-1")))
    house.worker().once()
    failed = house.get(job.id)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert "achievements.csv" in failed.error.message.zh
    assert "achievements.csv" in failed.error.message.en
    assert str(house.installation.home) not in str(failed.to_json())
    hidden = house.installation.uploads.folder(job.id)
    told = failing(house, IntakeError(Said(f"无法打开 {hidden}/a.csv", f"cannot open {hidden}/a.csv"), Said("", "")))
    assert told.error is not None
    assert (told.error.message.zh, told.error.message.en) != ("", "")


def test_the_log_has_what_the_administrator_needs_and_no_values_of_users(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        failing(house, IntakeError(Said("电话 xyz", "telephone xyz"), Said("", "")))
        failing(house, EncoderError(Said("", "no model in /srv/model"), Said("", "")))
    assert "xyz" not in caplog.text
    assert "IntakeError" in caplog.text
    assert "/srv/model" in caplog.text


def test_a_database_that_was_away_is_tried_again_later_and_not_for_ever(house: House) -> None:
    away = UnservedError(Said("x", "x"), Said("", ""))
    job = failing(house, away)
    for attempt in range(1, MOST_ATTEMPTS):
        assert (job.state, job.attempts) == (JobState.QUEUED, attempt)
        assert house.worker().once() is None  # not at once
        house.clock.now += timedelta(minutes=1)
        job = failing(house, away)
    assert (job.state, job.attempts) == (JobState.FAILED, MOST_ATTEMPTS)
    assert job.error is not None
    assert job.error.message.en == "The database could not serve."


# --- uploads ---


def test_files_without_a_job_are_swept_after_a_day_and_others_never(house: House) -> None:
    uploads = house.installation.uploads
    waiting = house.hand_in(("achievements.csv", SMALL))
    uploads.keep("orphan", [Upload("achievements.csv", BytesIO(SMALL.encode()))])
    uploads.keep("fresh", [Upload("achievements.csv", BytesIO(SMALL.encode()))])
    old = (datetime.now(UTC) - KEPT * 2).timestamp()
    for name in (waiting.id, "orphan"):
        os.utime(uploads.folder(name), (old, old))
    house.clock.now = datetime.now(UTC)
    house.worker({}).once()
    left = {entry.name for entry in uploads.folder("").iterdir()}
    assert left == {waiting.id, "fresh"}


# --- killed ---


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting of an empty database, once of each sort."""
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres_server")
    name = f"jobs_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield server.get_uri(name, driver="psycopg")
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.slow
def test_an_import_killed_in_the_middle_is_finished_by_another_worker(tmp_path: Path, database_url: str) -> None:
    home, total = tmp_path / "home", 20_000
    with closing(installed(home, database_url)) as installation:
        installation.initialise()
        house = House(installation)
        house.clock.now = datetime.now(UTC)
        job = house.hand_in(("achievements.csv", large(total)))
        process = start(home, "jobs", "work", database_url=database_url)
        until(lambda: house.results() > 3000)
        process.kill()
        process.communicate()
        taken = house.results()
        assert taken < total
        assert house.get(job.id).state is JobState.RUNNING
        house.clock.now = datetime.now(UTC)
        assert house.worker().once() is None  # the lease still runs
        house.clock.now += LEASE + timedelta(seconds=5)
        done = house.worker().once()
        assert done is not None
        assert (done.id, done.state, done.attempts) == (job.id, JobState.DONE, 2)
        assert done.result is not None
        counts = done.result["tables"]["achievements"]
        assert (counts["new"], counts["unchanged"]) == (total - taken, taken)
        assert done.result["interrupted_before"] == ["achievements.csv"]
        assert house.results() == total
        assert [each.kind for each in house.all()] == ["index", "import"]


@pytest.mark.slow
def test_an_indexing_killed_in_the_middle_is_finished_by_another_worker(tmp_path: Path) -> None:
    home, total = tmp_path / "home", 20_000
    with closing(installed(home)) as installation:
        house = House(installation)
        house.clock.now = datetime.now(UTC)
        house.hand_in(("achievements.csv", large(total)))
        house.worker().once()
        [job] = [each for each in house.all() if each.kind == "index"]
        process = start(home, "jobs", "work")
        until(lambda: house.get(job.id).done > SLICE)  # told before a slice is kept: the first one is by now
        process.kill()
        process.communicate()
        assert house.get(job.id).state is JobState.RUNNING
        assert installation.indexer.stale()
        house.clock.now = datetime.now(UTC) + LEASE + timedelta(seconds=5)
        done = house.worker().once()
        assert done is not None
        assert (done.id, done.state, done.attempts) == (job.id, JobState.DONE, 2)
        snapshot, report = installation.indexer.refresh()
        assert report.indexed == 0
        ids = list(snapshot.tables[Kind.ACHIEVEMENTS].vectors.ids)
        assert (len(ids), len(set(ids))) == (total, total)
        assert installation.encoder.counts.hits > 0  # what the killed one had encoded was not encoded again
