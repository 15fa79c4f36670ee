"""What a fund holds already, beside a new project: a competitor is warned of, a complement named; none is scored.

Source of the plus for a carrier's own fund: 通创办发〔2023〕2号, 三(三): city funds support first what
carriers undertake; a fund that the very carrier runs is the shortest way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.matches import Reason, State, Verdict
from matcher.domain.records import Fund, FundKind, Project, name_of
from matcher.domain.taxonomy import Taxonomy
from matcher.text.words import fold
from matcher.wording import Said

COMPETING = 0.35
"""Cosine around the mean from which two companies of one industry are taken for competitors: of pairs without a common
industry at most one in a hundred is that near (`python -m tests.benchmarks.competitors`)."""
RELATED = 0.1
"""Cosine from which two companies of neighbouring industries are told to complement each other; below, it is chance."""
LENDERS = frozenset({FundKind.GUARANTEE, FundKind.BANK})
"""They hold no shares, so that two competitors among their customers are no conflict."""
MOST = 2


@dataclass(frozen=True, slots=True)
class Holding:
    """A company the fund took on, and how near its text is to the new project's (cosine around the mean)."""

    project: Project
    taken_on: date
    similarity: float


def competitors(project: Project, fund: Fund, holdings: Sequence[Holding], industries: Taxonomy) -> Iterator[Verdict]:
    """A warning for each of the nearest companies in the portfolio that do the same; it never excludes."""
    rivals = [one for one in holdings if _competes(project, fund, one, industries)]
    for holding in sorted(rivals, key=_nearness)[:MOST]:
        name = name_of(holding.project)
        yield Verdict(
            "portfolio_competitor",
            State.FAIL,
            Said(
                f"已投企业《{name}》（{holding.taken_on}）与本项目同行业且内容相近，可能竞争",
                f"“{name}” in the portfolio ({holding.taken_on}) is of the same industry and close in content: "
                "it may compete",
            ),
            Said("请与已投企业核实业务边界", "check with that company where the two meet"),
            value=holding.project.id,
            threshold=COMPETING,
            margin=COMPETING - holding.similarity,
            effect="warn",
        )


def pluses(project: Project, fund: Fund, holdings: Sequence[Holding], industries: Taxonomy) -> Iterator[Reason]:
    """What of the fund's own house speaks for the project: it is its carrier's, or it holds what complements it."""
    if project.incubator_id and project.incubator_id == fund.managed_by_incubator_id:
        carrier = project.incubator_id
        said = Said(f"本载体基金：由项目所在载体 {carrier} 管理", f"its own carrier's fund: run by {carrier}")
        yield Reason(said, "own_carrier_fund")
    told = ((one, _complement(project, fund, one, industries)) for one in holdings)
    named = [(one, how) for one, how in told if how is not None]
    for _, how in sorted(named, key=lambda pair: _nearness(pair[0]))[:MOST]:
        yield Reason(how, "portfolio_complement")


def _competes(project: Project, fund: Fund, holding: Holding, industries: Taxonomy) -> bool:
    if fund.kind in LENDERS or holding.similarity < COMPETING:
        return False
    return bool(industries.leaves(project.industry) & industries.leaves(holding.project.industry))


def _complement(project: Project, fund: Fund, holding: Holding, industries: Taxonomy) -> Said | None:
    """How a company of the portfolio goes with the project; None if it does not, or competes."""
    if _competes(project, fund, holding, industries):
        return None
    other, name = holding.project, name_of(holding.project)
    if project.incubator_id and project.incubator_id == other.incubator_id:
        carrier = other.incubator_id
        return Said(
            f"与已投企业《{name}》同在载体 {carrier}", f"with “{name}” of the portfolio in the carrier {carrier}"
        )
    if holding.similarity < RELATED or not industries.codes(project.industry) & industries.codes(other.industry):
        return None
    if not industries.leaves(project.industry) & industries.leaves(other.industry):
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


def _nearness(holding: Holding) -> tuple[float, str]:
    """The nearest first, equals by id."""
    return -holding.similarity, holding.project.id
