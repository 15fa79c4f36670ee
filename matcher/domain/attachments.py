"""What files a case takes: a closed list, by name and by content, with names that are safe on every system."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from matcher.errors import LimitExceededError, UnsupportedFileError
from matcher.wording import Said

LARGEST = 20 * 1024 * 1024
"""Bytes of the largest attachment."""


def _begins(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signs)


def _webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _office(folder: str) -> Callable[[bytes], bool]:
    """A workbook and the like without macros."""

    def fits(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and any(name.startswith(f"{folder}/") for name in names) and not macros

    return fits


TYPES: Mapping[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _begins(b"%PDF-")),
    "png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    "webp": ("image/webp", _webp),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _office("word")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _office("xl")),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", _office("ppt")),
    "txt": ("text/plain", _text),
    "csv": ("text/csv", _text),
}
"""What an attachment's name may end in, its media type, and whether a content is that."""


def media_of(name: str, content: bytes) -> str:
    """The media type of a file.

    Raises:
        LimitExceededError: it is empty or too large.
        UnsupportedFileError: its name is none of the list, or its content is not what the name says.
    """
    if not 0 < len(content) <= LARGEST:
        size, most = len(content), LARGEST // 1024 // 1024
        raise LimitExceededError(
            Said(f"附件 {name} 有 {size} 字节。", f"The attachment {name} has {size} bytes."),
            Said(f"附件须有内容，且不超过 {most} MB。", f"It must not be empty, nor larger than {most} MB."),
        )
    suffix = name.rpartition(".")[2].lower()
    allowed = Said(f"可用：{'、'.join(TYPES)}。", f"Allowed are {', '.join(TYPES)}.")
    if "." not in name or suffix not in TYPES:
        raise UnsupportedFileError(
            Said(f"附件 {name} 的类型不在允许之列。", f"The type of the attachment {name} is not allowed."), allowed
        )
    media, fits = TYPES[suffix]
    if not fits(content):
        raise UnsupportedFileError(
            Said(f"附件 {name} 的内容不是 {suffix}。", f"The content of the attachment {name} is no {suffix}."), allowed
        )
    return media
