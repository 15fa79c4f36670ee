"""Digests by themselves: this week's, when its time has come, once; what was missed before is not made up for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from matcher.bootstrap import Installation
from matcher.domain.jobs import JobState
from matcher.domain.slots import Slot
from matcher.services.delivery.schedule import Schedule
from matcher.services.worker import Worker
from matcher.settings import Settings
from matcher.store import Jobs
from tests.digests import WEEK
from tests.mailing import Clock, composed, sending

SLOT = Slot.parse("Mon 08:00 Asia/Shanghai")
DUE = datetime(2026, 11, 23, 0, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    home = tmp_path / "home"
    settings = Settings(
        home=home, cache_dir=home / "cache", database_url="", encoder="hashing", digest_at="Mon 08:00 Asia/Shanghai"
    )
    made = Installation(settings, tell=lambda _: None)
    yield made
    made.close()


def schedule(installation: Installation) -> Schedule:
    return Schedule(installation.database, SLOT, installation.jobs, installation.sending.awaits)


def jobs(installation: Installation) -> list[tuple[str, str]]:
    """Kind and week of all jobs, the first one first."""
    found = installation.jobs.page(None, limit=99).jobs
    return [(job.kind, job.arguments["week"]) for job in reversed(found)]


def ended(installation: Installation, now: datetime, state: JobState = JobState.DONE) -> None:
    with installation.database.begin() as connection:
        job = Jobs(connection).claim(["digest", "deliver"], "h", now)
        assert job is not None
        Jobs(connection).finish(job.id, "h", state, now)


def test_the_week_is_composed_when_its_time_has_come_and_not_before(installation: Installation) -> None:
    ticking = schedule(installation)
    ticking.tick(DUE - timedelta(seconds=1))
    assert jobs(installation) == []
    for minutes in range(3):
        ticking.tick(DUE + timedelta(minutes=minutes))
    assert jobs(installation) == [("digest", "2026-W48")]


def test_what_is_composed_is_sent_until_nothing_is_left(installation: Installation) -> None:
    composed(installation.database, 2)
    ticking = schedule(installation)
    for _ in range(3):
        ticking.tick(DUE)
    assert jobs(installation) == [("deliver", "2026-W48")]
    stop = Event()
    job = Worker(installation, clock=Clock(DUE), new_id=lambda: "x", stop=stop).once()
    assert job is not None
    assert (job.state, job.result) == (JobState.DONE, {"sent": 2, "skipped": {}, "failed": 0, "closed": None})
    assert len(list((installation.home / "outbox").iterdir())) == 2
    ticking.tick(DUE + timedelta(days=2))
    assert len(jobs(installation)) == 1


def test_a_letter_that_was_put_off_is_waited_for_and_then_sent_by_a_later_job(installation: Installation) -> None:
    composed(installation.database, 1)
    clock = Clock(DUE)
    in_the_way = installation.home / "outbox"
    in_the_way.write_text("a file")
    later = sending(installation.database, installation.mailer, clock)
    ticking = Schedule(installation.database, SLOT, installation.jobs, later.awaits)
    assert later.run(WEEK).skipped == {"delayed": 1}
    ticking.tick(clock.now)
    assert jobs(installation) == []
    clock.now += timedelta(minutes=5)
    ticking.tick(clock.now)
    assert jobs(installation) == [("deliver", "2026-W48")]
    in_the_way.unlink()
    assert later.run(WEEK).sent == 1


def test_after_weeks_of_downtime_only_this_week_is_caught_up_with(installation: Installation) -> None:
    composed(installation.database, 2)
    later = DUE + timedelta(weeks=3, days=2)
    schedule(installation).tick(later)
    assert jobs(installation) == [("digest", "2026-W51")]


def test_a_job_that_fails_is_handed_in_again_after_a_while_and_not_at_every_tick(installation: Installation) -> None:
    ticking = schedule(installation)
    ticking.tick(DUE)
    ended(installation, DUE, JobState.FAILED)
    for minutes in range(1, 60):
        ticking.tick(DUE + timedelta(minutes=minutes))
    assert len(jobs(installation)) == 1
    ticking.tick(DUE + timedelta(minutes=60))
    assert len(jobs(installation)) == 2


def test_a_worker_looks_at_the_schedule_once_a_minute_and_works_on_when_it_fails(installation: Installation) -> None:
    clock = Clock(DUE)
    ticks: list[datetime] = []
    worker = Worker(installation, clock=clock, new_id=lambda: f"h{len(ticks)}", stop=Event(), tick=ticks.append)
    for _ in range(5):
        worker.once()
        clock.now += timedelta(seconds=20)
    assert ticks == [DUE, DUE + timedelta(seconds=60)]


def test_the_worker_of_an_installation_follows_its_setting(installation: Installation) -> None:
    assert installation.schedule is not None
    home = installation.home
    off = Settings(home=home, cache_dir=home / "cache", database_url="", encoder="hashing")
    assert Installation(off, tell=lambda _: None).schedule is None
