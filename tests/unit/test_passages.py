from __future__ import annotations

import pytest

from matcher.domain.records import Record, Stage, Visibility
from matcher.text.passages import document, sentences
from tests.builders import achievement, fund, incubator, project


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (
            achievement(title="甲", keywords=("乙", "丙"), field="丁", industry=("戊",), summary="己。"),
            "甲。乙；丙；丁；戊。己。",
        ),
        (project(name="甲", keywords=("乙",), industry=("丙",), summary="丁"), "甲。乙；丙。丁"),
        (incubator(name="甲", industries=("乙",), services=("丙",), focus="丁"), "甲。乙；丙。丁"),
        (fund(name="甲", industries=("乙",), must_terms=("丙",), thesis="丁"), "甲。乙；丙。丁"),
    ],
)
def test_the_text_of_a_record_begins_with_its_most_telling_part(record: Record, text: str) -> None:
    assert document(record) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (achievement(), achievement(region="赤峰市", trl=9, visibility=Visibility.RESTRICTED, institution="另一大学")),
        (project(), project(region="赤峰市", stage=Stage.A, funding_sought=1.0)),
        (fund(), fund(regions=("赤峰市",), ticket_max=1.0, ban_terms=("烟草",))),
        (incubator(), incubator(region="赤峰市", capacity=1)),
    ],
)
def test_facts_stay_out_of_the_text(one: Record, other: Record) -> None:
    assert document(one) == document(other)


def test_a_record_without_words_has_no_text_and_no_sentences() -> None:
    empty = achievement(title="", summary="", industry=())

    assert document(empty) == ""
    assert sentences(empty) == ()


def test_parts_that_are_missing_leave_no_trace() -> None:
    assert document(achievement(title="", industry=(), summary="只有简介。")) == "只有简介。"


def test_sentences_end_at_chinese_and_english_stops() -> None:
    record = achievement(
        title="玉米淀粉绿色制备技术",
        industry=(),
        summary="收率高于百分之九十！废水减少一半以上；It saves water. Pilot line of 3.5 tons runs.\n已在通辽完成中试",
    )

    assert sentences(record) == (
        "玉米淀粉绿色制备技术",
        "收率高于百分之九十！",
        "废水减少一半以上；",
        "It saves water.",
        "Pilot line of 3.5 tons runs.",
        "已在通辽完成中试",
    )


def test_a_bare_name_is_no_sentence_but_the_title_of_a_result_is_the_first() -> None:
    assert sentences(project(name="科尔沁风电叶片回收公司", summary="")) == ()
    assert sentences(incubator(name="通辽玉米生物产业孵化器", focus="")) == ()
    assert sentences(achievement())[0] == achievement().title


def test_scraps_and_repetitions_are_no_sentences() -> None:
    record = achievement(title="玉米淀粉绿色制备", industry=(), summary="太短了。玉米淀粉绿色制备\n玉米淀粉绿色制备")

    assert sentences(record) == ("玉米淀粉绿色制备",)


def test_a_record_offers_at_most_eight_sentences_of_at_most_160_characters() -> None:
    many = achievement(industry=(), summary="".join(f"这是第{number}个很长的句子。" for number in range(30)))
    long = achievement(title="题" * 500, industry=(), summary="")

    assert len(sentences(many)) == 8
    assert sentences(many)[0] == many.title
    assert sentences(long) == ("题" * 160,)


@pytest.mark.parametrize(
    ("told", "pieces"),
    [
        (
            "提出一种玉米秸秆制糖的方法.本文在三个牧场做了试验（2024年）.CNN模型识别杂质.  结果表明产量提高.",
            (
                "提出一种玉米秸秆制糖的方法.",
                "本文在三个牧场做了试验（2024年）.",
                "CNN模型识别杂质.",
                "结果表明产量提高.",
            ),
        ),
        ("产量由3.5吨提高到4.2吨，误差在0.1以内", ("产量由3.5吨提高到4.2吨，误差在0.1以内",)),
        ("参照GB/T 4754.玉米加工一类，按No.三方案与J.史密斯的方法", None),
    ],
)
def test_a_western_full_stop_after_chinese_ends_a_sentence_and_a_point_in_a_number_does_not(
    told: str, pieces: tuple[str, ...] | None
) -> None:
    assert sentences(project(summary=told)) == (pieces or (told,))
