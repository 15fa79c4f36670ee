"""Sets of indicators as data: what a file may not say, and that changing it changes scores without code."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.records import Level
from matcher.errors import PolicyError
from matcher.policy.evaluation import cards, score
from matcher.policy.facts import Fact, Facts
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook
from matcher.policy.scorecards import ClassRule
from matcher.resources import data_folder
from matcher.wording import Said

HERE = Said("测试", "test")
DAY = date(2025, 12, 31)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str], Path]:
    """The rule files, with one text of evaluation.yaml replaced by another."""

    def edit(old: str, new: str) -> Path:
        folder = shutil.copytree(data_folder("policy"), tmp_path / "policy", dirs_exist_ok=True)
        path = folder / "evaluation.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


SOCIAL = "id: EV-MS-SOCIAL\n"
RESIDENTS = "group: residents, weight: 15, metric: residents, score: {linear: [0, 30]}"
SPACE = "score: {steps: [[0.6, 4], [0.75, 6]]}"


@pytest.mark.parametrize(
    ("old", "new", "told", "at"),
    [
        (RESIDENTS, RESIDENTS.replace("15", "16"), "sum to 101, not to 100", SOCIAL),
        (RESIDENTS, RESIDENTS.replace("15", "0"), "weight", "weight: 0"),
        (RESIDENTS, RESIDENTS.replace("residents, score", "nobody, score"), "unknown metric nobody", "metric: nobody"),
        (RESIDENTS, RESIDENTS.replace("linear", "bent"), "a score is a mapping with one of", "bent"),
        (RESIDENTS, RESIDENTS.replace("[0, 30]", "[3, 3]"), "anchors must differ", "[3, 3]"),
        (RESIDENTS, RESIDENTS.replace("group: residents", "group: nothing"), "names no group", "group: nothing"),
        (RESIDENTS, RESIDENTS.replace("linear: [0, 30]", "flag: true"), "must be a float", "EV-MS-SOCIAL.residents"),
        (SPACE, SPACE.replace("[0.75, 6]", "[0.75, 5]"), "whole weight", "[0.75, 5]"),
        (", score: {each: 1}}", "}", "a metric with a score", "EV-INC-COMPREHENSIVE.high_tech"),
        ("bonus_cap: 5\n", "bonus_cap: 0\n", "needs a bonus_cap", "id: EV-INC-COMPREHENSIVE\n"),
        ("of: [EV-CLASS.social]", "of: [EV-CLASS.nobody]", "no class that has a set", "EV-CLASS.nobody"),
        ("of: [EV-CLASS.social]", "of: [EV-CLASS.park]", "no class that has a set", "of: [EV-CLASS.park]"),
        ("of: [EV-CLASS.university]", "of: [EV-CLASS.social]", "another internal set", "of: [EV-CLASS.social]"),
        ("grades: EV-GRADES-INTERNAL", "grades: EV-CLASS", "no ruleset of grades", "grades: EV-CLASS"),
        ("grade: excellent,", "grade: splendid,", "grade", "grade: splendid"),
        ("dated: day", "dated: week", "dated", "dated: week"),
    ],
)  # fmt: skip
def test_a_set_with_an_error_is_refused_with_file_and_line(
    edited: Callable[[str, str], Path], old: str, new: str, told: str, at: str
) -> None:
    folder = edited(old, new)
    text = (folder / "evaluation.yaml").read_text(encoding="utf-8")
    line = text[: text.index(at)].count("\n") + 1

    with pytest.raises(PolicyError, match=re.escape(told)) as refused:
        load_rulebook(folder)

    assert f"evaluation.yaml, line {line}:" in refused.value.message.en


def social(book: Rulebook) -> float:
    rule = book.rules["EV-CLASS.social"]
    assert isinstance(rule, ClassRule)
    [card] = cards(rule, book, DAY, official=False)
    facts = Facts(book.metrics, {rule.metric: Fact(0.0, HERE) for rule in card.rules} | {"residents": Fact(15.0, HERE)})
    return score(card, facts, book, DAY).span.low


def test_weights_and_anchors_are_configuration(edited: Callable[[str, str], Path]) -> None:
    assert social(load_rulebook(data_folder("policy"))) == 7.5
    assert (
        social(
            load_rulebook(
                edited("metric: residents, score: {linear: [0, 30]}", "metric: residents, score: {linear: [0, 15]}")
            )
        )
        == 15
    )


def test_an_official_score_exists_once_somebody_enters_the_table(edited: Callable[[str, str], Path]) -> None:
    folder = edited(
        "        weight: 100\n        criterion: {unknown: {zh: 12",
        "        weight: 100\n        metric: tenants\n        score: {linear: [0, 50]}\n        note: {zh: 12",
    )
    text = (folder / "evaluation.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "its 12 quantitative and 6 qualitative indicators and their weights were not obtained}}", "table}"
    )
    text = text.replace("    official: true\n", '    official: true\n    groups: {"": {zh: 全部, en: all}}\n', 1)
    (folder / "evaluation.yaml").write_text(text, encoding="utf-8")
    book = load_rulebook(folder)
    rule = book.rules["EV-CLASS.professional"]
    assert isinstance(rule, ClassRule)
    found = [card for card in cards(rule, book, DAY, official=True, level=Level.NATIONAL) if card.obtained]

    assert [card.id for card in found] == ["EV-OFFICIAL-NATIONAL"]
    assert score(found[0], Facts(book.metrics, {"tenants": Fact(25.0, HERE)}), book, DAY).span.low == 50
