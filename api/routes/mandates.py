"""Standing queries: a question that is kept, and what it is answered today."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.guard import GuardedRoute
from api.parts import Acting, Cursor, IfMatch, Limit, Now, Page, Parts, created, from_cursor, page, tagged, untagged
from api.routes.matching import Answered, answered
from api.texts import Described, Moment, Name, RecordId, Terms
from matcher.domain.mandates import Asked, Mandate
from matcher.domain.records import Kind
from matcher.services.mandates import ask
from matcher.wording import Said

router = APIRouter(prefix="/mandates", tags=["mandates"], route_class=GuardedRoute)

Id = Annotated[str, Path(max_length=100)]
To = Literal["incubators", "funds"]


class MandateWanted(BaseModel):
    """A question to keep: about a carrier or fund by its id, or about a text whose takers are sought."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "玉米深加工新项目", "record_id": "ex-f01", "must": ["玉米"], "k": 10},
                {"name": "谁能接沙棘项目", "text": "沙棘果油微胶囊", "to": "incubators"},
            ]
        },
    )

    name: Name
    record_id: RecordId | None = None
    text: Described | None = None
    to: To | None = None
    must: Terms = Field([], description="结果须含的词。Terms the answers must hold.")
    ban: Terms = Field([], description="结果不得含的词。Terms they must not hold.")
    k: int = Field(10, ge=1, le=200)
    diverse: bool = False

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.record_id is None) == (self.text is None) or (self.text is None) != (self.to is None):
            raise ValueError(Said("请给出 record_id，或 text 与 to。", "Give record_id, or text together with to."))
        return self

    def asked(self) -> Asked:
        """The question as it is kept."""
        return Asked(
            name=self.name,
            record_id=self.record_id or "",
            text=self.text or "",
            to=Kind(self.to) if self.to else None,
            must=tuple(self.must),
            ban=tuple(self.ban),
            k=self.k,
            diverse=self.diverse,
        )


class MandateShown(BaseModel):
    """A kept question."""

    id: str
    name: str
    record_id: str | None
    text: str | None
    to: To | None
    must: list[str]
    ban: list[str]
    k: int
    diverse: bool
    mine: bool = Field(description="由本人设立。Whether one made it oneself.")
    made_at: Moment
    changed_at: Moment

    @classmethod
    def of(cls, mandate: Mandate, account_id: str) -> MandateShown:
        """What is shown of it."""
        asked = mandate.asked
        told: dict[str, Any] = {name: getattr(asked, name) for name in ("name", "must", "ban", "k", "diverse")}
        told |= {name: getattr(asked, name) or None for name in ("record_id", "text", "to")}
        told |= {name: getattr(mandate, name) for name in ("id", "made_at", "changed_at")}
        return cls(**told, mine=mandate.owner == account_id)


@router.get("")
def list_mandates(parts: Parts, actor: Acting, cursor: Cursor = "", limit: Limit = 50) -> Page[MandateShown]:
    """One's own and one's organisation's standing queries, by id."""
    found = parts.mandates.page(actor, from_cursor(cursor), limit + 1)
    return page([MandateShown.of(one, actor.id) for one in found], limit, lambda one: one.id)


@router.post("", status_code=201)
def create_mandate(wanted: MandateWanted, parts: Parts, actor: Acting, response: Response, now: Now) -> MandateShown:
    """Keep a question."""
    kept = parts.mandates.create(wanted.asked(), actor, now)
    created(response, "mandates", kept.id)
    return _shown(kept, actor.id, response)


@router.get("/{mandate_id}")
def read_mandate(mandate_id: Id, parts: Parts, actor: Acting, response: Response) -> MandateShown:
    """One standing query, with its ETag."""
    return _shown(parts.mandates.read(mandate_id, actor), actor.id, response)


@router.put("/{mandate_id}")
def change_mandate(
    mandate_id: Id, wanted: MandateWanted, parts: Parts, actor: Acting, response: Response, now: Now,
    if_match: IfMatch,
) -> MandateShown:  # fmt: skip
    """Ask something else over the version that If-Match names."""
    kept = parts.mandates.replace(mandate_id, wanted.asked(), untagged(if_match), actor, now)
    return _shown(kept, actor.id, response)


@router.delete("/{mandate_id}", status_code=204)
def delete_mandate(mandate_id: Id, parts: Parts, actor: Acting, if_match: IfMatch) -> None:
    """Delete the version that If-Match names."""
    parts.mandates.delete(mandate_id, untagged(if_match), actor)


@router.get("/{mandate_id}/matches")
def mandate_matches(
    mandate_id: Id, request: Request, parts: Parts, actor: Acting, now: Now,
    full: Annotated[bool, Query(description="附规则结论与缺失信息。With verdicts and missing facts.")] = True,
) -> Answered:  # fmt: skip
    """What the question is answered now, as one may know it."""
    mandate = parts.mandates.read(mandate_id, actor)
    return answered(ask(mandate, parts.matching, actor.viewer, now.date()), request, parts, full=full)


def _shown(mandate: Mandate, account_id: str, response: Response) -> MandateShown:
    tagged(response, mandate.version)
    return MandateShown.of(mandate, account_id)
