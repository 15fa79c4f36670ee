"""Structured logs: one JSON object a line on standard error, and no values of anybody's data in them."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

from api.observing import Handled, request_id

FIELDS = "fields"
"""The attribute of a record that holds further members of its line."""

_log = logging.getLogger("api.requests")


class JsonLines(logging.Formatter):
    """A record as one line of JSON.

    Of an exception the classes and the places in our code are told, never its message: drivers and parsers put the
    values that they did not like into theirs.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if name := request_id():
            line["request_id"] = name
        line |= getattr(record, FIELDS, {})
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def told(error: BaseException) -> list[str]:
    """What may be told of an exception and its causes, the first cause first: places, then the class."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [*(told(before) if before is not None else ()), *places, type(error).__qualname__]


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Let every logger of the process write lines of JSON; give `log_config=None, access_log=False` to Uvicorn."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Uvicorn's own line of a request has the raw path in it.
    logging.getLogger("uvicorn.access").disabled = True


def log_request(handled: Handled) -> None:
    """The one line of a request."""
    error = handled.error
    level = logging.ERROR if error or handled.status >= 500 else logging.INFO
    fields = {
        "request_id": handled.id,
        "method": handled.method,
        "route": handled.route,
        "status": handled.status,
        "ms": round(handled.seconds * 1000, 1),
        "role": handled.role or None,
    }
    trace = (type(error), error, error.__traceback__) if error else None
    _log.log(level, "request", extra={FIELDS: fields}, exc_info=trace)
