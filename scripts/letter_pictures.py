"""Pictures of a letter as a phone and a desk show it, by day and by night: `letter_pictures.py FILE.eml FOLDER`."""

from __future__ import annotations

import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from shutil import which

WIDTHS = {"phone": 390, "desk": 1000}
HEIGHT = 2600
NIGHT = "--blink-settings=preferredColorScheme=0"


def html_of(letter: Path) -> str:
    """The HTML part of a letter."""
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  # which the policy makes
    body = message.get_body(("html",))
    if body is None:
        raise SystemExit(f"{letter} has no HTML part")
    return str(body.get_content())


def picture(page: Path, target: Path, width: int, *, night: bool = False) -> None:
    """What Chromium shows of a page."""
    chromium = which("chromium") or which("chromium-browser") or which("google-chrome")
    if chromium is None:
        raise SystemExit("chromium is needed")
    told = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *([NIGHT] if night else [])]
    size, out = f"--window-size={width},{HEIGHT}", f"--screenshot={target}"
    subprocess.run([chromium, *told, size, out, page.resolve().as_uri()], check=True, capture_output=True, timeout=120)  # noqa: S603


def main() -> None:
    """Take all four."""
    letter, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{letter.stem}.html"
    page.write_text(html_of(letter), encoding="utf-8")
    for name, width in WIDTHS.items():
        for night in (False, True):
            picture(page, folder / f"{letter.stem}-{name}{'-night' if night else ''}.png", width, night=night)


if __name__ == "__main__":
    main()
