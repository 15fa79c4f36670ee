"""The HTTP service. It tells whether it lives and is ready; all else waits for accounts and answers 401."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from matcher.bootstrap import Installation
from matcher.errors import MatcherError
from matcher.settings import Settings
from matcher.wording import Said

PROBLEM = "application/problem+json"


def create_app(installation: Installation) -> FastAPI:
    """The service over one installation."""
    app = FastAPI(
        title="技术转移撮合 / tech-transfer matcher",
        version=version("techtransfer-matcher"),
        docs_url=None,
        redoc_url=None,
    )

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
            return _problem(503, "not ready", error.message)
        return {"status": "ready", "index": "stale" if stale else "current"}

    @app.api_route("/v1/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def closed(path: str, request: Request) -> JSONResponse:
        """Nothing is shown to somebody who has not signed in, and nobody can sign in yet."""
        said = Said("请先登录；账户功能尚未开放。", "Sign in first; accounts do not exist yet.")
        return _problem(401, "unauthorised", said)

    return app


def _problem(status: int, title: str, said: Said) -> JSONResponse:
    """An RFC 9457 problem document."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": said.en, "detail_zh": said.zh}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(content, status_code=status, media_type=PROBLEM, headers=headers)


def serve(
    host: Annotated[str, typer.Option(help="监听地址。Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口。Port.")] = 8000,
) -> None:
    """启动 HTTP 服务。Start the HTTP service."""
    installation = Installation(Settings(), tell=lambda said: typer.echo(str(said), err=True))
    try:
        _ = installation.database
    except MatcherError as error:
        typer.echo(f"{error.message} → {error.step}", err=True)
        raise typer.Exit(1) from error
    uvicorn.run(create_app(installation), host=host, port=port)


def main() -> None:
    """The console script."""
    typer.run(serve)
