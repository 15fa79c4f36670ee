"""Who works with the service: organisations, their people, and what somebody may do who has signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.records import Kind
from matcher.domain.visibility import Clearance, Viewer
from matcher.wording import Language, Word


class Role(Word):
    """What somebody is to the service."""

    ADMINISTRATOR = "administrator", "管理员", "administrator"
    BUREAU = "bureau", "科技局", "bureau"
    BROKER = "broker", "技术经纪人", "broker"
    INCUBATOR = "incubator", "载体", "carrier"
    FUND = "fund", "基金", "fund"
    UNIVERSITY = "university", "高校院所", "university"


CLEARANCES: Mapping[Role, Clearance] = {
    Role.ADMINISTRATOR: Clearance.ENTITLED,
    Role.BUREAU: Clearance.ENTITLED,
    Role.BROKER: Clearance.BROKERS,
    Role.INCUBATOR: Clearance.BROKERS,  # the broker workstations are theirs (notice, 二(一))
    Role.FUND: Clearance.PUBLIC,
    Role.UNIVERSITY: Clearance.PUBLIC,
}
"""What each role sees of records that are neither its own nor opened to it."""
OVERSEEING = frozenset({Role.ADMINISTRATOR, Role.BUREAU})
"""Who looks after everybody's cases, figures, jobs and judgements."""
CARETAKERS = OVERSEEING | {Role.BROKER}
"""Who brings owners and takers together: they may write whatever they see; the others write what is their own."""


class Scope(Word):
    """What a machine may do with a token, within what its account may do."""

    READ = "read", "读取", "read"
    WRITE = "write", "写入", "write"
    METRICS = "metrics", "运行指标", "metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation whose people use the service, and what is its own."""

    id: str
    name: str
    institutions: tuple[str, ...] = ()
    """The institution's name as results write it, every spelling."""
    incubator_ids: tuple[str, ...] = ()
    fund_ids: tuple[str, ...] = ()
    version: int = 1
    """Grows with every change; whoever changes it names the one they saw."""


LOCAL = "local"
"""Who acts without an account: the command line of the installation, and what runs there by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account. `id` is random: it stays in the audit when the person is erased."""

    id: str
    email: str
    name: str
    role: Role
    organisation_id: str = ""
    active: bool = True
    language: Language = Language.ZH
    created_at: datetime
    issuer: str = ""
    """The identity provider that vouches for the account; empty: the service's own passwords."""
    subject: str = ""
    """The account's name at that provider."""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who has signed in, with all that decides what they may do and see."""

    account: Account
    organisation: Organisation | None = None
    opened: frozenset[tuple[Kind, str]] = frozenset()
    """Records that were opened to the organisation one by one."""
    scopes: frozenset[Scope] = frozenset(Scope)
    """All of them for a person; what the token says for a machine."""
    until: datetime | None = None
    """When the token of a machine ends."""

    @property
    def id(self) -> str:
        """The account's id."""
        return self.account.id

    @property
    def role(self) -> Role:
        """The account's role."""
        return self.account.role

    @property
    def viewer(self) -> Viewer:
        """What the actor sees."""
        mine = self.organisation
        return Viewer(
            CLEARANCES[self.role],
            institutions=frozenset(mine.institutions if mine else ()),
            carriers=frozenset(mine.incubator_ids if mine else ()),
            opened=self.opened,
            funds=frozenset(mine.fund_ids if mine else ()),
            introduces=self.role in CARETAKERS,
        )

    def speaks_for(self, kind: Kind, record_id: str) -> bool:
        """Whether the carrier or fund is the actor's own."""
        mine = self.organisation
        own = {Kind.INCUBATORS: mine.incubator_ids, Kind.FUNDS: mine.fund_ids} if mine else {}
        return record_id in own.get(kind, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A machine's key to an account; the secret itself is shown once and kept as a hash."""

    id: str
    account_id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did or saw, as the audit keeps it."""

    id: int = 0
    at: datetime
    account_id: str
    operation: str
    target: str = ""
    """The address that was asked for, by ids only."""
    record_ids: tuple[str, ...] = ()
    """The records that are not public and were shown."""
    request_id: str = ""
