"""`matcher policy evaluate`: the classified evaluation of one carrier, or of all by class."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from matcher.cli import show_evaluation
from matcher.cli.session import DAYS, Json, Session, View, Why, day_of
from matcher.domain.visibility import Viewer
from matcher.plain.evaluation import evaluation_json

Seen = Annotated[
    datetime | None, typer.Option("--as-of", formats=DAYS, help="只看此日之前的事，默认今天。Look at nothing later.")
]


def evaluate(
    year: Annotated[int, typer.Option("--year", min=1990, max=2099, help="评价年度。The year evaluated.")],
    carrier_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="载体编号。A carrier.")] = None,
    as_of: Seen = None,
    viewer: View = Viewer.BROKERS,
    *,
    every: Annotated[bool, typer.Option("--all", help="全部载体，按类排名。All carriers, ranked by class.")] = False,
    why: Why = False,
    json: Json = False,
) -> None:
    """分类评价：内部得分、等级、同比、同类名次、动态管理建议。Classified evaluation of carriers."""
    if (carrier_id is None) != every:
        raise typer.BadParameter("请给出载体编号或 --all 之一。Give the id of a carrier or --all, one of the two.")
    with Session() as session:
        day, evaluating = day_of(as_of), session.installation.evaluating
        head = {"as_of": day, "viewer": str(viewer), "rules_version": evaluating.book.version}
        if carrier_id is not None:
            one = evaluating.evaluate(carrier_id, year, viewer, day)
            if json:
                session.screen.json(evaluation_json(one, evaluating.book) | head)
            else:
                show_evaluation.show_evaluation(session.screen, one, evaluating.book, why=why)
            return
        found = evaluating.all(year, viewer, day)
        if json:
            carriers = [evaluation_json(one, evaluating.book) for one in found]
            session.screen.json({"year": year} | head | {"kind": "internal", "carriers": carriers})
        else:
            show_evaluation.show_ranking(session.screen, found)
