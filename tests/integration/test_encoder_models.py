"""Models that are not the default one: a tiny transformer, static word vectors, names that lead nowhere."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from matcher.encoder.model import HashingEncoder, Role
from matcher.encoder.resolve import resolve_encoder
from matcher.encoder.sentence import SentenceEncoder
from matcher.errors import EncoderError

pytestmark = pytest.mark.model
LETTERS = "abcdefghijklmnopqrstuvwxyz:"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two small layers over single letters, 32 positions, random weights."""
    import torch
    import transformers
    from safetensors.torch import save_file
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS]
    letters = Tokenizer(models.WordLevel({word: index for index, word in enumerate(words)}, unk_token=words[1]))
    letters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    letters.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    letters.save(str(folder / "tokenizer.json"))
    sizes: dict[str, Any] = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
    }
    config: Any = transformers.BertConfig(vocab_size=len(words), max_position_embeddings=32, **sizes)
    torch.manual_seed(7)
    bert: Any = transformers.BertModel(config)
    save_file(dict(bert.state_dict()), folder / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(folder)
    tokenizer = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 32, "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    return folder


def write_prompts(folder: Path, prompts: dict[str, str]) -> None:
    kinds = ("base.modules.transformer.Transformer", "sentence_transformer.modules.pooling.Pooling")
    modules = [
        {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.{kind}"}
        for index, (path, kind) in enumerate(zip(("", "1_Pooling"), kinds, strict=True))
    ]
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 32, "pooling_mode": "mean"}')
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))


def copied(tiny: Path, folder: Path, prompts: dict[str, str]) -> SentenceEncoder:
    folder.mkdir()
    for path in tiny.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    write_prompts(folder, prompts)
    return SentenceEncoder(folder)


def test_another_model_reads_long_texts_to_the_end(tiny: Path) -> None:
    encoder = SentenceEncoder(tiny)
    long = "abcdefghij" * 20
    told: list[int] = []

    rows = encoder.encode([long + "z", "abc", long + "y"], Role.PASSAGE, told.append)

    assert encoder.dimension == 32
    assert not np.allclose(rows[0], rows[2], atol=1e-5)
    np.testing.assert_allclose(rows[1], encoder.encode(["abc"], Role.PASSAGE)[0], atol=1e-5)
    assert sum(told) == 3


def test_a_model_without_prompts_has_none_unless_its_name_says_e5(tiny: Path) -> None:
    plain, named = SentenceEncoder(tiny), SentenceEncoder(tiny, "intfloat/multilingual-e5-base")
    instructed = SentenceEncoder(tiny, "intfloat/e5-mistral-7b-instruct")
    bare = plain.encode(["passage: abc"], Role.QUERY)

    assert plain.encode(["abc"], Role.QUERY).tobytes() == plain.encode(["abc"], Role.PASSAGE).tobytes()
    np.testing.assert_allclose(named.encode(["abc"], Role.PASSAGE), bare, atol=1e-5)
    np.testing.assert_allclose(instructed.encode(["abc"], Role.PASSAGE), plain.encode(["abc"], Role.PASSAGE), atol=1e-5)


def test_the_prompts_a_model_brings_are_used(tiny: Path, tmp_path: Path) -> None:
    encoder = copied(tiny, tmp_path / "prompted", {"query": "q: ", "document": "d: "})
    bare = copied(tiny, tmp_path / "bare", {})

    np.testing.assert_allclose(encoder.encode(["abc"], Role.QUERY), bare.encode(["q: abc"], Role.QUERY), atol=1e-5)
    np.testing.assert_allclose(encoder.encode(["abc"], Role.PASSAGE), bare.encode(["d: abc"], Role.QUERY), atol=1e-5)


def test_the_id_follows_the_content_and_not_the_place(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = copied(tiny, tmp_path / "a" / "m", {}), copied(tiny, tmp_path / "b" / "m", {})
    (tmp_path / "c").mkdir()
    third = copied(tiny, tmp_path / "c" / "m", {"query": "q: "})

    assert first.id == second.id != third.id
    assert first.id.startswith("m@")


def test_threads_load_the_model_once(tiny: Path) -> None:
    prepared: list[int] = []
    encoder = SentenceEncoder(tiny, prepare=lambda: prepared.append(1))

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: encoder.encode([text], Role.QUERY), ["abc"] * 16))

    assert len(prepared) == 1
    assert len({row.tobytes() for row in rows}) == 1


def test_static_word_vectors_work_as_well(tiny: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    vectors = np.random.default_rng(7).normal(size=(40, 16)).astype(np.float32)
    static: Any = StaticEmbedding(Tokenizer.from_file(str(tiny / "tokenizer.json")), embedding_weights=vectors)
    SentenceTransformer(modules=[static]).save(str(tmp_path / "static"), create_model_card=False)
    encoder = resolve_encoder(str(tmp_path / "static"), tmp_path)

    rows = encoder.encode(["abc", "", "xyz"], Role.QUERY)

    assert rows.shape == (3, 16)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 1], atol=1e-6)


def test_nothing_is_asked_of_the_network(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> NoReturn:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert resolve_encoder(str(tiny), tmp_path).encode(["abc"], Role.QUERY).any()
    with pytest.raises(EncoderError, match="BAAI/no-such-model") as caught:
        resolve_encoder("BAAI/no-such-model", tmp_path)
    assert "hf download BAAI/no-such-model" in caught.value.step.en


@pytest.mark.parametrize("name", ["", "a b c", "../../etc", "x" * 300, "/no/such/folder/anywhere"])
def test_names_that_lead_nowhere_are_named_errors(name: str, tmp_path: Path) -> None:
    if name:
        with pytest.raises(EncoderError):
            resolve_encoder(name, tmp_path)
    else:
        assert resolve_encoder("hashing", tmp_path).id == HashingEncoder().id


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"modules\.json"):
        resolve_encoder(str(tmp_path), tmp_path)


def test_a_model_that_cannot_be_loaded_is_a_named_error(tiny: Path, tmp_path: Path) -> None:
    encoder = copied(tiny, tmp_path / "broken", {})
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"\0" * 100)

    with pytest.raises(EncoderError, match="broken"):
        encoder.encode(["abc"], Role.QUERY)
