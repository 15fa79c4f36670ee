"""Visits from the letter to the page that explains an item: one for a reader and an item, and nobody else's."""

from __future__ import annotations

from datetime import datetime

from matcher.domain.accounts import Actor
from matcher.errors import LinkError
from matcher.services.delivery.links import Links, Purpose
from matcher.store import Database, Deliveries, Digests


class Clicks:
    """The use case of noting that somebody opened the reasons of what a letter told them."""

    def __init__(self, database: Database, links: Links) -> None:
        self._database = database
        self._links = links

    def note(self, token: str, left_id: str, right_id: str, actor: Actor, now: datetime) -> None:
        """Note the first visit of whom the letter was sent to, to the pair that its link is about.

        Nothing is noted of anybody else, of another pair, or of a link that is not valid: the page is theirs all the
        same.
        """
        try:
            parts = self._links.opened(Purpose.WHY, token, now)
        except LinkError:
            return
        delivery_id, item_id = parts
        with self._database.read() as connection:
            delivery = Deliveries(connection).get(delivery_id)
            if delivery is None or delivery.account_id != actor.id:
                return
            digest = Digests(connection).get(delivery.digest_id)
        items = digest.items if digest else ()
        item = next((one for one in items if one.id == item_id and item_id in delivery.handed), None)
        if item is None or (item.left_id, item.right_id) != (left_id, right_id):
            return
        with self._database.begin() as connection:
            Digests(connection).mark_clicked(actor.id, delivery.week, item, now)
