"""The use cases of cases on a database, with people of every sort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from matcher.domain.accounts import Account, Actor, Organisation, Role
from matcher.domain.cases import Case, Event
from matcher.domain.introductions import Introduction, Side
from matcher.domain.phases import OPEN, Phase
from matcher.domain.records import Outcome, Record, Refusal, Visibility
from matcher.domain.visibility import Viewer
from matcher.services.cases.agenda import Agenda
from matcher.services.cases.board import CaseBoard
from matcher.services.cases.handling import Handling
from matcher.services.cases.handover import HandingOver
from matcher.services.cases.introducing import Answering, Introducing
from matcher.services.cases.papers import CasePapers
from matcher.services.cases.reading import CaseReading, Folder
from matcher.services.cases.sheet import CaseSheets
from matcher.services.cases.undoing import Undoing
from matcher.store import Accounts, AttachmentFolder, Cases, Database, Organisations, Outcomes, Records
from tests.builders import achievement, fund, incubator, project, rulebook

BOOK = rulebook()
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RECORDS: tuple[Record, ...] = (
    achievement("A1"),
    achievement("A2", title="保密的制备工艺", visibility=Visibility.RESTRICTED, contact="周老师 0475-1"),
    incubator("I1"),
    incubator("I2", name="科尔沁众创空间"),
    incubator("I3", name="开鲁加速器"),
    project("P1", incubator_id="I2", visibility=Visibility.BROKERS),
    fund("F1"),
)
WHOLE: dict[Phase, dict[str, object]] = {
    Phase.DISCOVER: {"case_lead": "X-7", "case_owner_contact": "周", "case_confidentiality": "brokers"},
    Phase.DIG: {"case_trl": 5, "case_ip": "授权", "case_ownership": "单位所有", "case_evidence": ["检测报告"]},
    Phase.PLAN: {"case_mode": "licence", "case_agency_contract": "W-1", "case_fee_terms": "3%"},
    Phase.CONVERT: {"case_contract_type": "licence", "case_registration": "R-1", "case_pricing": "listed"},
    Phase.SERVE: {"case_archive": "D-1", "case_reward_check": "已核对"},
}
"""What is enough to leave each stage."""
EVERYTHING = {name: value for at in OPEN for name, value in WHOLE[at].items()}

ORGANISATIONS = {
    "station": Organisation(id="station", name="工作站"),
    "university": Organisation(id="university", name="内蒙古民族大学", institutions=("内蒙古民族大学",)),
    "i1": Organisation(id="i1", name="玉米孵化器", incubator_ids=("I1",)),
    "i2": Organisation(id="i2", name="科尔沁众创空间", incubator_ids=("I2",)),
    "f1": Organisation(id="f1", name="通辽新能源基金", fund_ids=("F1",)),
}


def actor(role: Role, name: str = "", organisation: str = "") -> Actor:
    """Somebody of a role, in an organisation."""
    name = name or f"{role}-{organisation or 'alone'}"
    account = Account(id=name, email=f"{name}@x.cn", name=name, role=role, created_at=NOW, organisation_id=organisation)
    return Actor(account=account, organisation=ORGANISATIONS.get(organisation))


ADMINISTRATOR, BUREAU = actor(Role.ADMINISTRATOR), actor(Role.BUREAU)
BROKER, COLLEAGUE = actor(Role.BROKER, "wang", "station"), actor(Role.BROKER, "li", "station")
STRANGER = actor(Role.BROKER, "stranger")
UNIVERSITY, FUND = actor(Role.UNIVERSITY, organisation="university"), actor(Role.FUND, organisation="f1")
CARRIER, OTHER_CARRIER = actor(Role.INCUBATOR, organisation="i1"), actor(Role.INCUBATOR, organisation="i2")
PEOPLE = (ADMINISTRATOR, BUREAU, BROKER, COLLEAGUE, STRANGER, UNIVERSITY, FUND, CARRIER, OTHER_CARRIER)
PDF = b"%PDF-1.7 ..."
YES = Answering(accepted=True)


@dataclass
class Work:
    """All use cases of cases on one database."""

    database: Database
    folder: Path
    ranked: list[str] = field(default_factory=lambda: ["I1", "I2", "I3"])
    """What matching answers, the best first."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Build them, as the composition root does."""
        self.handling = Handling(self.database, BOOK, self._id)
        self.reading = CaseReading(self.database, self.handling)
        self.undoing = Undoing(self.database)
        self.handover = HandingOver(self.database)
        self.introducing = Introducing(self.database, self._takers, self._id)
        self.contents = AttachmentFolder(self.folder)
        self.papers = CasePapers(self.database, self.contents, self._id)
        self.board = CaseBoard(self.database)
        self.agenda = Agenda(self.database, self.introducing)
        self.sheets = CaseSheets(self.database, self.reading, BOOK)

    def fill(self, *records: Record) -> Work:
        """Keep the usual records and organisations, and others."""
        with self.database.begin() as connection:
            Records(connection).upsert([*RECORDS, *records], NOW)
            for organisation in ORGANISATIONS.values():
                Organisations(connection).add(organisation)
        return self

    def open(self, left: str = "A1", right: str = "I1", by: Actor = BROKER, now: datetime = NOW) -> Case:
        """A case of a pair that leads anywhere: every fact is told."""
        case = self.handling.open(left, right, by, now)
        return self.handling.tell(case.id, case.version, EVERYTHING, by, now)

    def hire(self, *people: Actor) -> None:
        """Keep the accounts of people."""
        with self.database.begin() as connection:
            for one in people:
                Accounts(connection).add(one.account)

    def propose(self, case: Case, by: Actor = BROKER, now: datetime = NOW, **more: Any) -> Introduction:
        """Propose an introduction at the version there is."""
        return self.introducing.propose(case.id, self.version(case.id), by, now, **more)

    def version(self, case_id: str) -> int:
        """The version there is."""
        return self.case(case_id).version

    def case(self, case_id: str) -> Case:
        """The case as it is kept."""
        with self.database.read() as connection:
            found = Cases(connection).get(case_id)
        assert found is not None
        return found

    def show(self, case_id: str, by: Actor = BROKER, now: datetime = NOW) -> Folder:
        """What somebody sees of a case."""
        return self.reading.show(case_id, by, now)

    def events(self, case_id: str) -> list[Event]:
        """Everything that happened."""
        with self.database.read() as connection:
            return Cases(connection).events(case_id)

    def outcomes(self, case: Case) -> list[Outcome]:
        """What training sees of the pair."""
        with self.database.read() as connection:
            return Outcomes(connection).of(*case.pair)

    def knowing(self, somebody: Actor) -> Actor:
        """Somebody at their next request: with what was opened to their organisation."""
        assert somebody.organisation is not None
        with self.database.read() as connection:
            return replace(somebody, opened=Organisations(connection).opened_to(somebody.organisation.id))

    def _id(self) -> str:
        return f"{next(self.numbers):016x}"

    def _takers(self, left_id: str, k: int, viewer: Viewer, day: date) -> Sequence[str]:
        return self.ranked[:k]


def no(side: Side | None = None) -> Answering:
    """A decline for want of room."""
    return Answering(accepted=False, refusal=Refusal.CAPACITY, reason="满了", side=side)
