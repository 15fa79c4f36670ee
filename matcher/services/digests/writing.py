"""Matches in the words of a digest: the name, one line of reason, the clause of the tier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcher.digest.compose import Telling
from matcher.digest.fingerprints import as_text, grounds
from matcher.digest.offers import Key
from matcher.domain.matches import Match
from matcher.domain.records import name_of
from matcher.ranking.shortlist import explained
from matcher.services.digests.answers import Answers, Source
from matcher.services.digests.wording import cut
from matcher.wording import Said

LONGEST_REASON = 120


def tellings(answers: Answers, keys: Iterable[Key]) -> dict[Key, Telling]:
    """How the chosen pairs are told; those of one question are explained together."""
    told: dict[Key, Telling] = {}
    for group in _by_question(answers.sources, keys).values():
        source = group[0][1]
        matches = explained(source.matcher, source.shortlist, [one.at for _, one in group])
        for (key, one), match in zip(group, matches, strict=True):
            told[key] = _telling(one, match)
    return told


def _by_question(sources: Mapping[Key, Source], keys: Iterable[Key]) -> Mapping[int, list[tuple[Key, Source]]]:
    groups: dict[int, list[tuple[Key, Source]]] = {}
    for key in keys:
        groups.setdefault(id(sources[key].shortlist), []).append((key, sources[key]))
    return groups


def _telling(source: Source, match: Match) -> Telling:
    pair = source.pair
    first = next((one for one in match.reasons if one.evidence == "priority"), None)
    others = [one for one in match.reasons if one is not first]
    reason = (others or match.reasons)[0].said
    return Telling(
        name=cut(name_of(pair.shown)),
        for_name=cut(name_of(pair.asker)),
        reason=Said(cut(reason.zh, LONGEST_REASON), cut(reason.en, 2 * LONGEST_REASON)),
        clause=first.said if first else None,
        grounds=as_text(grounds(match.reasons)),
    )
