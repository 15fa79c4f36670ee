"""What came of a run of sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matcher.domain.deliveries import DeliveryState
from matcher.errors import MailDelayedError, MailError
from matcher.wording import Word

PATIENCE = 3
"""How often in a row the way may be closed before the rest is left for later."""


class Skipped(Word):
    """Why a digest was not sent by this run, beside the reasons of `Silence`."""

    ALREADY_SENT = "already_sent", "已发过", "sent before"
    DELAYED = "delayed", "稍后重试", "waits for another try"
    ELSEWHERE = "elsewhere", "其他进程正在发送", "being sent by another process"
    FAILED_BEFORE = "failed_before", "此前已失败", "failed before"


@dataclass(frozen=True, slots=True)
class Sent:
    """How many digests a run sent and failed to send, why it did not send others, and what closed the way."""

    sent: int
    skipped: Mapping[str, int]
    failed: int
    closed: MailError | None = None

    def to_json(self) -> dict[str, Any]:
        """The counts as plain JSON values."""
        return {"sent": self.sent, "skipped": dict(self.skipped), "failed": self.failed}


@dataclass(slots=True)
class Tally:
    """Counts while a run goes on."""

    sent: int = 0
    failed: int = 0
    done: int = 0
    closed: MailError | None = None
    _shut: int = field(default=0)

    @property
    def hopeless(self) -> bool:
        """Whether the way is closed for everybody."""
        return self._shut >= PATIENCE

    def passed(self) -> None:
        """Count a letter that was handed over."""
        self.sent += 1
        self.opened()

    def opened(self) -> None:
        """Somebody answered."""
        self.closed, self._shut = None, 0

    def shut(self, error: MailError) -> None:
        """The way was closed: for now, which may be over with the next letter, or until somebody mends it."""
        self.closed = error
        self._shut += 1 if isinstance(error, MailDelayedError) else PATIENCE


def skipped(counts: Mapping[tuple[DeliveryState, str], int], silent: Mapping[str, int], tally: Tally) -> dict[str, int]:
    """Why each digest of the week was not sent by this run; `silent` has those that were to be none, by reason."""
    found = Counter({why: count for why, count in silent.items() if why})
    for (state, why), count in counts.items():
        match state:
            case DeliveryState.WITHHELD:
                found[why] += count
            case DeliveryState.SENT:
                found[Skipped.ALREADY_SENT.value] += count - tally.sent
            case DeliveryState.FAILED:
                found[Skipped.FAILED_BEFORE.value] += count - tally.failed
            case DeliveryState.SENDING:
                found[Skipped.ELSEWHERE.value] += count
            case _:
                found[Skipped.DELAYED.value] += count
    return {why: count for why, count in sorted(found.items()) if count > 0}
