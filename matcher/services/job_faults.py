"""What may be told of a failure to whoever asked for the job: what they can mend, never a path or a secret."""

from __future__ import annotations

from pathlib import Path

from matcher.domain.jobs import JobError
from matcher.errors import (
    ConfigurationError,
    DamagedIndexError,
    EncoderError,
    MatcherError,
    PolicyError,
    RecordNotFoundError,
    StoreError,
)
from matcher.wording import Said

OF_THE_MACHINE = (ConfigurationError, DamagedIndexError, EncoderError, PolicyError, StoreError)
"""Errors whose message may name where something is on the server. It stands in the log only."""

SEE_LOG = Said("请管理员查看日志，处理后重新提交。", "Ask an administrator to look at the log, then submit it again.")

TOLD = {
    StoreError: Said("数据库一时无法提供服务。", "The database could not serve."),
    ConfigurationError: Said("服务器的设置有误。", "A setting of the server cannot be used."),
    EncoderError: Said("编码器无法使用。", "The encoder cannot be used."),
    DamagedIndexError: Said("索引文件已损坏。", "An index file is damaged."),
    PolicyError: Said("规则文件无法使用。", "A rule file cannot be used."),
}

UNEXPECTED = JobError(Said("任务因程序错误而失败。", "The job failed by an error of the program."), SEE_LOG)


def fault(error: Exception, hidden: Path) -> JobError:
    """The error as it may be shown; `hidden` is the folder whose path is told to nobody."""
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        said = Said(f"服务器无法读写文件（{reason}）。", f"The server cannot read or write a file ({reason}).")
        return JobError(said, SEE_LOG)
    if not isinstance(error, MatcherError):
        return UNEXPECTED
    if isinstance(error, OF_THE_MACHINE) and not isinstance(error, RecordNotFoundError):
        return JobError(next(TOLD[kind] for kind in type(error).__mro__ if kind in TOLD), SEE_LOG)
    return JobError(_without(error.message, hidden), _without(error.step, hidden))


def _without(said: Said, hidden: Path) -> Said:
    """The sentence with files named as the user named them."""
    places = sorted({str(hidden), str(hidden.resolve())}, key=len, reverse=True)
    zh, en = said.zh, said.en
    for place in places:
        zh, en = (text.replace(f"{place}/", "").replace(place, "…") for text in (zh, en))
    return Said(zh, en)
