"""What a fund holds already, beside a new project: a competitor is warned of, a complement named; none is scored.

Source of the plus for a carrier's own fund: 通创办发〔2023〕2号, 三(三): city funds support first what
carriers undertake; a fund that the very carrier runs is the shortest way. How near a competitor is, is a rule of
`data/policy/matching.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcher.domain.called import Called, naming
from matcher.domain.matches import Reason, State, Verdict
from matcher.domain.records import Fund, FundKind, Project, name_of
from matcher.domain.taxonomy import Taxonomy
from matcher.policy.pairs import Check, Holding, Pair, PairRule, Told
from matcher.text.words import fold
from matcher.wording import Said

RELATED = 0.1
"""Cosine from which two companies of neighbouring industries are told to complement each other; below, it is chance."""
LENDERS = frozenset({FundKind.GUARANTEE, FundKind.BANK})
"""They hold no shares, so that two competitors among their customers are no conflict."""
MOST = 2


def portfolio_competitor(pair: Pair, _: PairRule) -> Check:
    """The nearest companies of the fund that are of the project's industry; told when they are too near."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or pair.right.kind in LENDERS:
        return
    leaves = pair.industries.leaves
    ours = leaves(pair.left.industry) if pair.holdings else frozenset()
    for holding in _nearest([one for one in pair.holdings if ours & leaves(one.project.industry)]):
        name = name_of(holding.project)
        said = Said(
            f"已投企业《{name}》（{holding.taken_on}）与本项目同行业且内容相近，可能竞争",
            f"“{name}” in the portfolio ({holding.taken_on}) is of the same industry and close in content: "
            "it may compete",
        )
        change = Said("请与已投企业核实业务边界", "check with that company where the two meet")
        yield Told("portfolio_likeness", holding.similarity, said, change, holding.project.id, quiet=True)


def pluses(
    project: Project,
    fund: Fund,
    holdings: Sequence[Holding],
    verdicts: Sequence[Verdict],
    industries: Taxonomy,
    names: Called,
) -> Iterator[Reason]:
    """What of the fund's own house speaks for the project: it is its carrier's, or it holds what complements it.

    Who competes by the verdicts complements nothing; where as many compete as are told, nobody of their industry does.
    """
    if project.incubator_id and project.incubator_id == fund.managed_by_incubator_id:
        carrier = naming(names, project.incubator_id)
        said = Said(
            f"本载体基金：由项目所在载体{carrier.zh}管理", f"its own carrier's fund: run by the carrier{carrier.en}"
        )
        yield Reason(said, "own_carrier_fund")
    rivals = {one.value for one in verdicts if one.rule == portfolio_competitor.__name__ and one.state is State.FAIL}
    crowded = len(rivals) >= MOST
    others = [one for one in holdings if one.project.id not in rivals]
    told = {
        one.project.id: how
        for one in others
        if not (crowded and _one_leaf(project, one.project, industries))
        and (how := _complement(project, one, industries, names))
    }
    for holding in _nearest([one for one in others if one.project.id in told]):
        yield Reason(told[holding.project.id], "portfolio_complement")


def _one_leaf(one: Project, other: Project, industries: Taxonomy) -> bool:
    return bool(industries.leaves(one.industry) & industries.leaves(other.industry))


def _complement(project: Project, holding: Holding, industries: Taxonomy, names: Called) -> Said | None:
    """How a company of the portfolio that does not compete goes with the project; None if it does not."""
    other, name = holding.project, name_of(holding.project)
    if project.incubator_id and project.incubator_id == other.incubator_id:
        carrier = naming(names, other.incubator_id)
        return Said(
            f"与已投企业《{name}》同在一家载体{carrier.zh}",
            f"with “{name}” of the portfolio in one carrier{carrier.en}",
        )
    if holding.similarity < RELATED or not industries.codes(project.industry) & industries.codes(other.industry):
        return None
    if not _one_leaf(project, other, industries):
        return Said(
            f"与已投企业《{name}》互补：同一产业的不同环节",
            f"complements “{name}” of the portfolio: another part of the same industry",
        )
    ours, theirs = ({fold(word) for word in one.keywords} for one in (project, other))
    if not ours or not theirs or ours & theirs:
        return None
    zh, en = "、".join(other.keywords[:3]), ", ".join(other.keywords[:3])
    return Said(
        f"与已投企业《{name}》互补：同行业而方向不同（对方做 {zh}）",
        f"complements “{name}” of the portfolio: the same industry, another part of it ({en})",
    )


def _nearest(holdings: Sequence[Holding]) -> list[Holding]:
    """Those worth naming: the nearest first, equals by id."""
    return sorted(holdings, key=lambda one: (-one.similarity, one.project.id))[:MOST]
