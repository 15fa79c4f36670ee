"""Ask, and look at the answers: a list to choose from, one pair in full, several side by side, a letter to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.meaning import meant
from api.pages.rendering import language_of, rendered
from api.pages.routing import PageRoute, done, led, own_path
from api.pages.showing import path_part
from api.parts import About, Acting, Now, Parts, cases_shown, shown
from api.texts import terms_of
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.controls import Diversity, Question
from matcher.domain.feedback import Judgement
from matcher.domain.phases import PHASES
from matcher.domain.records import RECORD_KINDS, Kind, PairKind, Record, name_of
from matcher.ranking.kinds import FAMILIES, by_family
from matcher.ranking.listing import Listing
from matcher.services.choosing import Choices, choices
from matcher.services.finding import FACETS
from matcher.services.records import may_add

router = APIRouter(include_in_schema=False, route_class=PageRoute)

LOOKED_AT, NARROWED = 30, 200
"""Matches that are ranked to choose from; when something is chosen in a facet, more of them."""
PART, MOST = 10, 100
"""Cards of a list, at first and at most."""
COMPARED = 4

Text = Annotated[str, Query(max_length=20_000)]
Id = Annotated[str, Query(max_length=300)]
Terms = Annotated[str, Query(max_length=500)]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as the page's address holds it."""

    text: str
    record: Record | None
    to: Kind
    must: tuple[str, ...]
    ban: tuple[str, ...]
    diverse: bool

    @property
    def question(self) -> Question:
        """What it asks for besides a ranking."""
        return Question(self.must, self.ban, diversity=Diversity() if self.diverse else None)


@router.get("/match", name="page_match")
def match_page(
    request: Request, parts: Parts, actor: Acting, now: Now,
    q: Text = "", id: Id = "", to: Annotated[str, Query(max_length=20)] = "incubators",
    must: Terms = "", ban: Terms = "", diverse: bool = False, ask: Id = "",
    other: Annotated[list[str] | None, Query(max_length=50)] = None,
    n: Annotated[int, Query(ge=1, le=MOST)] = PART,
) -> Response:  # fmt: skip
    """One box: what is described in it, or a record, and who suits it."""
    text = q.strip()
    record = parts.records.named(id.strip(), actor.viewer) if id.strip() else None
    if text and not record and (typed := _meant(parts, actor, text)):
        return led(f"/match?id={path_part(typed.id)}")
    if not text and not record:
        return rendered(request, "match/ask.html", asking=None, to=to)
    target = PairKind.of(record.table).other(record.table) if record else _target(to)
    one = meant(parts, actor, now.date(), [target], ask) if record and ask.strip() else None
    if record and one and one.one:
        return led(f"/why?left={path_part(record.id)}&right={path_part(one.one.id)}")
    asking = Asking(text, record, target, terms_of(must), terms_of(ban), diverse)
    chosen = {name: request.query_params.getlist(name) for name in FACETS[asking.to]}
    found = _found(parts, actor, now.date(), asking, chosen, n)
    near = _near(parts, actor, now.date(), text) if text and not record else []
    told = [each.record for each in found.listed] + [each.record for each in found.kept_out]
    cases_shown(request, parts, [each.match for each in found.listed])
    shown(request, [*told, *near, *(one.records if one else ()), *([record] if record else [])])
    return rendered(
        request, "match/list.html", asking=asking, found=found, chosen=chosen, n=n, part=PART, most=MOST, near=near,
        rules=parts.rulebook.rules, name=name_of(record) if record else "", to=to, ask=one,
        may_add=partial(may_add, actor), ticked=other, compared=COMPARED,
    )  # fmt: skip


@router.get("/why", name="page_why")
def why_page(
    request: Request, parts: Parts, actor: Acting, now: Now, left: Id, right: Id,
    letter: Annotated[str, Query(max_length=400)] = "",
) -> HTMLResponse:  # fmt: skip
    """Everything there is to say about one pair. From a letter, its reader's visit is noted."""
    one, other = parts.records.pair(left, right, actor.viewer)
    found = parts.matching.why(one.id, other.id, actor.viewer, now.date())
    shown(request, [one, other])
    cases_shown(request, parts, [found])
    history = parts.opinions.history(PairKind.of(one.table), one.id, other.id, actor)
    had = parts.case_board.of_pair(one.table, one.id, other.id, actor)
    if letter and not _fetched_ahead(request):
        parts.clicks.note(letter, left, right, actor, now)
    return rendered(
        request, "match/why.html", match=found, left=one, right=other, families=by_family(found.components),
        families_said=FAMILIES, history=history, had=had, phases=PHASES,
    )  # fmt: skip


@router.get("/compare", name="page_compare")
def compare_page(
    request: Request, parts: Parts, actor: Acting, now: Now, id: Id,
    other: Annotated[list[str] | None, Query(max_length=50)] = None,
    back: Annotated[str, Query(max_length=4000)] = "",
) -> Response:  # fmt: skip
    """Up to four partners of one record side by side; with another number the list is shown again, and says so."""
    names = list(dict.fromkeys(other or []))
    place = own_path(back or f"/match?id={path_part(id)}")
    if not 2 <= len(names) <= COMPARED:
        ticked = "".join(f"&other={path_part(name)}" for name in names) or "&other="
        return led(f"{place}{ticked}")
    own = parts.records.named(id, actor.viewer)
    pairs = [parts.records.pair(id, name, actor.viewer) for name in names]
    matches = [parts.matching.why(one.id, two.id, actor.viewer, now.date()) for one, two in pairs]
    others = [two if one.id == own.id and one.table is own.table else one for one, two in pairs]
    shown(request, [own, *others])
    cases_shown(request, parts, matches)
    rules = {verdict.rule: verdict.basis.name for match in matches for verdict in match.verdicts}
    verdicts = [{verdict.rule: verdict for verdict in match.verdicts} for match in matches]
    return rendered(
        request, "match/compare.html", own=own, pairs=pairs, others=others, matches=matches, rules=rules,
        verdicts=verdicts, back=place,
    )  # fmt: skip


@router.get("/letter", name="page_letter")
def letter_page(request: Request, parts: Parts, actor: Acting, now: Now, left: Id, right: Id) -> HTMLResponse:
    """A letter of introduction to print."""
    return _letter(request, parts, actor, now, left, right, None)


@router.post("/letter", name="page_word_letter")
def letter_worded(
    request: Request, parts: Parts, actor: Acting, now: Now,
    left: Annotated[str, Form(max_length=300)], right: Annotated[str, Form(max_length=300)],
    reasons: Annotated[str, Form(max_length=20_000)] = "",
) -> HTMLResponse:  # fmt: skip
    """The letter with the reasons as somebody worded them, one a line. Nothing is kept."""
    return _letter(request, parts, actor, now, left, right, [line.strip() for line in reasons.splitlines()])


def _fetched_ahead(request: Request) -> bool:
    """Whether a browser loads the page before anybody has asked for it."""
    return "prefetch" in request.headers.get("sec-purpose", request.headers.get("purpose", ""))


def _letter(
    request: Request, parts: Installation, actor: Actor, now: datetime, left: str, right: str, told: list[str] | None
) -> HTMLResponse:
    one, other = parts.records.pair(left, right, actor.viewer)
    found = parts.matching.why(one.id, other.id, actor.viewer, now.date())
    shown(request, [one, other])
    cases_shown(request, parts, [found])
    if told is None:
        language = language_of(request)
        told = [reason.to_taker.to(language) for reason in found.reasons if reason.to_taker]
    return rendered(
        request, "match/letter.html", match=found, left=one, right=other, day=now, reasons=list(filter(None, told))
    )


@router.post("/feedback", name="page_give_feedback")
def feedback_sent(
    parts: Parts, actor: Acting, now: Now, about: About,
    left: Annotated[str, Form(max_length=300)], right: Annotated[str, Form(max_length=300)],
    verdict: Annotated[Judgement, Form()], reason: Annotated[str, Form(max_length=2000)] = "",
    back: Annotated[str, Form(max_length=4000)] = "/",
) -> Response:  # fmt: skip
    """Say whether a pair fits."""
    parts.judging.give(left, right, verdict, reason.strip(), actor, now)
    about("feedback", left, right)
    return led(done(back, "noted"))


def _found(
    parts: Installation, actor: Actor, day: date, asking: Asking, chosen: dict[str, list[str]], n: int
) -> Choices:
    k = NARROWED if any(chosen.values()) else max(LOOKED_AT, n)
    listing = _listing(parts, actor, day, asking, k)
    return choices(listing, asking.to, chosen, n, parts.records, actor.viewer, parts.finding.places)


def _listing(parts: Installation, actor: Actor, day: date, asking: Asking, k: int) -> Listing:
    if asking.record is None:
        return parts.matching.text_listing(asking.text, asking.to, k, actor.viewer, day, asking.question)
    return parts.matching.listing(asking.record.id, k, actor.viewer, day, asking.question)


def _meant(parts: Installation, actor: Actor, text: str) -> Record | None:
    """The record whose id somebody typed into the box."""
    if len(text) > 100 or "\n" in text:
        return None
    found = [record for kind in RECORD_KINDS for record in parts.records.many(kind, [text], actor.viewer).values()]
    return found[0] if len(found) == 1 else None


def _near(parts: Installation, actor: Actor, day: date, text: str) -> Sequence[Record]:
    """Records whose name holds what was typed: perhaps one of them is meant."""
    return parts.finding.named(RECORD_KINDS, text, actor.viewer, day, 4) if 2 <= len(text) <= 60 else []


def _target(to: str) -> Kind:
    return Kind.FUNDS if to == Kind.FUNDS else Kind.INCUBATORS
