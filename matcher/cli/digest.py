"""`matcher digest …`: the digests of a week."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from matcher.cli import show_digest
from matcher.cli.session import DAYS, Json, Session
from matcher.domain.digests import Frequency, Topic
from matcher.domain.weeks import Week
from matcher.plain.digests import again_json, composed_json, digest_json, explained_json, report_json, settings_json
from matcher.services.digests.explaining import explain as explained
from matcher.store.versions import ANY

app = typer.Typer(
    help="每周简报：生成、查看、设置、解释。Weekly digests: composed, shown, set, explained.", no_args_is_help=True
)


def _week(text: str | Week) -> Week:
    """A week by its text."""
    try:
        return Week(text)
    except ValueError:
        raise typer.BadParameter(f"{text}（应如 2026-W47）。{text} is no week such as 2026-W47.") from None


At = Annotated[
    Week, typer.Option("--week", parser=_week, metavar="YYYY-Www", help="ISO 周，如 2026-W47。The ISO week.")
]
Account = Annotated[str, typer.Option("--account", help="邮箱或账户编号。An address or an account's id.")]
Seed = Annotated[int, typer.Option("--seed", help="随机数种子。The seed of chance.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只试算，不保存。Keep nothing.")]


@app.command()
def compose(
    week: At,
    seed: Seed = 0,
    *,
    dry_run: DryRun = False,
    anew: Annotated[bool, typer.Option("--anew", help="尚未发出时重新生成。Again, while nobody was told.")] = False,
    json: Json = False,
) -> None:
    """生成一周的简报：全体收件人一并优化。Compose the digests of a week, all of them together."""
    with Session() as session:
        with session.busy():
            composing = session.installation.composing
            made = composing.compose(
                week, datetime.now(UTC), seed=seed, dry_run=dry_run, anew=anew, tell=session.telling
            )
        if json:
            session.screen.json(composed_json(made))
        else:
            show_digest.show_composed(session.screen, made)


@app.command()
def show(
    week: At,
    account: Account = "",
    *,
    again: Annotated[
        bool, typer.Option("--again", help="仅凭存根重新生成并核对。Make it again from the receipt and compare.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="现在生成会是什么，不保存。As composed now; keep nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """查看一周的简报，或某个账户的。Show the digests of a week, or of one account."""
    if again and dry_run:
        raise typer.BadParameter("--again 与 --dry-run 只能选一个。Choose either --again or --dry-run.")
    with Session() as session:
        book, screen = session.installation.digests, session.screen
        if dry_run:
            with session.busy():
                composing = session.installation.composing
                tried = composing.compose(week, datetime.now(UTC), dry_run=True, tell=session.telling)
            found = book.among(tried.week.digests, week, account)
        else:
            found = book.of_week(week, account)
        if again:
            made = book.again(week)
            wanted = {one.account_id for one in found}
            found = [one for one in made.week.digests if one.account_id in wanted]
            if json:
                screen.json(again_json(made) | {"digests": [digest_json(one) for one in found]})
            else:
                show_digest.show_digests(screen, found)
                same = ("与当时逐字节相同", "the same, byte for byte") if made.same else ("与当时不同", "not the same")
                screen.print(screen.say(*same))
            raise typer.Exit(0 if made.same else 1)
        if json:
            screen.json([digest_json(one) for one in found])
        else:
            show_digest.show_digests(screen, found)


@app.command()
def settings(
    account: Annotated[str, typer.Argument(help="邮箱或账户编号。An address or an account's id.")],
    frequency: Annotated[Frequency | None, typer.Option("--frequency", help="频率。How often.")] = None,
    size: Annotated[int | None, typer.Option("--size", min=1, max=20, help="最多几条。Most items.")] = None,
    without: Annotated[
        list[Topic] | None, typer.Option("--without", help="不看的内容，可多次。Topics to leave out.")
    ] = None,
    quiet_until: Annotated[
        datetime | None, typer.Option("--quiet-until", formats=DAYS, help="静默至。Quiet until this day.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--everything", help="恢复全部内容。All topics again.")] = False,
    loud: Annotated[bool, typer.Option("--loud", help="取消静默。No longer quiet.")] = False,
    json: Json = False,
) -> None:
    """查看或修改某账户的简报设置。See or change how an account wants its digests."""
    with Session() as session:
        book = session.installation.digests
        kept = book.settings_of(book.account(account))
        if any(given is not None for given in (frequency, size, without, quiet_until)) or everything or loud:
            kept = book.change(
                kept.account_id,
                ANY,
                frequency=frequency or kept.frequency,
                size=size or kept.size,
                left_out=frozenset(without or ()) if without or everything else kept.left_out,
                quiet_until=None if loud else quiet_until.date() if quiet_until else kept.quiet_until,
            )
        if json:
            session.screen.json(settings_json(kept))
        else:
            show_digest.show_settings(session.screen, kept)


@app.command()
def explain(
    week: At,
    account: Annotated[str, typer.Option("--account", help="邮箱或账户编号。An address or an account's id.")],
    *,
    json: Json = False,
) -> None:
    """某份简报为何如此：全部候选、价值、未入选原因。Why a digest says what it says."""
    with Session() as session:
        found = explained(session.installation.digests, session.installation.database, week, account)
        if json:
            session.screen.json(explained_json(found))
        else:
            show_digest.show_explained(session.screen, found)


@app.command()
def report(
    week: At,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=520, help="回看几周。How many weeks back.")] = 26,
    seed: Seed = 0,
    *,
    json: Json = False,
) -> None:
    """简报带来了什么：点开、反馈、案件、结果，按排序器。What came of digests, by ranker: clicks, feedback, outcomes."""
    with Session() as session:
        found = session.installation.digest_report.report(week, weeks, seed)
        if json:
            session.screen.json(report_json(found))
        else:
            show_digest.show_report(session.screen, found)
