"""A process that sends is killed with -9 at every step; the next run sends what is still to be sent, and nothing twice.

What SMTP cannot give is stated here too: where the process dies between the server's taking a letter and our noting it,
the letter is handed over again, with the same Message-ID, by which mailboxes show it once.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from matcher.domain.deliveries import LEASE
from matcher.services.delivery.sending import Step
from matcher.services.mail import Outbox, Smtp
from matcher.store import Database, open_database, upgrade
from tests.digests import MONDAY
from tests.mailing import FROM, Clock, composed, run, states, told_items
from tests.post import Running, read, served

PEOPLE = 4
MINUTES = int(LEASE.total_seconds() // 60)
ROOT = Path(__file__).parent.parent.parent


@dataclass
class World:
    """A composed week, and a mail server."""

    url: str
    database: Database
    running: Running

    def start(self, place: str | int, step: str, nth: int, minutes: int = 0) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "tests.killed", self.url, str(place), str(minutes), step, str(nth)]
        return subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE)

    def killed(self, place: str | int, step: str, nth: int, minutes: int = 0) -> None:
        """Send in a process that dies at a step."""
        process = self.start(place, step, nth, minutes)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == -9, errors.decode()

    @property
    def mailer(self) -> Smtp:
        return Smtp(replace(self.running.server, user="", password=""), FROM)

    @property
    def port(self) -> int:
        return self.running.server.port

    def messages(self) -> Counter[str]:
        """How often each message came, by its id."""
        return Counter(str(read(content)["Message-ID"]) for content in self.running.post.kept)

    def reached(self) -> set[str]:
        return {read(content)["To"].addresses[0].addr_spec for content in self.running.post.kept}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    url = f"sqlite:///{tmp_path / 'matcher.db'}"
    database = open_database(url)
    upgrade(database)
    composed(database, PEOPLE)
    with served() as running:
        yield World(url, database, running)
    database.close()


def finished(world: World, minutes: int = MINUTES) -> None:
    """A later run ends what the killed one began, and everybody was told."""
    run(world.database, world.mailer, Clock(MONDAY + timedelta(minutes=minutes)))
    assert set(states(world.database).values()) == {"sent"}
    assert world.reached() == {f"user{number}@example.org" for number in range(PEOPLE)}
    assert len(world.messages()) == PEOPLE
    assert told_items(world.database) == {f"u{number:03}": {"A-1", "A-2"} for number in range(PEOPLE)}


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("step", list(Step))
def test_killed_at_any_step_nobodys_letter_is_lost_and_no_message_is_doubled(
    world: World, step: Step, nth: int
) -> None:
    world.killed(world.port, step.value, nth)
    finished(world)
    again = 1 if step is Step.HANDED else 0
    assert world.messages().total() == PEOPLE + again


def test_until_the_lease_of_the_dead_process_has_lapsed_its_letter_waits(world: World) -> None:
    world.killed(world.port, Step.NOTED.value, 1)
    sent = run(world.database, world.mailer, Clock(MONDAY + LEASE - timedelta(seconds=1)))
    assert sent.to_json() == {"sent": PEOPLE - 1, "skipped": {"elsewhere": 1}, "failed": 0}
    finished(world)
    assert world.messages().total() == PEOPLE


def test_killed_again_and_again_the_week_is_sent_in_the_end(world: World) -> None:
    for turn, step in enumerate(Step):
        world.killed(world.port, step.value, 1, turn * MINUTES)
    finished(world, len(Step) * MINUTES)
    assert world.messages().total() == PEOPLE + 1


@pytest.mark.parametrize("when", ["asked", "taken"])
def test_killed_while_the_server_speaks_the_letter_arrives(world: World, when: str) -> None:
    """Before the letter: it comes once. After it was taken and before that was said: once more, as the same message."""
    post = world.running.post
    processes: list[subprocess.Popen[bytes]] = []

    def kill(*_: object) -> None:
        if len(processes) == 1:
            processes[0].kill()
            processes.append(processes[0])

    if when == "taken":
        post.taken = kill
    else:
        post.answers = kill
    processes.append(world.start(world.port, "never", 1))
    processes[0].communicate(timeout=120)
    assert processes[0].returncode == -9
    finished(world)
    assert world.messages().total() == PEOPLE + (when == "taken")


@pytest.mark.parametrize("step", list(Step))
def test_the_outbox_on_disk_holds_every_letter_exactly_once(world: World, step: Step, tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    world.killed(str(folder), step.value, 2)
    run(world.database, Outbox(folder, FROM), Clock(MONDAY + LEASE))
    letters = [read(path.read_bytes())["Message-ID"] for path in folder.iterdir()]
    assert len(letters) == len(set(letters)) == PEOPLE
