"""Work that runs outside the request: what was asked for, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from matcher.wording import Said, Word

LEASE = timedelta(seconds=60)
"""A running job that nobody has spoken for in this time is taken from its process: that one has died."""

MOST_ATTEMPTS = 3
"""How often a job is begun. A process that dies three times over the same job dies of it."""


class JobState(Word):
    """Where a job stands."""

    QUEUED = "queued", "排队中", "queued"
    RUNNING = "running", "进行中", "running"
    DONE = "done", "已完成", "done"
    FAILED = "failed", "失败", "failed"
    CANCELLED = "cancelled", "已取消", "cancelled"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed, in words that may be shown to whoever asked for it: no path, no secret."""

    message: Said
    step: Said

    def to_json(self) -> dict[str, Any]:
        """The error as plain JSON values."""
        step = {"zh": self.step.zh, "en": self.step.en}
        return {"zh": self.message.zh, "en": self.message.en, "step": step}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> JobError:
        """The error that `to_json` made."""
        return cls(Said(stored["zh"], stored["en"]), Said(stored["step"]["zh"], stored["step"]["en"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `id` is random; `created_by` is an account's id, empty for the command line."""

    id: str
    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    created_by: str = ""
    created_at: datetime
    state: JobState = JobState.QUEUED
    due_at: datetime | None = None
    """Not before: later than `created_at` for a job that waits to be tried again."""
    step: str = ""
    """What is being done: a file and its table, or a table."""
    done: int = 0
    total: int | None = None
    """How many there are to do in this step; None where that is not known before the end."""
    attempts: int = 0
    cancel_asked: bool = False
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    """When the process that runs it last said so."""
    finished_at: datetime | None = None
    result: Mapping[str, Any] | None = None
    """What came of it; not loaded in lists."""
    error: JobError | None = None

    @property
    def unfinished(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in UNFINISHED

    def to_json(self) -> dict[str, Any]:
        """The job as plain JSON values, without what only the queue needs."""
        moments = {name: getattr(self, name) for name in ("created_at", "started_at", "heartbeat_at", "finished_at")}
        return {
            "id": self.id,
            "kind": self.kind,
            "arguments": dict(self.arguments),
            "state": self.state.value,
            "step": self.step,
            "done": self.done,
            "total": self.total,
            "attempts": self.attempts,
            "cancel_asked": self.cancel_asked,
            "created_by": self.created_by,
            **{name: moment and moment.isoformat() for name, moment in moments.items()},
            "result": self.result,
            "error": self.error and self.error.to_json(),
        }


EXHAUSTED = JobError(
    Said(
        f"任务开始了 {MOST_ATTEMPTS} 次，每次都没有做完就中断了。",
        f"The job was begun {MOST_ATTEMPTS} times and broken off each time before its end.",
    ),
    Said(
        "请管理员查看日志（内存是否不足），然后继续此任务。",
        "Ask an administrator to look at the log (too little memory?), then resume the job.",
    ),
)
"""The error of a job whose process died every time."""
