"""Signing in and out, passwords, and the tokens of one's own account."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Request, Response
from pydantic import BaseModel, Field

from api import signing
from api.guard import GuardedRoute
from api.parts import About, Acting, Now, Parts, Sent
from api.problems import Refused
from api.routes.users import User
from api.texts import Moment
from matcher.domain.accounts import Scope, Token
from matcher.wording import Said

router = APIRouter(tags=["session"], route_class=GuardedRoute)


class Credentials(Sent):
    """Who signs in."""

    email: str = Field(max_length=300, examples=["broker@example.org"])
    password: str = Field(max_length=400)


class SessionOpened(BaseModel):
    """A session: the cookie holds its token, and writing requests send `csrf` as X-CSRF-Token."""

    user: User
    csrf: str
    expires_at: Moment


class Address(Sent):
    """Where a letter goes."""

    email: str = Field(max_length=300, examples=["broker@example.org"])


class NewPassword(Sent):
    """What came by letter, and the password to set."""

    secret: str = Field(
        max_length=200, description="信中链接 # 之后的部分。What follows # in the letter.", examples=["…"]
    )
    password: str = Field(max_length=400, examples=["seven unrelated words"])


class TokenWanted(Sent):
    """A token to make."""

    name: str = Field(min_length=1, max_length=100, examples=["夜间同步"])
    scopes: list[Scope] = Field([Scope.READ], min_length=1, max_length=3)
    days: int = Field(90, ge=1, le=400)


class TokenShown(BaseModel):
    """A token without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment

    @classmethod
    def of(cls, token: Token) -> TokenShown:
        """What may be shown of a token."""
        return cls.model_validate(token, from_attributes=True)


class TokenMade(TokenShown):
    """A new token with its secret, which is told this once."""

    secret: str


@router.post("/session", status_code=201)
def sign_in(credentials: Credentials, parts: Parts, request: Request, response: Response, now: Now) -> SessionOpened:
    """Open a session. Five failures of an account from one address make it wait there for a quarter of an hour."""
    opened = signing.signed_in(request, parts, credentials.email, credentials.password, now)
    signing.hand_over(response, request, parts, opened)
    return SessionOpened(user=User.of(opened.account), csrf=opened.csrf, expires_at=opened.expires_at)


@router.delete("/session", status_code=204)
def sign_out(parts: Parts, request: Request, response: Response, _actor: Acting, now: Now) -> None:
    """End the session."""
    signing.sign_out(response, request, parts, now)


@router.get("/me")
def me(actor: Acting) -> User:
    """Who is signed in."""
    return User.of(actor.account)


@router.post("/password-letters", status_code=202)
def ask_for_password(wanted: Address, parts: Parts, request: Request, background: BackgroundTasks, now: Now) -> None:
    """Send a letter by which a password can be set. The answer does not tell whether the address has an account."""
    signing.ask_for_letter(request, parts, background, wanted.email, now)


@router.post("/password", status_code=204)
def set_password(new: NewPassword, parts: Parts, now: Now) -> None:
    """Set a password with what came by letter; all sessions and tokens of the account end."""
    signing.set_password(parts, new.secret, new.password, now)


@router.get("/tokens")
def list_my_tokens(parts: Parts, actor: Acting) -> list[TokenShown]:
    """The tokens of one's own account."""
    return [TokenShown.of(token) for token in parts.access.tokens(actor.id)]


@router.post("/tokens", status_code=201)
def create_token(wanted: TokenWanted, parts: Parts, actor: Acting, now: Now, about: About) -> TokenMade:
    """Make a token for a machine. A token cannot give what it does not have itself, nor for longer."""
    scopes = [scope for scope in wanted.scopes if scope in actor.scopes]
    if len(scopes) < len(wanted.scopes):
        raise Refused(
            HTTPStatus.FORBIDDEN,
            Said("令牌不能超出自身权限。", "A token cannot give more than it has."),
            Said(
                f"可给：{'、'.join(sorted(actor.scopes))}。其他权限请用 POST /v1/session 登录后新建。",
                f"It may give {', '.join(sorted(actor.scopes))}. For others, sign in with POST /v1/session.",
            ),
        )
    lasts = timedelta(days=wanted.days)
    token, secret = parts.access.add_token(actor.account, wanted.name, scopes, lasts, now, actor.until)
    about("tokens", token.id)
    return TokenMade(**TokenShown.of(token).model_dump(), secret=secret)


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(token_id: Annotated[str, Path(max_length=100)], parts: Parts, actor: Acting) -> None:
    """Take a token back."""
    if not parts.access.revoke(actor.id, token_id):
        raise Refused(HTTPStatus.NOT_FOUND, Said("没有这个令牌。", "There is no such token."))
