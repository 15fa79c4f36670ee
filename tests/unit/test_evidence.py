"""Each piece of evidence against its definition, written out in Python loops over tiny corpora."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from matcher.domain.records import Outcome, PairKind, Record, Result, Stage
from matcher.index.terms import K1, B
from matcher.ranking import centring
from matcher.ranking.centring import unit
from matcher.ranking.corpus import Corpus, Matrix, Rows
from matcher.ranking.discriminant import SPHERE
from matcher.ranking.evidence import gather
from matcher.ranking.kinds import KINDS
from matcher.ranking.knowledge import (
    FEWEST_FOR_MEAN,
    FEWEST_FOR_PROJECTION,
    LONG_MEMORY,
    SHORT_MEMORY,
    Knowledge,
)
from matcher.ranking.refusals import EVIDENCE
from matcher.ranking.takings import TOP
from matcher.ranking.votes import NEIGHBOURS, SHARPNESS
from matcher.text.passages import document
from matcher.text.words import bigrams
from tests.builders import TODAY, achievement, corpus, fund, incubator, outcome, project, side

WORDS = ["玉米", "淀粉", "蒙药", "制剂", "风电", "叶片", "褐煤", "提质", "肉牛", "育种", "沙棘", "治沙"]
REGIONS = ("通辽市", "开鲁县", "赤峰市", "北京", "")
INDUSTRIES = (("玉米生物",), ("蒙药",), ("风电", "光伏"), ("量子计算",), ())
AS_OF = TODAY.toordinal()

PAST = [achievement(f"A{n}") for n in range(3)]
"""Three results that differ in nothing but what a test gives them."""


def known(whole: Corpus, day: int = AS_OF) -> Knowledge:
    return Knowledge(whole, day)


def random_corpus(seed: int, lefts: int = 14, rights: int = 5, outcomes: int = 18) -> Corpus:
    """Records of random words, places and industries, and random outcomes before and after `TODAY`."""
    random = np.random.default_rng(seed)
    left = [
        achievement(
            f"A{n:02d}",
            title=" ".join(random.choice(WORDS, 3)),
            summary=" ".join(random.choice(WORDS, 4)),
            industry=INDUSTRIES[random.integers(len(INDUSTRIES))],
            region=REGIONS[random.integers(len(REGIONS))],
            field=str(random.choice(["农业", "医药", ""])),
            trl=[None, 2, 5, 9][random.integers(4)],
        )
        for n in range(lefts)
    ]
    right = [
        incubator(
            f"I{n}",
            name="" if n == 0 else f"{random.choice(WORDS)}孵化器",
            focus="" if n == 0 else " ".join(random.choice(WORDS, 3)),
            industries=() if n == 0 else INDUSTRIES[random.integers(len(INDUSTRIES))],
            region=REGIONS[random.integers(len(REGIONS))],
            trl_min=[None, 3][random.integers(2)],
            trl_max=[None, 6][random.integers(2)],
        )
        for n in range(rights)
    ]
    facts = [
        outcome(
            left[random.integers(lefts)].id,
            right[random.integers(rights - 1)].id,  # the last one never takes anything
            decided_on=TODAY + timedelta(days=int(random.integers(-900, 200))),
            result=list(Result)[random.choice(3, p=[0.7, 0.2, 0.1])],
        )
        for _ in range(outcomes)
    ]
    return corpus(left, right, facts)


def takers(whole: Corpus, day: int = AS_OF) -> dict[int, dict[int, int]]:
    """Per right row the left rows it took before the day, and on which day last."""
    taken: dict[int, dict[int, int]] = {row: {} for row in range(len(whole.right))}
    past = whole.past
    for left, right, when, accepted in zip(
        past.left.tolist(), past.right.tolist(), past.day.tolist(), past.accepted.tolist(), strict=True
    ):
        if accepted and when < day:
            taken[right][left] = max(when, taken[right].get(left, 0))
    return taken


def past_lefts(whole: Corpus) -> list[int]:
    return sorted({left for taken in takers(whole).values() for left in taken})


def centred(vectors: Matrix, around: Matrix) -> list[Matrix]:
    """Each vector without the mean of those around it that are not blank, scaled to length one; a blank one stays."""
    told = [row.astype(float) for row in around if row.any()]
    mean = sum(told, np.zeros(vectors.shape[1])) / max(len(told), 1)
    found = []
    for row in vectors.astype(float):
        length = np.linalg.norm(row - mean)
        found.append((row - mean) / length if row.any() and length > 0 else row * 0)
    return found


def meaning(whole: Corpus) -> list[Matrix]:
    """The left vectors around their mean: that of the past ones, or of all while the past is short."""
    past = past_lefts(whole)
    around = whole.left.vectors[past] if len(past) >= FEWEST_FOR_MEAN else whole.left.vectors
    return centred(whole.left.vectors, around)


def terms_of(record: Record) -> Counter[str]:
    return Counter(bigrams(document(record)))


def bm25(query: Counter[str], texts: Sequence[Counter[str]]) -> list[float]:
    """BM25 with Lucene's inverse document frequency, each term of the query once."""
    mean = sum(text.total() for text in texts) / len(texts) or 1
    scores = []
    for text in texts:
        score = 0.0
        for term in query:
            holders = sum(term in other for other in texts)
            idf = math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))
            score += idf * text[term] / (text[term] + K1 * (1 - B + B * text.total() / mean))
        scores.append(score)
    return scores


def compare(found: Matrix, expected: Sequence[Sequence[float]]) -> None:
    np.testing.assert_allclose(found, np.array(expected), rtol=2e-4, atol=2e-5)


SEEDS = pytest.mark.parametrize("seed", [0, 1, 2])


@SEEDS
def test_focus_is_the_cosine_around_the_mean_with_what_a_carrier_says_of_itself(seed: int) -> None:
    whole = random_corpus(seed)
    rights = centred(whole.right.vectors, whole.right.vectors)

    found = gather(known(whole), whole.left)["focus_dense"]

    assert np.isnan(found[:, 0]).all(), "it has no words"
    compare(found[:, 1:], [[float(a @ b) for b in rights[1:]] for a in meaning(whole)])


@SEEDS
def test_past_mean_is_the_cosine_with_the_centre_of_what_was_taken(seed: int) -> None:
    whole = random_corpus(seed)
    lefts, expected = meaning(whole), []
    for query in lefts:
        row = []
        for taken in takers(whole).values():
            centre = sum((lefts[left] for left in taken), np.zeros(64))
            row.append(float(query @ centre / np.linalg.norm(centre)) if taken else math.nan)
        expected.append(row)

    compare(gather(known(whole), whole.left)["past_dense_mean"], expected)
    assert np.isnan(np.array(expected)[:, -1]).all()


@SEEDS
def test_past_top_is_the_mean_cosine_with_the_three_most_similar_that_were_taken(seed: int) -> None:
    whole = random_corpus(seed, lefts=10, rights=4, outcomes=45)
    lefts, expected = meaning(whole), []
    for asked, query in enumerate(lefts):
        row = []
        for taken in takers(whole).values():
            best = sorted((float(query @ lefts[left]) for left in taken if left != asked), reverse=True)[:TOP]
            row.append(sum(best) / len(best) if best else math.nan)
        expected.append(row)

    assert max(len(taken) for taken in takers(whole).values()) > TOP
    compare(gather(known(whole), whole.left)["past_dense_top"], expected)


def test_equal_similarities_are_counted_as_often_as_they_occur() -> None:
    lefts = [achievement(f"A{n}") for n in range(6)]
    whole = with_rows(
        corpus(lefts, [incubator()], [outcome(f"A{n}") for n in range(4)]),
        [[1, 0], [1, 0], [0, 1], [-1, 0], [0, -1], [-1, 0]],
    )

    compare(gather(known(whole), whole.left.take([4]))["past_dense_top"], [[0.0]])


def with_rows(whole: Corpus, rows: Sequence[Sequence[float]]) -> Corpus:
    """The corpus with these left vectors; the right ones become blank."""
    lefts = np.array(rows, np.float32)
    rights = np.zeros((len(whole.right), lefts.shape[1]), np.float32)
    return replace(whole, left=replace(whole.left, vectors=lefts), right=replace(whole.right, vectors=rights))


def votes(asked: int, whole: Corpus) -> list[float]:
    lefts = meaning(whole)
    others = [row for row in past_lefts(whole) if row != asked]
    near = sorted(((float(lefts[asked] @ lefts[row]), row) for row in others), reverse=True)[:NEIGHBOURS]
    weights = {row: math.exp((cosine - near[0][0]) / SHARPNESS) for cosine, row in near}
    total = sum(weights.values())
    return [sum(weights.get(left, 0) for left in taken) / total for taken in takers(whole).values()]


@SEEDS
def test_dense_neighbours_vote_for_those_who_took_them(seed: int) -> None:
    whole = random_corpus(seed)

    compare(gather(known(whole), whole.left)["dense_knn"], [votes(row, whole) for row in range(len(whole.left))])


def test_two_neighbours_share_the_votes_by_their_distance() -> None:
    """Every vector has its opposite, so that the mean is zero; the neighbours' cosines are 1 and 1 - SHARPNESS."""
    whole = corpus(
        [achievement(f"A{n}") for n in range(6)],
        [incubator("I1"), incubator("I2")],
        [outcome("A0", "I1"), outcome("A1", "I2")],
    )
    near = (1 - SHARPNESS, math.sqrt(1 - (1 - SHARPNESS) ** 2))
    whole = with_rows(whole, [(1, 0), near, (1, 0), (-1, 0), (-near[0], -near[1]), (-1, 0)])

    found = gather(known(whole), whole.left.take([2]))["dense_knn"]

    compare(found, [[math.e / (1 + math.e), 1 / (1 + math.e)]])


def test_only_the_nearest_sixty_vote() -> None:
    """Seventy past results are almost equally near, the ten farthest all with one carrier: it gets no vote."""
    facts = [outcome(f"A{n:02d}", "I1" if n < 60 else "I2") for n in range(70)]
    whole = corpus([achievement(f"A{n:02d}") for n in range(71)], [incubator("I1"), incubator("I2")], facts)
    cosines = np.linspace(0.05, -0.05, 70)
    sides = np.where(np.arange(70) < 35, 1, -1) * np.sqrt(1 - cosines**2)
    whole = with_rows(whole, [*zip(cosines.tolist(), sides.tolist(), strict=True), (1, 0)])

    compare(gather(known(whole), whole.left.take([70]))["dense_knn"], [[1, 0]])


def test_with_a_long_past_the_mean_is_that_of_the_past_alone() -> None:
    """The records nobody took lie far away and would move the mean of all."""
    taken = [achievement(f"A{n:02d}") for n in range(FEWEST_FOR_MEAN)]
    others = [achievement(f"B{n:02d}") for n in range(FEWEST_FOR_MEAN)]
    whole = corpus([*taken, *others], [incubator("I1")], [outcome(record.id, "I1") for record in taken])
    angles = np.linspace(0, 1, FEWEST_FOR_MEAN)
    whole = with_rows(
        whole, [*zip(np.cos(angles).tolist(), np.sin(angles).tolist(), strict=True), *[(-1.0, 0.0)] * FEWEST_FOR_MEAN]
    )

    lefts = meaning(whole)
    compare(known(whole).meanings(), [row.tolist() for row in lefts])
    assert float(lefts[0] @ lefts[FEWEST_FOR_MEAN - 1]) < -0.8


def depth(whole: Corpus, spread: Sequence[float]) -> tuple[Corpus, Matrix]:
    """A past deep enough for the projection: ten takers of a hundred each, around centres of their own.

    Gives the corpus and, in loops, the inverse of the shrunk covariance around the takers' means.
    """
    random = np.random.default_rng(0)
    centres = random.standard_normal((10, 3))
    rows = [centres[n % 10] + random.standard_normal(3) * spread for n in range(FEWEST_FOR_PROJECTION)]
    vectors = np.array(rows, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    covariance = np.zeros((3, 3))
    for taker in range(10):
        taken = vectors[taker::10].astype(float)
        for row in taken:
            covariance += np.outer(row - taken.mean(axis=0), row - taken.mean(axis=0)) / len(vectors)
    return with_rows(whole, vectors.tolist()), np.linalg.inv(covariance + SPHERE * np.trace(covariance) / 3 * np.eye(3))


@cache
def many() -> Corpus:
    """A thousand results, each taken by one of ten carriers in turn."""
    lefts = [achievement(f"A{n:04d}", title=f"{n}号技术", summary="") for n in range(FEWEST_FOR_PROJECTION)]
    facts = [outcome(record.id, f"I{n % 10}") for n, record in enumerate(lefts)]
    return corpus(lefts, [incubator(f"I{n}") for n in range(10)], facts)


def test_with_a_deep_past_nearness_is_measured_by_what_one_taker_takes() -> None:
    """The cosine in the metric of linear discriminant analysis, written with the inverse covariance itself."""
    whole, metric = depth(many(), (0.1, 0.1, 1.0))
    rows = whole.left.vectors[:20].astype(float) - whole.left.vectors.astype(float).mean(axis=0)
    product = rows @ metric @ rows.T
    lengths = np.sqrt(np.diag(product))

    adapted = known(whole).adapted(whole.left.vectors[:20])

    np.testing.assert_allclose(adapted @ adapted.T, product / np.outer(lengths, lengths), atol=1e-3)


def test_the_projection_brings_together_what_one_taker_takes() -> None:
    whole, _ = depth(many(), (0.1, 0.1, 1.0))
    deep, mine = known(whole), np.arange(FEWEST_FOR_PROJECTION) % 10 == 0

    def contrast(rows: Matrix) -> float:
        return float((rows[mine] @ rows[mine].T).mean() - (rows[mine] @ rows[~mine].T).mean())

    assert contrast(deep.adaptations()) > contrast(deep.meanings()) + 0.02


def test_a_blank_text_stays_blank_in_the_projection() -> None:
    whole, _ = depth(many(), (1, 1, 1))

    assert not known(whole).adapted(np.zeros((2, 3), np.float32)).any()


@pytest.mark.parametrize("hidden", [None, np.array([7])])
def test_the_likeness_of_all_is_told_without_copies_of_their_vectors(
    hidden: Rows | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centring, "AT_ONCE", 64)
    whole = many()
    vectors = whole.left.vectors.copy()
    vectors[3] = 0
    deep = Knowledge(replace(whole, left=replace(whole.left, vectors=vectors)), AS_OF, hidden)
    columns = np.array([2, 0])

    meant, adapted = deep.likeness(columns)

    assert (deep.projection is None) is (hidden is not None)
    np.testing.assert_allclose(meant, deep.meanings() @ deep.right_meaning[columns].T, atol=1e-5)
    np.testing.assert_allclose(adapted, deep.adaptations() @ deep.centroids[columns].T, atol=1e-5)
    assert not meant[3].any()
    assert not adapted[3].any()


def test_one_pair_fewer_and_there_is_no_projection() -> None:
    deep = Knowledge(many(), AS_OF)
    shallow = Knowledge(many(), AS_OF, hidden=np.array([7]))

    assert deep.projection is not None
    assert shallow.projection is None
    np.testing.assert_array_equal(shallow.adaptations(), shallow.meanings())


@SEEDS
def test_lexical_neighbours_vote_with_the_square_of_their_bm25(seed: int) -> None:
    whole = random_corpus(seed)
    rows = past_lefts(whole)
    texts = [terms_of(whole.left.records[row]) for row in rows]
    expected = []
    for asked, record in enumerate(whole.left.records):
        found = bm25(terms_of(record), texts)
        scores = [0.0 if row == asked else score for row, score in zip(rows, found, strict=True)]
        squares = {row: (score / (max(scores) or 1)) ** 2 for row, score in zip(rows, scores, strict=True)}
        total = sum(squares.values()) or 1
        expected.append([sum(squares[left] for left in taken) / total for taken in takers(whole).values()])

    compare(gather(known(whole), whole.left)["bm25_knn"], expected)


@SEEDS
def test_the_text_of_a_carrier_is_its_own_words_and_those_of_what_it_took(seed: int) -> None:
    whole = random_corpus(seed)
    texts = []
    for row, taken in takers(whole).items():
        text = terms_of(whole.right.records[row])
        for left in taken:
            text += terms_of(whole.left.records[left])
        texts.append(text)

    compare(
        gather(known(whole), whole.left)["bm25_profile"],
        [bm25(terms_of(record), texts) for record in whole.left.records],
    )


def test_whole_words_are_a_field_of_their_own() -> None:
    """米淀 is a pair of characters in both, but no word of either."""
    left = achievement(title="玉米淀粉", summary="", industry=())
    rights = [
        incubator("I1", name="玉米淀粉", focus="", industries=()),
        incubator("I2", name="米淀", focus="", industries=()),
    ]
    whole = corpus([left], rights)

    found = gather(known(whole), whole.left)

    assert found["bm25_profile"][0, 1] > 0
    assert found["bm25_words"][0, 0] > 0
    assert found["bm25_words"][0, 1] == 0


@SEEDS
def test_tfidf_is_the_cosine_of_the_wording_with_the_sum_of_own_and_taken(seed: int) -> None:
    whole = random_corpus(seed)
    past = [terms_of(whole.left.records[row]) for row in past_lefts(whole)]

    def weigh(text: Counter[str]) -> dict[str, float]:
        found = {}
        for term, count in text.items():
            holders = sum(term in other for other in past)
            found[term] = (1 + math.log(count)) * math.log(1 + (len(past) - holders + 0.5) / (holders + 0.5))
        length = math.sqrt(sum(weight**2 for weight in found.values())) or 1
        return {term: weight / length for term, weight in found.items()}

    profiles = []
    for row, taken in takers(whole).items():
        profile: dict[str, float] = {}
        for text in (whole.right.records[row], *(whole.left.records[left] for left in taken)):
            for term, weight in weigh(terms_of(text)).items():
                profile[term] = profile.get(term, 0) + weight
        length = math.sqrt(sum(weight**2 for weight in profile.values())) or 1
        profiles.append({term: weight / length for term, weight in profile.items()})
    expected = [
        [sum(weight * profile.get(term, 0) for term, weight in weigh(terms_of(record)).items()) for profile in profiles]
        for record in whole.left.records
    ]

    compare(gather(known(whole), whole.left)["tfidf_profile"], expected)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_popularity_counts_what_was_taken_once_each_and_nothing_else() -> None:
    facts = [
        outcome("A0", "I1", decided_on=ago(10)),
        outcome("A0", "I1", decided_on=ago(5)),
        outcome("A1", "I1", decided_on=ago(700)),
        outcome("A2", "I1", decided_on=ago(10), result=Result.REJECTED),
        outcome("A2", "I2", decided_on=ago(10), result=Result.IN_TALKS),
    ]
    whole = corpus(PAST, [incubator("I1"), incubator("I2")], facts)

    found = gather(known(whole), whole.left.take([2]))

    compare(found["popularity"], [[math.log(3), 0]])


def test_lately_fades_by_half_in_half_a_year_and_counts_the_last_day_of_a_pair() -> None:
    facts = [
        outcome("A0", "I1", decided_on=ago(int(SHORT_MEMORY))),
        outcome("A1", "I1", decided_on=ago(int(2 * SHORT_MEMORY))),
        outcome("A0", "I2", decided_on=ago(int(SHORT_MEMORY))),
        outcome("A0", "I2", decided_on=ago(9 * int(SHORT_MEMORY))),
    ]
    whole = corpus(PAST, [incubator("I1"), incubator("I2")], facts)

    found = gather(known(whole), whole.left.take([2]))

    compare(found["recent"], [[math.log(1 + 0.75), math.log(1.5)]])


def test_activity_in_a_category_is_that_of_the_query_and_fades_in_two_years() -> None:
    lefts = [
        achievement("A0", field="医药", region="通辽市", industry=("蒙药",)),
        achievement("A1", field="农业", region="通辽市", industry=("肉牛",)),
        achievement("A2", field="医药", region="内蒙古", industry=("蒙药", "肉牛")),
        achievement("A3", field="", region="", industry=()),
    ]
    facts = [
        outcome("A0", "I1", decided_on=ago(int(LONG_MEMORY))),
        outcome("A1", "I1", decided_on=ago(int(2 * LONG_MEMORY))),
    ]
    whole = corpus(lefts, [incubator("I1"), incubator("I2")], facts)

    found = gather(known(whole), whole.left.take([2, 3]))

    half, quarter, nan = math.log(1.5), math.log(1.25), math.nan
    compare(found["field_activity"], [[2 * half, 0], [nan, nan]])
    compare(found["industry_activity"], [[half + quarter, 0], [nan, nan]])
    compare(found["region_activity"], [[2 * math.log(1.75), 0], [nan, nan]])
    assert np.isnan(found["stage_activity"]).all()


def test_activity_in_a_stage_is_told_for_projects() -> None:
    lefts = [project("P1", stage=Stage.SEED), project("P2", stage=Stage.SEED), project("P3", stage=Stage.A)]
    whole = corpus(
        lefts,
        [fund("F1"), fund("F2")],
        [outcome("P1", "F1", kind=PairKind.PROJECT_FUND, decided_on=ago(int(LONG_MEMORY)))],
    )

    found = gather(known(whole), whole.left)["stage_activity"]

    compare(found, [[math.log(1.5), 0], [math.log(1.5), 0], [0, 0]])


def test_regions_fit_by_the_share_of_levels_of_the_query_that_the_other_states() -> None:
    lefts = [achievement(f"A{n}", region=region) for n, region in enumerate(["开鲁县", "通辽市", "北京", ""])]
    rights = [incubator(f"I{n}", region=region) for n, region in enumerate(["开鲁县", "内蒙古", "上海", ""])]
    whole = corpus(lefts, rights)

    nan = math.nan
    compare(
        gather(known(whole), whole.left)["region_fit"],
        [[1, 2 / 4, 1 / 4, nan], [1, 2 / 3, 1 / 3, nan], [1 / 2, 1 / 2, 1 / 2, nan], [nan, nan, nan, nan]],
    )


def test_places_that_a_text_names_fit_where_a_carrier_is_or_says_it_works() -> None:
    texts = ["西辽河流域的玉米", "开鲁红干椒", "Kailu", ""]
    lefts = [achievement(f"A{n}", title=text, summary="", region="北京") for n, text in enumerate(texts)]
    rights = [
        incubator("I0", name="甲", focus="", region="通辽市"),
        incubator("I1", name="赤峰农业园", focus="", region=""),
        incubator("I2", name="乙", focus="服务全国", region="沈阳"),
        incubator("I3", name="丙", focus="", region=""),
    ]

    nan = math.nan
    compare(
        gather(known(corpus(lefts, rights)), side(*lefts))["place_fit"],
        [[2 / 3, 2 / 3, 0, nan], [2 / 3, 1 / 3, 0, nan], [nan] * 4, [nan] * 4],
    )


def test_what_was_taken_of_a_place_counts_where_a_text_names_it_again() -> None:
    """Twice of the region a half-life ago; a text of another city of it shares the region alone."""
    lefts = [achievement(f"A{n}", title=text, summary="") for n, text in enumerate(["通辽风电", "赤峰肉牛", "风电"])]
    dealt = [outcome("A0", "I0", decided_on=ago(int(LONG_MEMORY)))]
    whole = corpus(lefts, [incubator("I0"), incubator("I1")], dealt)

    found = gather(known(whole), whole.left)

    compare(found["place_activity"], [[2 * math.log(1.5), 0], [math.log(1.5), 0], [math.nan, math.nan]])
    assert np.isnan(found["place_share"][2]).all()


def test_one_question_and_many_are_told_the_same_of_places() -> None:
    """Alone what follows from the places is kept by them, and another text must not get it."""
    texts = ["通辽风电", "赤峰肉牛", "通辽褐煤", "北京芯片"]
    lefts = [achievement(f"A{n}", title=text, summary="") for n, text in enumerate(texts)]
    carriers = [incubator("I0"), incubator("I1", region="赤峰")]
    whole = corpus(lefts, carriers, [outcome("A0", "I0"), outcome("A3", "I1")])
    about, together = known(whole), gather(known(whole), whole.left)

    for row in range(len(lefts)):
        alone = gather(about, whole.left.take([row]))
        for name in ("place_fit", "place_activity", "place_share"):
            np.testing.assert_allclose(alone[name][0], together[name][row], rtol=1e-6)
    assert together["place_share"][2, 0] > 0 > together["place_share"][2, 1]


def test_a_fund_of_several_regions_fits_by_all_of_them() -> None:
    whole = corpus([project(region="沈阳")], [fund(regions=("通辽", "辽宁"))])

    compare(gather(known(whole), whole.left)["region_fit"], [[2 / 3]])


def test_industries_and_fields_fit_by_how_near_the_carriers_industries_come() -> None:
    """What a carrier does besides does not count against it; the tree itself is tested with the taxonomy."""
    lefts = [
        achievement(f"A{n}", industry=words, field=field)
        for n, (words, field) in enumerate([(("风电", "蒙药"), "蒙药"), (("量子计算",), ""), ((), "风电")])
    ]
    rights = [incubator(f"I{n}", industries=words) for n, words in enumerate([("蒙药",), ("风电", "蒙药", "肉牛"), ()])]
    whole = corpus(lefts, rights)

    industry, field = (gather(known(whole), whole.left)[name] for name in ("industry_fit", "field_fit"))

    assert industry[0, 1] == pytest.approx(1)
    assert 0.5 <= industry[0, 0] < 1
    assert industry[1, 0] == pytest.approx(0)
    assert np.isnan(industry[2]).all()
    assert np.isnan(industry[:, 2]).all()
    assert np.isnan(field[1]).all()
    assert np.isnan(field[:, 2]).all()
    assert field[0, 0] > field[2, 0]


def test_a_stage_fits_when_the_fund_states_it() -> None:
    lefts = [project("P1", stage=Stage.SEED), project("P2", stage=Stage.LATER), project("P3", stage=None)]
    whole = corpus(lefts, [fund("F1", stages=(Stage.SEED, Stage.ANGEL)), fund("F2", stages=())])

    nan = math.nan
    compare(gather(known(whole), whole.left)["stage_fit"], [[1, nan], [0, nan], [nan, nan]])


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1e6, 3e6, 1),
        (2e6, 2e6, 1),
        (2e6 * math.e, None, 0.5),
        (None, 2e6 / math.e**2, 0.25),
        (2e6 * math.e, 9e7, 0.5),
        (None, None, math.nan),
    ],
)
def test_an_amount_fits_inside_the_ticket_and_half_for_each_factor_e_outside(
    low: float | None, high: float | None, expected: float
) -> None:
    whole = corpus(
        [project("P1", funding_sought=2e6), project("P2", funding_sought=None)], [fund(ticket_min=low, ticket_max=high)]
    )

    compare(gather(known(whole), whole.left)["ticket_fit"], [[expected], [math.nan]])


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(4, 6, 1), (5, 5, 1), (6, 9, 0.5), (1, 3, 0.25), (8, None, 0.125), (None, 4, 0.5), (None, None, math.nan)],
)
def test_readiness_fits_inside_the_window_and_half_for_each_level_outside(
    low: int | None, high: int | None, expected: float
) -> None:
    whole = corpus([achievement("A1", trl=5), achievement("A2", trl=None)], [incubator(trl_min=low, trl_max=high)])

    compare(gather(known(whole), whole.left)["trl_fit"], [[expected], [math.nan]])


def test_all_evidence_is_there_in_the_shape_of_the_question() -> None:
    whole = random_corpus(3)

    found = gather(known(whole), whole.left.take([1, 5]))

    assert set(found) == set(KINDS)
    assert {value.shape for value in found.values()} == {(2, 5)}
    assert {value.dtype for value in found.values()} == {np.dtype(np.float32)}


def test_many_queries_at_once_get_what_each_gets_alone() -> None:
    whole = random_corpus(4, lefts=22, outcomes=30)
    together = gather(known(whole), whole.left)

    for row in range(len(whole.left)):
        alone = gather(known(whole), whole.left.take([row]))
        for name, values in together.items():
            np.testing.assert_allclose(values[[row]], alone[name], rtol=1e-4, atol=1e-6, err_msg=name)


def test_some_right_records_get_what_they_get_among_all() -> None:
    whole = random_corpus(5)
    everything, some = gather(known(whole), whole.left), gather(known(whole), whole.left, np.array([3, 0]))

    for name, values in everything.items():
        np.testing.assert_allclose(some[name], values[:, [3, 0]], rtol=1e-5, atol=1e-6, err_msg=name)


@SEEDS
def test_nothing_decided_on_or_after_the_day_changes_any_evidence(seed: int) -> None:
    whole = random_corpus(seed)
    later = [
        outcome(left, right, decided_on=TODAY + timedelta(days=days), result=result)
        for days, left, right, result in [
            (0, "A00", "I1", Result.ACCEPTED),
            (0, "A03", "I4", Result.ACCEPTED),
            (1, "A01", "I1", Result.REJECTED),
            (400, "A05", "I4", Result.ACCEPTED),
        ]
    ]
    before = [fact for fact in facts_of(whole) if fact.decided_on < TODAY]
    without = corpus(whole.left.records, whole.right.records, before)
    with_future = corpus(whole.left.records, whole.right.records, [*facts_of(whole), *later])
    assert len(with_future.past.day) > len(without.past.day)

    expected, found = gather(known(without), without.left), gather(known(with_future), with_future.left)

    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_a_day_later_what_was_decided_on_the_day_counts() -> None:
    whole = corpus(PAST, [incubator("I1")], [outcome("A0", "I1", decided_on=TODAY)])

    assert gather(known(whole), whole.left)["popularity"].tolist() == [[0], [0], [0]]
    compare(gather(known(whole, AS_OF + 1), whole.left)["popularity"], [[math.log(2)]] * 3)


def test_hidden_records_are_asked_about_as_if_they_were_new() -> None:
    whole = random_corpus(6)
    rows = np.array([2, 3, 7])
    hidden = {whole.left.ids[row] for row in rows}
    kept = [fact for fact in facts_of(whole) if fact.left_id not in hidden]
    assert len(kept) < len(facts_of(whole))

    found = gather(Knowledge(whole, AS_OF, hidden=rows), whole.left)
    expected = gather(known(corpus(whole.left.records, whole.right.records, kept)), whole.left)

    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def facts_of(whole: Corpus) -> list[Outcome]:
    """The outcomes a corpus was made of."""
    past = whole.past
    return [
        outcome(
            whole.left.ids[left],
            whole.right.ids[right],
            decided_on=date.fromordinal(day),
            result=Result.ACCEPTED if accepted else Result.IN_TALKS if talks else Result.REJECTED,
        )
        for left, right, day, accepted, talks in zip(
            past.left.tolist(),
            past.right.tolist(),
            past.day.tolist(),
            past.accepted.tolist(),
            past.talks.tolist(),
            strict=True,
        )
    ]


def test_without_a_past_only_words_and_facts_tell() -> None:
    whole = corpus(
        [achievement("A1"), achievement("A2", title="蒙药")], [incubator("I1"), incubator("I2", focus="蒙药")]
    )

    found = gather(known(whole), whole.left)

    told = {name for name, value in found.items() if np.isfinite(value).all() and value.any()}
    assert told == {
        "focus_dense",
        "bm25_profile",
        "bm25_words",
        "tfidf_profile",
        "region_fit",
        "industry_fit",
        "detail",
        "free_places",
    }
    assert not any(found[name].any() for name in (*EVIDENCE.values(), "open_talks"))
    assert np.isnan(found["past_dense_mean"]).all()
    assert np.isnan(found["past_dense_top"]).all()


def test_a_query_without_words_is_near_to_nothing() -> None:
    whole = random_corpus(7)
    blank = side(achievement("Q", title="", summary="", industry=()))

    found = gather(known(whole), blank)

    for name in ("focus_dense", "past_dense_mean", "past_dense_top", "bm25_profile", "bm25_words", "tfidf_profile"):
        assert not np.nan_to_num(found[name]).any(), name


@pytest.mark.parametrize("empty", ["left", "right", "both"])
def test_an_empty_side_gives_empty_evidence(empty: str) -> None:
    lefts = [] if empty != "right" else [achievement()]
    rights = [] if empty != "left" else [incubator()]
    whole = corpus(lefts, rights)

    found = gather(known(whole), side(achievement("Q")))

    assert {value.shape for value in found.values()} == {(1, len(rights))}
    assert gather(known(whole), whole.left)["dense_knn"].shape == (len(lefts), len(rights))


def test_outcomes_of_unknown_records_are_no_evidence() -> None:
    whole = corpus(PAST, [incubator("I1")], [outcome("nobody", "I1"), outcome("A0", "nobody")])

    assert len(whole.past.day) == 0


def test_rows_are_scaled_to_length_one_and_zero_rows_stay() -> None:
    assert unit(np.array([[3, 4], [0, 0]], np.float32)).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


@SEEDS
@pytest.mark.parametrize("field", ["bigrams", "words"])
def test_the_text_of_some_takers_is_that_of_all(seed: int, field: str) -> None:
    deep, rows = known(random_corpus(seed)), np.array([3, 0, 4, 3])

    some, everybody = deep.taken_text(field, rows), deep.taken_text(field)

    assert (some != everybody[rows]).nnz == 0
    assert some.has_sorted_indices
