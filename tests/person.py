"""Somebody at a browser, in the words of what a person does there: reads, writes, follows, presses. Wherever they
arrive, the page has to be whole: strict headers, nothing sideways, nothing serious that axe-core finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Response, ViewportSize, expect

from api.pages.rendering import LANGUAGE
from tests.chromium import DESKTOP, PHONE, Visit, visiting

PATIENCE = 20_000
"""Milliseconds before something counts as missing: several tests may share the machine."""
LOOSE = re.compile(r"unsafe|\*|https?:|data:|blob:")
"""What a strict policy of contents does not hold."""
OWN = re.compile(r"[0-9a-f]{12,}|\d+|ex-\w+|[^/]*%[^/]*")
"""The part of an address that tells one page of a sort from the others."""


@dataclass(frozen=True)
class Way:
    """How somebody comes: in which language, with or without scripts, at what."""

    language: str
    scripts: bool
    phone: bool

    @property
    def window(self) -> ViewportSize:
        """The size of what the page is seen in."""
        return PHONE if self.phone else DESKTOP

    @property
    def zh(self) -> bool:
        """Whether Chinese is spoken."""
        return self.language == "zh"

    @property
    def turn(self) -> int:
        """A number by which journeys that write choose what no other way takes."""
        return 2 * (not self.zh) + (not self.scripts)

    def __str__(self) -> str:
        return f"{self.language}-{'scripts' if self.scripts else 'plain'}-{'phone' if self.phone else 'desk'}"


WAYS = tuple(
    Way(language, scripts=scripts, phone=phone)
    for language, scripts, phone in (
        ("zh", True, False),
        ("zh", False, True),
        ("en", True, True),
        ("en", False, False),
    )
)
"""Every two of language, scripts and size meet in one of them: for the main journey of a role."""
APART = (Way("zh", scripts=True, phone=True), Way("en", scripts=False, phone=False))
"""Two with nothing in common: for the others."""
everywhere = pytest.mark.parametrize("way", WAYS, ids=str)


class Place:
    """A part of a page, and what a person does in it. Whatever is named has its Chinese name first."""

    def __init__(self, person: Person, at: Locator | Page) -> None:
        """A part of the page that somebody looks at."""
        self.person = person
        self.at = at

    def _in(self, zh: str, en: str) -> str:
        return zh if self.person.way.zh else en or zh

    def _named(self, role: Any, zh: str, en: str) -> Locator:
        return self.at.get_by_role(role, name=self._in(zh, en), exact=True).first

    def _seen(self, zh: str, en: str) -> Locator:
        return self.at.get_by_text(self._in(zh, en)).filter(visible=True)

    def reads(self, zh: str, en: str = "") -> None:
        """It says so, and it can be seen."""
        expect(self._seen(zh, en).first).to_be_visible()

    def misses(self, zh: str, en: str = "") -> None:
        """It does not say so."""
        expect(self._seen(zh, en)).to_have_count(0)

    def follows(self, zh: str, en: str = "") -> None:
        """Go where a link leads."""
        self._go(self._named("link", zh, en))

    def presses(self, zh: str, en: str = "") -> None:
        """Send a form by its button."""
        self._go(self._named("button", zh, en))

    def takes(self, zh: str, en: str = "") -> BytesIO:
        """Save the file behind a link."""
        with self.person.page.expect_download() as coming:
            self._named("link", zh, en).click()
        return BytesIO(Path(coming.value.path()).read_bytes())

    def unfolds(self, zh: str, en: str = "") -> None:
        """Open what is folded, unless it is open."""
        fold = self.at.locator("summary", has_text=self._in(zh, en)).first
        if fold.locator("xpath=..").get_attribute("open") is None:
            fold.click()

    def field(self, zh: str, en: str = "") -> Locator:
        """What is filled in under a label."""
        return self.at.get_by_label(self._in(zh, en)).first

    def writes(self, zh: str, en: str, text: str) -> None:
        """Fill in a field."""
        self.field(zh, en).fill(text)

    def chooses(self, zh: str, en: str, *, zh_option: str, en_option: str = "") -> None:
        """One of a list; where scripts send the form by themselves, that is waited for."""
        chosen = self.field(zh, en)
        sends = self.person.way.scripts and chosen.get_attribute("data-send") is not None
        with self.person.page.expect_navigation() if sends else nullcontext():
            chosen.select_option(label=self._in(zh_option, en_option or zh_option))

    def ticks(self, zh: str, en: str = "") -> None:
        """Tick a box, or one of several answers."""
        self.field(zh, en).check()

    def part(self, zh: str, en: str = "") -> Place:
        """The part of the page that has a name."""
        return Place(self.person, self._named("region", zh, en))

    def card(self, name: str) -> Place:
        """The card of a list that is about something."""
        return Place(self.person, self.at.locator("li.card").filter(has_text=name).first)

    def section(self, zh: str, en: str = "") -> Place:
        """The smallest box around something that is said."""
        said = self._seen(zh, en).first
        box = "xpath=ancestor-or-self::*[self::section or self::article or self::li or self::form or self::tr"
        return Place(self.person, said.locator(box + " or contains(@class, 'card')][1]"))

    def _go(self, thing: Locator) -> None:
        with self.person.page.expect_navigation():
            thing.click()
        self.person.arrives()


class Person(Place):
    """Somebody who has signed in."""

    def __init__(self, visit: Visit, way: Way, seen: set[tuple[str, ...]]) -> None:
        """Somebody with a page before them; `seen` is what axe-core has looked at already."""
        super().__init__(self, visit.page)
        self.visit, self.way, self.seen = visit, way, seen
        self.refused: list[int] = []
        """Answers that were errors, and of which nobody has spoken yet."""
        self.refusals = 0
        """All of them; the console complains once of each."""
        self.page.set_default_timeout(PATIENCE)
        self.page.on("response", self._answered)

    @property
    def page(self) -> Page:
        """What is in front of them."""
        return self.visit.page

    @property
    def path(self) -> str:
        """Where they are."""
        return self.page.url.removeprefix(self.visit.address)

    def opens(self, path: str) -> None:
        """Go to an address of the service."""
        self.page.goto(self.visit.address + path)
        self.arrives()

    def was_refused(self, status: int) -> None:
        """The last answer was this error."""
        assert self.refused.pop() == status

    def stands_at(self, zh: str, en: str = "") -> None:
        """The page has this heading."""
        expect(self.page.get_by_role("heading", name=self._in(zh, en)).first).to_be_visible()

    def is_told(self, zh: str, en: str = "") -> None:
        """The page says what was done."""
        expect(self.page.get_by_role("status").first).to_have_text(self._in(zh, en))

    def is_warned(self, zh: str, en: str = "") -> None:
        """The page says what is wrong."""
        expect(self.page.get_by_role("alert").first).to_contain_text(self._in(zh, en))

    def hits(self, key: str) -> None:
        """A key that sends a form."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.arrives()

    def goes_back(self) -> None:
        """By the browser's own button."""
        self.page.go_back()
        self.arrives()

    def arrives(self) -> None:
        """Look at the page as a whole; axe-core looks once at each sort of page, at each size."""
        self.page.wait_for_load_state()
        assert self.visit.sideways == 0, self.path
        path, refused = OWN.sub("·", self.path.partition("?")[0]), map(str, self.refused)
        sort = (path, str(self.way.phone), *refused)
        if sort in self.seen or not self.way.scripts:  # axe-core is a script; the page is the same without
            return
        self.seen.add(sort)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], self.path

    def _answered(self, answer: Response) -> None:
        if not answer.request.is_navigation_request() or answer.status in range(300, 400):
            return
        policy = answer.headers.get("content-security-policy", "")
        if "attachment" not in answer.headers.get("content-disposition", "") and (
            "default-src 'none'" not in policy or LOOSE.search(policy)
        ):
            self.visit.complaints.append(f"{answer.url}: policy {policy!r}")
        if answer.status >= 400:
            self.refused.append(answer.status)
            self.refusals += 1


@contextmanager
def walking(
    browser: Browser, address: str, token: str, way: Way, seen: set[tuple[str, ...]], **settings: Any
) -> Iterator[Person]:
    """Somebody on their way; at its end nothing is left that a page complained of."""
    window = {"viewport": way.window, "java_script_enabled": way.scripts, "color_scheme": "light"}
    with visiting(browser, address, token, **(window | settings)) as visit:
        visit.page.context.add_cookies([{"name": LANGUAGE, "value": way.language, "url": address}])
        person = Person(visit, way, seen)
        expect.set_options(timeout=PATIENCE)
        yield person
        assert person.refused == []
        assert [one for one in visit.complaints if "status of 4" not in one] == []
        assert len(visit.complaints) <= person.refusals


Come = Callable[..., AbstractContextManager[Person]]
"""How somebody of a role comes: signed in, in a browser of their own."""
