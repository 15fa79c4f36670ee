"""A letter as a mail server received it, in a real browser of a phone's width: nothing sticks out at the side."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.domain.digests import News, Topic
from matcher.services.mail import Smtp
from matcher.store import Database, open_database, upgrade
from matcher.wording import Said
from scripts.letter_pictures import html_of
from tests.chromium import PHONE, browsing, installed
from tests.digests import digest, item, line
from tests.mailing import FROM, composed, run
from tests.post import served

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not installed(), reason="no Chromium: install Debian's `chromium`")]
ROOT = Path(__file__).parent.parent.parent
LONG = "Lactobacillus-plantarum-ZJ316-microencapsulation-and-lyophilisation-process-without-any-space"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def received(database: Database, tmp_path: Path) -> Path:
    """The letter as it came, as a file."""
    told = digest(
        item(1, tier=1, clause=Said("载体承接的优秀成果转化项目（三(三)）", "undertaken by a carrier (3.3)")),
        item(2, name=LONG * 2, for_name=LONG, news=News.CHANGED, exploration=True, reason=Said(LONG * 3, LONG * 3)),
        item(3, topic=Topic.CARRIERS, name="名" * 200),
        lines=(line(), line(said=Said(LONG * 3, LONG * 3), topic=Topic.FIGURES)),
        account_id="u000",
    )
    composed(database, 1, digests=[told])
    with served() as running:
        run(database, Smtp(replace(running.server, user="", password=""), FROM))
        [content] = running.post.kept
    path = tmp_path / "letter.eml"
    path.write_bytes(content)
    return path


def test_pictures_of_a_received_letter_are_made_and_it_fits_a_phone(received: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    subprocess.run(
        [sys.executable, "-m", "scripts.letter_pictures", received, folder], cwd=ROOT, check=True, timeout=300
    )
    assert {path.name for path in folder.iterdir()} == {
        f"letter-{name}.png" for name in ("phone", "phone-night", "desk", "desk-night")
    }
    assert (folder / "letter-phone.png").stat().st_size > 20_000
    with browsing() as browser:
        page = browser.new_page(viewport=PHONE)
        page.set_content(html_of(received))
        width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= window
