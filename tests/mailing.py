"""A composed week in a database, and the sending of it with a clock that stands until it is moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from matcher.domain.accounts import Account, Organisation, Role
from matcher.domain.deliveries import Way
from matcher.domain.digests import Digest
from matcher.domain.records import Achievement, Incubator, Record
from matcher.services.access import Access
from matcher.services.cases.papers import CasePapers
from matcher.services.delivery.letter import LetterWriter
from matcher.services.delivery.links import Links
from matcher.services.delivery.rulings import Rulings
from matcher.services.delivery.sending import Sending
from matcher.services.delivery.standing import Standing
from matcher.services.delivery.suppressing import Suppressing
from matcher.services.delivery.tally import Sent
from matcher.services.delivery.ways import ByMail, Carrier
from matcher.services.mail import Mailer
from matcher.services.policy import Policy
from matcher.store import Accounts, AttachmentFolder, Database, Deliveries, Digests, Organisations, Receipt, Records
from tests.builders import gazetteer, industries, rulebook
from tests.digests import MONDAY, WEEK, digest, item

FROM = "撮合服务 <matcher@example.org>"
BASE = "https://match.example.org"
SECRET = "a test's own secret"  # noqa: S105  # it opens nothing
RECORDS: Sequence[Record] = (
    *(Achievement(id=f"A-{number}", title=f"成果 {number}") for number in range(1, 9)),
    Incubator(id="I-1", name="载体", capacity=60, occupied=41),
    Incubator(id="I-2", name="另一载体"),
)
RECEIPT = Receipt(id="r-1", week=WEEK, composed_at=MONDAY, content={})


@dataclass
class Clock:
    """A clock that somebody has to move; whoever waits moves it."""

    now: datetime = MONDAY
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let the time pass."""
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


def account(number: int, **changes: Any) -> Account:
    """One of the recipients."""
    plain = {"id": f"u{number:03}", "email": f"user{number}@example.org", "name": f"用户 {number}"}
    return Account(**{**plain, "role": Role.BROKER, "created_at": MONDAY, **changes})


def composed(database: Database, people: int, *, items: int = 2, digests: Sequence[Digest] | None = None) -> None:
    """A week that is composed for so many people; the first result is for one carrier, the others for another."""
    told = (
        digests
        if digests is not None
        else [
            digest(
                *(
                    item(each, id=f"i{each}of{number:03}", right_id="I-1" if each == 1 else "I-2")
                    for each in range(1, items + 1)
                ),
                account_id=account(number).id,
            )
            for number in range(people)
        ]
    )
    with database.begin() as connection:
        Records(connection).upsert(RECORDS, MONDAY)
        Organisations(connection).add(Organisation(id="org-1", name="机构", incubator_ids=("I-1",)))
        for number in range(people):
            Accounts(connection).add(account(number))
        Digests(connection).add(RECEIPT, [(one, {}) for one in told])


def links(database: Database) -> Links:
    """The signing of links."""
    return Links(database, lambda: SECRET)


def by_mail(database: Database, mailer: Mailer) -> ByMail:
    """Digests as letters."""
    return ByMail(LetterWriter(BASE, FROM, "example.org"), links(database), mailer)


def standing(database: Database) -> Standing:
    """What looks at digests once more, with the shipped rules."""
    policy = Policy(database, rulebook(), gazetteer(), industries())
    papers = CasePapers(database, AttachmentFolder(Path("no attachments")), lambda: "no id")
    rulings = Rulings(database, rulebook(), gazetteer(), industries())
    return Standing(database, Access(database, lambda: SECRET, lambda: "no id"), rulings, policy, papers)


_numbers = count()


def sending(
    database: Database,
    carriers: Mapping[Way, Carrier] | Mailer,
    clock: Callable[[], datetime] | None = None,
    **changes: Any,
) -> Sending:
    """The use case over a mailer, or over several ways."""
    still = Clock()
    told: dict[str, Any] = {
        "per_minute": 10_000,
        "new_id": lambda: f"holder-{next(_numbers)}",
        "clock": clock or still,
        "pause": getattr(clock or still, "wait", None),
    }
    ways = carriers if isinstance(carriers, Mapping) else {Way.MAIL: by_mail(database, carriers)}
    return Sending(database, standing(database), Suppressing(database), ways, **told | changes)


def states(database: Database) -> dict[str, str]:
    """Where each account's delivery stands."""
    with database.read() as connection:
        return {one.account_id: one.state.value for one in Deliveries(connection).of(WEEK)}


def told_items(database: Database) -> dict[str, set[str]]:
    """What each account was told, as the pairs' left ids."""
    found: dict[str, set[str]] = {}
    with database.read() as connection:
        for pair in Digests(connection).told(WEEK, WEEK.back(-1)):
            found.setdefault(pair.account_id, set()).add(pair.left_id)
    return found


def run(database: Database, mailer: Mailer, clock: Clock | None = None, **changes: Any) -> Sent:
    """One run over the week."""
    return sending(database, mailer, clock, **changes).run(WEEK)
