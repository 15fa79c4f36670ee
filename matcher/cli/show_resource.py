"""Shared resources as lists for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matcher.cli.console import Screen
from matcher.cli.show import mark
from matcher.domain.matches import State, Verdict
from matcher.domain.records import Kind, name_of
from matcher.domain.registers import OwnerKind, Resource, ResourceKind
from matcher.plain.matches import verdict_json
from matcher.ranking.offers import NAMES
from matcher.services.resource_search import Found
from matcher.services.sharing import Fit, Need
from matcher.wording import Said

Hit = tuple[Resource, float, tuple[Verdict, ...]]
FACET_NAMES = {
    "kind": Said("类型", "kind"),
    "owner": Said("开放单位", "owner"),
    "region": Said("地区", "region"),
    "industry": Said("行业", "industry"),
}
GROUPS = {
    Kind.ACHIEVEMENTS: Said("成果", "Results"),
    Kind.PROJECTS: Said("项目", "Projects"),
    Kind.INCUBATORS: Said("载体", "Carriers"),
}
NOTHING = Said("没有相合的资源。", "No resource goes with it.")


def resource_json(resource: Resource, names: Mapping[str, str]) -> dict[str, Any]:
    """A resource as the viewer may know it."""
    return {
        "id": resource.id,
        "name": resource.name,
        "kind": resource.kind.value,
        "owner": resource.owner,
        "owner_kind": resource.owner_kind,
        "region": resource.region,
        "industry": list(resource.industry),
        "terms": resource.terms,
        "fee": resource.fee,
        "open_to": [{"id": each, "name": names.get(each)} for each in resource.open_to],
        "available_from": resource.available_from,
        "available_until": resource.available_until,
        "contact": resource.contact,
    }


def search_json(found: Found, hits: Sequence[Hit], names: Mapping[str, str], query: str, day: date) -> dict[str, Any]:
    """The hits, the facets with counts, and the terms that nothing holds."""
    return {
        "query": query,
        "as_of": day,
        "total": len(found.hits),
        "hits": [
            resource_json(row, names) | {"score": score, "verdicts": [verdict_json(one) for one in verdicts]}
            for row, score, verdicts in hits
        ],
        "facets": found.facets,
        "unheard": list(found.unheard),
    }


def show_search(screen: Screen, found: Found, hits: Sequence[Hit], names: Mapping[str, str]) -> None:
    """The hits, then the facets."""
    for number, (row, _, verdicts) in enumerate(hits, 1):
        _show_resource(screen, f"{number:>2}  ", row)
        _show_verdicts(screen, verdicts)
        if row.open_to:
            only = screen.say("、", ", ").join(names.get(each, each) for each in row.open_to)
            screen.item("      · ", screen.say(f"只对 {only} 开放", f"open only to {only}"))
        _show_terms(screen, row)
    if not hits:
        screen.note(Said("没有找到共享资源。", "No shared resource was found."))
    if found.unheard:
        terms = screen.say("、", ", ").join(found.unheard)
        screen.note(Said(f"没有资源提到：{terms}", f"no resource speaks of: {terms}"))
    if found.hits:
        screen.print()
    for name, counts in found.facets.items() if found.hits else ():
        told = screen.say("，", ", ").join(f"{_label(screen, name, value)} {count}" for value, count in counts.items())
        screen.item(f"{FACET_NAMES[name].to(screen.language)}{screen.say('：', ': ')}", told or "—")


def needed_json(need: Need, fits: Sequence[Fit], names: Mapping[str, str], k: int, day: date) -> dict[str, Any]:
    """The resources a need may use, and better or equal ones that it may not, with the reason."""
    usable, closed = _split(fits, k)
    return {
        "id": need.id,
        "name": name_of(need),
        "as_of": day,
        "fits": [resource_json(one.resource, names) | _fit_json(one) for one in usable],
        "closed": [resource_json(one.resource, names) | _fit_json(one) for one in closed],
    }


def _split(fits: Sequence[Fit], k: int) -> tuple[list[Fit], list[Fit]]:
    """The k best that may be used, and what stood before the last of them and may not."""
    usable = [one for one in fits if one.usable][:k]
    last = usable[-1].score if len(usable) == k else float("-inf")
    return usable, [one for one in fits if not one.usable and one.score >= last][:k]


def _fit_json(one: Fit) -> dict[str, Any]:
    verdicts = (*((one.step,) if one.step else ()), *one.verdicts)
    return {
        "score": one.score,
        "usable": one.usable,
        "components": [
            {"name": part.name, "value": part.value, "contribution": part.contribution} for part in one.components
        ],
        "reasons": [
            {"zh": reason.said.zh, "en": reason.said.en, "evidence": reason.evidence} for reason in one.reasons
        ],
        "verdicts": [verdict_json(verdict) for verdict in verdicts],
    }


def show_needed(screen: Screen, need: Need, fits: Sequence[Fit], k: int, day: date, *, why: bool) -> None:
    """What a need may use, then what it may not and why."""
    usable, closed = _split(fits, k)
    screen.print((name_of(need), "bold"), f"  {need.id}{_readiness(screen, need)}   {day}")
    for number, one in enumerate(usable, 1):
        _show_fit(screen, f"{number:>2}  ", one, why=why)
        _show_terms(screen, one.resource)
    if not usable:
        screen.note(NOTHING)
    if closed:
        screen.print((screen.say("相合，但现在不能用", "They go with it but cannot be used now"), "bold"))
    for one in closed:
        _show_fit(screen, " –  ", one, why=why)


def _show_fit(screen: Screen, lead: str, one: Fit, *, why: bool) -> None:
    _show_resource(screen, lead, one.resource)
    _show_reasons(screen, one, why=why)


def _show_reasons(screen: Screen, one: Fit, *, why: bool) -> None:
    for reason in one.reasons:
        screen.item("      · ", reason.said.to(screen.language))
    if one.step and one.step.state is State.PASS:
        basis, trl = one.step.basis, getattr(one.need, "trl", None)
        told = screen.say(f"就绪度 {trl}，常用于{basis.name.zh}", f"TRL {trl}: the step of {basis.name.en}")
        screen.item("      · ", f"{told}{screen.say('（推定）', ' (inferred)')}")
    _show_verdicts(screen, one.verdicts)
    if why:
        parts = ", ".join(
            f"{NAMES[part.name].to(screen.language)} {part.contribution:+.2f}"
            for part in one.components
            if part.contribution
        )
        screen.item("      = ", f"{one.score:.2f}{screen.say('：', ': ')}{parts}")


def _show_verdicts(screen: Screen, verdicts: Sequence[Verdict]) -> None:
    for one in verdicts:
        change = f" → {one.change.to(screen.language)}" if one.change else ""
        screen.item(f"      {mark(one)} ", f"{one.said.to(screen.language)}{change}")


def users_json(
    resource: Resource, groups: Mapping[Kind, Sequence[Fit]], names: Mapping[str, str], day: date
) -> dict[str, Any]:
    """Who could need a resource, by table."""
    return {
        "resource": resource_json(resource, names),
        "as_of": day,
        **{
            kind.value: [{"id": one.need.id, "name": name_of(one.need)} | _fit_json(one) for one in fits]
            for kind, fits in groups.items()
        },
    }


def show_users(
    screen: Screen, resource: Resource, groups: Mapping[Kind, Sequence[Fit]], day: date, *, why: bool
) -> None:
    """Who could need a resource: results, projects, carriers."""
    _show_resource(screen, "", resource)
    _show_terms(screen, resource)
    for kind, fits in groups.items():
        screen.print((GROUPS[kind].to(screen.language), "bold"))
        if not fits:
            screen.print("   —")
        for number, one in enumerate(fits, 1):
            screen.print(
                f"{number:>2}  ", (name_of(one.need), "bold"), f"  {one.need.id}{_readiness(screen, one.need)}"
            )
            _show_reasons(screen, one, why=why)


def _show_resource(screen: Screen, lead: str, row: Resource) -> None:
    about = [_label(screen, "kind", row.kind.value), row.owner, row.region.replace("/", " ")]
    screen.print(lead, (row.name, "bold"), f"  {row.id}   {' · '.join(part for part in about if part)}")


def _show_terms(screen: Screen, row: Resource) -> None:
    told = [
        f"{label.to(screen.language)}{screen.say('：', ': ')}{text}"
        for label, text in (
            (Said("条件", "terms"), row.terms),
            (Said("收费", "fee"), row.fee),
            (Said("联系", "contact"), row.contact),
        )
        if text
    ]
    if told:
        screen.item("      ", screen.say("；", "; ").join(told))


def _label(screen: Screen, facet: str, value: str) -> str:
    if facet == "kind":
        return screen.say(ResourceKind(value).label, value.replace("_", " "))
    if facet == "owner":
        return screen.say(OwnerKind(value).label, value)
    return value.rsplit("/", 1)[-1]


def _readiness(screen: Screen, need: Need) -> str:
    trl = getattr(need, "trl", None)
    return screen.say(f"   就绪度 {trl}", f"   TRL {trl}") if trl else ""
