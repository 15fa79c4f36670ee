"""Whether the service lives and is ready."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.guard import GuardedRoute
from api.parts import Parts
from api.problems import Refused
from matcher.errors import MatcherError
from matcher.wording import Said

router = APIRouter(prefix="/health", tags=["health"], route_class=GuardedRoute)
_log = logging.getLogger("matcher.api")


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The database answers, and whether the indexes fit it."""

    status: Literal["ready"] = "ready"
    index: Literal["current", "stale"]
    warm: bool
    """Whether what questions need is in memory; until then the first ones take longer."""


@router.get("/live")
def live() -> Live:
    """The process answers."""
    return Live()


@router.get("/ready")
def ready(parts: Parts) -> Ready:
    """The database answers; stale indexes are brought up to date by the next question."""
    try:
        return Ready(index="stale" if parts.indexer.stale() else "current", warm=parts.warming.done)
    except MatcherError as error:
        # Anybody may ask; where the database is stands in the log only.
        _log.warning("not ready: %s", error)
        said = Said("服务尚未就绪，原因见日志。", "The service is not ready; the log says why.")
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, said) from error
