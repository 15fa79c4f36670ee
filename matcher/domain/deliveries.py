"""A digest on its way to one person: by which way, where it stands, and what keeps an address from getting mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from matcher.domain.digests import Digest
from matcher.domain.weeks import Week
from matcher.wording import Word

LEASE = timedelta(minutes=5)
"""A delivery that was claimed and not closed in this time is taken from its process: that one has died."""
MOST_ATTEMPTS = 10
"""How often a delivery is tried: with the back-off about a day and a half."""
BACK_OFF, LONGEST = timedelta(minutes=5), timedelta(hours=6)
"""Before the second attempt, twice as long before each further one, and never longer than that."""


class Way(Word):
    """How a digest goes out."""

    MAIL = "mail", "邮件", "mail"
    WEBHOOK = "webhook", "机器人接口", "webhook"


class DeliveryState(Word):
    """Where a delivery stands."""

    QUEUED = "queued", "待发", "queued"
    SENDING = "sending", "发送中", "being sent"
    DELAYED = "delayed", "稍后重试", "delayed"
    SENT = "sent", "已发", "sent"
    FAILED = "failed", "失败", "failed"
    WITHHELD = "withheld", "未发", "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One digest by one way. There is one for an account, a week and a way."""

    id: str
    """Derived from the three: every attempt hands over the same message, which a mailbox shows once."""
    account_id: str
    week: Week
    way: Way
    digest_id: str
    state: DeliveryState = DeliveryState.QUEUED
    attempts: int = 0
    due_at: datetime
    """Not before: later than now for one that waits to be tried again."""
    handed: tuple[str, ...] = ()
    """The items of what was handed over, or may have been: written before it is."""
    withheld: str = ""
    """Why it was not sent, as `Silence` says it."""
    sent_at: datetime | None = None

    @property
    def next_wait(self) -> timedelta:
        """How long to wait after this attempt."""
        return min(BACK_OFF * (1 << max(self.attempts - 1, 0)), LONGEST)


def delivery_of(digest: Digest, way: Way, now: datetime) -> Delivery:
    """The delivery of a digest by a way, due now."""
    name = sha256(f"{digest.account_id}|{digest.week}|{way}".encode()).hexdigest()[:16]
    return Delivery(id=name, account_id=digest.account_id, week=digest.week, way=way, digest_id=digest.id, due_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One handing over, as the log keeps it. An outcome that stays empty: the process died in the middle."""

    delivery_id: str
    number: int
    at: datetime
    outcome: str = ""
    """`sent`, `delayed`, `uncertain`, `failed` or `error`."""
    said: str = ""
    """What was wrong, without an address."""


class Cause(Word):
    """Why an address gets no mail."""

    BOUNCE = "bounce", "邮箱不存在", "there is no such mailbox"
    BOUNCES = "bounces", "多次退信", "mail came back too often"
    COMPLAINT = "complaint", "投诉为垃圾邮件", "reported as spam"
    MANUAL = "manual", "人工停发", "stopped by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that gets no mail until somebody takes it off the list."""

    address: str
    cause: Cause
    since: datetime
    note: str = ""


class Hardness(Word):
    """What a bounce says of the next letter."""

    HARD = "hard", "永久", "for good"
    SOFT = "soft", "暂时", "for now"
    COMPLAINT = "complaint", "投诉", "a complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A letter that came back."""

    id: str
    """Of the report it was read from: read again, it is the same bounce."""
    address: str
    hardness: Hardness
    at: datetime
    said: str = ""


SOFT_BOUNCES, SOFT_WINDOW = 3, timedelta(days=90)
"""On so many different days within this time, and the address is taken for gone."""
