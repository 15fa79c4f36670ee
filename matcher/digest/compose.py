"""Composing: what was chosen, in words, or why somebody is told nothing. The same material gives the same digests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from matcher.digest.offers import FRESH, Key, Offer
from matcher.digest.portfolio import value
from matcher.digest.selection import Material, Selection
from matcher.digest.trial import Pick
from matcher.domain.digests import Digest, Item, Line, Silence, Topic
from matcher.domain.weeks import Week
from matcher.wording import Language, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How one pair is told."""

    name: str
    for_name: str
    reason: Said
    clause: Said | None = None
    grounds: str = ""
    changed: tuple[str, ...] = ()
    """The fields of the shown record that changed, where it is told for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody of the week, with all that their digest says beside the items."""

    account_id: str
    language: Language
    silence: Silence | None = None
    """Why nothing is told, whatever there is."""
    lines: tuple[Line, ...] = ()
    spoken: bool = False
    """Whether a line is worth a mail by itself."""


def digest_id(account_id: str, week: Week) -> str:
    """The name of somebody's digest of a week."""
    return _name(account_id, week)


def item_id(key: Key, week: Week) -> str:
    """The name of an item, by which a letter asks for feedback."""
    return _name(key[0], week, *key[1:])


def compose(
    material: Material,
    recipients: Sequence[Recipient],
    selection: Selection,
    tellings: Mapping[Key, Telling],
    *,
    receipt_id: str,
    composed_at: datetime,
) -> list[Digest]:
    """The digests of all recipients, in the order of their accounts.

    A chosen pair without a telling is passed over: one of its records was withdrawn since.
    """
    told = []
    for one in sorted(recipients, key=lambda recipient: recipient.account_id):
        picks = () if one.silence else selection.picks.get(one.account_id, ())
        chosen = [(pick, material.offers[pick.offer]) for pick in _ordered(material, picks)]
        items = tuple(
            _item(pick, offer, tellings[offer.key], material.week) for pick, offer in chosen if offer.key in tellings
        )
        silence = one.silence or (None if enough(material, [o for _, o in chosen], one) else Silence.NOTHING)
        told.append(
            Digest(
                id=digest_id(one.account_id, material.week),
                account_id=one.account_id,
                week=material.week,
                language=one.language,
                items=() if silence else items,
                lines=() if silence else one.lines,
                silence=silence,
                receipt_id=receipt_id,
                composed_at=composed_at,
            )
        )
    return told


def enough(material: Material, chosen: Collection[Offer], recipient: Recipient) -> bool:
    """Whether there is something to tell: an item or a line that is new, a task, or some good old ones."""
    fresh = any(offer.news in FRESH for offer in chosen)
    size = material.readers[recipient.account_id].size
    return fresh or recipient.spoken or len(chosen) >= min(material.terms.enough_unseen, size)


def speaks(lines: Iterable[Line], last: Iterable[Line]) -> bool:
    """Whether any of the lines was not told last time. What is overdue is told until it is done."""
    heard = {line.said.zh for line in last}
    return any(line.topic is Topic.TASKS or line.said.zh not in heard for line in lines)


def _ordered(material: Material, picks: Sequence[Pick]) -> list[Pick]:
    """By tier, news and worth; what is tried out stands last."""
    worth = {pick.offer: value(material.offers[pick.offer], material.showings, material.terms) for pick in picks}
    return sorted(picks, key=lambda pick: (pick.exploration, -worth[pick.offer], pick.offer))


def _item(pick: Pick, offer: Offer, telling: Telling, week: Week) -> Item:
    return Item(
        id=item_id(offer.key, week),
        topic=offer.topic,
        kind=offer.kind,
        left_id=offer.left_id,
        right_id=offer.right_id,
        about=offer.about,
        name=telling.name,
        for_name=telling.for_name,
        probability=offer.probability,
        tier=offer.tier,
        reason=telling.reason,
        clause=telling.clause,
        news=offer.news,
        ranker=pick.ranker,
        propensity=pick.propensity,
        exploration=pick.exploration,
        record=offer.record,
        grounds=telling.grounds,
        changed=telling.changed,
    )


def _name(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:16]
