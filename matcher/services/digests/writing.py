"""Matches in the words of a digest: the name, one line of reason, the clause of the tier."""

from __future__ import annotations

from matcher.digest.compose import Telling
from matcher.digest.fingerprints import as_text, grounds
from matcher.digest.offers import Offer
from matcher.domain.matches import Match
from matcher.domain.records import name_of
from matcher.services.digests.answers import Source
from matcher.services.digests.wording import cut
from matcher.wording import Said

LONGEST_REASON = 120


def telling(offer: Offer, source: Source, match: Match, changed: tuple[str, ...] = ()) -> Telling:
    """How a chosen pair is told."""
    shown, own = (source.left, source.right) if offer.about is offer.kind.left else (source.right, source.left)
    first = next((one for one in match.reasons if one.evidence == "priority"), None)
    others = [one for one in match.reasons if one is not first]
    reason = (others or match.reasons)[0].said
    return Telling(
        name=cut(name_of(shown)),
        for_name=cut(name_of(own)),
        reason=Said(cut(reason.zh, LONGEST_REASON), cut(reason.en, 2 * LONGEST_REASON)),
        clause=first.said if first else None,
        grounds=as_text(grounds(match.reasons)),
        changed=changed,
    )
