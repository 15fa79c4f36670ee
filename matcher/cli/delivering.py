"""`matcher digest send`, and what belongs to it: letters that came back, addresses that get none, keys of links."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated

import typer

from matcher.appearing import appearing
from matcher.cli.console import Screen
from matcher.cli.digest import Account, At
from matcher.cli.session import Json, Session
from matcher.domain.deliveries import Suppression
from matcher.domain.digests import Silence
from matcher.domain.filenames import safe_name
from matcher.domain.weeks import Week
from matcher.plain.deliveries import delivery_json, suppression_json
from matcher.services.delivery.letter import Written
from matcher.services.delivery.tally import Sent, Skipped
from matcher.wording import Said

suppress = typer.Typer(help="停发名单。Addresses that get no mail.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="EMAIL", help="邮箱地址。An e-mail address.")]
WHY = {str(word): word.said for words in (Silence, Skipped) for word in words}


def send(
    week: Annotated[
        Week | None,
        typer.Option(
            "--week", parser=Week, metavar="YYYY-Www", help="ISO 周，默认本周。The ISO week; default: this one."
        ),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试算，不发送。Tell what would be sent.")] = False,
    json: Json = False,
) -> None:
    """发送一周的简报；可随时重复执行，已发的不再发。Send a week's digests; run again, it does what is still to do."""
    with Session() as session:
        this = week or Week.of(datetime.now(UTC).astimezone().date())
        with session.busy():
            sending = session.installation.sending
            sent = sending.rehearse(this) if dry_run else sending.run(this, session.telling)
        if json:
            session.screen.json(sent.to_json())
        else:
            _show(session.screen, sent, dry_run=dry_run)
        if sent.closed is not None:
            session.screen.error(sent.closed)
            raise typer.Exit(1)


def letter(
    week: At,
    out: Annotated[Path, typer.Option("--out", help="写入的文件夹，每人一个 .html。A folder; one .html for each.")],
    account: Account = "",
    *,
    json: Json = False,
) -> None:
    """预览将要寄出的信，不发送。What the letters will look like; nothing is sent."""
    with Session() as session:
        parts, now, written = session.installation, datetime.now(UTC), {}
        out.mkdir(parents=True, exist_ok=True)
        for one in parts.digests.of_week(week, account):
            found = parts.preview.of(one, now)
            if isinstance(found, Written):
                path = out / safe_name(f"{week}-{parseaddr(found.letter.to)[1]}.html")
                with appearing(path) as file:
                    file.write(found.letter.html.encode())
                written[one.account_id] = str(path)
        if json:
            session.screen.json(written)
            return
        for name in written.values():
            session.screen.print(name)
        if not written:
            session.screen.note(Said(f"{week} 没有要寄的信。", f"No letter is to be sent for {week}."))


def deliveries(week: At, *, json: Json = False) -> None:
    """一周的每次发送与结果。Every delivery of a week and every attempt."""
    with Session() as session:
        found = session.installation.sending.log(week)
        if json:
            session.screen.json([delivery_json(one, attempts) for one, attempts in found])
            return
        if not found:
            session.screen.note(Said(f"{week} 没有发送记录。", f"There are no deliveries of {week}."))
        for one, attempts in found:
            said = one.state.said.to(session.screen.language)
            why = f"（{WHY[one.withheld].to(session.screen.language)}）" if one.withheld in WHY else ""
            session.screen.print(f"{one.account_id}  {one.way.said.to(session.screen.language)}  ", (said, "bold"), why)
            for attempt in attempts:
                at = attempt.at.astimezone().strftime("%m-%d %H:%M:%S")
                session.screen.item(f"    {attempt.number}  {at}  ", f"{attempt.outcome or '…'}  {attempt.said}")


def bounces(
    path: Annotated[Path, typer.Argument(help="退信文件或文件夹（.eml、.csv）。Reports: files or a folder.")],
    *,
    trust: Annotated[
        bool, typer.Option("--trust", help="不含原信编号的退信也采信。Believe reports without our letter's id, too.")
    ] = False,
    json: Json = False,
) -> None:
    """读入退信和投诉，把失效地址列入停发名单。Read bounces and complaints; addresses that are gone get no more mail."""
    with Session() as session:
        taken = session.installation.bounces.take(path, datetime.now(UTC), trusting=trust)
        screen = session.screen
        if json:
            screen.json(taken.to_json())
            return
        screen.print(
            screen.say(
                f"{taken.files} 个文件：新退信 {taken.new}，已知 {taken.known}，未采信 {taken.foreign}。",
                f"{taken.files} files: {taken.new} new bounces, {taken.known} known, {taken.foreign} not believed.",
            )
        )
        for address in taken.suppressed:
            screen.item("  ✗ ", address)
        if taken.unread:
            names = ", ".join(taken.unread)
            screen.note(Said(f"无法使用：{names}", f"Of no use: {names}"))


def links(
    *,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="已发出的链接立即失效。Links that are out end at once.")
    ] = False,
) -> None:
    """更换信中链接的签名密钥；已发链接再有效 90 天。Sign links with a new key; those that are out work for 90 days."""
    with Session() as session:
        with session.noted("rotate_links"):
            session.installation.links.rotate(datetime.now(UTC), at_once=at_once)
        session.screen.print(session.screen.say("已更换密钥。", "Links are signed with a new key."))


@suppress.command("list")
def list_(*, json: Json = False) -> None:
    """停发名单。The list."""
    with Session() as session:
        found = session.installation.suppressing.all()
        if json:
            session.screen.json([suppression_json(one) for one in found])
            return
        if not found:
            session.screen.note(Said("名单为空。", "The list is empty."))
        for one in found:
            _show_one(session.screen, one)


@suppress.command()
def add(
    address: Address,
    note: Annotated[str, typer.Option("--note", help="原因。Why.")] = "",
    *,
    json: Json = False,
) -> None:
    """列入停发名单。Put an address on the list."""
    with Session() as session:
        with session.noted("suppress_address"):  # whose it is stands in the list, which can be erased
            added = session.installation.suppressing.add(address, note, datetime.now(UTC))
        _tell(session.screen, added, json=json)


@suppress.command()
def remove(address: Address, *, json: Json = False) -> None:
    """从名单中移出，此前的退信不再计算。Take an address off the list; its bounces count no longer."""
    with Session() as session:
        with session.noted("allow_address"):
            removed = session.installation.suppressing.remove(address)
        _tell(session.screen, removed, json=json)


def _tell(screen: Screen, one: Suppression, *, json: bool) -> None:
    if json:
        screen.json(suppression_json(one))
    else:
        _show_one(screen, one)


def _show_one(screen: Screen, one: Suppression) -> None:
    since = one.since.astimezone().strftime("%Y-%m-%d")
    screen.print((one.address, "bold"), f"  {one.cause.said.to(screen.language)}  {since}  {one.note}")


def _show(screen: Screen, sent: Sent, *, dry_run: bool) -> None:
    if dry_run:
        screen.print(screen.say(f"将发 {sent.sent}；未发送任何邮件。", f"To be sent: {sent.sent}. Nothing was sent."))
    else:
        screen.print(screen.say(f"已发 {sent.sent}，失败 {sent.failed}。", f"Sent {sent.sent}, failed {sent.failed}."))
    for why, count in sent.skipped.items():
        screen.item("  · ", f"{WHY[why].to(screen.language) if why in WHY else why}  {count}")


def add_to(app: typer.Typer) -> None:
    """Make these commands a part of `matcher digest`."""
    app.command()(letter)
    app.command()(send)
    app.command()(deliveries)
    app.command()(bounces)
    app.command()(links)
    app.add_typer(suppress, name="suppress")
