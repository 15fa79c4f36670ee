"""The settings: environment variables `MATCHER_*`, all with defaults that work on a fresh machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from matcher.wording import Language


class Settings(BaseSettings):
    """Read by the composition root and the edges only. Every field's help text is its documentation."""

    # An empty variable, as container tools like to set them, means the default and never the current folder.
    model_config = SettingsConfigDict(env_prefix="MATCHER_", env_ignore_empty=True, frozen=True)

    home: Path = Field(
        Path("~/.matcher"), description="Folder of everything the product writes: database, indexes, models, caches."
    )
    cache_dir: Path | None = Field(
        None, description="Folder of the built encoder and of cached vectors; default: `cache` in the home folder."
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL of the database; default: the SQLite file `matcher.db` in the home folder."
    )
    encoder: str = Field(
        "default",
        description="`default` (multilingual-e5-small, rebuilt from the installed package), `hashing` (quick, words "
        "only, for trying things out), or the name or folder of any sentence-transformers model.",
    )
    encoder_backend: Literal["auto", "torch", "onnx"] = Field(
        "auto",
        description="What runs the default encoder: `torch` (PyTorch, float32), `onnx` (ONNX Runtime, eight bits), or "
        "the one that proves faster on this machine (docs/performance.md); `matcher check` tells which.",
    )
    vector_store: str = Field(
        "faiss",
        description="Where vectors are kept: `faiss`, in files of the home folder; "
        "`milvus+http://user:password@host:19530` or `milvus+https`, shared by all workers too; "
        "`milvus+file:///path/vectors.db`, the same in one file.",
    )
    policy: Path | None = Field(
        None, description="Folder of rule files (`*.yaml`) that serve instead of the shipped ones of `data/policy`."
    )
    chains: Path | None = Field(
        None, description="File of industry chains that serves instead of the shipped `data/taxonomy/chains.yaml`."
    )
    serve_jobs: bool = Field(
        True,
        description="Whether the processes of the service do jobs too; `false` leaves them all to `matcher jobs work`.",
    )
    smtp_url: str = Field(
        "",
        description="Mail server: `smtps://user:password@host`, `smtp+starttls://user:password@host` or "
        "`smtp://localhost`; default: letters are written to `outbox` in the home folder.",
    )
    mail_from: str = Field("", description="Sender of letters, `Name <name@host>`; needed with `MATCHER_SMTP_URL`.")
    base_url: str = Field("", description="Public address of the service, for links in letters: `https://host`.")
    mail_per_minute: int = Field(60, ge=1, le=100_000, description="Most digests that are sent within a minute.")
    digest_at: str = Field(
        "",
        description="When digests are composed and sent by the processes that do jobs: `Mon 08:00 Asia/Shanghai`; "
        "default: only when asked.",
    )
    webhook_url: str = Field(
        "", description="Address that gets every digest as signed JSON too, for a bridge to WeCom, Feishu or DingTalk."
    )
    webhook_secret: str = Field("", description="What that JSON is signed with, 16 characters or more.")
    language: Language = Field(Language.ZH, description="Language of what the commands print: `zh` or `en`.")

    @property
    def home_folder(self) -> Path:
        """The home folder, with `~` resolved."""
        return _expanded(self.home)

    @property
    def cache_folder(self) -> Path:
        """The folder of the encoder and the cached vectors."""
        return _expanded(self.cache_dir) if self.cache_dir else self.home_folder / "cache"

    @property
    def policy_folder(self) -> Path | None:
        """The folder of rule files that was set, with `~` resolved."""
        return _expanded(self.policy) if self.policy else None

    @property
    def chains_file(self) -> Path | None:
        """The file of industry chains that was set, with `~` resolved."""
        return _expanded(self.chains) if self.chains else None

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.home_folder / 'matcher.db'}"


def _expanded(path: Path) -> Path:
    return Path(os.path.expanduser(path))  # noqa: PTH111  # Path.expanduser raises for an unknown user
