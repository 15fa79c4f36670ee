"""A form of a page as a browser without scripts would send it."""

from __future__ import annotations

from html.parser import HTMLParser

UNSENT = ("file", "radio", "checkbox")
"""Inputs that say nothing unless somebody chooses something."""


class _Forms(HTMLParser):
    """Collects every form with what its fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._inside = False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, here = told.get("name", ""), self.forms[-1][1] if self._inside else {}
        if tag == "form":
            self.forms.append((told.get("action", ""), {}))
            self._inside = True
        elif tag == "textarea":
            self._area = name
            here[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in told or self._select not in here):
            here[self._select] = told.get("value", "")
        elif tag == "input" and name and (told.get("type") not in UNSENT or "checked" in told):
            here[name] = told.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._inside and self._area:
            self.forms[-1][1][self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""


def form(page: str, action: str, **said: str) -> dict[str, str]:
    """What the form that goes to an address would send, with what somebody puts into some of its fields. Of several
    forms the one whose hidden fields say so already is meant."""
    parser = _Forms()
    parser.feed(page)
    fitting = [fields for path, fields in parser.forms if path == action]
    assert fitting, (action, [path for path, _ in parser.forms])
    meant = next((one for one in fitting if all(one.get(name) == value for name, value in said.items())), fitting[0])
    return {**meant, **said}
