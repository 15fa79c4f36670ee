"""What is sent and answered about cases."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.parts import Sent
from api.problems import Text
from api.texts import Moment
from matcher.domain.introductions import DAYS
from matcher.domain.phases import Move
from matcher.domain.records import PairKind, Refusal
from matcher.services.cases.texts import LONGEST

RecordId = Annotated[str, Field(min_length=1, max_length=300)]
Words = Annotated[str, Field(max_length=LONGEST)]
Value = Annotated[str, Field(max_length=LONGEST)] | float | list[Annotated[str, Field(max_length=300)]] | None


class NewCase(Sent):
    """The pair of a new case."""

    left_id: RecordId = Field(examples=["ex-a001"])
    right_id: RecordId = Field(examples=["ex-i01"])
    reason: str = Field("", max_length=10_000, description="仍要立案的原因。Why, where the two came together already.")


class FactsTold(Sent):
    """Facts by metric or Chinese name; null takes one back."""

    facts: dict[str, Value] = Field(max_length=50, examples=[{"case_lead": "X-7", "case_trl": 5}])


class MoveAsked(Sent):
    """A move, and what it came to where it closes the case."""

    move: Literal["advance", "back", "reopen"] = Field(examples=["advance"])
    amount: float | None = Field(None, ge=0, lt=1e15, allow_inf_nan=False)
    currency: str = Field("", max_length=20, description="空为人民币。Empty: yuan.")
    reason: Words = ""

    def to_domain(self) -> Move:
        """The move."""
        return Move(self.move)


class StopAsked(Sent):
    """Why a case is stopped."""

    reason: Words = Field(examples=["对方认为报价过高"])
    refusal: Refusal | None = Field(
        None,
        description="有则记为未成；误建则不填。With it the outcome is rejected; without it none is written.",
    )


class HandOver(Sent):
    """Who is to own the case."""

    to: str = Field(
        min_length=1,
        max_length=300,
        description="账户编号或邮箱。An account's id or address.",
        examples=["broker@example.org"],
    )


class NewNote(Sent):
    """A note."""

    text: Words = Field(examples=["下周三现场考察"])
    audience: Literal["internal", "shared"] = "internal"


class NewTask(Sent):
    """Something to be done by a day."""

    text: Words = Field(examples=["约双方到现场"])
    due: date = Field(examples=["2099-11-30"])
    assignee: str = Field("", max_length=100, description="账户编号，默认本人。An account; default: oneself.")


class Proposal(Sent):
    """Words for both sides, and how long they may take to answer."""

    message: Words = Field("", examples=["双方方向相近，建议见面。"])
    days: int = Field(DAYS, ge=1, le=365)


class ReplyAsked(Sent):
    """What a side answers; a decline says the class of its reason."""

    accepted: bool = Field(examples=[True])
    refusal: Refusal | None = None
    reason: Words = ""
    contact: str = Field("", max_length=500, description="双方同意后给对方。Told to the other side after both accept.")
    side: Literal["left", "right"] | None = None


class CaseShown(BaseModel):
    """A case."""

    id: str
    pairing: PairKind
    left_id: str
    left: str
    right_id: str
    right: str
    phase: str
    phase_name: Text
    owner: str
    organisation: str
    part: Literal["works", "oversees", "side"] = Field(description="本账户与案件的关系。What one has to do with it.")
    facts: dict[str, Any]
    opened_at: Moment
    changed_at: Moment
    version: int


class WayShown(BaseModel):
    """A move from here, and what is missing for it."""

    move: str
    to: str
    open: bool
    missing: list[Text]


class ReplyShown(BaseModel):
    """What a side answered."""

    accepted: bool
    by: str
    at: Moment
    refusal: Refusal | None
    reason: str


class InvitationShown(BaseModel):
    """An introduction as the account may know it."""

    id: str
    case: str = Field(description="尚不可见时为空。Empty while it is not open to the reader, as are left_id and left.")
    pairing: PairKind
    left_id: str
    left: str
    right_id: str
    right: str
    state: Literal["proposed", "accepted", "declined", "expired", "withdrawn"]
    by: str
    proposed_at: Moment
    expires_on: date
    message: str
    sides: list[str]
    answers: dict[str, ReplyShown | None]
    contacts: dict[str, str]


class NoteShown(BaseModel):
    """A note."""

    id: str
    by: str
    at: Moment
    audience: str
    text: str


class TaskShown(BaseModel):
    """A task."""

    id: str
    by: str
    at: Moment
    text: str
    due: date
    assignee: str
    done_at: Moment | None
    done_by: str


class LateTask(TaskShown):
    """An overdue task with its case."""

    case: str
    left_id: str
    right_id: str


class AttachmentShown(BaseModel):
    """An attachment."""

    id: str
    by: str
    at: Moment
    audience: str
    name: str
    media: str
    size: int
    sha256: str


class EventShown(BaseModel):
    """Something that happened."""

    id: int
    at: Moment
    by: str
    what: str
    said: dict[str, Any]
    outcome: dict[str, Any] | None
    undoes: int | None


class FolderShown(CaseShown):
    """A case with all that lies in its folder."""

    moves: list[WayShown]
    introductions: list[InvitationShown]
    notes: list[NoteShown]
    tasks: list[TaskShown]
    attachments: list[AttachmentShown]
    history: list[EventShown]
