"""Which nodes of an industry chain a record stands at, each with the words or codes that say so; never a guess.

What is counted here (words in its name, words in its text, codes it states) is weighed by the rules of kind `place`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.matches import Basis, State
from matcher.domain.records import Achievement, Fund, Incubator, Record, name_of
from matcher.domain.taxonomy import Taxonomy
from matcher.policy.chain_nodes import Chain, ChainNode, Chains
from matcher.policy.chain_signs import CODED, ChainReader, Sign, Where
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts
from matcher.policy.rules import Rule, Rulebook
from matcher.text.words import fold
from matcher.wording import Said

CLAUSES = re.compile(r"[，。；！？,;!?\n]+")
STATED = Said("记录所填内容", "what the record says")


PLACE_METRICS = frozenset({"chain_told", "chain_words_held", "node_codes", "node_words_named", "node_words_held"})


class PlaceRule(Rule):
    """A rule that places a record at a node; the first that holds is the one that is told."""

    @property
    def looks_at(self) -> frozenset[str]:
        """What is counted for a record and a node."""
        return PLACE_METRICS


@dataclass(frozen=True, slots=True)
class Place:
    """A record at a node, with the signs and the rule that put it there."""

    node: ChainNode
    told: bool
    """Whether the record states the chain's industry itself."""
    signs: tuple[Sign, ...]
    basis: Basis

    @property
    def weight(self) -> int:
        """For ordering: a sign outside the running text counts as two words inside it."""
        return sum(1 if sign.where is Where.TEXT else 2 for sign in self.signs)


@dataclass(frozen=True, slots=True)
class Placed:
    """What is known of a record's place in the chains."""

    told: frozenset[str]
    """Codes of the industries and chains it states to belong to."""
    states_industry: bool
    places: Mapping[str, Place]
    """By the node's id."""

    def named_in(self, chain: Chain) -> bool:
        """Whether it stands at a node of the chain."""
        return any(node.id in self.places for node in chain.nodes)


class Placer:
    """Reads records against the chains of a file, by the rules in force on a day."""

    def __init__(self, chains: Chains, industries: Taxonomy, fields: Taxonomy, book: Rulebook, day: date) -> None:
        self._chains = chains
        self._industries = industries
        self._fields = fields
        self._book = book
        self._rules = book.of(PlaceRule, day)
        self._found: dict[tuple[int, int, int, int, bool], Basis | None] = {}
        """Of each combination of counts what the rules say of it: there are few."""
        self._readers = [ChainReader(chain, industries, fields) for chain in chains.all]

    def place(self, record: Record) -> Placed:
        """Every node the record stands at."""
        stated = _industries(record)
        codes = self._industries.codes(stated)
        subjects = self._fields.codes([record.field] if isinstance(record, Achievement) else [])
        named = self._industries.nodes(stated)
        areas = [(where, fold(text)) for where, text in self._areas(record)]
        whole = "\n".join(text for _, text in areas)
        belongs, anywhere = codes if stated else subjects, isinstance(record, Fund) and not stated
        told, places = set(), {}
        for reader in self._readers:
            chain = reader.chain
            if anywhere or chain.industry in belongs:
                told.add(chain.industry)
            if anywhere or chain.code in belongs or chain.industry in named:
                told.add(chain.code)
            held = reader.held(whole)
            speaking = reader.speaks(held, codes, subjects)
            anchors = reader.anchors(whole) if speaking else 0
            for node in chain.nodes if speaking else ():
                signs = (*reader.coded(node, codes, subjects), *reader.worded(node, held, areas))
                basis = self._basis(signs, anchors, told=chain.code in told) if signs else None
                if basis:
                    places[node.id] = Place(node, chain.code in told, signs, basis)
        return Placed(frozenset(told), bool(stated), places)

    def _areas(self, record: Record) -> Iterator[tuple[Where, str]]:
        """What is read, in the order in which a word is looked for."""
        yield Where.NAME, name_of(record)
        yield Where.INDUSTRY, "\n".join(_industries(record))
        if isinstance(record, Incubator | Fund):
            yield Where.FOCUS, self._taken(record.focus if isinstance(record, Incubator) else record.thesis)
            yield Where.TEXT, "\n".join(record.services if isinstance(record, Incubator) else ())
        else:
            yield Where.KEYWORDS, "\n".join(record.keywords)
            yield Where.TEXT, record.summary[: self._chains.lead]

    def _taken(self, text: str) -> str:
        """A carrier's or fund's text without the clauses that tell what it does not take."""
        clauses = CLAUSES.split(text)
        return "\n".join(one for one in clauses if not any(word in one for word in self._chains.refusals))

    def _basis(self, signs: Sequence[Sign], anchors: int, *, told: bool) -> Basis | None:
        """What the first rule that holds stands on."""
        coded = sum(sign.where in CODED for sign in signs)
        named = sum(sign.where not in (*CODED, Where.TEXT) for sign in signs)
        counted = (coded, named, len(signs) - coded, anchors, told)
        if counted not in self._found:
            self._found[counted] = self._first_holding(*counted)
        return self._found[counted]

    def _first_holding(self, coded: int, named: int, held: int, anchors: int, told: bool) -> Basis | None:
        counts = {
            "node_codes": coded,
            "node_words_named": named,
            "node_words_held": held,
            "chain_words_held": anchors,
        }
        known = {name: Fact(float(count), STATED) for name, count in counts.items()}
        facts = Facts(self._book.metrics, known | {"chain_told": Fact("yes" if told else "no", STATED)})
        for rule in self._rules:
            verdict = judge(self._book, rule, facts)
            if verdict and verdict.state is State.PASS:
                return verdict.basis
        return None


def _industries(record: Record) -> tuple[str, ...]:
    return record.industries if isinstance(record, Incubator | Fund) else record.industry
