"""Digests and their readers, for tests of everything that becomes of a digest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from matcher.domain.accounts import Account, Role
from matcher.domain.deliveries import Delivery, Way
from matcher.domain.digests import Digest, DigestSettings, Item, Line, News, Topic
from matcher.domain.records import Kind, PairKind
from matcher.domain.weeks import Week
from matcher.services.delivery.letter import Reader
from matcher.services.delivery.links import Signer
from matcher.store import LinkKey
from matcher.wording import Language, Said

WEEK = Week("2026-W48")
MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ACCOUNT = Account(id="a1b2c3d4e5f60718", email="zhao@example.org", name="赵 敏", role=Role.BROKER, created_at=MONDAY)
SIGNER = Signer(LinkKey(1, "a test's own secret", MONDAY))


def item(number: int = 1, **changes: Any) -> Item:
    """A result for a carrier."""
    plain: dict[str, Any] = {
        "id": f"item{number}",
        "topic": Topic.RESULTS,
        "kind": PairKind.ACHIEVEMENT_INCUBATOR,
        "left_id": f"A-{number}",
        "right_id": "I-1",
        "about": Kind.ACHIEVEMENTS,
        "name": f"玉米秸秆制备低聚木糖的两段酶解工艺（{number}）",
        "for_name": "西辽河生物科技孵化器",
        "probability": 0.48,
        "tier": 0,
        "reason": Said(
            "曾承接相近案例：《阿卡波糖发酵效价提升与杂质组分A控制》（2024-05-30）",
            "took a similar case: “Acarbose fermentation titre” (2024-05-30)",
        ),
        "news": News.NEW,
        "ranker": "matcher",
    }
    return Item(**plain | changes)


def line(**changes: Any) -> Line:
    """A task."""
    said = Said("“低聚木糖”案的合同草案已逾期 3 天", "the draft contract of the case “oligosaccharides” is 3 days late")
    return Line(**{"topic": Topic.TASKS, "said": said, "path": "/cases/c-17", **changes})


def digest(*items: Item, lines: tuple[Line, ...] = (), account_id: str = ACCOUNT.id, **changes: Any) -> Digest:
    """A digest of one account."""
    return Digest(
        **{
            "id": f"digest-of-{account_id}",
            "account_id": account_id,
            "week": WEEK,
            "language": Language.ZH,
            "items": items,
            "lines": lines,
            "composed_at": MONDAY,
            **changes,
        }
    )


def delivery(**changes: Any) -> Delivery:
    """The mail of `digest()`."""
    plain = {"id": "d1", "account_id": ACCOUNT.id, "week": WEEK, "way": Way.MAIL, "digest_id": "g1", "due_at": MONDAY}
    return Delivery(**{**plain, **changes})


def reader(account: Account = ACCOUNT) -> Reader:
    """An account with the usual settings."""
    return Reader(account=account, settings=DigestSettings(account_id=account.id))
