"""A real browser over a running service, for tests and for the screenshots of the documentation."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, sync_playwright

from api.app import create_app
from api.guard import COOKIE
from matcher.bootstrap import Installation

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def installed() -> str:
    """The browser of this machine; empty when there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), "")


def program() -> str:
    """The browser of this machine. Raises FileNotFoundError when there is none."""
    if not (found := installed()):
        raise FileNotFoundError("no Chromium: install Debian's `chromium`")
    return found


@contextmanager
def serving(installation: Installation) -> Iterator[str]:
    """The service on a free port of this machine; gives its address."""
    config = uvicorn.Config(create_app(installation), host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the service did not start")
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def browsing() -> Iterator[Browser]:
    """The browser, without a window and without traffic of its own."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=flags)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page of somebody who has signed in, and what it complained of meanwhile."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address of the service."""
        answer = self.page.goto(self.address + path)
        if answer is None or answer.status >= 400:
            self.complaints.append(f"{path}: {answer.status if answer else 'no answer'}")
        return self.page

    def listen(self) -> None:
        """Note what the page complains of, and what it asks of others."""

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.complaints.append(message.text)

        def sent(request: Request) -> None:
            if not request.url.startswith(self.address):
                self.complaints.append(f"asked {request.url}")

        self.page.on("console", said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", sent)

    @property
    def sideways(self) -> int:
        """Pixels by which the page is wider than the window."""
        width = int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        return max(width, 0)


@contextmanager
def visiting(browser: Browser, address: str, token: str, **settings: Any) -> Iterator[Visit]:
    """Somebody with a session, in a browser profile of their own. Settings are those of Playwright's context."""
    context: BrowserContext = browser.new_context(**({"viewport": DESKTOP, "locale": "zh-CN"} | settings))
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    visit = Visit(context.new_page(), address)
    visit.listen()
    yield visit
    context.close()
