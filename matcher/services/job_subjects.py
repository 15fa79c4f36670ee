"""What the results of imports say of a person: an issue quotes the cell that it is about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from matcher.domain.subjects import Mention, Subject
from matcher.store import Database, Jobs


class JobSubjects:
    """The table of jobs. The issues stay; the person is taken out of what they quote."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mentions(self, subject: Subject) -> Sequence[Mention]:
        """The issues that quote the person, or may."""
        with self._database.read() as connection:
            return [
                Mention(
                    "jobs", f"{job.id}#{number}", "issues", issue["value"], found, f"{issue['file']}:{issue['row']}"
                )
                for job in Jobs(connection).imported()
                for number, issue in enumerate(_issues(job.result))
                if (found := subject.found(issue["field"], _quoted(issue))) is not None
            ]

    def erase(self, subject: Subject, places: Collection[str], now: datetime) -> int:
        """Take the person out of these issues."""
        done = 0
        with self._database.begin() as connection:
            jobs = Jobs(connection)
            for job in list(jobs.imported()):
                issues = [dict(issue) for issue in _issues(job.result)]
                meant = [number for number in range(len(issues)) if f"jobs/{job.id}#{number}/issues" in places]
                for number in meant:
                    issues[number] = _without(subject, issues[number])
                if meant:
                    jobs.correct(job.id, {**(job.result or {}), "issues": issues})
                    done += len(meant)
        return done


def _issues(result: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (result or {}).get("issues", [])
    return found


def _quoted(issue: dict[str, Any]) -> list[str]:
    return [issue["value"], *issue["message"].values()]


def _without(subject: Subject, issue: dict[str, Any]) -> dict[str, Any]:
    message = {language: subject.without("message", text) for language, text in issue["message"].items()}
    return issue | {"value": subject.without(issue["field"], issue["value"]), "message": message}
