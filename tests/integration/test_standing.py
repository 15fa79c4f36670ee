"""A thousand states that the world can be in when a digest is sent: nothing is told that may not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from matcher.domain.deliveries import Cause, Suppression, Way, delivery_of
from matcher.domain.digests import DigestSettings, Frequency, Item, Silence, Topic
from matcher.domain.records import Achievement, Kind, Outcome, Result, Visibility
from matcher.services.mail import Outbox
from matcher.store import Accounts, Database, Digests, Outcomes, Records, Suppressions, open_database, upgrade
from matcher.wording import Said
from tests.digests import MONDAY, digest, item
from tests.mailing import FROM, account, by_mail, composed, standing

STATES = 1000
TITLES = {number: f"机密成果{number}号" for number in range(1, 6)}


@dataclass
class World:
    """What one random state allows."""

    active: bool
    suppressed: bool
    never: bool
    hidden: set[int]
    decided: set[int]
    left_out: frozenset[Topic]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    composed(opened, 1)
    yield opened
    opened.close()


def shaken(database: Database, random: Random) -> World:
    """Change everything that decides, by chance."""
    world = World(
        active=random.random() > 0.1,
        suppressed=random.random() < 0.1,
        never=random.random() < 0.1,
        hidden={number for number in TITLES if random.random() < 0.3},
        decided={number for number in TITLES if random.random() < 0.2},
        left_out=frozenset({Topic.CARRIERS} if random.random() < 0.3 else ()),
    )
    with database.begin() as connection:
        found = Accounts(connection).get("u000")
        assert found is not None
        Accounts(connection).change(account(0, active=world.active, version=found.version))
        Suppressions(connection).remove("user0@example.org")
        if world.suppressed:
            address = "user0@example.org"
            Suppressions(connection).add(Suppression(address=address, cause=Cause.BOUNCE, since=MONDAY))
        kept = Digests(connection).settings("u000")
        frequency = Frequency.NEVER if world.never else Frequency.WEEKLY
        wanted = DigestSettings(account_id="u000", frequency=frequency, left_out=world.left_out, version=kept.version)
        Digests(connection).save_settings(wanted)
        gone = [number for number in TITLES if random.random() < 0.1]
        Records(connection).upsert([_record(number, world) for number in TITLES], MONDAY)
        Records(connection).delete(Kind.ACHIEVEMENTS, [f"A-{number}" for number in gone])
        connection.execute(sa.text("DELETE FROM outcomes"))
        told = [number for number in world.decided if number not in gone]
        Outcomes(connection).upsert([_outcome(number) for number in told], MONDAY)
    world.hidden |= set(gone)
    return world


def _record(number: int, world: World) -> Achievement:
    visibility = Visibility.RESTRICTED if number in world.hidden else Visibility.BROKERS
    return Achievement(id=f"A-{number}", title=TITLES[number], visibility=visibility)


def _outcome(number: int) -> Outcome:
    return Outcome(left_id=f"A-{number}", right_id="I-1", result=Result.ACCEPTED, decided_on=MONDAY.date())


def _item(number: int, random: Random) -> Item:
    other = random.choice(list(TITLES))
    said = Said(f"曾承接相近案例：《{TITLES[other]}》", f"took “{TITLES[other]}”")
    topic = random.choice([Topic.RESULTS, Topic.CARRIERS])
    return item(number, name=TITLES[number], reason=said, topic=topic)


@pytest.mark.slow
def test_in_no_state_of_the_world_is_anything_told_that_may_not_be(database: Database, tmp_path: Path) -> None:
    looking = standing(database)
    mail = by_mail(database, Outbox(tmp_path, FROM))
    mailed, silent = 0, set()
    for seed in range(STATES):
        random = Random(seed)  # noqa: S311  # it has to be the same every time
        world = shaken(database, random)
        told = digest(*(_item(number, random) for number in TITLES), account_id="u000")
        found = looking.look(told, Way.MAIL, MONDAY.date())
        if isinstance(found, Silence):
            silent.add(found)
            continue
        reader, left = found
        mailed += 1
        assert world.active and not world.suppressed and not world.never  # noqa: PT018  # one state of the world
        numbers = {int(one.left_id.removeprefix("A-")) for one in left.items}
        assert not numbers & (world.hidden | world.decided)
        assert not {one.topic for one in left.items} & world.left_out
        letter = mail.written(left, delivery_of(left, Way.MAIL, MONDAY), reader, MONDAY).letter
        for number in world.hidden:
            assert TITLES[number] not in letter.text + letter.html + letter.subject
    assert mailed > STATES / 4
    assert silent == {Silence.INACTIVE, Silence.SUPPRESSED, Silence.NEVER, Silence.NOTHING}
