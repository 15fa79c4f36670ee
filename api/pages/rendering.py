"""Templates to pages, with the headers that keep a page from doing what it was not made for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from api import steps
from api.guard import COOKIE
from api.pages import navigation, showing
from api.permissions import PAGES
from matcher.domain.accounts import Actor
from matcher.services.access import csrf_of
from matcher.wording import Language, Said

LANGUAGE = "matcher_language"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # An address may hold the secret of a letter; yet without a referrer our own forms would not say that they are ours.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def rendered(
    request: Request,
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    language: Language = Language.ZH,
    **context: Any,
) -> HTMLResponse:
    """A page in the language of whoever reads it; where nothing tells, in the one that is given."""
    language = language_of(request, language)
    actor: Actor | None = getattr(request.state, "actor", None)

    def say(zh: str | Said, en: str = "") -> str:
        return zh.to(language) if isinstance(zh, Said) else Said(zh, en).to(language)

    told = {
        "language": language.value,
        "say": say,
        "over": steps.on_pages,
        "actor": actor,
        "bar": navigation.bar(actor) if actor else (),
        "here": request.url.path,
        "asked": request.query_params,
        "problem": None,
        "done": DONE.get(request.query_params.get("done", "")),
        "form_fields": lambda: form_fields(request),
        "may": lambda page: actor is not None and actor.role in (PAGES[page].roles or ()),
    }
    text = _environment().get_template(template).render(**{**told, **context})
    return HTMLResponse(text, status_code=status, headers=HEADERS)


DONE: Mapping[str, Said] = {
    "noted": Said("已记下。", "Noted."),
    "saved": Said("已保存。", "Saved."),
    "deleted": Said("已删除。", "Deleted."),
    "undone": Said("已撤销。", "Undone."),
    "sent": Said("已发出。", "Sent."),
    "opened": Said("已立案。", "The case is open."),
    "moved": Said("环节已变动。", "The case has moved."),
    "stopped": Said("已终止。", "The case is stopped."),
    "attached": Said("已上传。", "Attached."),
    "handed": Said("已移交。", "Handed over."),
    "answered": Said("已答复。", "Answered."),
    "signed_out": Said("已在其他设备上退出。", "Signed out everywhere else."),
}
"""What a page says once something was done on the one before; the address names it."""


def form_fields(request: Request) -> Markup:
    """What every form of a page carries: that it is ours, and that sending it twice does it once."""
    csrf, once = csrf_of(request.cookies.get(COOKIE, "")), secrets.token_urlsafe(12)
    fields = '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="once" value="{}">'
    return Markup(fields).format(csrf, once)  # noqa: S704  # the values are escaped


def language_of(request: Request, known: Language = Language.ZH) -> Language:
    """What the address or the browser's own choice says, else the account's, else what is known: many browsers here
    speak English without their owners."""
    actor: Actor | None = getattr(request.state, "actor", None)
    for told in (request.query_params.get("lang"), request.cookies.get(LANGUAGE)):
        if told in tuple(Language):
            return Language(told)
    return actor.account.language if actor else known


@pass_context
def _turned(context: Context, **changed: object) -> str:
    """This page's address with some of its questions changed; None or empty takes one away, a list asks several."""
    told = {name: context["asked"].getlist(name) for name in context["asked"] if name != "done"}
    told |= {name: value if isinstance(value, list) else [value] for name, value in changed.items()}
    pairs = [(name, one) for name, values in told.items() for one in values if one not in (None, "")]
    return f"{context['here']}?{urlencode(pairs)}" if pairs else context["here"]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["turned"] = _turned
    environment.filters.update(showing.FILTERS)
    return environment
