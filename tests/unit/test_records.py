from __future__ import annotations

import pytest

from matcher.domain.records import FundKind, Kind, PairKind, Stage, name_of
from matcher.wording import Language, Said
from tests.builders import achievement, incubator


def test_the_stages_stand_in_the_order_of_financing() -> None:
    assert [stage.step for stage in (Stage.SEED, Stage.ANGEL, Stage.PRE_A, Stage.A, Stage.LATER)] == [0, 1, 2, 3, 4]


def test_a_term_is_its_value_and_knows_its_label_and_spellings() -> None:
    assert Stage("pre_a") is Stage.PRE_A
    assert Stage.PRE_A.value == str(Stage.PRE_A) == "pre_a"
    assert Stage.PRE_A.label == "Pre-A轮"
    assert "VC" in FundKind.VENTURE.spellings


@pytest.mark.parametrize(
    ("kind", "pairing"),
    [
        (Kind.ACHIEVEMENTS, PairKind.ACHIEVEMENT_INCUBATOR),
        (Kind.INCUBATORS, PairKind.ACHIEVEMENT_INCUBATOR),
        (Kind.PROJECTS, PairKind.PROJECT_FUND),
        (Kind.FUNDS, PairKind.PROJECT_FUND),
    ],
)
def test_a_table_takes_part_in_one_pairing(kind: Kind, pairing: PairKind) -> None:
    assert PairKind.of(kind) is pairing
    assert kind in (pairing.left, pairing.right)


def test_a_record_is_called_by_its_name_then_by_its_summary_then_by_its_id() -> None:
    assert name_of(achievement(title="蒙药制剂")) == "蒙药制剂"
    assert name_of(incubator(name="星创天地")) == "星创天地"
    assert name_of(achievement(title="", summary="短")) == "短"
    assert name_of(achievement(title="", summary="长" * 31)) == "长" * 30 + "…"
    assert name_of(achievement("A7", title="", summary="")) == "A7"
    assert name_of(incubator("I7", name="")) == "I7"


def test_a_sentence_is_told_in_either_language_or_both() -> None:
    said = Said("好", "good")

    assert (said.to(Language.ZH), said.to(Language.EN), str(said)) == ("好", "good", "好 good")
