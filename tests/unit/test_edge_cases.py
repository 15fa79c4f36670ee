"""Cases that once went wrong, across the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain.matches import State, Verdict
from matcher.domain.names import BY_SPELLING, normal_name
from matcher.domain.records import Left, Right
from matcher.domain.visibility import Viewer
from matcher.index.terms import TermIndex, count_terms
from matcher.index.vectors import FaissIndex
from matcher.policy.eligibility import check
from matcher.policy.pairs import Pair
from matcher.ranking.quotes import closest_sentences
from matcher.ranking.ranker import standardise
from matcher.text.words import bigrams
from tests.builders import (
    achievement,
    corpus,
    fund,
    gazetteer,
    incubator,
    industries,
    knowledge,
    matcher,
    outcome,
    project,
    rulebook,
    side_builder,
)


def checked(left: Left, right: Right) -> tuple[Verdict, ...]:
    return check(Pair(left, right, (), gazetteer()), rulebook())


def only(rule: str, left: Left, right: Right) -> Verdict:
    (found,) = (v for v in checked(left, right) if v.rule == rule)
    return found


@pytest.mark.parametrize(
    ("text", "terms"),
    [("3.5吨/年", ["3.5", "吨", "年"]), ("L-赖氨酸", ["l", "赖氨", "氨酸"]), ("PLA+聚乳酸", ["pla", "聚乳", "乳酸"])],
)
def test_chinese_after_a_hyphen_or_a_number_is_still_cut_into_pairs(text: Any, terms: Any) -> None:
    assert bigrams(text) == terms


@pytest.mark.parametrize("value", [64.14656, 3.3333333, 0.1, 1234.567])
@pytest.mark.parametrize("count", [2, 3, 5, 7, 1001])
def test_equal_values_become_zero_whatever_they_are(value: Any, count: Any) -> None:
    found = standardise(np.full((1, count), value, np.float32), 1)
    assert np.abs(found).max() < 1e-3


def test_two_records_of_different_tables_may_share_an_id() -> None:
    left = achievement("1", title="玉米淀粉制备", summary="", industry=())
    (quote,) = closest_sentences([(left, incubator("1", focus="我们孵化风电。"))], side_builder().sentences, least=-1)
    assert quote is not None
    assert (quote.left, quote.right) == ("玉米淀粉制备", "我们孵化风电。")


def test_a_single_carrier_is_still_found() -> None:
    asked = matcher([achievement("q"), achievement("r", title="风电")], [incubator("I1")])
    left = asked.known.left
    assert [m.id for m in asked.match(left.take([left.rows["q"]]), 5, Viewer.PUBLIC).matches] == ["I1"]


def test_a_single_result_is_still_shown() -> None:
    asked = matcher([achievement("q")], [incubator("I1"), incubator("I2")])
    assert [m.id for m in asked.screen("I1", 5, Viewer.PUBLIC).matches] == ["q"]


@pytest.mark.parametrize("allowed", [None, ["c", "a", "b"], ["a", "b", "c", "x1", "x2"]])
def test_at_the_end_of_the_list_too_equals_are_chosen_by_id(allowed: Any) -> None:
    index = FaissIndex(2)
    index.upsert(
        ["c", "b", "a", *(f"x{n}" for n in range(20))], np.vstack([[[1, 0]] * 3, [[0, 1]] * 20]).astype(np.float32)
    )
    (found,) = index.search(np.array([[1, 0]], np.float32), 2, allowed)
    assert found.ids == ("a", "b")


def test_of_an_id_given_twice_the_last_row_stays() -> None:
    index = TermIndex().upsert(["a", "a"], count_terms(["玉米", "蒙药"], bigrams))
    assert index.ids == ("a",)


def test_a_manifest_whose_files_are_no_table_is_named(tmp_path: Path) -> None:
    import json

    from matcher.errors import DamagedIndexError
    from matcher.index.snapshot import Origin, Snapshot, SnapshotFolder

    folder = SnapshotFolder(tmp_path)
    folder.save(Snapshot.empty(Origin(1, "stamp", "db", "e", 4, 1)))
    path = tmp_path / (tmp_path / "current").read_text() / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"files": ["a"]}))
    with pytest.raises(DamagedIndexError):
        folder.load()


def test_a_pointer_left_by_a_killed_run_is_swept(tmp_path: Path) -> None:
    from matcher.index.snapshot import Origin, Snapshot, SnapshotFolder

    (tmp_path / "current.000000000000-deadbeef").write_text("000000000000-deadbeef")
    SnapshotFolder(tmp_path).save(Snapshot.empty(Origin(1, "stamp", "db", "e", 4, 1)))
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["current"]


@pytest.mark.parametrize("name", ["—", "-", "……", "·"])
def test_a_name_of_nothing_but_punctuation_keeps_its_folded_form(name: Any) -> None:
    assert normal_name(name)


def test_two_placeholders_are_not_one_organisation() -> None:
    assert not BY_SPELLING.same("-", "。")


@pytest.mark.parametrize(("window", "margin"), [({"ticket_min": 1e6}, 1e6), ({"ticket_max": 5e6}, 3e6)])
def test_the_margin_of_a_one_sided_ticket_is_the_distance_to_its_one_side(window: Any, margin: Any) -> None:
    assert only("ticket", project(funding_sought=2e6), fund(**window)).margin == margin


def test_a_project_whose_region_is_only_told_coarsely_is_unknown_not_failed() -> None:
    assert only("region", project(region="内蒙古"), fund(regions=("通辽",))).state is State.UNKNOWN


def test_a_latin_ban_term_inside_another_word_is_no_hit() -> None:
    left = project(summary="maize starch", name="x", industry=())
    assert [v for v in checked(left, fund(ban_terms=("AI",))) if v.rule == "ban_terms"] == []


def test_an_empty_ban_term_bans_nothing() -> None:
    assert [v for v in checked(project(), fund(ban_terms=("",))) if v.rule == "ban_terms"] == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (achievement(institution="甲大学"), incubator(name="甲大学")),
        (project(summary="烟草"), fund(ban_terms=("烟草",))),
        (project(), fund(must_terms=("烟草",))),
    ],
)
def test_every_failure_says_what_would_change_it(left: Any, right: Any) -> None:
    failed = [v for v in checked(left, right) if v.state is State.FAIL]
    assert failed
    assert all(v.change is not None for v in failed)


def test_amounts_in_different_currencies_are_not_compared() -> None:
    from matcher.ranking.evidence import gather

    k = knowledge([project(funding_sought=7e6, currency="CNY")], [fund(ticket_min=1e6, ticket_max=2e6, currency="USD")])
    assert np.isnan(gather(k, k.left)["ticket_fit"]).all()


def test_records_that_are_all_alike_have_no_meaning_around_their_mean() -> None:
    k = knowledge([achievement(f"A{n}") for n in range(7)], [incubator(f"I{n}") for n in range(7)])
    assert np.abs(k.meanings()).max() < 1e-3
    assert np.abs(k.right_meaning).max() < 1e-3


def test_an_outcome_of_the_other_pairing_is_no_past() -> None:
    from matcher.domain.records import PairKind

    whole = corpus([achievement("1")], [incubator("2")], [outcome("1", "2", kind=PairKind.PROJECT_FUND)])
    assert len(whole.past.day) == 0


def test_a_latin_name_inside_another_word_is_no_place() -> None:
    assert gazetteer().path("Chinatown") == ("chinatown",)


def test_a_fit_that_would_turn_the_order_round_is_not_used() -> None:
    from matcher.ranking.calibration import ASSUMED, fit_calibration

    assert fit_calibration(np.linspace(0, 1, 100), np.arange(100) < 40, "outcomes") is ASSUMED


def test_nothing_to_judge_has_no_error() -> None:
    from matcher.ranking.calibration import reliability

    assert reliability(np.zeros(0), np.zeros(0, bool))["bins"] == []


def test_the_english_name_names_the_node() -> None:
    assert "energy" in industries().codes(["New energy"])


def test_a_record_is_not_its_own_neighbour() -> None:
    from matcher.ranking.evidence import gather

    k = knowledge(
        [
            achievement("A1", title="玉米"),
            achievement("A2", title="玉米"),
            achievement("A3", title="风电叶片", summary=""),
        ],
        [incubator("I1"), incubator("I2")],
        [outcome("A1", "I1"), outcome("A2", "I2")],
    )
    found = gather(k, k.left.take([k.left.rows["A1"]]))["dense_knn"]
    assert found[0, 1] == pytest.approx(1)


def test_a_deep_past_in_which_nobody_took_two_has_no_projection() -> None:
    from matcher.ranking.knowledge import FEWEST_FOR_PROJECTION

    n = FEWEST_FOR_PROJECTION
    k = knowledge(
        [achievement(f"A{i:04d}", title=f"{i}号技术") for i in range(n)],
        [incubator(f"I{i:04d}") for i in range(n)],
        [outcome(f"A{i:04d}", f"I{i:04d}") for i in range(n)],
    )
    assert np.isfinite(k.adaptations()).all()
