"""What the law says of a broker's fee and expenses where the parties are silent: rules of kind `fee`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain.matches import State, Verdict
from matcher.policy.criteria import judge
from matcher.policy.facts import Facts
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said


class FeeRule(Rule):
    """Where the criterion holds, `then` follows."""

    then: Said

    def means(self, _: Rulebook) -> Said:
        """What follows."""
        return self.then


@dataclass(frozen=True, slots=True)
class Consequence:
    """A case of the law that is given (pass) or may be (unknown), and what follows from it."""

    verdict: Verdict
    then: Said


def consequences(book: Rulebook, facts: Facts, day: date) -> Iterator[Consequence]:
    """What follows, then what would follow if; what is known not to be the case is left out."""
    judged = [(rule, judge(book, rule, facts, day=day)) for rule in book.of(FeeRule, day)]
    told = [Consequence(verdict, rule.then) for rule, verdict in judged if verdict]
    yield from (one for one in told if one.verdict.state is State.PASS)
    yield from (one for one in told if one.verdict.state is State.UNKNOWN)
