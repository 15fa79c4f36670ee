"""`matcher account …`: people who use the service, and their machines."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from matcher.cli.session import Json, Session
from matcher.domain.accounts import Account, Organisation, Role, Scope
from matcher.errors import AccountError
from matcher.wording import Language, Said

app = typer.Typer(
    help="服务的账户、机构与令牌。Accounts, organisations and tokens of the service.", no_args_is_help=True
)

Email = Annotated[str, typer.Argument(help="邮箱。The e-mail address.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读取密码。Read the password from standard input.")
]


@app.command()
def create(
    email: Email,
    role: Annotated[Role, typer.Option("--role", help="角色。The role.")],
    name: Annotated[str, typer.Option("--name", help="姓名。The person's name.")] = "",
    organisation: Annotated[str, typer.Option("--organisation", help="机构编号。Id of the organisation.")] = "",
    language: Annotated[Language, typer.Option("--language", help="zh 或 en。")] = Language.ZH,
    *,
    password_stdin: FromInput = False,
    json: Json = False,
) -> None:
    """新建账户；没有默认密码。Make an account; there is no default password."""
    with Session() as session:
        typed = _password(from_input=password_stdin)
        with session.noted("create_user") as about:
            account = session.installation.people.create(
                email,
                name,
                role,
                datetime.now(UTC),
                organisation_id=organisation,
                language=language,
                password=typed,
            )
            about("users", account.id)
        _show(session, account, json=json)


@app.command()
def password(email: Email, *, password_stdin: FromInput = False) -> None:
    """设置密码，并结束该账户的所有登录和令牌。Set a password; all sessions and tokens of the account end."""
    with Session() as session:
        people, typed = session.installation.people, _password(from_input=password_stdin)
        with session.noted("set_password") as about:
            account = people.by_email(email)
            people.set_password(account.id, typed)
            about("users", account.id)
        session.screen.note(Said("密码已设置。", "The password is set."))


@app.command("list")
def list_(*, json: Json = False) -> None:
    """列出账户。List the accounts."""
    with Session() as session:
        found = session.installation.people.all()
        if json:
            session.screen.json([_account_json(each) for each in found])
            return
        if not found:
            session.screen.note(
                Said("还没有账户：matcher account create …", "No account yet: matcher account create …")
            )
            return
        rows = [
            [each.email, each.name, each.role.said.to(session.screen.language), each.organisation_id, _state(each)]
            for each in found
        ]
        titles = session.screen.say("邮箱,姓名,角色,机构,状态", "e-mail,name,role,organisation,state").split(",")
        session.screen.show(session.screen.table(titles, rows))


@app.command()
def token(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="用途。What it is for.")],
    scope: Annotated[list[Scope] | None, typer.Option("--scope", help="权限，可多次；默认 read。Repeatable.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="有效天数。How long it lasts.")] = 90,
) -> None:
    """新建令牌，只显示这一次。Make a token for a machine; it is shown this once."""
    with Session() as session:
        scopes = tuple(scope or [Scope.READ])
        access, now = session.installation.access, datetime.now(UTC)
        with session.noted("create_token") as about:
            account = session.installation.people.by_email(email)
            made, secret = access.add_token(account, name, scopes, timedelta(days=days), now)
            about("users", account.id, "tokens", made.id)
        session.screen.print(secret)


@app.command()
def organisation(
    organisation_id: Annotated[str, typer.Argument(metavar="ID", help="机构编号。Its id.")],
    name: Annotated[str, typer.Option("--name", help="机构名称。Its name.")],
    institution: Annotated[
        list[str] | None, typer.Option("--institution", help="成果中的完成单位写法，可多次。As results write it.")
    ] = None,
    incubator: Annotated[list[str] | None, typer.Option("--incubator", help="载体编号。Its carriers.")] = None,
    fund: Annotated[list[str] | None, typer.Option("--fund", help="基金编号。Its funds.")] = None,
) -> None:
    """新建机构及其名下的单位、载体、基金。Add an organisation and what is its own."""
    with Session() as session:
        with session.noted("create_organisation") as about:
            session.installation.people.found(
                Organisation(
                    id=organisation_id,
                    name=name,
                    institutions=tuple(institution or ()),
                    incubator_ids=tuple(incubator or ()),
                    fund_ids=tuple(fund or ()),
                )
            )
            about("organisations", organisation_id)
        session.screen.note(Said(f"已新建机构 {organisation_id}。", f"The organisation {organisation_id} was added."))


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise AccountError(
            Said("没有终端可以输入密码。", "There is no terminal to type a password at."),
            Said("请加 --password-stdin。", "Add --password-stdin."),
        )
    return str(typer.prompt("密码 / password", hide_input=True, confirmation_prompt=True))


def _show(session: Session, account: Account, *, json: bool) -> None:
    if json:
        session.screen.json(_account_json(account))
        return
    role = account.role.said
    session.screen.note(
        Said(f"已新建账户 {account.email}（{role.zh}）。", f"The account {account.email} ({role.en}) was made.")
    )


def _account_json(account: Account) -> dict[str, object]:
    return asdict(account) | {"created_at": account.created_at.isoformat()}


def _state(account: Account) -> str:
    return "✓" if account.active else "—"
