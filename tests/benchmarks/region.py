"""A made-up region of records, outcomes and readers, of any size, out of the sample's sentences."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from matcher.bootstrap import Installation
from matcher.domain.accounts import Account, Organisation, Role
from matcher.domain.records import (
    Achievement,
    Fund,
    Incubator,
    Kind,
    Outcome,
    PairKind,
    Project,
    Record,
    Result,
    Stage,
    Visibility,
)
from matcher.domain.weeks import Week
from matcher.intake import read
from matcher.resources import data_folder
from matcher.store import Accounts, Organisations, Outcomes, Records
from matcher.text.passages import sentences

WEEK = Week("2026-W47")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
INDUSTRIES = ("玉米生物", "新能源", "中医药（蒙医药）", "肉牛", "新材料", "信息技术")
INSTITUTIONS = 120
SHARES = {Role.INCUBATOR: 0.45, Role.FUND: 0.25, Role.BROKER: 0.15, Role.UNIVERSITY: 0.13, Role.BUREAU: 0.02}
CHUNK = 5000


def made(installation: Installation, records: int, recipients: int, seed: int) -> Week:
    """Records and readers of a made-up region."""
    drawn = random.Random(seed)  # noqa: S311 - repeatable, not secret
    rights = max(records // 25, 20)
    carriers, funds = rights * 3 // 5, rights * 2 // 5
    results = (records - rights) * 3 // 5
    projects = records - rights - results
    texts = _texts()
    written(installation, _results(results, texts, drawn))
    written(installation, _projects(projects, carriers, texts, drawn))
    written(installation, _rights(carriers, funds, texts, drawn))
    with installation.database.begin() as connection:
        Outcomes(connection).upsert(list(_outcomes(results, projects, carriers, funds, drawn)), LONG_AGO)
    _readers(installation, recipients, carriers, funds, drawn)
    return WEEK


def _texts() -> list[str]:
    sample = [item for item in read(data_folder("sample")) if isinstance(item, Achievement)]
    return [text for item in sample for text in sentences(item)]


def _results(count: int, texts: Sequence[str], drawn: random.Random) -> Iterator[Record]:
    for n in range(count):
        age = drawn.randint(0, 55) if drawn.random() < 0.05 else drawn.randint(56, 1500)
        yield Achievement(
            id=f"a{n:06}",
            title=drawn.choice(texts)[:40],
            summary="".join(drawn.sample(texts, 5)),
            institution=f"示例大学{drawn.randrange(INSTITUTIONS)}",
            industry=(drawn.choice(INDUSTRIES),),
            region="内蒙古自治区通辽市",
            trl=drawn.randint(2, 8),
            published_on=WEEK.monday - timedelta(days=age),
            visibility=drawn.choices(list(Visibility), (90, 7, 3))[0],
        )


def _projects(count: int, carriers: int, texts: Sequence[str], drawn: random.Random) -> Iterator[Record]:
    for n in range(count):
        yield Project(
            id=f"p{n:06}",
            name=drawn.choice(texts)[:30],
            summary="".join(drawn.sample(texts, 4)),
            industry=(drawn.choice(INDUSTRIES),),
            region="内蒙古自治区通辽市",
            stage=drawn.choice(list(Stage)),
            funding_sought=float(drawn.randint(1, 50) * 100_000),
            incubator_id=f"i{drawn.randrange(carriers):05}",
            excellent=drawn.random() < 0.05,
            visibility=drawn.choices(list(Visibility), (95, 5, 0))[0],
        )


def _rights(carriers: int, funds: int, texts: Sequence[str], drawn: random.Random) -> Iterator[Record]:
    for n in range(carriers):
        industry = drawn.choice(INDUSTRIES)
        yield Incubator(
            id=f"i{n:05}", name=f"示例载体{n}", focus=industry + drawn.choice(texts), industries=(industry,),
            region="内蒙古自治区通辽市", capacity=50, occupied=drawn.randint(20, 50), trl_min=3, trl_max=8,
        )  # fmt: skip
    for n in range(funds):
        industry = drawn.choice(INDUSTRIES)
        yield Fund(
            id=f"f{n:05}", name=f"示例基金{n}", thesis=industry + drawn.choice(texts), industries=(industry,),
            stages=tuple(drawn.sample(list(Stage), 2)), ticket_min=100_000.0, ticket_max=4_000_000.0,
            max_new_per_period=drawn.randint(2, 12), city_owned=drawn.random() < 0.2,
        )  # fmt: skip


def _outcomes(results: int, projects: int, carriers: int, funds: int, drawn: random.Random) -> Iterator[Outcome]:
    sides = (
        (PairKind.ACHIEVEMENT_INCUBATOR, "a", results, "i", carriers),
        (PairKind.PROJECT_FUND, "p", projects, "f", funds),
    )
    for kind, left, lefts, right, rights in sides:
        for n in range(0, lefts, 8):
            yield Outcome(
                kind=kind,
                left_id=f"{left}{n:06}",
                right_id=f"{right}{drawn.randrange(rights):05}",
                result=drawn.choices(list(Result), (6, 3, 1))[0],
                decided_on=date(2026, 10, 1) - timedelta(days=drawn.randint(0, 900)),
            )


def _readers(installation: Installation, count: int, carriers: int, funds: int, drawn: random.Random) -> None:
    with installation.database.begin() as connection:
        for n in range(count):
            role = drawn.choices(list(SHARES), list(SHARES.values()))[0]
            home = Organisation(
                id=f"o{n:05}",
                name=f"机构{n}",
                institutions=(f"示例大学{drawn.randrange(INSTITUTIONS)}",) if role is Role.UNIVERSITY else (),
                incubator_ids=_own("i", carriers, {Role.INCUBATOR: 1, Role.BROKER: 3}.get(role, 0), drawn),
                fund_ids=_own("f", funds, 1 if role is Role.FUND else 0, drawn),
            )
            seat(connection, home, role)
        for n in range(0, count, max(count // 10, 1)):  # a few see more than their role does
            Organisations(connection).open_to(Kind.ACHIEVEMENTS, "a000001", f"o{n:05}", "", LONG_AGO)


def _own(letter: str, of: int, count: int, drawn: random.Random) -> tuple[str, ...]:
    return tuple(f"{letter}{n:05}" for n in drawn.sample(range(of), count))


def seat(connection: Any, home: Organisation, role: Role) -> None:
    """Somebody of a role in a new organisation."""
    Organisations(connection).add(home)
    account = Account(
        id=f"u-{home.id}", email=f"{home.id}@example.org", name="", role=role, organisation_id=home.id,
        created_at=LONG_AGO,
    )  # fmt: skip
    Accounts(connection).add(account)


def written(installation: Installation, records: Iterable[Record], came: datetime = LONG_AGO) -> None:
    """Write records in batches."""
    rest = iter(records)
    with installation.database.begin() as connection:
        while chunk := [one for one, _ in zip(rest, range(CHUNK), strict=False)]:
            Records(connection).upsert(chunk, came)
