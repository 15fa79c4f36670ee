"""What a built encoder folder says of itself, so that damage and other versions are seen before a vector is made."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.wording import Said

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileMark:
    """Size in bytes and SHA-256 of one file."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FileMark:
        """The mark of a file as it is now."""
        return cls(path.stat().st_size, sha256_of(path))


@dataclass(frozen=True, slots=True)
class EncoderManifest:
    """Where a built model comes from and what its folder must hold. `dimension` and `max_tokens` are counts.

    `form` is the backend it was written for.
    """

    model: str
    source: str
    source_sha256: str
    recipe: int
    dimension: int
    max_tokens: int
    files: Mapping[str, FileMark]
    form: str = "torch"

    @property
    def id(self) -> str:
        """The name that vectors of this model carry: the same on every machine, another for another recipe or form."""
        parts = (self.source_sha256, str(self.recipe), *(() if self.form == "torch" else (self.form,)))
        return f"{self.model}@{short_hash(*parts)}"

    def write(self, folder: Path) -> None:
        """Write `manifest.json` into the folder."""
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> EncoderManifest:
        """The folder's manifest. Raises OSError when there is none, ValueError when it cannot be understood."""
        try:
            raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return cls(**{**raw, "files": {name: FileMark(**mark) for name, mark in raw["files"].items()}})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(str(error)) from error

    def fault(self, folder: Path, *, thorough: bool) -> Said | None:
        """The first file that is not as written, or None. `thorough` reads every byte; otherwise sizes are compared."""
        for name, mark in self.files.items():
            path = folder / name
            if not path.is_file():
                return Said(f"缺少文件 {name}", f"the file {name} is missing")
            if path.stat().st_size != mark.size or (thorough and sha256_of(path) != mark.sha256):
                return Said(f"文件 {name} 已损坏", f"the file {name} is damaged")
        return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def short_hash(*parts: str) -> str:
    """Twelve hexadecimal digits that tell these parts from others."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
