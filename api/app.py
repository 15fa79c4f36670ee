"""The HTTP service. It tells whether it lives and is ready; all else waits for accounts and answers 401."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing
from http import HTTPStatus
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from matcher import __version__
from matcher.bootstrap import Installation
from matcher.cli.failures import reported
from matcher.errors import MatcherError
from matcher.settings import Settings
from matcher.wording import Said

PROBLEM = "application/problem+json"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

_log = logging.getLogger(__name__)


def create_app(installation: Installation) -> FastAPI:
    """The service over one installation."""
    app = FastAPI(title="技术转移撮合 / tech-transfer matcher", version=__version__, docs_url=None, redoc_url=None)

    @app.get("/v1/health/live", tags=["health"])
    def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @app.get("/v1/health/ready", tags=["health"], response_model=None)
    def ready() -> dict[str, object] | JSONResponse:
        """The database answers and the indexes fit it."""
        try:
            stale = installation.indexer.stale()
        except MatcherError as error:
            # Anybody may ask; where the database is stands in the log only.
            _log.warning("not ready: %s", error)
            said = Said("服务尚未就绪，原因见日志。", "The service is not ready; the log says why.")
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, said)
        return {"status": "ready", "index": "stale" if stale else "current"}

    @app.api_route("/v1", methods=METHODS, include_in_schema=False)
    @app.api_route("/v1/{path:path}", methods=METHODS, include_in_schema=False)
    def closed() -> JSONResponse:
        """Nothing is shown to somebody who has not signed in, and nobody can sign in yet."""
        said = Said("请先登录；账户功能尚未开放。", "Sign in first; accounts do not exist yet.")
        return _problem(HTTPStatus.UNAUTHORIZED, said)

    @app.exception_handler(HTTPException)
    def refused(_request: Request, error: HTTPException) -> JSONResponse:
        """What the framework refuses, an unknown address for example, as a problem document too."""
        status = HTTPStatus(error.status_code)
        return _problem(status, Said("请求无法处理。", status.description or status.phrase), error.headers)

    return app


def _problem(status: HTTPStatus, said: Said, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An RFC 9457 problem document."""
    content = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": said.en,
        "detail_zh": said.zh,
    }
    told = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(content, status_code=status, media_type=PROBLEM, headers={**told, **(headers or {})})


def serve(
    host: Annotated[str, typer.Option(help="监听地址。Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任一空闲端口。Port; 0: any free one.")] = 8000,
) -> None:
    """启动 HTTP 服务。Start the HTTP service."""
    installation = Installation(Settings(), tell=lambda said: _log.warning("%s", said))
    with closing(installation):
        _ = installation.database
        uvicorn.run(create_app(installation), host=host, port=port)


def main() -> None:
    """The console script."""
    with reported():
        typer.run(serve)
