"""Record to text: what is encoded and searched, and the sentences an explanation may quote.

Regions, stages and amounts stay out of the text: they are compared as facts, where "near" and "fits" have a meaning.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from matcher.domain.places import Gazetteer
from matcher.domain.records import Achievement, Fund, Incubator, Project, Record
from matcher.text.words import HAN

TEXT_VERSION = 3
"""Raised when the same record would give another text, other terms or other places (a change of the tables of places
included); derived files of another version are rebuilt."""

SENTENCE_END = re.compile(
    rf"(?<=[。！？；!?;\n])\s*|(?<=[a-z)][.])\s+(?=[A-Z])|(?<=[{HAN}][{HAN})）][.．])\s*(?=[{HAN}A-Z“《（])"
)
"""Also a Western full stop after Chinese, as many abstracts end their sentences; not a decimal point, "1." or "J."."""
SHORTEST, LONGEST, MOST = 6, 160, 8
"""Characters of a quotable sentence, and how many sentences a record offers."""
MOST_SPLIT = 2**12
"""Texts whose sentences are kept: takers and their cases are quoted again and again."""


def document(record: Record) -> str:
    """The record's whole text for the encoder and the word indexes, most telling part first."""
    return "。".join(part for part in _parts(record) if part)


def places(record: Record, gazetteer: Gazetteer) -> list[str]:
    """The places that a record names, at every level below the country: in its text, and where a taker says it is or
    looks."""
    stated = record.regions if isinstance(record, Fund) else (record.region,) if isinstance(record, Incubator) else ()
    levels = (level for cell in stated for level in gazetteer.levels(cell))
    return list(dict.fromkeys([*gazetteer.named(document(record)), *levels]))


def sentences(record: Record) -> tuple[str, ...]:
    """At most eight sentences in which the record tells what it is about; the title first, never a bare name."""
    title = [record.title] if isinstance(record, Achievement) else []
    pieces = [*title, *_split(body(record))]
    return tuple(dict.fromkeys(piece[:LONGEST] for piece in pieces if len(piece) >= SHORTEST))[:MOST]


def without(record: Achievement | Project, sentence: str) -> Achievement | Project:
    """The record without one of its `sentences`, wherever it stands in title or body."""
    kept = [piece for piece in _split(record.summary) if piece[:LONGEST] != sentence]
    bare = replace(record, summary="".join(kept))
    if isinstance(bare, Achievement) and bare.title[:LONGEST] == sentence:
        return replace(bare, title="")
    return bare


def _parts(record: Record) -> tuple[str, ...]:
    return (*_headline(record), body(record))


def _headline(record: Record) -> tuple[str, ...]:
    match record:
        case Achievement():
            return record.title, "；".join((*record.keywords, record.field, *record.industry)).strip("；")
        case Project():
            return record.name, "；".join((*record.keywords, *record.industry))
        case Incubator():
            return record.name, "；".join((*record.industries, *record.services))
        case Fund():
            return record.name, "；".join((*record.industries, *record.must_terms))


def body(record: Record) -> str:
    """What the record says it is about, besides its name and its words."""
    match record:
        case Achievement() | Project():
            return record.summary
        case Incubator():
            return record.focus
        case Fund():
            return record.thesis


@lru_cache(MOST_SPLIT)
def _split(text: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in SENTENCE_END.split(text) if piece.strip())
