"""Random small ecosystems for digests: records, readers, what was told before, and what the ranking names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from matcher.digest.compose import Recipient, Telling
from matcher.digest.offers import Found, Key, Reader, Shown
from matcher.digest.receipt import Composition, composed
from matcher.digest.selection import Material, select
from matcher.digest.sieve import Before, Passed, sieve
from matcher.digest.terms import Terms
from matcher.digest.twins import Twins
from matcher.domain.digests import Silence, Topic
from matcher.domain.records import Achievement, Kind, PairKind, Project, Visibility
from matcher.domain.visibility import VIEWERS, Viewer, visible
from matcher.domain.weeks import Week
from matcher.wording import Language, Said

WEEK = Week("2026-W47")
PAIRINGS = tuple(PairKind)


@dataclass(frozen=True)
class Ecosystem:
    """A week's world: who may be told what, and what was told before."""

    lefts: Mapping[tuple[Kind, str], Achievement | Project]
    viewers: Mapping[str, Viewer]
    readers: Mapping[str, Reader]
    silent: Mapping[str, Silence]
    found: tuple[Found, ...]
    told: Mapping[Key, Before]
    grounds: Mapping[Key, frozenset[str]]
    places: Mapping[Shown, int]
    showings: Mapping[Shown, int]
    terms: Terms
    seed: int
    twins: Mapping[Shown, frozenset[str]]
    taken: Mapping[Shown, frozenset[str]]
    """What carriers and funds have taken already."""


def ecosystem(seed: int) -> Ecosystem:
    """One of them; the same for the same seed."""
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    lefts = _lefts(random)
    names = [f"u{number}" for number in range(random.randint(1, 5))]
    viewers = {name: _viewer(random, lefts) for name in names}
    silent = {name: random.choice(list(Silence)) for name in names if random.random() < 0.15}
    topics = frozenset({random.choice(list(Topic))}) if random.random() < 0.2 else frozenset[Topic]()
    readers = {
        name: Reader(account_id=name, size=random.randint(1, 5), left_out=topics)
        for name in names
        if name not in silent
    }
    found = tuple(_found(random, name, lefts) for name in readers for _ in range(random.randint(0, 14)))
    told = {one.key: _before(random) for one in found if random.random() < 0.35}
    return Ecosystem(
        lefts=lefts,
        viewers=viewers,
        readers=readers,
        silent=silent,
        found=found,
        told=told,
        grounds={one.key: frozenset(random.sample("abc", random.randint(0, 2))) for one in found},
        places={(one.kind.right, one.right_id): random.randint(0, 2) for one in found if random.random() < 0.6},
        showings={one.shown: random.randint(0, 4) for one in found if random.random() < 0.4},
        terms=Terms(
            trial=random.choice((0.0, 0.0, 0.5, 1.0)),
            exploration=random.choice((0.0, 0.5, 1.0)),
            fewest=random.randint(1, 2),
            shares=1,
            institution=random.randint(1, 3),
            unseen=random.randint(0, 3),
            offers_a_place=random.randint(1, 2),
        ),
        seed=seed,
        twins=_twins(random, lefts),
        taken={
            (kind.right, f"r{number}"): frozenset(random.sample(_ids(lefts, kind.left), random.randint(0, 1)))
            for kind in PAIRINGS
            for number in range(1, 4)
        },
    )


def sieved(world: Ecosystem) -> tuple[Material, Mapping[str, Mapping[Passed, int]]]:
    """What the week is chosen from, and what was passed over."""
    offers, passed = sieve(
        world.found,
        world.readers,
        world.told,
        WEEK,
        world.terms,
        sees=lambda reader, kind, name: (
            kind not in (Kind.ACHIEVEMENTS, Kind.PROJECTS) or visible(world.lefts[kind, name], world.viewers[reader])
        ),
        grounds=lambda one: world.grounds[one.key],
        twins=Twins(world.twins, lambda one: world.taken[one.kind.right, one.right_id]),
    )
    material = Material(
        week=WEEK,
        seed=world.seed,
        terms=world.terms,
        readers=world.readers,
        offers=offers,
        places=world.places,
        showings=world.showings,
        ranker="serving",
        rival="default mix",
    )
    return material, passed


def compose_all(world: Ecosystem, moment: datetime) -> Composition:
    """The composed week, with a telling for every chosen pair."""
    material, _ = sieved(world)
    selection = select(material)
    keys = [material.offers[number].key for number in selection.chosen]
    telling = {key: Telling(name=key[2], for_name=key[3], reason=Said("因", "as")) for key in keys}
    recipients = [
        Recipient(account_id=name, language=Language.ZH, silence=world.silent.get(name)) for name in world.viewers
    ]
    return composed(material, recipients, selection, telling, receipt_id="r", composed_at=moment)


def _lefts(random: Random) -> dict[tuple[Kind, str], Achievement | Project]:
    found: dict[tuple[Kind, str], Achievement | Project] = {}
    for number in range(random.randint(2, 9)):
        seen = random.choice(list(Visibility))
        found[Kind.ACHIEVEMENTS, f"x{number}"] = Achievement(
            id=f"x{number}", institution=random.choice(("甲", "乙")), visibility=seen
        )
        found[Kind.PROJECTS, f"x{number}"] = Project(id=f"x{number}", incubator_id="r1", visibility=seen)
    return found


def _ids(lefts: Mapping[tuple[Kind, str], Achievement | Project], table: Kind) -> list[str]:
    return sorted(name for kind, name in lefts if kind is table)


def _twins(random: Random, lefts: Mapping[tuple[Kind, str], Achievement | Project]) -> dict[Shown, frozenset[str]]:
    """Two of a table may be nearly the same."""
    found: dict[Shown, frozenset[str]] = {}
    for kind in PAIRINGS:
        alike = random.sample(_ids(lefts, kind.left), random.choice((0, 2, 2)))
        found |= {(kind.left, one): frozenset({*alike} - {one}) for one in alike}
    return found


def _viewer(random: Random, lefts: Mapping[tuple[Kind, str], Achievement | Project]) -> Viewer:
    opened = frozenset(random.sample(sorted(lefts), random.randint(0, 1)))
    mine = frozenset({"甲"}) if random.random() < 0.3 else frozenset[str]()
    return Viewer(random.choice(VIEWERS).clearance, institutions=mine, opened=opened)


def _found(random: Random, reader: str, lefts: Mapping[tuple[Kind, str], Achievement | Project]) -> Found:
    kind = random.choice(PAIRINGS)
    left = random.choice([one for (table, _), one in sorted(lefts.items()) if table is kind.left])
    about = random.choice((kind.left, kind.left, kind.right))
    published = WEEK.monday - timedelta(days=random.choice((-30, 0, 10, 100, 2000)))
    return Found(
        reader=reader,
        topic=random.choice(list(Topic)),
        kind=kind,
        left_id=left.id,
        right_id=f"r{random.randint(1, 3)}",
        about=about,
        probability=round(random.random(), 3),
        rival=round(random.random(), 3),
        tier=random.choice((0, 0, 0, 1, 2)),
        institution=(left.institution if isinstance(left, Achievement) else left.incubator_id)
        if about is kind.left
        else "",
        record=random.choice("pq"),
        published=random.choice((published, None)),
        working=random.random() < 0.1,
    )


def _before(random: Random) -> Before:
    return Before(
        WEEK.back(random.randint(1, 40)), random.choice("pq"), frozenset(random.sample("abc", random.randint(0, 3)))
    )
