"""Cases without a database: what may be undone, what becomes of an introduction, which files are taken."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matcher.domain.attachments import LARGEST, TYPES, media_of
from matcher.domain.cases import UNDO, Event, Happening, standing, undoable
from matcher.domain.introductions import Introduction, Reply, Side, Standing, current
from matcher.domain.records import Refusal
from matcher.errors import LimitExceededError, TransitionError, UnsupportedFileError
from tests.casework import NOW, PDF

DAY = date(2026, 11, 20)
OFFER = Introduction(id="n", case_id="c", by="wang", proposed_at=NOW, expires_on=DAY)
LEFT, RIGHT = (Reply(side=side, accepted=True, by="x", at=NOW) for side in Side)
TOMORROW = DAY + timedelta(days=1)


def event(number: int, what: Happening, by: str = "wang", undoes: int | None = None) -> Event:
    return Event(id=number, case_id="c", at=NOW, by=by, what=what, undoes=undoes)


MOVED, NOTED = event(1, Happening.MOVED), event(2, Happening.NOTED)


def test_the_last_step_is_undone_whatever_was_noted_since() -> None:
    assert undoable([MOVED, NOTED], "wang", NOW + UNDO) == MOVED


def test_what_was_undone_stands_no_more_and_the_step_before_it_is_the_last() -> None:
    second, undo = event(2, Happening.PROPOSED), event(3, Happening.UNDONE, undoes=2)
    assert standing([MOVED, second, undo]) == [MOVED]
    assert undoable([MOVED, second, undo], "wang", NOW) == MOVED


@pytest.mark.parametrize(
    ("events", "by", "later"),
    [
        ([], "wang", timedelta()),
        ([NOTED], "wang", timedelta()),
        ([MOVED], "li", timedelta()),
        ([MOVED, event(2, Happening.REPLIED, "li")], "wang", timedelta()),
        ([MOVED], "wang", UNDO + timedelta(seconds=1)),
        ([MOVED, event(2, Happening.UNDONE, undoes=1)], "wang", timedelta()),
    ],
)
def test_nothing_else_is_undone(events: list[Event], by: str, later: timedelta) -> None:
    with pytest.raises(TransitionError):
        undoable(events, by, NOW + later)


@pytest.mark.parametrize(
    ("offer", "day", "found"),
    [
        (OFFER, DAY, Standing.PROPOSED),
        (OFFER, TOMORROW, Standing.EXPIRED),
        (replace(OFFER, left=LEFT), TOMORROW, Standing.EXPIRED),
        (replace(OFFER, left=LEFT, right=RIGHT), TOMORROW, Standing.ACCEPTED),
        (replace(OFFER, left=LEFT, right=replace(RIGHT, accepted=False)), DAY, Standing.DECLINED),
        (replace(OFFER, right=replace(RIGHT, accepted=False)), TOMORROW, Standing.DECLINED),
        (replace(OFFER, left=LEFT, right=RIGHT, withdrawn=True), DAY, Standing.WITHDRAWN),
    ],
)
def test_what_becomes_of_an_introduction_by_a_day(offer: Introduction, day: date, found: Standing) -> None:
    assert offer.standing(day) is found


def test_a_side_answers_once_and_only_what_waits_for_it() -> None:
    once = OFFER.answered(LEFT, DAY)
    assert once.answered(RIGHT, DAY).standing(DAY) is Standing.ACCEPTED
    for offer, day in ((once, DAY), (OFFER, TOMORROW), (replace(OFFER, withdrawn=True), DAY)):
        with pytest.raises(TransitionError):
            offer.answered(LEFT, day)
    with pytest.raises(TransitionError):
        OFFER.answered(replace(RIGHT, accepted=False, refusal=Refusal.TOPIC), DAY).answered(LEFT, DAY)


def test_a_withdrawn_introduction_counts_no_more() -> None:
    second = replace(OFFER, id="m")
    assert current([]) is None
    assert current([OFFER, second]) == second
    assert current([OFFER, replace(second, withdrawn=True)]) == OFFER


def office(folder: str, *more: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            archive.writestr(name, "<x/>")
    return content.getvalue()


CONTENTS = {
    "pdf": PDF,
    "png": b"\x89PNG\r\n\x1a\n...",
    "jpg": b"\xff\xd8\xff\xe0...",
    "jpeg": b"\xff\xd8\xff\xe1...",
    "webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "docx": office("word"),
    "xlsx": office("xl"),
    "pptx": office("ppt"),
    "txt": "会议纪要".encode(),
    "csv": "甲,乙\n".encode("gb18030"),
}


def test_each_type_is_taken_with_its_own_content_and_refused_with_any_other() -> None:
    assert set(CONTENTS) == set(TYPES)
    families = {"jpg": "jpeg", "txt": "csv"}
    for suffix in TYPES:
        assert media_of(f"文件.{suffix.upper()}", CONTENTS[suffix]) == TYPES[suffix][0]
        for other, content in CONTENTS.items():
            if families.get(suffix, suffix) != families.get(other, other) and suffix not in ("txt", "csv"):
                with pytest.raises(UnsupportedFileError):
                    media_of(f"x.{suffix}", content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.docx", office("word", "word/vbaProject.bin")),
        ("x.xlsx", office("word")),
        ("x.docx", b"PK\x03\x04 broken"),
        ("x.txt", b"MZ\0\0"),
        ("x.txt", b"\xff\xfe\xff"),
        ("x.svg", b"<svg/>"),
        ("x.html", b"<html>"),
        ("pdf", PDF),
        ("x.pdf.exe", PDF),
    ],
)
def test_macros_and_disguised_files_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(UnsupportedFileError):
        media_of(name, content)


@pytest.mark.parametrize("content", [b"", PDF + bytes(LARGEST)])
def test_a_file_is_neither_empty_nor_too_large(content: bytes) -> None:
    with pytest.raises(LimitExceededError):
        media_of("x.pdf", content)
