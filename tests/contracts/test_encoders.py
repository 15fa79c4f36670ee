"""What every encoder must do, run by each of them. The real model carries the marker `model`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from matcher.encoder.backend import Backend
from matcher.encoder.cache import CachedEncoder
from matcher.encoder.model import Encoder, HashingEncoder, Role
from matcher.encoder.resolve import default_encoder

TEXTS = [
    "一种绒山羊精液冷冻保存方法，提高了解冻后精子的活力。",
    "Graphene anodes made from coal tar pitch for sodium-ion batteries",
    "稀土永磁电机的故障诊断系统",
    "玉米淀粉",
    "面向牧区的卫星遥感草场监测平台，按旬给出产草量估计。" * 6,
]


@pytest.fixture(
    params=[
        "hashing",
        "cached",
        pytest.param("torch_encoder", marks=pytest.mark.model),
        pytest.param("onnx_encoder", marks=pytest.mark.model),
    ],
)
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> Encoder:
    if request.param == "hashing":
        return HashingEncoder()
    if request.param == "cached":
        return CachedEncoder(HashingEncoder(), tmp_path)
    real: Encoder = request.getfixturevalue(request.param)
    return real


@pytest.fixture(params=["torch_encoder", "onnx_encoder"])
def sentence_encoder(request: pytest.FixtureRequest) -> Encoder:
    real: Encoder = request.getfixturevalue(request.param)
    return real


@pytest.fixture(scope="module")
def torch_encoder(real_encoder_cache: Path) -> Encoder:
    return default_encoder(real_encoder_cache)


@pytest.fixture(scope="module")
def onnx_encoder(real_encoder_cache: Path) -> Encoder:
    return default_encoder(real_encoder_cache, Backend.ONNX)


@pytest.mark.parametrize("role", list(Role))
def test_there_is_one_float32_row_of_unit_length_per_text(encoder: Encoder, role: Role) -> None:
    rows = encoder.encode(TEXTS, role)

    assert rows.shape == (len(TEXTS), encoder.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_rows_stand_in_the_order_of_the_texts(encoder: Encoder) -> None:
    forward = encoder.encode(TEXTS, Role.PASSAGE)
    backward = encoder.encode(TEXTS[::-1], Role.PASSAGE)

    np.testing.assert_allclose(forward, backward[::-1], atol=1e-4)
    assert len({row.tobytes() for row in forward}) == len(TEXTS)


def test_a_text_has_the_same_vector_alone_and_in_company(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS, Role.PASSAGE)
    alone = np.vstack([encoder.encode([text], Role.PASSAGE) for text in TEXTS])

    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_the_same_call_gives_the_same_bits(encoder: Encoder) -> None:
    assert encoder.encode(TEXTS, Role.QUERY).tobytes() == encoder.encode(TEXTS, Role.QUERY).tobytes()


def test_a_blank_text_is_a_row_of_zeros_and_disturbs_nobody(encoder: Encoder) -> None:
    rows = encoder.encode(["", TEXTS[0], " \n\t\u3000"], Role.PASSAGE)

    assert not rows[[0, 2]].any()
    np.testing.assert_allclose(rows[1], encoder.encode(TEXTS[:1], Role.PASSAGE)[0], atol=1e-4)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([], Role.QUERY).shape == (0, encoder.dimension)


@pytest.mark.parametrize("odd", ["\u200b", "\x01", "\ud800", "😀", "<s>", "𠮷"])
def test_an_odd_text_still_has_a_vector(encoder: Encoder, odd: str) -> None:
    assert np.linalg.norm(encoder.encode([odd], Role.PASSAGE)[0]) == pytest.approx(1, abs=1e-6)


def test_progress_adds_up_to_the_number_of_texts(encoder: Encoder) -> None:
    told: list[int] = []

    encoder.encode([*TEXTS, "", TEXTS[0]], Role.PASSAGE, told.append)

    assert sum(told) == len(TEXTS) + 2
    assert min(told) >= 0


def test_a_text_is_nearest_to_one_of_its_own_words(encoder: Encoder) -> None:
    passages = encoder.encode(TEXTS, Role.PASSAGE)

    assert int(np.argmax(passages @ encoder.encode(["绒山羊精液冷冻"], Role.QUERY)[0])) == 0


def test_the_id_names_model_and_content(encoder: Encoder) -> None:
    name, _, content = encoder.id.rpartition("@")

    assert name
    assert content


@pytest.mark.model
def test_the_real_model_tells_questions_from_passages_and_reads_across_languages(sentence_encoder: Encoder) -> None:
    query = sentence_encoder.encode(["rare-earth motor fault detection"], Role.QUERY)
    passages = sentence_encoder.encode(TEXTS, Role.PASSAGE)

    assert not np.allclose(
        query, sentence_encoder.encode(["rare-earth motor fault detection"], Role.PASSAGE), atol=1e-3
    )
    assert int(np.argmax(passages @ query[0])) == 2


@pytest.mark.model
def test_the_real_model_reads_a_text_beyond_its_length_to_the_end(sentence_encoder: Encoder) -> None:
    long = TEXTS[4] * 6

    plain, with_fact = sentence_encoder.encode([long, long + "核心部件为碳化硅功率器件。"], Role.PASSAGE)

    assert plain @ with_fact < 0.9999


@pytest.mark.model
def test_the_real_model_gives_threads_what_it_gives_one_caller(sentence_encoder: Encoder) -> None:
    alone = [sentence_encoder.encode([text], Role.QUERY)[0] for text in TEXTS]

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: sentence_encoder.encode([text], Role.QUERY)[0], TEXTS * 3))

    np.testing.assert_allclose(rows, alone * 3, atol=1e-5)


@pytest.mark.model
@pytest.mark.parametrize("role", list(Role))
def test_vectors_in_eight_bits_are_nearly_those_in_float32(
    torch_encoder: Encoder, onnx_encoder: Encoder, role: Role
) -> None:
    texts = [*TEXTS, TEXTS[4] * 6, "a", "𠮷"]
    cosines = (torch_encoder.encode(texts, role) * onnx_encoder.encode(texts, role)).sum(axis=1)

    assert cosines[:-2].min() >= 0.998
    assert cosines.min() >= 0.99  # a single letter, and a character the model does not know


@pytest.mark.model
def test_vectors_of_two_precisions_never_share_an_id(torch_encoder: Encoder, onnx_encoder: Encoder) -> None:
    assert torch_encoder.id != onnx_encoder.id
    assert torch_encoder.id.partition("@")[0] == onnx_encoder.id.partition("@")[0]
