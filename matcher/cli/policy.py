"""`matcher policy`: the rules, a carrier's criteria, a project's priority, the gaps of industry chains."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from matcher.cli import filings, grants, show_policy
from matcher.cli.session import DAYS, Json, Session, View, Why, day_of
from matcher.cli.show_gaps import show_gaps
from matcher.domain.visibility import Viewer
from matcher.plain.chain_gaps import gaps_json
from matcher.plain.rules import criteria_json, priority_json, rule_json
from matcher.policy.carriers import Target

app = typer.Typer(
    name="policy",
    help="政策规则：条件核对、优先级、产业链缺口、奖补、服务备案、规则清单。Policy rules and what follows from them.",
    no_args_is_help=True,
)

AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=DAYS, help="按事件发生日选取规则版本，默认今天。The day that picks the version."),
]


@app.command()
def rules(as_of: AsOf = None, *, json: Json = False) -> None:
    """列出规则及条款、来源、可信度、效力。List the rules with clause, source, confidence and effect."""
    with Session() as session:
        book = session.installation.rulebook
        day = as_of.date() if as_of else None
        found = [rule for rule in book.rules.values() if day is None or rule.in_force(day)]
        if json:
            session.screen.json([rule_json(book, rule) for rule in found])
        else:
            show_policy.show_rules(session.screen, book, found)


@app.command()
def criteria(
    carrier_id: Annotated[str, typer.Argument(metavar="ID", help="载体编号或全称。A carrier: its id or name.")],
    to: Annotated[
        Target | None, typer.Option("--to", help="目标级别，默认下一级。The level aimed at; default: the next.")
    ] = None,
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    remote_area: Annotated[
        bool, typer.Option("--remote-area", help="按艰苦边远地区减免计算。Grant the relief of remote areas.")
    ] = False,
    json: Json = False,
) -> None:
    """对照下一级条件：达标项、差距、缺失信息，以及在孵项目的链条路径。Criteria and gaps for the next level."""
    with Session() as session:
        day = day_of(as_of)
        policy = session.installation.policy
        found = policy.criteria(carrier_id, to, viewer, day, remote=remote_area)
        if json:
            session.screen.json(criteria_json(policy.book, found, day, remote=remote_area))
        else:
            show_policy.show_criteria(session.screen, policy.book, found, day, remote=remote_area)


@app.command()
def priority(
    project_id: Annotated[str, typer.Argument(metavar="ID", help="项目编号。A project.")],
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """项目对各基金的优先级和资格，以及初创科技型企业核对。Tiers, eligibility and start-up status of a project."""
    with Session() as session:
        day = day_of(as_of)
        policy = session.installation.policy
        found = policy.priority(project_id, viewer, day)
        if json:
            session.screen.json(priority_json(policy.book, found, day))
        else:
            show_policy.show_priority(session.screen, policy.book, found, day)


@app.command(name="chain-gaps")
def chain_gaps(
    industry: Annotated[
        str | None, typer.Option("--industry", help="只看一个产业或其中一部分，默认全部。One industry or part of one.")
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="只计该地区的载体和项目。Only carriers and projects of a region.")
    ] = None,
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    top: Annotated[int, typer.Option("-k", min=1, help="每个环节列几项可补成果。Results to fill a node.")] = 3,
    *,
    why: Why = False,
    json: Json = False,
) -> None:
    """产业链各环节的成果、载体、项目、基金和缺口，以及可补的成果。The nodes of industry chains, and what is missing."""
    with Session() as session:
        day = day_of(as_of)
        gaps = session.installation.chain_gaps
        head = {"as_of": day, "viewer": str(viewer), "region": region}
        found = gaps.report(industry, viewer, day, region)
        if json:
            session.screen.json(head | gaps_json(gaps.book, gaps.chains, found))
        else:
            show_gaps(session.screen, gaps.book, gaps.chains, found, f"{day} {region or ''}", top=top, why=why)


app.add_typer(grants.app, name="grants")
app.add_typer(filings.app, name="filings")
