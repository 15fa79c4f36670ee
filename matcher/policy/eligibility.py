"""Conditions of a pair: each passes, fails with the exact reason and what would change it, or is unknown.

Code computes what a rule looks at and words it (`carrier_fit`, `fund_fit`, `portfolio`, `wish_fit`);
`data/policy/matching.yaml` decides what follows. Unknown facts never exclude a pair; they are named so that somebody
can ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from matcher.domain.matches import Effect, State, Verdict
from matcher.domain.records import Result
from matcher.policy import carrier_fit, fund_fit, portfolio, wish_fit
from matcher.policy.comparing import settle
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts
from matcher.policy.pairs import Check, Pair, PairRule, Told
from matcher.policy.rules import Rulebook
from matcher.policy.trees import Compare
from matcher.wording import Said

RECORDS = Said("双方登记信息", "the two records")
"""Where the facts of a pair come from."""


def already_decided(pair: Pair, _: PairRule) -> Check:
    """A pair that talks, has agreed or has refused is not recommended again."""
    if not pair.outcomes:
        return
    last = max(pair.outcomes, key=lambda outcome: outcome.decided_on)
    tells = {
        Result.ACCEPTED: Said("双方已对接成功", "the two have already come together"),
        Result.IN_TALKS: Said("双方正在洽谈", "the two are in talks"),
        Result.REJECTED: Said("曾未成交", "it was refused before"),
    }[last.result]
    reason = f"：{last.reason}" if last.reason else ""
    said = Said(f"{tells.zh}（{last.decided_on}{reason}）", f"{tells.en} ({last.decided_on}{reason})")
    change = {
        Result.ACCEPTED: Said(
            "已经成功，不必再推荐；要再次合作，可写明原因立案", "done; a case with a reason may follow it"
        ),
        Result.IN_TALKS: Said("洽谈有结果后再看", "wait for what becomes of the talks"),
        Result.REJECTED: Said("原因消除后由经纪人重新发起", "a broker may reopen it once the reason is gone"),
    }[last.result]
    yield Told("pair_decided", True, said, change, last.result.value)


CHECKS: Mapping[str, Callable[[Pair, PairRule], Check]] = {
    check.__name__: check
    for check in (
        already_decided,
        carrier_fit.own_institution,
        fund_fit.own_conflict,
        carrier_fit.capacity,
        carrier_fit.trl_window,
        fund_fit.stage,
        fund_fit.ticket,
        fund_fit.money_left,
        fund_fit.new_this_period,
        fund_fit.region,
        fund_fit.industry,
        fund_fit.ban_terms,
        fund_fit.must_terms,
        fund_fit.return_multiple,
        portfolio.portfolio_competitor,
        wish_fit.excluded,
        wish_fit.dismissed,
        wish_fit.asked_must,
        wish_fit.asked_ban,
    )
}
"""What computes the facts of a rule, by the rule's id."""


def check(pair: Pair, book: Rulebook) -> tuple[Verdict, ...]:
    """All verdicts on the pair, in the order of the rules; a rule that does not apply is silent."""
    judged = _judged(pair, book, book.of(PairRule, pair.day))
    return tuple(verdict for verdict, told in judged if not (told.quiet and verdict.state is State.PASS))


def refusing(pair: Pair, book: Rulebook) -> frozenset[str]:
    """The rules that keep the pair out."""
    return frozenset(verdict.rule for verdict in hurdles(pair, book))


def hurdles(pair: Pair, book: Rulebook, rules: Iterable[PairRule] | None = None) -> list[Verdict]:
    """The verdicts that keep the pair out; rules that may not are not asked, nor those that are not named."""
    judged = _judged(pair, book, may_reject(book, pair.day) if rules is None else rules)
    return [verdict for verdict, _ in judged if verdict.rejects]


def rejecting(book: Rulebook, day: date | None) -> frozenset[str]:
    """The rules that may keep a pair out."""
    return frozenset(rule.id for rule in may_reject(book, day))


@lru_cache(maxsize=8)  # asked of every pair
def may_reject(book: Rulebook, day: date | None) -> tuple[PairRule, ...]:
    """The rules that may keep a pair out on a day, in their order."""
    return tuple(rule for rule in book.of(PairRule, day) if book.basis(rule.id).effect is Effect.REJECT)


def _judged(pair: Pair, book: Rulebook, rules: Iterable[PairRule]) -> Iterator[tuple[Verdict, Told]]:
    return ((_verdict(book, rule, told), told) for rule in rules for told in CHECKS[rule.id](pair, rule))


def eligible(verdicts: Sequence[Verdict]) -> bool:
    """Nothing failed that may keep a pair out."""
    return not any(verdict.rejects for verdict in verdicts)


def _verdict(book: Rulebook, rule: PairRule, told: Told) -> Verdict:
    """The rule's answer in the words of the check; the words of the engine are made only where it weighs more."""
    leaf, fact = rule.criterion, None if told.fact is None else Fact(told.fact, RECORDS)
    if (
        isinstance(leaf, Compare)
        and not isinstance(leaf.value, Mapping)
        and leaf.metric == told.metric
        and not rule.when
    ):
        state, margin = settle(leaf, fact, leaf.value)
        change, origins = told.change if state is State.FAIL else None, (RECORDS,) if fact else ()
        return Verdict(book.basis(rule.id), state, told.said, change, told.value, told.threshold, margin, origins)
    weighed = judge(book, rule, Facts(book.metrics, {told.metric: fact} if fact else {}))
    if weighed is None:
        raise ValueError(f"the rule {rule.id} has a condition that a pair cannot answer")
    change = told.change if weighed.state is State.FAIL else None
    return replace(weighed, said=told.said, change=change, value=told.value, threshold=told.threshold, missing=())
