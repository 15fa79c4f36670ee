"""The HTTP service: the operations under /v1, put together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import cache
from http import HTTPStatus
from threading import Event
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles

from api import logging as api_logging
from api import problems
from api.description import describe, methods_of
from api.guard import Guard
from api.heads import Heads
from api.metrics import Metrics
from api.observing import Observed
from api.pages import (
    account,
    admin,
    bureau,
    carriers,
    case,
    case_papers,
    data,
    editing,
    entry,
    figures,
    home,
    identities,
    mail_links,
    match,
    screen,
    shortlist,
)
from api.pages import cases as case_pages
from api.pages import digests as digest_pages
from api.pages import grants as grant_pages
from api.pages import introductions as introduction_pages
from api.pages import jobs as job_pages
from api.pages import mandates as mandate_pages
from api.pages import records as record_pages
from api.pages import reports as report_pages
from api.pages import rules as rule_pages
from api.permissions import SIGNED_IN
from api.routes import (
    audit,
    cases,
    chains,
    digests,
    drift,
    exclusions,
    health,
    imports,
    introductions,
    jobs,
    mandates,
    matching,
    metrics,
    openings,
    outcomes,
    records,
    reports,
    session,
    users,
)
from api.routes.policy import chain_gaps, contracts, criteria, evaluations, filings, grants, rules
from api.workers import prepare_metrics
from matcher import __version__
from matcher.bootstrap import Installation, checkup_plan
from matcher.cli.failures import reported
from matcher.services.checkup import look, require_sound
from matcher.settings import Settings
from matcher.wording import Said

PAGE_ROUTERS = (
    entry.router,
    mail_links.router,
    digest_pages.router,
    home.router,
    match.router,
    screen.router,
    mandate_pages.router,
    shortlist.router,
    record_pages.router,
    case_pages.router,
    case.router,
    case_papers.router,
    introduction_pages.router,
    figures.router,  # before the carriers', whose ids may hold anything
    carriers.router,
    bureau.router,
    grant_pages.router,
    report_pages.router,
    editing.router,
    data.router,
    job_pages.router,
    identities.router,
    admin.router,
    account.router,
    rule_pages.router,
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
POLICY = (rules, criteria, grants, evaluations, chain_gaps, filings, contracts)
ROUTERS = (
    health.router,
    session.router,
    openings.router,  # before the records: an id may hold slashes
    *records.routers,
    matching.router,
    chains.router,
    drift.router,
    outcomes.router,
    exclusions.router,
    mandates.router,
    digests.router,
    cases.router,
    introductions.router,
    *(each.router for each in POLICY),
    reports.router,
    jobs.router,
    imports.router,
    users.router,
    audit.router,
    metrics.router,
)

_log = logging.getLogger("matcher.api")


def create_app(installation: Installation) -> Observed:
    """The service over one installation, with its metrics and its log around it."""
    app = routed(installation)
    figures: Metrics = app.state.metrics
    return Observed(app, begun=[figures.begun], ended=[figures.ended, api_logging.log_request])


def routed(installation: Installation) -> FastAPI:
    """The operations over one installation."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        jobs = installation.worker(Event()).beside() if installation.settings.serve_jobs else nullcontext()
        with installation.warming.beside(), installation.ahead.beside(), jobs:
            yield
        installation.close()

    app = _operations(lifespan)
    app.state.installation, app.state.guard, app.state.metrics = installation, Guard(installation), Metrics()
    problems.install(app)
    app.add_middleware(Heads)
    for router in PAGE_ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("api", "static")]), name="static")
    app.add_api_route("/v1", _unknown, methods=METHODS, include_in_schema=False)
    app.add_api_route("/v1/{path:path}", _unknown, methods=METHODS, include_in_schema=False)
    app.include_router(home.unknown)
    app.openapi = schema  # type: ignore[method-assign]
    return app


def _operations(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    """The operations under /v1."""
    app = FastAPI(
        title="技术转移撮合 / tech-transfer matcher",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would repeat whatever host the request names
        lifespan=lifespan,
        generate_unique_id_function=_operation,
        responses=problems.RESPONSES,
    )
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")
    return app


@cache
def schema() -> dict[str, Any]:
    """The OpenAPI document, which is the same for all installations and takes a second to make."""
    return describe(_operations().openapi())


# A function of its own, for the framework keeps the functions of operations for ever, and all they refer to.
def _unknown(request: Request) -> None:
    """Strangers learn nothing of what there is; others, whether it is the path or the method."""
    request.app.state.guard.admit(request, SIGNED_IN)
    if methods := methods_of(schema(), request.url.path):
        said = Said(f"此路径没有 {request.method} 操作。", f"This path has no operation {request.method}.")
        raise problems.Refused(HTTPStatus.METHOD_NOT_ALLOWED, said, headers={"Allow": ", ".join(methods)})
    raise problems.Refused(HTTPStatus.NOT_FOUND, Said("没有这个路径。", "There is no such path."))


def application() -> Observed:
    """The service of a worker process, from the settings of its environment."""
    api_logging.configure()
    return create_app(Installation(Settings(), tell=lambda said: _log.info("%s", said)))


def _operation(route: APIRoute) -> str:
    return route.name


def serve(
    host: Annotated[str, typer.Option(help="监听地址。Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任一空闲端口。Port; 0: any free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数。How many processes.")] = 1,
) -> None:
    """启动 HTTP 服务。Start the HTTP service."""
    settings = Settings()
    api_logging.configure()
    require_sound(look(checkup_plan(settings)), lambda said: _log.warning("%s", said))
    installation = Installation(settings, tell=lambda said: _log.info("%s", said))
    _ = installation.database  # migrated once, before the workers start
    prepare_metrics(installation.home, workers)
    if workers == 1:
        uvicorn.run(create_app(installation), host=host, port=port, log_config=None, access_log=False)
        return
    installation.close()
    uvicorn.run(
        "api.app:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
    )


def main() -> None:
    """The console script."""
    with reported():
        typer.run(serve)
