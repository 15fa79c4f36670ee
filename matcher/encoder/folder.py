"""Writes the default model's files: a sentence-transformers folder, or tokenizer and graph for ONNX Runtime."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from matcher.encoder.packed import Network, PackedFile, Pieces

PROMPTS = {"query": "query: ", "passage": "passage: "}
GRAPH = "model.onnx"

_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KEPT, _SHELTER = "\uff5e", "\U0010fffd"
"""NFKC folds the full-width tilde, the model's own table keeps it; it waits in a private character meanwhile."""


def write_model(packed: PackedFile, folder: Path) -> None:
    """Write everything sentence-transformers needs to load the model from `folder`."""
    save_file(_weights(packed), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # the library writes for its owner alone; a cache may be shared
    _tokenizer(packed.pieces).save(str(folder / "tokenizer.json"))
    (folder / "1_Pooling").mkdir()
    for name, content in _settings(packed.network, packed.pieces).items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_onnx_model(packed: PackedFile, folder: Path) -> None:
    """Write what `session.OnnxModel` loads. Raises ImportError without the package `onnx`."""
    from matcher.encoder.graph import write_graph  # noqa: PLC0415  # the package may be missing

    write_graph(packed, folder / GRAPH)
    _tokenizer(packed.pieces).save(str(folder / "tokenizer.json"))


def _weights(packed: PackedFile) -> dict[str, NDArray[np.float32]]:
    """The tensors under the names BertModel gives them."""
    hidden, inner = packed.network.hidden, packed.network.inner
    weights = {
        "embeddings.word_embeddings.weight": packed.tensor("emb.word").reshape(-1, hidden),
        "embeddings.position_embeddings.weight": packed.tensor("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": packed.tensor("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": packed.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": packed.tensor("emb.ln.b"),
    }
    for layer in range(packed.network.layers):
        for part, name in _PARTS.items():
            weight = packed.tensor(f"l{layer}.{part}.w")
            if not part.endswith("ln"):
                weight = weight.reshape(-1, inner if part == "fo" else hidden)
            weights[f"encoder.layer.{layer}.{name}.weight"] = weight
            weights[f"encoder.layer.{layer}.{name}.bias"] = packed.tensor(f"l{layer}.{part}.b")
    return weights


def _tokenizer(pieces: Pieces) -> Tokenizer:
    """Unigram over the pieces; a leading mark before every word; `<s> … </s>` around the text."""
    unigram = models.Unigram(list(zip(pieces.texts, pieces.scores, strict=True)), unk_id=pieces.unknown)
    tokenizer = Tokenizer(unigram)
    tokenizer.normalizer = _normalizer(pieces)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = pieces.texts[pieces.begin], pieces.texts[pieces.end]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, pieces.begin), (end, pieces.end)],
    )
    specials = (begin, pieces.texts[pieces.padding], end, pieces.texts[pieces.unknown])
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in specials])
    return tokenizer


def _normalizer(pieces: Pieces) -> normalizers.Normalizer:
    """NFKC, preceded by what the model's own table does beyond it, then runs of spaces folded."""
    beyond = {
        char: text
        for char, text in pieces.replaced.items()
        if text in ("", " ") and unicodedata.normalize("NFKC", char) != text
    }
    dropped = "\0" + "".join(char for char, text in beyond.items() if not text)
    spaces = "".join(char for char, text in beyond.items() if text)
    return normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{re.escape(dropped)}]"), ""),
            normalizers.Replace(Regex(f"[{re.escape(spaces)}]"), " "),
            normalizers.Replace(_KEPT, _SHELTER),
            normalizers.NFKC(),
            normalizers.Replace(_SHELTER, _KEPT),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )


def _settings(network: Network, pieces: Pieces) -> dict[str, dict[str, Any] | list[dict[str, Any]]]:
    """The JSON files, by name."""
    modules = ("base.modules.transformer.Transformer", "sentence_transformer.modules.pooling.Pooling")
    paths = ("", "1_Pooling", "2_Normalize")
    types = (*modules, "base.modules.normalize.Normalize")
    return {
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.{kind}"}
            for index, (path, kind) in enumerate(zip(paths, types, strict=True))
        ],
        "sentence_bert_config.json": {
            "max_seq_length": network.positions,
            "model_kwargs": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "embedding_dimension": network.hidden,
            "pooling_mode": "mean",
            "include_prompt": True,
        },
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "config.json": _bert(network, pieces),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": network.positions,
            "bos_token": pieces.texts[pieces.begin],
            "eos_token": pieces.texts[pieces.end],
            "cls_token": pieces.texts[pieces.begin],
            "sep_token": pieces.texts[pieces.end],
            "pad_token": pieces.texts[pieces.padding],
            "unk_token": pieces.texts[pieces.unknown],
        },
    }


def _bert(network: Network, pieces: Pieces) -> dict[str, Any]:
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_size": network.hidden,
        "intermediate_size": network.inner,
        "layer_norm_eps": network.epsilon,
        "max_position_embeddings": network.positions,
        "num_attention_heads": network.heads,
        "num_hidden_layers": network.layers,
        "pad_token_id": pieces.padding,
        "type_vocab_size": network.types,
        "vocab_size": network.vocabulary,
    }
