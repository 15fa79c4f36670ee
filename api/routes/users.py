"""Accounts and organisations, for administrators."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.guard import GuardedRoute
from api.parts import (
    Cursor,
    IfMatch,
    Limit,
    Now,
    Page,
    Parts,
    Sent,
    created,
    from_cursor,
    page,
    tagged,
    untagged,
)
from api.texts import Moment
from matcher.domain.accounts import Account, Organisation, Role
from matcher.store.versions import require_version
from matcher.wording import Language

router = APIRouter(tags=["users"], route_class=GuardedRoute)

Id = Annotated[str, Path(max_length=300)]
Name = Annotated[str, Field(max_length=200)]
Ids = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=1000)]


class User(BaseModel):
    """An account."""

    id: str
    email: str
    name: str
    role: Role
    organisation_id: str
    active: bool
    language: Language
    created_at: Moment

    @classmethod
    def of(cls, account: Account) -> User:
        """What is shown of an account."""
        return cls.model_validate(account, from_attributes=True)


class NewUser(Sent):
    """An account to make. Its owner sets a password by letter."""

    email: str = Field(max_length=300, examples=["broker@example.org"])
    name: Name = ""
    role: Role
    organisation_id: str = Field("", max_length=300)
    language: Language = Language.ZH


class UserChange(Sent):
    """What is to change; what is left out stays."""

    name: Name | None = Field(None, examples=["王经纪"])
    role: Role | None = None
    organisation_id: str | None = Field(None, max_length=300)
    active: bool | None = None
    language: Language | None = None


class OrganisationShown(BaseModel):
    """An organisation and what is its own."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=300, examples=["org-1"])
    name: str = Field(max_length=300, examples=["科左孵化器（示例）"])
    institutions: Ids = Field([], description="成果中完成单位的写法。The institution's name as results write it.")
    incubator_ids: Ids = []
    fund_ids: Ids = []

    @classmethod
    def of(cls, organisation: Organisation) -> OrganisationShown:
        """What is shown of an organisation."""
        return cls.model_validate(organisation, from_attributes=True)

    def to_domain(self, organisation_id: str, version: int = 1) -> Organisation:
        """The organisation."""
        return Organisation(
            id=organisation_id,
            name=self.name,
            institutions=tuple(self.institutions),
            incubator_ids=tuple(self.incubator_ids),
            fund_ids=tuple(self.fund_ids),
            version=version,
        )


@router.get("/users")
def list_users(parts: Parts, cursor: Cursor = "", limit: Limit = 50) -> Page[User]:
    """All accounts."""
    found = [User.of(each) for each in parts.people.all(from_cursor(cursor), limit + 1)]
    return page(found, limit, lambda user: user.id)


@router.post("/users", status_code=201)
def create_user(new: NewUser, parts: Parts, response: Response, background: BackgroundTasks, now: Now) -> User:
    """Make an account and send its owner a letter by which to set a password."""
    account = parts.people.create(
        new.email, new.name, new.role, now, organisation_id=new.organisation_id, language=new.language
    )
    if letter := parts.letters.reset(account.email, now):
        background.add_task(parts.letters.send, letter, now)
    created(response, "users", account.id)
    tagged(response, account.version)
    return User.of(account)


@router.get("/users/{user_id}")
def read_user(user_id: Id, parts: Parts, response: Response) -> User:
    """One account."""
    account = parts.people.get(user_id)
    tagged(response, account.version)
    return User.of(account)


@router.patch("/users/{user_id}")
def change_user(user_id: Id, change: UserChange, parts: Parts, response: Response, if_match: IfMatch) -> User:
    """Change an account over the version that If-Match names."""
    account = parts.people.get(user_id)
    require_version(untagged(if_match), account.version)
    told = change.model_dump(exclude_none=True)
    account = parts.people.change(replace(account, **told))
    tagged(response, account.version)
    return User.of(account)


@router.delete("/users/{user_id}", status_code=204)
def erase_user(user_id: Id, parts: Parts) -> None:
    """Erase an account; what it did stays in the audit under an id that names nobody."""
    parts.people.erase(user_id)


@router.get("/organisations")
def list_organisations(parts: Parts, cursor: Cursor = "", limit: Limit = 50) -> Page[OrganisationShown]:
    """All organisations."""
    found = [OrganisationShown.of(each) for each in parts.people.organisations(from_cursor(cursor), limit + 1)]
    return page(found, limit, lambda each: each.id)


@router.post("/organisations", status_code=201)
def create_organisation(new: OrganisationShown, parts: Parts, response: Response) -> OrganisationShown:
    """Add an organisation."""
    kept = parts.people.found(new.to_domain(new.id))
    created(response, "organisations", kept.id)
    tagged(response, kept.version)
    return OrganisationShown.of(kept)


@router.get("/organisations/{organisation_id:path}")
def read_organisation(organisation_id: Id, parts: Parts, response: Response) -> OrganisationShown:
    """One organisation."""
    found = parts.people.organisation(organisation_id)
    tagged(response, found.version)
    return OrganisationShown.of(found)


@router.put("/organisations/{organisation_id:path}")
def change_organisation(
    organisation_id: Id, new: OrganisationShown, parts: Parts, response: Response, if_match: IfMatch
) -> OrganisationShown:
    """Write an organisation anew over the version that If-Match names."""
    before = parts.people.organisation(organisation_id)
    require_version(untagged(if_match), before.version)
    kept = parts.people.reshape(new.to_domain(organisation_id, before.version))
    tagged(response, kept.version)
    return OrganisationShown.of(kept)
