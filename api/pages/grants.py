"""The bureau's ledger of grants: who is entitled to what by which rule, and noting what became of it."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import PageRoute, done, led
from api.parts import About, Acting, Now, Parts
from api.problems import Refused
from api.texts import KEEPABLE
from matcher.domain.matches import Basis
from matcher.policy.ledger import Entry, Step
from matcher.services.granting import Noting
from matcher.wording import Said

router = APIRouter(prefix="/bureau/grants", include_in_schema=False, route_class=PageRoute)

PART = 30
Narrowed = Annotated[str, Query(max_length=300, pattern=KEEPABLE)]
Sent = Annotated[str, Form(min_length=1, max_length=300, pattern=KEEPABLE)]


@router.get("", name="page_grants")
def grants_page(
    request: Request, parts: Parts, actor: Acting, now: Now, state: Step | None = None, rule: Narrowed = "",
    carrier: Narrowed = "", n: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HTMLResponse:  # fmt: skip
    """The ledger of today: sums by rule and state, and the entries that are chosen."""
    ledger = parts.grants.ledger(actor.viewer, now.date(), carrier.strip() or None)
    fits = [one for one in ledger.entries if state in (None, one.step) and rule in ("", one.rule.id)]
    chosen = sorted(fits, key=lambda one: list(Step).index(one.step))
    return rendered(
        request, "bureau/grants.html", ledger=ledger, chosen=chosen, shown=chosen[n : n + PART], n=n, part=PART,
        by_rule=_by_rule(ledger.entries), state=state, rule=rule, carrier=carrier, today=now.date(),
        book=parts.rulebook,
    )  # fmt: skip


@router.post("", name="page_note_grant")
def grant_noted(
    parts: Parts, actor: Acting, now: Now, about: About, rule: Sent, carrier: Sent,
    deed: Annotated[Literal["apply", "pay", "undo"], Form()], on: Annotated[date | None, Form()] = None,
    document: Annotated[str, Form(max_length=200, pattern=KEEPABLE)] = "",
    amount: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Note an application or a payment, or take the last step back; refused without entitlement, with the reason."""
    about("policy", "grants", rule, carrier)
    today = now.date()
    noting, granting = Noting(on or today, today, now, document.strip()), parts.granting
    if deed == "apply":
        granting.apply(rule, carrier, noting, actor.viewer)
    elif deed == "pay":
        granting.pay(rule, carrier, noting, actor.viewer, _amount(amount))
    else:
        granting.undo(rule, carrier, Noting(today, today, now), actor.viewer)
    back = f"/bureau/grants?{urlencode({'carrier': carrier, 'rule': rule})}"
    return led(done(back, "undone" if deed == "undo" else "noted"))


def _amount(typed: str) -> float | None:
    """An amount in yuan; empty: that of the rule."""
    text = typed.replace(",", "").strip()
    if not text:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = 0.0
    if not 0 < amount <= 1e12:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Said(f"“{typed}”不是金额。", f"'{typed}' is no amount."),
            Said("请填写大于 0 的元数，或留空按规则金额。", "Write yuan above 0, or leave it empty for the rule's."),
        )
    return amount


def _by_rule(entries: tuple[Entry, ...]) -> list[tuple[str, Said, Basis, dict[Step, tuple[int, float]]]]:
    """Each rule with its clause, and by state how many there are and what they add up to."""
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.rule.id, []).append(one)
    return [(name, of[0].rule.name, of[0].basis, _sums(of)) for name, of in found.items()]


def _sums(entries: list[Entry]) -> dict[Step, tuple[int, float]]:
    groups = {step: [one for one in entries if one.step is step] for step in Step}
    return {step: (len(of), sum(one.sum for one in of)) for step, of in groups.items() if of}
