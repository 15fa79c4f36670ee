"""The digests of random ecosystems: a thousand of them, and what must hold in each."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.digest.offers import FRESH, Found, Offer, Reader, Shown
from matcher.digest.portfolio import program, value
from matcher.digest.program import Ended, solve
from matcher.digest.receipt import again, head, parts
from matcher.digest.selection import Material, select
from matcher.digest.sieve import Before, Passed, sieve
from matcher.digest.terms import Terms
from matcher.digest.twins import Twins
from matcher.domain.digests import News, Topic
from matcher.domain.records import Kind, PairKind
from matcher.domain.visibility import visible
from matcher.plain.digests import digest_json
from tests.ecosystems import WEEK, compose_all, ecosystem, sieved

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
MANY, SOME = (settings(max_examples=count, deadline=None) for count in (1000, 250))


@pytest.mark.slow
@MANY
@given(st.integers(0, 2**32))
def test_no_digest_breaks_a_limit_repeats_without_a_reason_or_tells_what_is_hidden(seed: int) -> None:
    world = ecosystem(seed)
    told = compose_all(world, NOW)
    chosen = [told.material.offers[number] for number in told.selection.chosen]
    _, passed = sieved(world)

    right = Counter(offer.right for offer in chosen)
    assert all(right[one] <= left * world.terms.offers_a_place for one, left in world.places.items())
    require_fair_attention(told.material, chosen)
    for digest in told.digests:
        if digest.account_id in world.silent:
            assert (digest.silence, digest.items) == (world.silent[digest.account_id], ())
            continue
        reader = world.readers[digest.account_id]
        assert len(digest.items) <= reader.size
        shown = [(item.about, item.left_id if item.about is item.kind.left else item.right_id) for item in digest.items]
        assert len(set(shown)) == len(shown)
        assert sum(item.news not in FRESH for item in digest.items) <= world.terms.unseen
        require_diversity(told.material, [one for one in chosen if one.reader == digest.account_id], reader)
        for item in digest.items:
            key = (digest.account_id, item.kind, item.left_id, item.right_id)
            assert item.topic not in reader.left_out
            assert visible(world.lefts[item.kind.left, item.left_id], world.viewers[digest.account_id])
            assert any(one.key == key and not one.working for one in world.found)
            if (before := world.told.get(key)) is not None and before.week >= WEEK.back(world.terms.window):
                changed = any(one.key == key and one.record != before.record for one in world.found)
                assert changed or world.grounds[key] - before.grounds
                continue
            twins = world.twins.get((item.kind.left, item.left_id), frozenset())
            assert twins.isdisjoint(world.taken[item.kind.right, item.right_id])
            beside = [one.left_id for one in digest.items if (one.kind, one.right_id) == (item.kind, item.right_id)]
            assert twins.isdisjoint(beside)
            again = [world.told.get((digest.account_id, item.kind, twin, item.right_id)) for twin in twins]
            assert not [one for one in again if one and one.week >= WEEK.back(world.terms.window)]
    assert sum(map(sum, (counts.values() for counts in passed.values()))) <= len(world.found)


def require_fair_attention(of: Material, chosen: list[Offer]) -> None:
    """No record stands before more people than so many times the mean of its table."""
    slots: Counter[Kind] = Counter()
    for (reader, table), offered in Counter((one.reader, one.about) for one in of.offers).items():
        slots[table] += min(of.readers[reader].size, offered)
    records = Counter(table for table, _ in {one.shown for one in of.offers})
    for (table, _), times in Counter(one.shown for one in chosen).items():
        assert times <= max(of.terms.fewest, math.ceil(of.terms.shares * slots[table] / records[table]))


def require_diversity(of: Material, chosen: list[Offer], reader: Reader) -> None:
    """No digest is all of one institution while others are there to fill it."""
    offered = [one for one in of.offers if one.reader == reader.account_id]
    for institution, times in Counter(one.institution for one in chosen if one.institution).items():
        others = sum(one.institution != institution for one in offered)
        assert times <= max(of.terms.institution, reader.size - others)


@pytest.mark.slow
@SOME
@given(st.integers(0, 2**32))
def test_every_week_is_made_again_from_its_receipt_byte_for_byte(seed: int) -> None:
    world = ecosystem(seed)
    told = compose_all(world, NOW)
    _, passed = sieved(world)
    counts = {reader: {why.value: count for why, count in one.items()} for reader, one in passed.items()}
    top = json.loads(json.dumps(head(told, {})))
    own = json.loads(json.dumps(parts(told, counts)))
    made = again(WEEK, "r", NOW, top, own)
    first, second = (json.dumps([digest_json(one) for one in each.digests]) for each in (told, made))
    assert first == second


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_chances_of_a_digest_add_up_to_its_mean_length(seed: int) -> None:
    world = ecosystem(seed)
    material, _ = sieved(replace(world, terms=replace(world.terms, trial=1.0, exploration=0.0)))
    for picks in select(material).picks.values():
        assert all(0 < pick.propensity <= 1 for pick in picks)
        assert not any(pick.exploration for pick in picks)


def offer(reader: str, left: int, chance: float, **more: object) -> Offer:
    usual = Offer(
        reader=reader,
        topic=Topic.RESULTS,
        kind=PairKind.ACHIEVEMENT_INCUBATOR,
        left_id=f"a{left}",
        right_id="i1",
        about=Kind.ACHIEVEMENTS,
        probability=chance,
        news=News.NEW,
    )
    return replace(usual, **more)  # type: ignore[arg-type]


def material(offers: list[Offer], size: int = 2, **terms: float) -> Material:
    quiet = {"trial": 0.0, "exploration": 0.0}
    readers = {one.reader: Reader(account_id=one.reader, size=size) for one in offers}
    return Material(
        week=WEEK,
        seed=1,
        terms=Terms(**{**quiet, **terms}),  # type: ignore[arg-type]
        readers=readers,
        offers=sorted(offers, key=lambda one: one.key),
    )


def told(of: Material) -> dict[str, list[str]]:
    found = select(of)
    return {reader: [of.offers[pick.offer].left_id for pick in picks] for reader, picks in found.picks.items()}


def test_a_tier_stands_above_news_and_news_above_probability() -> None:
    terms, nobody = Terms(), dict[Shown, int]()
    tiered = value(offer("u", 1, 0.0, tier=2, news=News.UNSEEN), nobody, terms)
    new = value(offer("u", 1, 0.0), nobody, terms)
    likely = value(offer("u", 1, 1.0, news=News.UNSEEN), nobody, terms)
    assert tiered > new > likely
    assert value(offer("u", 1, 0.0, tier=1, news=News.UNSEEN), nobody, terms) > tiered + new


def test_a_record_that_was_seldom_shown_is_lifted_and_no_further_than_the_bound() -> None:
    one, terms = offer("u", 1, 0.4, news=News.UNSEEN), Terms()
    never, often = value(one, {}, terms), value(one, {one.shown: 9}, terms)
    assert 0.4 < often < never <= 0.4 * (1 + terms.boost)


def test_attention_is_shared_where_everybody_alone_would_be_told_the_same() -> None:
    offers = [offer(f"u{reader}", left, 0.5 - left / 100) for reader in range(8) for left in range(10)]
    shared = material(offers, size=1, fewest=2, shares=2)
    counts = Counter(left for mine in told(shared).values() for left in mine)
    assert max(counts.values()) <= 2
    assert len(counts) >= 4


def test_every_new_result_is_shown_to_somebody_where_that_costs_little() -> None:
    offers = [offer(f"u{reader}", left, 0.5 - left / 50) for reader in range(5) for left in range(5)]
    assert {left for mine in told(material(offers, size=1)).values() for left in mine} == {f"a{n}" for n in range(5)}
    costly = [replace(one, probability=0.9 if one.left_id == "a0" else 0.01) for one in offers]
    found = select(material(costly, size=1))
    assert found.unmet
    assert all(kind is Kind.ACHIEVEMENTS for kind, _ in found.unmet)


def test_a_digest_is_not_all_of_one_institution_while_others_are_there() -> None:
    mine = [offer("u", left, 0.9, institution="甲") for left in range(6)]
    others = [offer("u", 10 + left, 0.1, institution="乙") for left in range(3)]
    found = told(material([*mine, *others], size=5))["u"]
    assert sum(left in {f"a{n}" for n in range(6)} for left in found) == 3
    assert len(told(material(mine, size=5))["u"]) == 5


def test_the_week_is_solved_to_the_optimum_of_the_whole() -> None:
    world = ecosystem(11)
    of, _ = sieved(world)
    values = [value(one, of.showings, of.terms) for one in of.offers]
    asked = program(of.offers, values, of.readers, of.places, of.terms)
    assert solve(asked, 60).ended is Ended.OPTIMAL


# --- what may be told ---


def found(**more: object) -> Found:
    usual = Found(
        reader="u",
        topic=Topic.RESULTS,
        kind=PairKind.ACHIEVEMENT_INCUBATOR,
        left_id="a1",
        right_id="i1",
        about=Kind.ACHIEVEMENTS,
        probability=0.5,
        record="now",
        published=WEEK.monday,
    )
    return replace(usual, **more)  # type: ignore[arg-type]


def news_of(one: Found, before: Before | None = None, grounds: str = "") -> News | Passed:
    readers = {"u": Reader(account_id="u", size=8)}
    told = {one.key: before} if before else {}
    offers, passed = sieve(
        [one], readers, told, WEEK, Terms(), sees=lambda *_: True, grounds=lambda _: frozenset(grounds)
    )
    return offers[0].news if offers else next(iter(passed["u"]))


@pytest.mark.parametrize(
    ("days", "expected"), [(0, News.NEW), (56, News.NEW), (57, News.UNSEEN), (1095, News.UNSEEN), (1096, Passed.OLD)]
)
def test_what_is_new_is_decided_by_the_day_of_publication(days: int, expected: News | Passed) -> None:
    assert news_of(found(published=WEEK.monday - timedelta(days=days))) is expected


def test_what_has_no_day_or_one_ahead_is_not_called_new() -> None:
    assert news_of(found(published=None)) is News.UNSEEN
    assert news_of(found(published=WEEK.sunday + timedelta(days=1))) is News.UNSEEN


def test_nothing_is_told_again_within_the_window_unless_it_changed_or_has_a_new_reason() -> None:
    last = Before(WEEK.back(1), "now", frozenset("ab"))
    assert news_of(found(), last, "ab") is Passed.TOLD
    assert news_of(found(), last, "a") is Passed.TOLD
    assert news_of(found(), last, "abc") is News.REASON
    assert news_of(found(record="other"), last, "ab") is News.CHANGED
    assert news_of(found(), replace(last, week=WEEK.back(26)), "ab") is Passed.TOLD
    assert news_of(found(), replace(last, week=WEEK.back(27)), "ab") is News.AGAIN


ALIKE = {(Kind.ACHIEVEMENTS, "a1"): frozenset({"a2"}), (Kind.ACHIEVEMENTS, "a2"): frozenset({"a1"})}


def sifted(*these: Found, told: dict[str, Before] | None = None, had: str = "") -> tuple[list[str], Counter[Passed]]:
    before = {("u", PairKind.ACHIEVEMENT_INCUBATOR, left, "i1"): one for left, one in (told or {}).items()}
    readers, twins = {"u": Reader(account_id="u", size=8)}, Twins(ALIKE, lambda _: {had})
    offers, passed = sieve(
        these, readers, before, WEEK, Terms(), sees=lambda *_: True, grounds=lambda _: frozenset(), twins=twins
    )
    return [one.left_id for one in offers], passed["u"]


def test_what_is_nearly_the_same_as_what_was_told_taken_or_is_in_hand_is_passed_over_with_that_reason() -> None:
    last = Before(WEEK.back(1), "now", frozenset())
    assert sifted(found(left_id="a2")) == (["a2"], Counter())
    assert sifted(found(left_id="a2"), told={"a1": last}) == ([], Counter({Passed.TWIN: 1}))
    assert sifted(found(left_id="a2"), had="a1") == ([], Counter({Passed.TWIN: 1}))
    assert sifted(found(left_id="a3"), told={"a1": last}, had="a1")[0] == ["a3"]


def test_a_near_duplicate_counts_for_its_window_and_its_carrier_and_not_against_a_change_of_what_was_told() -> None:
    last = Before(WEEK.back(1), "then", frozenset())
    assert sifted(found(left_id="a2"), told={"a1": replace(last, week=WEEK.back(27))})[0] == ["a2"]
    assert sifted(found(left_id="a2", right_id="i2"), told={"a1": last})[0] == ["a2"]
    assert sifted(found(left_id="a2"), told={"a1": last, "a2": last})[0] == ["a2"]


def test_of_two_near_duplicates_the_better_one_is_told() -> None:
    old = found(left_id="a1", probability=0.9, published=WEEK.monday - timedelta(days=100))
    assert sifted(old, found(left_id="a2")) == (["a2"], Counter({Passed.TWIN: 1}))
    assert sifted(old, found(left_id="a2", tier=0, published=None))[0] == ["a1"]
    assert sifted(old, found(left_id="a2", right_id="i2"))[0] == ["a1", "a2"]


def test_what_is_new_is_remembered_for_longer_than_it_is_new() -> None:
    terms, last = Terms(), Before(WEEK.back(1), "now", frozenset())
    for days in range(terms.fresh_days + 1):
        told_as_new = WEEK.back(days // 7)
        assert (
            news_of(found(published=WEEK.monday - timedelta(days=days)), replace(last, week=told_as_new)) is Passed.TOLD
        )
    assert news_of(found(published=WEEK.monday - timedelta(days=terms.window * 7)), last) is Passed.TOLD


def test_a_pair_that_somebody_works_on_is_not_recommended() -> None:
    assert news_of(found(working=True)) is Passed.WORKING
