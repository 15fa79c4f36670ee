"""Where the pages are: the bar at the top, with what each role may open."""

from __future__ import annotations

from dataclasses import dataclass

from api.permissions import PAGES
from matcher.domain.accounts import Actor
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the bar: its route, its address, and what it is called."""

    page: str
    path: str
    said: Said
    root: str = ""
    """What the addresses of its pages begin with, where that is more than its own."""
    also: tuple[str, ...] = ()
    """Other addresses that belong to it."""

    def holds(self, path: str) -> bool:
        """Whether a page is one of this place."""
        return path in (self.path, *self.also) or path.startswith(f"{self.root or self.path}/")


BAR = (
    Place("page_match", "/match", Said("匹配", "Match")),
    Place("page_cases", "/cases", Said("案件", "Cases"), also=("/tasks", "/introductions")),
    Place("page_screen", "/screen", Said("筛选", "Screen")),
    Place("page_shortlist", "/shortlist", Said("入选", "Shortlist")),
    Place("page_digests", "/digests", Said("简报", "Digests")),
    Place("page_records", "/records/achievements", Said("记录", "Records"), "/records"),
    Place("page_carriers", "/carriers", Said("载体", "Carriers")),
    Place("page_bureau", "/bureau", Said("科技局", "Bureau")),
    Place("page_data", "/data", Said("数据", "Data")),
    Place("page_admin", "/admin", Said("管理", "Admin")),
)


def bar(actor: Actor) -> list[Place]:
    """What the actor may open."""
    return [place for place in BAR if actor.role in (PAGES[place.page].roles or frozenset())]
