"""What happens around every operation: who asks, whether they may, once and whole, and what is noted of it.

A writing request is one transaction: what it does, its line in the audit and the answer kept under its idempotency key
are committed together or not at all.
"""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

import anyio
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from api.bodies import fingerprint_of, read_body, require_keepable, unkeepable
from api.observing import request_id
from api.permissions import PERMISSIONS, Permission
from api.problems import Refused
from api.queries import known_to, require_known
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor, Deed, Scope
from matcher.errors import NotAllowedError
from matcher.services.access import csrf_of, known_secret
from matcher.store import Answered, Unit
from matcher.wording import Said

COOKIE = "matcher_session"
CSRF = "x-csrf-token"
KEY = "idempotency-key"
FORM_CSRF, FORM_KEY = "csrf", "once"
"""The fields of a form that carry what the two headers do."""
LONGEST_KEY = 200
MADE = (HTTPStatus.CREATED, HTTPStatus.ACCEPTED)
"""What is answered with the address of what was made."""
KEPT_HEADERS = ("content-type", "etag", "location")

Answer = Callable[[Request], Awaitable[Response]]


class GuardedRoute(APIRoute):
    """A route whose operation has a row in `PERMISSIONS`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own handler, within the guard."""
        inner, permission, operation = super().get_route_handler(), PERMISSIONS[self.name], self.name
        known = known_to(self.dependant)

        async def answer(request: Request) -> Response:
            require_known(request, known)
            return await inner(request)

        async def guarded(request: Request) -> Response:
            guard: Guard = request.app.state.guard
            return await guard.answer(request, operation, permission, answer)

        return guarded


class OpenRoute(APIRoute):
    """A page that is open to strangers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own handler, within the guard."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            guard: Guard = request.app.state.guard
            return await guard.open(request, answer)

        return guarded


class Guard:
    """The guard of one process."""

    def __init__(self, installation: Installation) -> None:
        self._parts = installation
        # SQLite lets one writer through at a time: waiting here keeps the threads free that the writer needs.
        self._writers = anyio.CapacityLimiter(1 if installation.settings.url.startswith("sqlite") else 8)
        # These wait for the database in their threads: no more of them than would take all threads.
        self._later = anyio.CapacityLimiter(max(2, os.cpu_count() or 1))
        # More than the cores can do at once only takes memory, and the time of those who ask for little.
        self._thinkers = anyio.CapacityLimiter(os.cpu_count() or 1)
        # Judging a password takes 64 MiB and a core: strangers wait for each other, and nobody for all of them.
        self._strangers = anyio.CapacityLimiter(4)

    async def answer(
        self, request: Request, operation: str, permission: Permission, answer: Answer, *, page: bool = False
    ) -> Response:
        """The operation's answer to whoever may have it, for nobody on the way to keep. A page's forms carry in fields
        what the requests of machines carry in headers."""
        response = await self._answer(request, operation, permission, answer, page=page)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def _answer(
        self, request: Request, operation: str, permission: Permission, answer: Answer, *, page: bool
    ) -> Response:
        request.state.shown, request.state.about = set(), ""
        asked = (request.url.path, *(part for pair in request.query_params.multi_items() for part in pair))
        if "\0" in "".join(asked):
            raise unkeepable()
        if permission.roles is None:
            return await self.open(request, answer, permission.most_bytes)
        # A stranger's body is not taken in: files are long.
        request.state.actor = actor = await run_in_threadpool(self.admit, request, permission, page=page)
        await read_body(request, permission.most_bytes)
        request.state.key = await _form_key(request) if page else request.headers.get(KEY, "")
        if permission.scope is Scope.WRITE:
            # Whoever hangs up meanwhile does not leave a transaction half done.
            return await asyncio.shield(
                asyncio.ensure_future(self._write(request, operation, permission, actor, answer))
            )
        async with self._thinkers if permission.heavy else nullcontext():
            response = await answer(request)
        if request.state.shown:
            async with self._writers:
                await run_in_threadpool(self._note, self._deed(request, operation, actor))
        return response

    async def open(self, request: Request, answer: Answer, most_bytes: int = 10_000) -> Response:
        """The answer to whoever asks."""
        await read_body(request, most_bytes)
        if request.method == "GET":
            return await answer(request)
        require_keepable(await request.form())
        async with self._strangers:
            return await answer(request)

    def admit(self, request: Request, permission: Permission, *, page: bool = False) -> Actor:
        """Who asks, if they may. Raises Refused or NotAllowedError for everybody else."""
        now = datetime.now(UTC)
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.casefold() == "bearer" and not page:
            actor = self._parts.access.of_token(secret.strip(), now)
        else:
            found = self._parts.access.of_session(request.cookies.get(COOKIE, ""), now)
            actor = found[0] if found else None
            if (
                found
                and not page
                and permission.scope is Scope.WRITE
                and not known_secret(request.headers.get(CSRF, ""), found[1])
            ):
                raise Refused(
                    HTTPStatus.FORBIDDEN,
                    Said("请求缺少 X-CSRF-Token。", "The request lacks its X-CSRF-Token."),
                    Said("请带上登录时返回的 csrf。", "Send the csrf that signing in returned."),
                )
        if actor is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, Said("请先登录。", "Sign in first."))
        if permission.roles is not None and actor.role not in permission.roles:
            raise NotAllowedError(
                Said(f"{actor.role.said.zh}不能使用此功能。", f"The role {actor.role.said.en} may not do this."),
                Said("如确有需要，请联系管理员。", "Ask an administrator if you need it."),
            )
        if permission.scope not in actor.scopes:
            raise NotAllowedError(
                Said(f"令牌没有“{permission.scope.said.zh}”权限。", f"The token lacks the scope {permission.scope}."),
                Said("请新建带有该权限的令牌。", "Make a token that has it."),
            )
        return actor

    async def _write(
        self, request: Request, operation: str, permission: Permission, actor: Actor, answer: Answer
    ) -> Response:
        async with self._later if permission.late else self._writers:
            unit = self._parts.database.unit()
            try:
                with self._parts.database.joining(unit):
                    if not permission.late:
                        await run_in_threadpool(unit.begin)
                    response = await self._once(request, operation, permission, actor, answer, unit)
            except BaseException as error:
                await run_in_threadpool(unit.end, error)
                raise
            await run_in_threadpool(unit.end)
            return response

    async def _once(
        self, request: Request, operation: str, permission: Permission, actor: Actor, answer: Answer, unit: Unit
    ) -> Response:
        key, told_once = request.state.key, permission.told_once
        fingerprint = await fingerprint_of(request) if key else ""
        try:
            if key:
                await run_in_threadpool(self._require_new, actor, key, fingerprint)
                # The same request may have been answered between this look and the first write.
                unit.begun = partial(self._require_new, actor, key, fingerprint)
            response = await answer(request)
        except _AnsweredBefore as before:
            return _again(before.kept, told_once=told_once)
        if not permission.notes_itself:
            if response.status_code in MADE:
                request.state.about = request.state.about or response.headers.get("location", "")
            await run_in_threadpool(self._note, self._deed(request, operation, actor))
        if key:
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            body = "" if told_once else bytes(response.body).decode()
            answered = Answered(fingerprint, response.status_code, headers, body)
            await run_in_threadpool(self._parts.journal.keep, actor.id, key, answered, datetime.now(UTC))
        return response

    def _require_new(self, actor: Actor, key: str, fingerprint: str) -> None:
        """Raise what was answered to this request, or Refused where the key cannot be used for it."""
        kept = self._parts.journal.answered(actor.id, key) if len(key) <= LONGEST_KEY else None
        if len(key) > LONGEST_KEY or (kept is not None and kept.fingerprint != fingerprint):
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                Said(
                    "此 Idempotency-Key 已用于另一请求或过长。",
                    "This Idempotency-Key was used otherwise, or is too long.",
                ),
                Said("请换一个不超过 200 字符的新键。", f"Take a new key of at most {LONGEST_KEY} characters."),
            )
        if kept is not None:
            raise _AnsweredBefore(kept)

    def _deed(self, request: Request, operation: str, actor: Actor) -> Deed:
        return Deed(
            at=datetime.now(UTC),
            account_id=actor.id,
            operation=operation,
            target=(request.state.about or request.url.path)[:400],
            record_ids=tuple(sorted(request.state.shown)),
            request_id=request_id(),
        )

    def _note(self, deed: Deed) -> None:
        self._parts.journal.note(deed)


class _AnsweredBefore(Exception):  # noqa: N818  # no error: it only leaves the operation
    """The request was answered already."""

    def __init__(self, kept: Answered) -> None:
        super().__init__()
        self.kept = kept


def _again(kept: Answered, *, told_once: bool) -> Response:
    if told_once:
        raise Refused(
            HTTPStatus.CONFLICT,
            Said(
                "此请求已完成，其密钥只告知一次；如已遗失，请撤销后另建。",
                "This was done already, and its secret is told once; if it is lost, revoke it and make another.",
            ),
        )
    return Response(kept.body, kept.status, {**kept.headers, "Idempotent-Replay": "true"})


async def _form_key(request: Request) -> str:
    """What makes a sent form the same one; empty where nothing was sent. Raises Refused for another site's form."""
    if request.method in ("GET", "HEAD"):
        return ""
    form = await request.form()
    require_keepable(form)
    sent = form.get(FORM_CSRF, "")
    # The cookie was just found to be a session's; what a form must carry follows from it.
    own = csrf_of(request.cookies.get(COOKIE, ""))
    if not (isinstance(sent, str) and hmac.compare_digest(sent.encode(), own.encode())):
        raise Refused(
            HTTPStatus.FORBIDDEN,
            Said("表单已过期，或不是本服务的页面。", "The form is too old, or not a page of this service."),
            Said("请返回上一页，刷新后再提交。", "Go back, reload the page, and send it again."),
        )
    once = form.get(FORM_KEY, "")
    return once if isinstance(once, str) else ""
