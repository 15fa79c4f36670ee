"""Who is who: possible equalities for review, and the decisions people make about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from matcher.domain.identity import Decision
from matcher.domain.likeness import Likeness, alike
from matcher.domain.names import normal_name
from matcher.domain.records import IdentityKind, Kind, name_of
from matcher.domain.visibility import Viewer
from matcher.errors import StoreError
from matcher.intake import RowIssue
from matcher.intake.aliases import read_aliases
from matcher.services.parties import Known, known_to, require_known
from matcher.store import Counts, Database, Decisions
from matcher.wording import Said

NAMED = (IdentityKind.INSTITUTION, IdentityKind.INCUBATOR, IdentityKind.FUND)
"""Kinds compared by their names; results and projects are compared in full (`services.duplicates`)."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a possible equality, and how much depends on it. An institution's id is its name."""

    id: str
    name: str
    records: int
    outcomes: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two that may be one. The one with less to its name is proposed as the alias."""

    kind: IdentityKind
    alias: Party
    canonical: Party
    likeness: Likeness


@dataclass
class AliasReport:
    """What taking in an alias table did."""

    counts: Counts = field(default_factory=Counts)
    issues: list[RowIssue] = field(default_factory=list)


class Identity:
    """The use cases of identity on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def review(self, viewer: Viewer, kind: IdentityKind | None = None) -> list[Suggestion]:
        """What may be one and nobody has decided yet: the surest reason first, then where most depends on it."""
        known, order = known_to(viewer, self._database), list(Likeness)
        found = [each for one in ([kind] if kind else NAMED) for each in _suggestions(known, one)]
        return sorted(
            found,
            key=lambda each: (
                order.index(each.likeness),
                [-size for size in _weight(each.alias)],
                each.alias.id,
                each.canonical.id,
            ),
        )

    def decide(
        self, pair: tuple[str, str], *, same: bool, kind: IdentityKind | None, viewer: Viewer, by: str, now: datetime
    ) -> Decision:
        """Note that two are the same (the first counts as the second) or different. Each is an id or a name.

        Raises RecordNotFoundError, NotEntitledError, or StoreError where it is unclear who is meant, or where other
        decisions say otherwise.
        """
        known = known_to(viewer, self._database)
        for text in pair:
            require_known(known, text, viewer, self._database)
        chosen, alias, canonical = known.pair(pair, kind)
        one, other = (alias, canonical) if same else sorted((alias, canonical))
        decision = Decision(chosen, one, other, same, by, now)
        direct = any(
            {each.alias, each.canonical} == {alias, canonical} for each in known.decisions if each.kind is chosen
        )
        if not direct and known.same_already(chosen, alias, canonical):
            raise _decided_otherwise(alias, canonical)
        with self._database.begin() as connection:
            Decisions(connection).put([decision], now)
        return decision

    def undo(self, pair: tuple[str, str], viewer: Viewer) -> list[Decision]:
        """Take back what was decided about two, named by id or name. Raises StoreError when nothing was."""
        known = known_to(viewer, self._database)
        found = [each for each in self._shown(known) if _about(known, each, pair)]
        if not found:
            raise StoreError(
                Said(
                    f"没有关于 {pair[0]} 与 {pair[1]} 的判定。", f"Nothing was decided about {pair[0]} and {pair[1]}."
                ),
                Said("用 matcher identity list 查看全部判定。", "See all decisions with `matcher identity list`."),
            )
        with self._database.begin() as connection:
            Decisions(connection).remove(found)
        return found

    def decisions(self, viewer: Viewer) -> list[tuple[Decision, str, str]]:
        """All decisions the viewer may know of, the earliest first, with the names of both sides."""
        known = known_to(viewer, self._database)
        return [
            (each, known.name(each.kind, each.alias), known.name(each.kind, each.canonical))
            for each in self._shown(known)
        ]

    def take(self, path: Path, by: str, now: datetime) -> AliasReport:
        """Take in an alias table: its names may be of records that come later. Raises IntakeError for no such table."""
        report, decisions = AliasReport(), []
        for row in read_aliases(path):
            if isinstance(row, RowIssue):
                report.issues.append(row)
            else:
                decisions.append(Decision(row.kind, row.alias, row.canonical, decided_by=by, decided_at=now))
        with self._database.begin() as connection:
            report.counts = Decisions(connection).put(decisions, now)
        return report

    def _shown(self, known: Known) -> list[Decision]:
        return [each for each in known.decisions if known.shows(each)]


def _suggestions(known: Known, kind: IdentityKind) -> Iterator[Suggestion]:
    parties = _parties(known, kind)
    organisations = known.identities.organisations(
        record for table in (Kind.INCUBATORS, Kind.FUNDS) for record in known.records[table].values()
    )
    apart = {
        frozenset((known.key(kind, each.alias), known.key(kind, each.canonical)))
        for each in known.decisions
        if each.kind is kind and not each.same
    }
    for one, other, likeness in alike([party.name for party in parties]):
        pair = (parties[one], parties[other])
        decided = frozenset(known.key(kind, party.id) for party in pair) in apart
        if decided or (not kind.table and organisations.same(pair[0].name, pair[1].name)):
            continue
        if kind.table or any(party.records for party in pair):
            alias, canonical = sorted(pair, key=lambda party: (_weight(party), party.id))
            yield Suggestion(kind, alias, canonical, likeness)


def _parties(known: Known, kind: IdentityKind) -> list[Party]:
    """Everybody of a kind who stands for himself; beside institutions the carriers, which may be theirs."""
    if kind.table:
        records, standing = known.records[kind.table], known.standing(kind)
        sizes, outcomes = Counter[str](), Counter[str]()
        for each in records:
            stands = standing.get(each, each)
            sizes[stands] += 1
            outcomes[stands] += known.outcomes[each]
        return [Party(each, name_of(records[each]), sizes[each], outcomes[each]) for each in sizes]
    parties = [
        Party(of[0].institution, of[0].institution, len(of), sum(known.outcomes[each.id] for each in of))
        for of in known.results.values()
    ]
    named = {name_of(record): known.outcomes[record.id] for record in known.records[Kind.INCUBATORS].values()}
    return parties + [
        Party(name, name, 0, outcomes) for name, outcomes in named.items() if normal_name(name) not in known.results
    ]


def _weight(party: Party) -> tuple[int, int]:
    return party.outcomes, party.records


def _about(known: Known, decision: Decision, pair: tuple[str, str]) -> bool:
    """Whether a decision is about these two, in whichever order."""
    sides = [{known.key(decision.kind, side)} for side in (decision.alias, decision.canonical)]
    meant = [{known.key(decision.kind, each) for each in (text, *known.meant(decision.kind, text))} for text in pair]
    return any(bool(sides[0] & one and sides[1] & other) for one, other in (meant, meant[::-1]))


def _decided_otherwise(one: str, other: str) -> StoreError:
    return StoreError(
        Said(f"{one} 与 {other} 已由其他判定归为同一个。", f"Other decisions make {one} and {other} one already."),
        Said("用 matcher identity list 查看，并先撤销。", "See `matcher identity list`, and undo them first."),
    )
