"""What is handed in is kept under safe names, within limits, or not at all."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from matcher.errors import IntakeError, LimitExceededError, UnreadableFileError, UnservedError, UnsupportedFileError
from matcher.intake import Limits
from matcher.services import uploads as module
from matcher.services.uploads import MOST_FILES, Upload, Uploads
from tests.commandline import SAMPLE
from tests.disks import full

CSV = b"id,title\nA1,x\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    """An empty folder of uploads for small files."""
    return Uploads(tmp_path / "uploads", Limits(max_bytes=200_000, max_uncompressed=1_000_000, max_ratio=50))


def keep(uploads: Uploads, *files: tuple[str, bytes]) -> list[str]:
    return uploads.keep("j1", [Upload(name, io.BytesIO(content)) for name, content in files])


def test_files_are_kept_byte_for_byte_where_only_the_service_reads_them(uploads: Uploads) -> None:
    sheet = (SAMPLE / "funds.xlsx").read_bytes()
    assert keep(uploads, ("x/achievements.csv", CSV), ("funds.xlsx", sheet)) == ["achievements.csv", "funds.xlsx"]
    folder = uploads.folder("j1")
    assert (folder / "achievements.csv").read_bytes() == CSV
    assert (folder / "funds.xlsx").read_bytes() == sheet
    assert folder.stat().st_mode & 0o077 == 0
    assert uploads.path("j1", ["achievements.csv"]) == folder / "achievements.csv"
    assert uploads.path("j1", ["achievements.csv", "funds.xlsx"]) == folder


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("achievements.exe", CSV, UnsupportedFileError),
        ("achievements", CSV, UnsupportedFileError),
        ("achievements.xls", b"\xd0\xcf\x11\xe0", UnsupportedFileError),
        ("achievements.csv", (SAMPLE / "funds.xlsx").read_bytes(), UnreadableFileError),
        ("achievements.jsonl", b"%PDF-1.7", UnreadableFileError),
        ("achievements.xlsx", CSV, UnreadableFileError),
        ("achievements.xlsx", PNG, UnreadableFileError),
        ("achievements.xlsx", b"\xd0\xcf\x11\xe0", UnreadableFileError),
        ("achievements.csv", b"x" * 200_001, LimitExceededError),
    ],
)
def test_a_file_that_is_too_large_or_not_what_it_says_is_refused_and_nothing_is_left(
    uploads: Uploads, name: str, content: bytes, error: type[IntakeError]
) -> None:
    with pytest.raises(error) as refused:
        keep(uploads, ("incubators.csv", CSV), (name, content))
    assert not uploads.folder("j1").exists()
    assert str(uploads.folder("")) not in str(refused.value)


def test_a_workbook_that_unpacks_to_far_more_is_refused_unopened(uploads: Uploads) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(2_000_000))
    with pytest.raises(LimitExceededError):
        keep(uploads, ("funds.xlsx", packed.getvalue()))


def test_nothing_too_many_too_much_or_two_of_one_name_are_refused(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IntakeError, match="No file"):
        keep(uploads)
    with pytest.raises(LimitExceededError):
        keep(uploads, *((f"{number}.csv", CSV) for number in range(MOST_FILES + 1)))
    with pytest.raises(IntakeError, match="Two files"):
        keep(uploads, ("Funds.csv", CSV), ("x/funds.csv", CSV))
    monkeypatch.setattr(module, "MOST_BYTES", 2 * len(CSV))
    keep(uploads, ("a.csv", CSV), ("b.csv", CSV))
    uploads.discard("j1")
    with pytest.raises(LimitExceededError):
        keep(uploads, ("a.csv", CSV), ("b.csv", CSV), ("c.csv", CSV))
    assert not uploads.folder("j1").exists()


def test_files_that_are_gone_are_named_so(uploads: Uploads) -> None:
    keep(uploads, ("a.csv", CSV))
    uploads.discard("j1")
    with pytest.raises(UnreadableFileError, match="no longer there"):
        uploads.path("j1", ["a.csv"])


def test_on_a_full_disk_nothing_is_kept_and_what_to_do_is_said(
    uploads: Uploads,
) -> None:
    with full(), pytest.raises(UnservedError, match="No space left on device") as refused:
        keep(uploads, ("achievements.csv", CSV))
    assert "磁盘空间" in refused.value.step.zh
    assert not uploads.folder("j1").exists()
