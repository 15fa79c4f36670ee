"""The lines of each reader's digest, by role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from matcher.domain.accounts import OVERSEEING, Role
from matcher.domain.digests import Line
from matcher.services.cases.papers import CasePapers
from matcher.services.chain_gaps import ChainGaps
from matcher.services.digests.own_lines import own_lines
from matcher.services.digests.readers import Addressee
from matcher.services.digests.result_lines import result_lines
from matcher.services.digests.staff_lines import staff_lines
from matcher.services.digests.week_facts import WeekFacts
from matcher.services.policy import Policy
from matcher.services.reporting import Reporting


@dataclass(frozen=True, slots=True)
class UseCases:
    """The use cases that lines are drawn from."""

    papers: CasePapers
    policy: Policy
    gaps: ChainGaps
    reporting: Reporting


class Lines:
    """The lines of a week. What several readers share is worked out once."""

    def __init__(self, uses: UseCases, facts: WeekFacts) -> None:
        self._uses = uses
        self._facts = facts

    def of(self, who: Addressee) -> tuple[Line, ...]:
        """The lines of one reader, without the topics they leave out."""
        return tuple(line for line in self._made(who) if line.topic not in who.settings.left_out)

    def _made(self, who: Addressee) -> Iterator[Line]:
        role = who.actor.role
        yield from own_lines(who, self._uses.papers, self._uses.policy, self._facts)
        if role is Role.UNIVERSITY:
            yield from result_lines(who, self._facts)
        if role in OVERSEEING:
            yield from self._staff

    @cached_property
    def _staff(self) -> tuple[Line, ...]:
        return tuple(staff_lines(self._uses.reporting, self._uses.gaps, self._facts))
