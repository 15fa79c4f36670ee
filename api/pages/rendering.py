"""Templates to pages, with the headers that keep a page from doing what it was not made for."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from matcher.wording import Language, Said

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # an address may hold the secret of a letter
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
    """A page in the language that was asked for; where none was, in the one its reader is known to read."""
    language = language_of(request, language)
    told = {"language": language.value, "say": lambda zh, en: Said(zh, en).to(language)}
    text = _environment().get_template(template).render(**told, **context)
    return HTMLResponse(text, status_code=status, headers=HEADERS)


def language_of(request: Request, known: Language = Language.ZH) -> Language:
    """What the address asks for, else what is known: many browsers here speak English without their owners."""
    asked = request.query_params.get("lang")
    return Language(asked) if asked in list(Language) else known


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
