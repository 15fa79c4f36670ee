"""What makes a record another one in front of people, and a reason a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from matcher.domain.matches import Reason
from matcher.domain.records import Kind, Record
from matcher.text.passages import document
from matcher.text.words import fold

MATERIAL: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACHIEVEMENTS: ("institution", "industry", "region", "trl", "ip", "transfer_modes", "asking_price"),
    Kind.PROJECTS: ("industry", "region", "stage", "funding_sought", "incubator_id", "trl", "excellent"),
    Kind.INCUBATORS: ("kind", "level", "industries", "services", "region", "trl_min", "trl_max"),
    Kind.FUNDS: ("kind", "industries", "stages", "regions", "ticket_min", "ticket_max", "must_terms", "ban_terms"),
}
"""Fields beside the text whose change is told as news. A new telephone number, or one more tenant, is none."""
SAID: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACHIEVEMENTS: ("title", "summary", "keywords", "field"),
    Kind.PROJECTS: ("name", "summary", "keywords"),
    Kind.INCUBATORS: ("name", "focus"),
    Kind.FUNDS: ("name", "thesis"),
}
"""Fields of the text that are not among those."""
LASTING = frozenset(
    {"priority", "past_dense_top", "watch_list", "resident_fund", "own_carrier_fund", "portfolio_complement"}
)
"""Evidence that comes with an event. The rest moves a little every week, and would be a new reason each time."""


def fingerprint(record: Record) -> str:
    """A hash of what the record says that matters; spacing and width do not."""
    said = [fold(document(record)).split(), *(getattr(record, name) for name in MATERIAL[record.table])]
    return sha256(repr(said).encode()).hexdigest()[:16]


def changed(before: Record, now: Record) -> tuple[str, ...]:
    """The fields that matter in which a record differs from what it was, those beside the text first."""
    names = (*MATERIAL[now.table], *SAID[now.table])
    return tuple(name for name in names if _plain(getattr(before, name)) != _plain(getattr(now, name)))


def _plain(value: object) -> object:
    return fold(value).split() if isinstance(value, str) else value


def grounds(reasons: Iterable[Reason]) -> frozenset[str]:
    """What reasons stand on, one text for each that lasts."""
    return frozenset(
        f"{one.evidence}:{sha256(one.said.zh.encode()).hexdigest()[:12]}" for one in reasons if one.evidence in LASTING
    )


def as_text(these: Iterable[str]) -> str:
    """Grounds as they are kept."""
    return " ".join(sorted(these))


def from_text(kept: str) -> frozenset[str]:
    """Grounds as they were kept."""
    return frozenset(kept.split())
