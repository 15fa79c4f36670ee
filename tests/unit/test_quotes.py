from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matcher.encoder.model import HashingEncoder, Progress, Role, Vectors
from matcher.index import terms
from matcher.ranking.corpus import Matrix
from matcher.ranking.quotes import closest_in_words, closest_sentences
from matcher.text.passages import sentences
from matcher.text.words import bigrams
from tests.builders import achievement, incubator, side_builder, table_encoder, word_cutter

ANY = -1.0
"""Vectors of hashed words are not around their mean, so that any cosine is enough where they stand in."""
LEFT = achievement(title="玉米淀粉制备", industry=(), summary="废水处理技术。蒙药制剂技术。")
RIGHT = incubator(focus="我们孵化蒙医药。我们孵化风电。")


def test_the_quoted_sentences_are_the_pair_closest_in_meaning() -> None:
    encode = table_encoder(
        {
            "玉米淀粉制备": (1, 0, 0),
            "废水处理技术。": (0, 0.8, 0.6),
            "蒙药制剂技术。": (0, 0, 1),
            "我们孵化蒙医药。": (0, 0, 1),
            "我们孵化风电。": (0, 1, 0),
        }
    )

    (quote,) = closest_sentences([(LEFT, RIGHT)], encode)

    assert quote is not None
    assert (quote.left, quote.right) == ("蒙药制剂技术。", "我们孵化蒙医药。")
    assert quote.similarity == pytest.approx(1)


def test_sentences_that_are_alike_in_manner_only_are_not_quoted_and_nearer_ones_need_no_word_in_common() -> None:
    left = achievement(title="", industry=(), summary="售后尚待补充。蒙药制剂需要放大。")
    vectors = {
        "售后尚待补充。": (1, 0, 0),
        "希望能配齐方案。": (0.5, 0.866, 0),
        "蒙药制剂需要放大。": (0, 0, 1),
        "服务蒙药材。": (0, 0.9, 0.4359),
        "售后已经齐备。": (1, 0, 0),
    }
    telling = word_cutter().telling
    manner = incubator(focus="希望能配齐方案。服务蒙药材。")

    (quote,) = closest_sentences([(left, manner)], table_encoder(vectors), telling=telling)
    assert quote is not None
    assert (quote.left, quote.right) == ("蒙药制剂需要放大。", "服务蒙药材。"), "蒙药 is in both"
    (sure,) = closest_sentences([(left, incubator(focus="售后已经齐备。"))], table_encoder(vectors), telling=telling)
    assert sure is not None
    assert sure.similarity == pytest.approx(1)
    (none,) = closest_sentences([(left, incubator(focus="希望能配齐方案。"))], table_encoder(vectors), telling=telling)
    assert none is None


def test_nothing_is_quoted_from_a_side_without_words() -> None:
    silent = achievement("A2", title="", summary="")
    encode = side_builder().sentences

    quotes = closest_sentences([(silent, RIGHT), (LEFT, incubator("I2", focus="")), (LEFT, RIGHT)], encode, least=ANY)

    assert [quote is not None for quote in quotes] == [False, False, True]
    assert closest_sentences([], encode) == []
    assert closest_sentences([(silent, incubator("I2", focus=""))], encode) == [None]


def test_pairs_explained_together_are_quoted_as_alone() -> None:
    pairs = [(LEFT, RIGHT), (LEFT, incubator("I2", focus="我们孵化玉米淀粉企业。")), (achievement("A2"), RIGHT)]
    encode = side_builder().sentences

    together = closest_sentences(pairs, encode, least=ANY)

    for pair, quote in zip(pairs, together, strict=True):
        (alone,) = closest_sentences([pair], encode, least=ANY)
        assert quote is not None
        assert alone is not None
        assert (quote.left, quote.right) == (alone.left, alone.right)


def test_records_of_one_id_are_quoted_each_from_its_own_text() -> None:
    asked = [achievement("", title="", summary=text) for text in ("玉米淀粉制备技术研究。", "蒙药微丸制剂技术研究。")]
    quotes = closest_sentences([(one, RIGHT) for one in asked], side_builder().sentences, least=ANY)
    assert [quote.left for quote in quotes if quote] == [one.summary for one in asked]


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        ("县域配送、养殖类项目不在服务范围。", False),
        ("种植环节不在孵化范围，建议另找。", False),
        ("本轮不收电池材料和催化剂评价。", False),
        ("对研学和纯软件项目不接。", False),
        ("属基金合同禁投范围的不予受理。", False),
        ("Hardware is out of scope here.", False),
        ("We do not take mining projects.", False),
        ("不具备食品生产和危化条件。", False),
        ("暂不接收养殖类项目。", False),
        ("服务内容不含环评代办。", False),
        ("无法提供发酵车间。", False),
        ("兽药类申请一律不受理。", False),
        ("除食品和医药外，均可入驻。", False),
        ("园区没有危化品仓库。", False),
        ("暂无洁净车间和冷库。", False),
        ("本站无湿实验室和动物房。", False),
        ("尚未具备中试条件。", False),
        ("不能安排发酵车间或窑炉。", False),
        ("This makerspace does not take food projects.", False),
        ("All fields except chemicals are welcome.", False),
        ("There is no wet lab on site.", False),
        ("We cannot host fermentation.", False),
        ("Our house doesn't do pilot runs.", False),
        ("主攻氨基酸和淀粉糖的中试。", True),
        ("承接不锈钢构件加工项目。", True),
        ("不仅有中试车间，而且有检测平台。", True),
        ("专注无机材料的中试平台。", True),
        ("配有无人机测试场地。", True),
        ("自建无菌车间两千平方米。", True),
        ("除提供场地外，还提供融资服务。", True),
        ("去除表面外来物的装备。", True),
        ("面向机器视觉缺陷检测团队。", True),
        ("入驻不设门槛，不收取租金。", True),
        ("欢迎早期成果，暂不要求就绪度。", True),
        ("无偿提供工位和实验设备。", True),
        ("Not only space but also a pilot line.", True),
        ("Desks at no charge for students.", True),
        ("织物遇水不收缩、不褪色。", True),
        ("服务范围覆盖全市各旗县。", True),
    ],
)
def test_a_sentence_that_says_what_is_not_wanted_is_no_reason(sentence: str, *, quoted: bool) -> None:
    (quote,) = closest_sentences([(LEFT, incubator(focus=sentence))], side_builder().sentences, least=ANY)
    assert (quote is not None) is quoted


def test_a_list_of_what_is_not_wanted_is_no_reason_to_its_last_item() -> None:
    focus = "以下方向不接收：食品加工类项目；玉米淀粉类项目。欢迎蒙药制剂团队。"

    (quote,) = closest_sentences([(LEFT, incubator(focus=focus))], side_builder().sentences, least=ANY)

    assert quote is not None
    assert quote.right == "欢迎蒙药制剂团队。"


def test_what_a_result_is_free_of_speaks_for_it() -> None:
    left = achievement(title="", summary="产品不含防腐剂，无溶剂残留。")

    (quote,) = closest_sentences([(left, RIGHT)], side_builder().sentences, least=ANY)

    assert quote is not None
    assert quote.left == left.summary


def test_sentences_far_apart_are_not_quoted() -> None:
    encode = table_encoder(
        {"玉米淀粉制备": (1, 0), "废水处理技术。": (0, 1), "蒙药制剂技术。": (0, 1), "我们孵化风电。": (0.29, 0.0)}
    )

    assert closest_sentences([(LEFT, incubator(focus="我们孵化风电。"))], encode) == [None]


COMMON = np.ones(terms.COLUMNS, np.float32)


def test_of_a_past_case_the_sentence_is_quoted_that_shares_most_words() -> None:
    case = achievement("A9", title="旧成果与新工艺", summary="蒙药制剂的质量标准。含盐废水处理新技术。")

    (quote,) = closest_in_words([(LEFT, case)], COMMON)

    assert quote is not None
    assert (quote.left, quote.right, quote.case) == ("废水处理技术。", "含盐废水处理新技术。", "旧成果与新工艺")


def test_cases_without_common_words_or_without_words_are_not_quoted() -> None:
    far = achievement("A8", title="风电叶片回收装置", summary="")
    silent = achievement("A7", title="", summary="")
    near = achievement("A9", title="玉米淀粉制备", summary="")

    quotes = closest_in_words([(LEFT, far), (LEFT, silent), (silent, near), (LEFT, near)], COMMON)

    assert [quote is not None for quote in quotes] == [False, False, False, True]
    assert closest_in_words([], COMMON) == []


def test_what_everybody_writes_is_not_quoted_before_what_tells() -> None:
    usual = "本成果由课题组历时三年完成。"
    left, case = (
        achievement(name, title="", summary=f"{usual}含盐废水处理{what}。")
        for name, what in (("A1", "技术"), ("A2", "装置"))
    )
    rare = (COMMON / 10).astype(np.float32)
    rare[terms.count_terms(["含盐废水处理"], bigrams).indices] = 3

    (quote,) = closest_in_words([(left, case)], rare)

    assert quote is not None
    assert (quote.left, quote.right) == ("含盐废水处理技术。", "含盐废水处理装置。")


def test_sentences_whose_vectors_are_known_are_not_encoded_again() -> None:
    encode = side_builder().sentences
    asked: list[str] = []

    def watched(texts: Sequence[str]) -> Matrix:
        asked.extend(texts)
        return encode(texts)

    own = dict(zip(told := sentences(LEFT), encode(told), strict=True))

    assert closest_sentences([(LEFT, RIGHT)], watched, own=own, least=ANY) == closest_sentences(
        [(LEFT, RIGHT)], encode, least=ANY
    )
    assert not set(asked) & set(told)


def test_a_question_in_words_is_encoded_with_its_sentences_in_one_call() -> None:
    class Counting(HashingEncoder):
        calls = 0

        def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
            Counting.calls += 1
            return super().encode(texts, role, progress)

    builder = replace(side_builder(), encoder=Counting())
    question = builder.build([achievement("", title="", summary="玉米发酵制乳酸。沙棘果油提取。")], Role.QUERY)

    assert Counting.calls == 1
    assert list(question.sentences) == ["玉米发酵制乳酸。", "沙棘果油提取。"]
    np.testing.assert_array_equal(
        question.sentences["沙棘果油提取。"], builder.sentences(["沙棘果油提取。"])[0]
    )  # this encoder makes no difference of roles
    assert not builder.build([LEFT]).sentences
