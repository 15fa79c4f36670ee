"""What keeps pairs out where very many are asked about: a rule that looks at few fields is asked once for each of their
combinations, not for each pair.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date

from matcher.domain.matches import Verdict
from matcher.domain.records import Left, Right
from matcher.policy import carrier_fit, eligibility, fund_fit
from matcher.policy.pairs import Pair, PairRule
from matcher.policy.rules import Rulebook

LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    carrier_fit.own_institution.__name__: ("institution",),
    carrier_fit.capacity.__name__: (),
    carrier_fit.trl_window.__name__: ("trl",),
    fund_fit.stage.__name__: ("stage",),
    fund_fit.ticket.__name__: ("funding_sought", "currency"),
    fund_fit.money_left.__name__: (),
    fund_fit.new_this_period.__name__: (),
    fund_fit.region.__name__: ("region",),
    fund_fit.industry.__name__: ("industry",),
    fund_fit.return_multiple.__name__: ("region",),
    fund_fit.own_conflict.__name__: ("incubator_id",),
}
"""The fields of a left record that a check looks at, by rule; those of other rules hang on the pair itself."""


class Hurdles:
    """The rules on the pairs of one day.

    Args:
        pair: makes what the rules look at; apart from `plain`, it may differ by the two records alone.
        plain: whether the rules that `LOOKS_AT` leaves out have nothing to say of two records.
    """

    def __init__(
        self, book: Rulebook, day: date, pair: Callable[[Left, Right], Pair], plain: Callable[[Left, Right], bool]
    ) -> None:
        self._book, self._pair, self._plain = book, pair, plain
        rules = eligibility.may_reject(book, day)
        self._place = {rule.id: place for place, rule in enumerate(rules)}
        self._shared = [(rule, LOOKS_AT[rule.id]) for rule in rules if rule.id in LOOKS_AT]
        self._single = [rule for rule in rules if rule.id not in LOOKS_AT]
        self._fields = sorted({field for _, fields in self._shared for field in fields})
        self._alike: dict[Hashable, int] = {}
        self._group: dict[str, int] = {}
        """Left records that the shared rules cannot tell apart have one number."""
        self._of_groups: dict[tuple[str, int], tuple[Verdict, ...]] = {}
        self._of_rules: dict[Hashable, tuple[Verdict, ...]] = {}

    def of(self, left: Left, right: Right) -> Sequence[Verdict]:
        """The verdicts that keep the pair out, in the order of the rules."""
        group = self._group.get(left.id)
        if group is None:
            values = (left.table, *(getattr(left, field, None) for field in self._fields))
            group = self._group[left.id] = self._alike.setdefault(values, len(self._alike))
        found = self._of_groups.get((right.id, group))
        if found is None:
            found = self._of_groups[right.id, group] = self._asked_once(left, right)
        if self._plain(left, right):
            return found
        also = eligibility.hurdles(self._pair(left, right), self._book, self._single)
        return sorted((*found, *also), key=lambda verdict: self._place[verdict.rule])

    def _asked_once(self, left: Left, right: Right) -> tuple[Verdict, ...]:
        return tuple(verdict for rule, fields in self._shared for verdict in self._of_rule(rule, fields, left, right))

    def _of_rule(self, rule: PairRule, fields: Sequence[str], left: Left, right: Right) -> tuple[Verdict, ...]:
        asked = (rule.id, right.id, left.table, *(getattr(left, field, None) for field in fields))
        if asked not in self._of_rules:
            self._of_rules[asked] = tuple(eligibility.hurdles(self._pair(left, right), self._book, (rule,)))
        return self._of_rules[asked]
