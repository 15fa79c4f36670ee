"""`matcher resource search | for | users`: shared resources and who needs them."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli import show_resource
from matcher.cli.policy import AsOf
from matcher.cli.session import Json, Number, Session, View, Why, day_of
from matcher.domain.registers import OwnerKind, ResourceKind
from matcher.domain.visibility import Viewer
from matcher.services.resource_search import Filters

app = typer.Typer(
    help="共享资源：仪器、实验室、中试线、培训的检索和匹配。Shared resources: search, and who needs which.",
    no_args_is_help=True,
)


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="[QUERY]", help="检索词；不填则全部列出。What to look for.")] = "",
    kind: Annotated[ResourceKind | None, typer.Option("--kind", help="资源类型。The kind of resource.")] = None,
    region: Annotated[str, typer.Option("--region", help="所在地区。Where it is.")] = "",
    owner: Annotated[OwnerKind | None, typer.Option("--owner", help="开放单位的类型。Who opens it.")] = None,
    k: Number = 10,
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    json: Json = False,
) -> None:
    """按词检索共享资源，附分面计数。Search shared resources, with counts by facet."""
    with Session() as session:
        sharing, day = session.installation.sharing, day_of(as_of)
        found = sharing.search(query, Filters(kind, region, owner), viewer)
        hits = [(row, score, sharing.open_now(row, day)) for row, score in found.hits[:k]]
        names = sharing.carriers()
        if json:
            session.screen.json(show_resource.search_json(found, hits, names, query, day))
        else:
            show_resource.show_search(session.screen, found, hits, names)


@app.command("for")
def for_(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="成果、项目或载体编号。A result, project or carrier.")],
    k: Number = 5,
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    why: Why = False,
    json: Json = False,
) -> None:
    """它用得上哪些共享资源，为什么，能不能用。Which resources go with it, why, and whether it may use them."""
    with Session() as session:
        sharing, day = session.installation.sharing, day_of(as_of)
        with session.busy():
            need, fits = sharing.needed(record_id, viewer, day)
        if json:
            session.screen.json(show_resource.needed_json(need, fits, sharing.carriers(), k, day))
        else:
            show_resource.show_needed(session.screen, need, fits, k, day, why=why)


@app.command()
def users(
    resource_id: Annotated[str, typer.Argument(metavar="RESOURCE_ID", help="资源编号。A shared resource.")],
    k: Number = 5,
    as_of: AsOf = None,
    viewer: View = Viewer.BROKERS,
    *,
    why: Why = False,
    json: Json = False,
) -> None:
    """哪些成果、项目、载体用得上它。Which results, projects and carriers could need it."""
    with Session() as session:
        sharing, day = session.installation.sharing, day_of(as_of)
        with session.busy():
            resource, groups = sharing.users(resource_id, k, viewer, day)
        if json:
            session.screen.json(show_resource.users_json(resource, groups, sharing.carriers(), day))
        else:
            show_resource.show_users(session.screen, resource, groups, day, why=why)
