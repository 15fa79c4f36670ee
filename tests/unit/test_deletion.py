"""Taking the quoted sentence away: the score falls where texts decide, and other sentences matter less."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from matcher.domain.records import Achievement
from matcher.measure.deletion import Reading, deletion
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import Direction, Ranker
from matcher.ranking.scorer import Scorer, Trained
from matcher.text.passages import sentences, without
from tests.builders import TODAY, achievement, corpus, incubator, outcome, side_builder

TOPICS = ("玉米淀粉糖的酶法制备", "蒙药那如微丸的制剂工艺", "风电叶片的热解回收技术", "褐煤的低温干馏与提质")


def told(name: str, topic: str, title: str = "") -> Achievement:
    summary = f"{topic}已经完成小试。本成果由课题组历时三年完成。经费来自学校自筹部分资金。"
    return achievement(name, title=title, summary=summary, industry=(), region="")


def scorer(weights: dict[str, float]) -> Scorer:
    """Each topic has a carrier that took three results of it; one more of each asks."""
    past = [told(f"A{n}{topic[0]}", topic) for topic in TOPICS for n in range(3)]
    asked = [told(f"Q{topic[0]}", topic) for topic in TOPICS]
    rights = [incubator(f"I{topic[0]}", name="", focus="", industries=(), region="") for topic in TOPICS]
    facts = [outcome(one.id, f"I{one.id[2]}", decided_on=TODAY - timedelta(days=9)) for one in past]
    known = Knowledge(corpus([*past, *asked], rights, facts), TODAY.toordinal())
    return Scorer(known, dict.fromkeys(Direction, Trained(Ranker("mine", weights), ASSUMED)))


def look(weights: dict[str, float], questions: int = 10) -> dict[str, float]:
    asks = scorer(weights)
    rows = np.array([row for row, name in enumerate(asks.known.left.ids) if name.startswith("Q")])
    builder = side_builder()
    reading = Reading(builder.build, builder.sentences, builder.telling, questions)
    return deletion(asks, rows, np.arange(len(asks.known.right)), reading, seed=0)


def test_without_the_quoted_sentence_the_score_falls_further_than_without_another() -> None:
    found = look({"bm25_profile": 1.0, "tfidf_profile": 1.0})

    assert found["pairs"] == len(TOPICS)
    assert found["fell"] == found["fell_further"] == 1
    assert found["mean_drop"] > found["control_drop"]


def test_a_score_that_reads_no_text_does_not_fall() -> None:
    found = look({"recent": 1.0, "bm25_profile": 1e-9})

    assert found["mean_drop"] < 1e-6


def test_only_so_many_questions_are_asked() -> None:
    assert look({"bm25_profile": 1.0}, questions=2)["pairs"] == 2
    assert look({"bm25_profile": 1.0}, questions=0) == {"pairs": 0}


def test_a_record_without_a_sentence_keeps_its_others() -> None:
    record = told("A1", TOPICS[0], title="低聚糖的制备方法研究")

    for sentence in sentences(record):
        assert set(sentences(without(record, sentence))) == set(sentences(record)) - {sentence}
