"""The ledger of grants, and noting that one was applied for, paid, or neither after all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.guard import GuardedRoute
from api.parts import About, Acting, Now, Parts, Sent
from api.problems import Text
from api.texts import KEEPABLE, AsOf, Day, RecordId
from api.verdicts import VerdictShown
from matcher.domain.matches import Confidence
from matcher.domain.records import CarrierKind, Level
from matcher.domain.registers import EventKind, Grade
from matcher.plain.grants import entry_json, ledger_json
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step
from matcher.services.granting import Noting
from matcher.services.grants import Ledger

router = APIRouter(prefix="/policy/grants", tags=["policy"], route_class=GuardedRoute)

Document = Annotated[str, Field(max_length=200, pattern=KEEPABLE, description="文号。The document.")]


class GrantNamed(Sent):
    """A grant of a carrier: a rule and whom it is for."""

    rule: RecordId = Field(examples=["TL-GRANT.makerspace-excellent"])
    carrier: RecordId = Field(examples=["ex-i07"])


class GrantStep(GrantNamed):
    """A step of a grant."""

    on: Day | None = Field(None, description="办理日期，默认今天。The day it happened; default: today.")
    document: Document = ""


class GrantPayment(GrantStep):
    """A payment."""

    amount: float | None = Field(None, gt=0, le=1e12, description="实拨金额（元），默认规则金额。The amount in yuan.")


class EventShown(BaseModel):
    """The event that a grant rests on."""

    id: str
    event: EventKind
    carrier_kind: CarrierKind | None
    level: Level | None
    year: int | None
    grade: Grade | None
    decided_on: date | None
    document: str


class Waiting(BaseModel):
    """How long it took, in days."""

    event_to_application: int | None
    event_to_payment: int | None
    application_to_payment: int | None
    waiting: int | None


class IrregularityShown(Text):
    """What does not fit together."""

    name: Irregularity


class GrantShown(BaseModel):
    """One grant of one carrier, with everything it stands on."""

    rule: str
    name: Text
    carrier: str
    carrier_name: str
    state: Step
    amount: float
    clause: str
    source: str
    source_id: str
    confidence: Confidence
    event: EventShown | None
    verdict: VerdictShown | None
    applied_on: date | None
    paid_on: date | None
    noted_amount: float | None
    document: str
    days: Waiting
    missing: list[Text]
    irregularities: list[IrregularityShown]
    may_be_same_as: str | None
    note: Text | None


class Total(BaseModel):
    """How many grants of a state there are, and what they add up to."""

    count: int
    amount: float | None


class Stray(BaseModel):
    """A row of the register that names no rule."""

    rule: str
    carrier: str
    irregularity: IrregularityShown


class LedgerShown(BaseModel):
    """The ledger of a day."""

    as_of: date
    rules_version: str
    totals: dict[Step, Total]
    grants: list[GrantShown]
    strays: list[Stray]


@router.get("")
def list_grants(
    parts: Parts, actor: Acting, now: Now, on: AsOf = None, state: Step | None = None,
    carrier: Annotated[
        str | None, Query(min_length=1, max_length=300, pattern=KEEPABLE, description="载体编号或全称。Id or name.")
    ] = None,
) -> LedgerShown:  # fmt: skip
    """Who is entitled to what by which event, and how far it is; a carrier reads its own."""
    day, asked = on or now.date(), parts.carrier_figures.asked(actor, carrier)
    ledgers = [parts.grants.ledger(actor.viewer, day, name) for name in asked]
    entries = tuple(one for ledger in ledgers for one in ledger.entries if state in (None, one.step))
    strays = tuple(one for ledger in ledgers for one in ledger.strays if state is None)
    return LedgerShown.model_validate(ledger_json(parts.rulebook, Ledger(day, entries, strays)))


@router.post("/apply")
def apply_grant(step: GrantStep, parts: Parts, actor: Acting, now: Now, about: About) -> GrantShown:
    """Note an application; refused without entitlement, with the reason."""
    about("policy", "grants", step.rule, step.carrier)
    return _shown(parts.granting.apply(step.rule, step.carrier, _noting(step, now), actor.viewer))


@router.post("/pay")
def pay_grant(payment: GrantPayment, parts: Parts, actor: Acting, now: Now, about: About) -> GrantShown:
    """Note a payment; it takes an application, and is paid once."""
    about("policy", "grants", payment.rule, payment.carrier)
    noting = _noting(payment, now)
    return _shown(parts.granting.pay(payment.rule, payment.carrier, noting, actor.viewer, payment.amount))


@router.post("/undo")
def undo_grant(grant: GrantNamed, parts: Parts, actor: Acting, now: Now, about: About) -> GrantShown | None:
    """Take the last step back; what was noted stays in the history. Null where nothing is left to say."""
    about("policy", "grants", grant.rule, grant.carrier)
    today = now.date()
    entry = parts.granting.undo(grant.rule, grant.carrier, Noting(today, today, now), actor.viewer)
    return _shown(entry) if entry else None


def _noting(step: GrantStep, now: datetime) -> Noting:
    return Noting(step.on or now.date(), now.date(), now, step.document)


def _shown(entry: Entry) -> GrantShown:
    return GrantShown.model_validate(entry_json(entry))
