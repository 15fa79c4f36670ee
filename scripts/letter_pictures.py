"""Pictures of a letter as a phone and a desk show it, by day and by night.

`python -m scripts.letter_pictures FILE.eml FOLDER`
"""

from __future__ import annotations

import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.chromium import browsing

WIDTHS = {"phone": 390, "desk": 1000}


def html_of(letter: Path) -> str:
    """The HTML part of a letter."""
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  # which the policy makes
    body = message.get_body(("html",))
    if body is None:
        raise SystemExit(f"{letter} has no HTML part")
    return str(body.get_content())


def main() -> None:
    """Take all four."""
    letter, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    html = html_of(letter)
    with browsing() as browser:
        for name, width in WIDTHS.items():
            for night in (False, True):
                scheme = "dark" if night else "light"
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
                page.set_content(html)
                page.screenshot(path=folder / f"{letter.stem}-{name}{'-night' if night else ''}.png", full_page=True)


if __name__ == "__main__":
    main()
