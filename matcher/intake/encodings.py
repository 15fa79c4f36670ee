"""Which encoding a text file is in, proved by decoding all of it."""

from __future__ import annotations

import codecs
from pathlib import Path

from matcher.errors import UnreadableFileError
from matcher.wording import Said

CHUNK = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
FOREIGN = (
    (b"PK\x03\x04", "Excel 工作簿 (.xlsx)", "an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "旧版 Excel 文件 (.xls) 或加密文件", "an old Excel file (.xls) or an encrypted file"),
    (b"%PDF", "PDF", "a PDF"),
    (b"\x1f\x8b", "压缩文件", "a compressed file"),
)
SAVE_AS = (
    "请用 Excel 打开，选择“另存为”→“CSV UTF-8（逗号分隔）”，再导入。",
    "Open it in Excel, choose Save As, 'CSV UTF-8 (comma delimited)', and import again.",
)


def encoding_of(path: Path) -> str:
    """UTF-8 with or without mark, UTF-16 with mark, or GB18030: the first that decodes every byte.

    Raises UnreadableFileError with the offset of the first byte that fits none of them.
    """
    start = check_start(path)
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    failures = {}
    for name in (marked,) if marked else ("utf-8", "gb18030"):
        offset = _first_bad_byte(path, name)
        if offset is None:
            return name
        failures[name] = offset
    # The encoding that came furthest is the one that was meant.
    name = max(failures, key=lambda name: failures[name])
    raise _undecodable(path, name, failures[name])


def check_start(path: Path) -> bytes:
    """The first bytes of a text file. Raises UnreadableFileError where they are those of another kind of file."""
    with path.open("rb") as stream:
        start = stream.read(8)
    for magic, zh, en in FOREIGN:
        if start.startswith(magic):
            raise _foreign(path, zh, en)
    return start


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    consumed = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # The decoder may have held back the last bytes of the chunk before.
                return consumed + len(chunk) - len(error.object) + error.start
            if not chunk:
                return None
            consumed += len(chunk)


def _undecodable(path: Path, encoding: str, offset: int) -> UnreadableFileError:
    return UnreadableFileError(
        Said(
            f"文件“{path.name}”既不是 UTF-8、UTF-16，也不是 GB18030 编码（按 {encoding} 在第 {offset:,} 字节失败）。",
            f"The file '{path.name}' is neither UTF-8, UTF-16 nor GB18030 (as {encoding} it fails at byte {offset:,}).",
        ),
        Said(*SAVE_AS),
    )


def _foreign(path: Path, zh: str, en: str) -> UnreadableFileError:
    return UnreadableFileError(
        Said(f"文件“{path.name}”的内容其实是{zh}。", f"The file '{path.name}' is really {en}."), Said(*SAVE_AS)
    )
