"""The rules in force, for everybody to read."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import PageRoute
from api.parts import Now, Parts
from matcher.policy.figures import described

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/rules", name="page_rules")
def rules_page(
    request: Request, parts: Parts, now: Now,
    q: Annotated[str, Query(max_length=200)] = "", on: Annotated[date | None, Query()] = None, all: bool = False,
) -> HTMLResponse:  # fmt: skip
    """Rules by ruleset, with clause, source and days; those of a day, or all versions."""
    book, day = parts.rulebook, on or now.date()
    words = q.casefold().split()
    found = []
    for ruleset in book.rulesets.values():
        rules = [rule for rule in ruleset.rules if all or rule.in_force(day)]
        told = [rule for rule in rules if _holds(words, f"{rule.id} {rule.name} {rule.clause} {ruleset.name}")]
        if told:
            listed = [(rule, described(rule.criterion, book), rule.means(book), book.basis(rule.id)) for rule in told]
            found.append((ruleset, listed))
    return rendered(request, "rules.html", found=found, version=book.version, q=q, day=day, all=all)


def _holds(words: list[str], text: str) -> bool:
    folded = text.casefold()
    return not [word for word in words if word not in folded]
