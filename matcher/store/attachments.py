"""The contents of attachments: a folder of files named by their digest, so that one content is kept once."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from matcher.appearing import appearing, writing
from matcher.errors import StoreError
from matcher.wording import Said


class AttachmentFolder:
    """Files under two letters of their digest. What no attachment names any more is swept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep a content and give its digest. It is there whole or not at all, and may be there already.

        Raises:
            UnservedError: the folder cannot be written.
        """
        digest = sha256(content).hexdigest()
        path = self._path(digest)
        with writing(self._folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written even where it is there already: it may be damaged, and a sweep goes by the time of writing.
            with appearing(path) as file:
                file.write(content)
        return digest

    def get(self, digest: str) -> bytes:
        """The content of a digest.

        Raises:
            StoreError: it is gone or damaged.
        """
        try:
            content = self._path(digest).read_bytes()
        except OSError as error:
            raise _lost(digest, error.strerror or "") from error
        if sha256(content).hexdigest() != digest:
            raise _lost(digest, "SHA-256")
        return content

    def sweep(self, keep: Set[str], before: datetime) -> int:
        """Delete files that nobody names and that were written before a moment, and say how many.

        Younger ones may belong to a transaction that has not ended yet.
        """
        swept = 0
        for path in self._folder.glob("??/*"):
            old = path.stat().st_mtime < before.timestamp()
            if old and path.name not in keep:
                path.unlink()
                swept += 1
        return swept

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _lost(digest: str, why: str) -> StoreError:
    return StoreError(
        Said(
            f"附件内容 {digest[:12]} 缺失或已损坏（{why}）。", f"The content {digest[:12]} is gone or damaged ({why})."
        ),
        Said("请从备份恢复附件文件夹，或重新上传。", "Restore the folder from a backup, or attach the file again."),
    )
