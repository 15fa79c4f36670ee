"""Introductions: a broker proposes, both sides answer by a day, and only two acceptances bring them together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from matcher.domain.records import Refusal
from matcher.errors import TransitionError
from matcher.wording import Said, Word

DAYS = 14
"""Days to answer in, unless told."""


class Side(Word):
    """One of the two that are to be introduced."""

    LEFT = "left", "成果或项目方", "owner of the result or project"
    RIGHT = "right", "载体或基金方", "carrier or fund"


class Standing(Word):
    """What became of an introduction."""

    PROPOSED = "proposed", "待答复", "waiting for answers"
    ACCEPTED = "accepted", "双方同意", "accepted by both"
    DECLINED = "declined", "被谢绝", "declined"
    EXPIRED = "expired", "已过期", "expired"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


OVER = frozenset({Standing.DECLINED, Standing.EXPIRED, Standing.WITHDRAWN})
"""After these the next alternate may be proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one side answered."""

    side: Side
    accepted: bool
    by: str
    at: datetime
    refusal: Refusal | None = None
    reason: str = ""
    contact: str = ""
    """Whom the other side may call once both have accepted; empty: as the record says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """One proposal to bring the two sides of a case together."""

    id: str
    case_id: str
    by: str
    proposed_at: datetime
    expires_on: date
    """The last day on which it can be answered."""
    message: str = ""
    """Words for both sides, whoever of them may know the other or not."""
    left: Reply | None = None
    right: Reply | None = None
    withdrawn: bool = False

    def standing(self, day: date) -> Standing:
        """What has become of it by a day."""
        replies = [one for one in (self.left, self.right) if one is not None]
        if self.withdrawn:
            return Standing.WITHDRAWN
        if any(not one.accepted for one in replies):
            return Standing.DECLINED
        if len(replies) == 2:
            return Standing.ACCEPTED
        return Standing.EXPIRED if day > self.expires_on else Standing.PROPOSED

    def reply(self, side: Side) -> Reply | None:
        """What a side answered."""
        return self.left if side is Side.LEFT else self.right

    def answered(self, reply: Reply, day: date) -> Introduction:
        """The introduction with one more answer.

        Raises:
            TransitionError: it waits for no answer of that side.
        """
        now = self.standing(day)
        if now is not Standing.PROPOSED:
            raise _closed(Said(f"该引荐{now.said.zh}。", f"The introduction: {now.said.en}."))
        if self.reply(reply.side) is not None:
            side = reply.side.said
            raise _closed(Said(f"{side.zh}已经答复。", f"The {side.en} has answered already."))
        return self.put(reply.side, reply)

    def put(self, side: Side, reply: Reply | None) -> Introduction:
        """The introduction with an answer of a side, or without."""
        return replace(self, left=reply) if side is Side.LEFT else replace(self, right=reply)


def current(introductions: Iterable[Introduction]) -> Introduction | None:
    """The last one that was not withdrawn; only it can still be under way."""
    kept = [one for one in introductions if not one.withdrawn]
    return kept[-1] if kept else None


def _closed(why: Said) -> TransitionError:
    return TransitionError(
        why,
        Said(
            "请刷新后查看现状；经纪人可另行提出引荐。",
            "Look at it again; the broker may propose another introduction.",
        ),
    )
