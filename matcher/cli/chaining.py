"""`matcher chain`: result → carrier → fund as paths for people and as JSON for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli import show
from matcher.cli.console import Screen
from matcher.cli.session import Json, Number, Session, Today, View, Why, day_of
from matcher.domain.chances import percent
from matcher.domain.matches import Match
from matcher.domain.records import name_of
from matcher.domain.visibility import Viewer
from matcher.plain.chains import chains_json
from matcher.ranking.paths import Chain, Chains, Undertaken
from matcher.wording import Said

HAS_STATE = {"accepted": "✓", "in_talks": "…", "rejected": "✗"}


def chain(
    record_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="成果编号。A result.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="一段描述，代替编号。A description instead.")] = None,
    fund: Annotated[
        str | None, typer.Option("--fund", help="从基金一侧看：基金编号。From a fund's side: its id.")
    ] = None,
    k: Number = 5,
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    *,
    why: Why = False,
    json: Json = False,
) -> None:
    """成果 → 载体 → 基金，整条推荐，并指出最弱一环。Whole paths result → carrier → fund, with the weakest link."""
    text = text.strip() if text else None
    if sum(bool(given) for given in (record_id, text, fund)) != 1:
        raise typer.BadParameter("请给出编号、--text、--fund 之一。Give an id, --text or --fund, one of the three.")
    day = day_of(today)
    with Session() as session:
        with session.busy():
            chaining = session.installation.chaining
            if fund:
                found = chaining.to_fund(fund, k, viewer, day)
            elif text:
                found = chaining.of_text(text, k, viewer, day)
            else:
                found = chaining.of_result(str(record_id), k, viewer, day)
        if json:
            session.screen.json(chains_json(found, full=why))
        else:
            _show(session.screen, found, named=fund is not None, why=why)
        _show_passed_over(session.screen, found, from_fund=fund is not None)


def _show(screen: Screen, found: Chains, *, named: bool, why: bool) -> None:
    for project in found.undertaken:
        _show_undertaken(screen, project)
    for number, one in enumerate(found.paths, 1):
        _show_path(screen, number, one, named=named, why=why)
    if not found.paths and not found.undertaken:
        screen.note(
            Said("没有可走通的路径：两环都要有符合条件的一方。", "No path: each link needs somebody who is eligible.")
        )


def _show_undertaken(screen: Screen, one: Undertaken) -> None:
    """A project that exists, who took it, and who may."""
    head = screen.say("已落地", "exists")
    carrier = one.carrier.name if one.carrier else screen.say("未填载体", "no carrier told")
    screen.print(f" ●  {head}  {carrier} → ", (one.project.name, "bold"), f"  {one.project.id}")
    for name, verdict in one.decided:
        screen.item(f"      {HAS_STATE[str(verdict.value)]} ", f"{name}：{verdict.said.to(screen.language)}")
    for match in one.funds:
        lead = screen.say("可推荐", "may follow")
        screen.item("      → ", f"{lead} {match.name}  {match.id}   {percent(match.probability)}")


def _show_path(screen: Screen, number: int, one: Chain, *, named: bool, why: bool) -> None:
    tier = screen.say(f" · 优先 {one.fund.tier}", f" · tier {one.fund.tier}") if one.fund.tier else ""
    screen.print(
        f"{number:>2}  ",
        f"{name_of(one.result)}  {one.result.id} → " if named else "",
        (one.carrier.name, "bold"),
        f"  {one.carrier.id} → ",
        (one.fund.name, "bold"),
        f"  {one.fund.id}   {_small(one.probability)}{tier}",
    )
    first = screen.say("已承接", "taken") if one.taken else percent(one.carrier.probability)
    _show_link(screen, screen.say(f"载体 {first}", f"carrier {first}"), one.carrier, why=why)
    stage = screen.say(f"以{one.stage.label}计", f"as {one.stage.value}")
    chance = percent(one.fund.probability)
    _show_link(screen, screen.say(f"基金 {chance}（{stage}）", f"fund {chance} ({stage})"), one.fund, why=why)
    which = screen.say("载体", "carrier") if one.weakest is one.carrier else screen.say("基金", "fund")
    told = screen.say("；", "; ").join(said.to(screen.language) for said in one.strengthening[: None if why else 2])
    screen.item(
        "      ? ", f"{screen.say('最弱一环', 'weakest link')} {which}{screen.say('：', ': ') if told else ''}{told}"
    )


def _show_link(screen: Screen, lead: str, match: Match, *, why: bool) -> None:
    # The tier stands beside the path already.
    telling = [reason for reason in match.reasons if why or reason.evidence != "priority"] or match.reasons
    for place, reason in enumerate(telling if why else telling[:1]):
        said = reason.said.to(screen.language)
        screen.item("      · ", (f"{lead}  " if place == 0 else "") + (said if why else show.shortened(said)))
    for warning in (verdict for verdict in match.verdicts if verdict.warns):
        screen.item("      ! ", warning.said.to(screen.language))


def _show_passed_over(screen: Screen, found: Chains, *, from_fund: bool) -> None:
    end = Said("成果", "results") if from_fund else Said("基金", "funds")
    pairs = Said("成果与载体", "results with carriers") if from_fund else Said("载体", "carriers")
    for who, refused in ((pairs, found.carriers_refused), (end, found.ends_refused)):
        if refused:
            names = show.rule_counts(refused)
            screen.note(Said(f"不符合条件的{who.zh}：{names.zh}", f"{who.en} not eligible: {names.en}"))
    if found.held_back:
        held = found.held_back
        screen.note(Said(f"同一方已占足名额，另有 {held} 条未列", f"{held} more left out: one side fills its share"))
    if found.results > found.considered:
        few, all_ = found.considered, found.results
        screen.note(
            Said(f"考虑了最接近的 {few} 项成果（共 {all_} 项）", f"the nearest {few} of {all_} results considered")
        )


def _small(probability: float) -> str:
    """A product of probabilities is small; a tenth of one per cent still tells paths apart."""
    return percent(probability) if probability >= 0.01 else f"{max(probability, 0.001):.1%}"
