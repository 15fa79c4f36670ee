"""Which record a row is: its owner's id, or one derived from what it says."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping

from matcher.domain.records import TYPES, Kind, Source
from matcher.intake.issues import Remark, refuse, tell

PREFIXES: Mapping[Kind, str] = {
    Kind.ACHIEVEMENTS: "a",
    Kind.INCUBATORS: "i",
    Kind.PROJECTS: "p",
    Kind.FUNDS: "f",
    Kind.EVENTS: "e",
    Kind.FILINGS: "b",
    Kind.RESOURCES: "r",
    Kind.ARRANGEMENTS: "y",
    Kind.CONTRACTS: "c",
}
"""How derived ids begin; outcomes, submissions and grants have none."""
HEX_DIGITS = 12


def identity_of(kind: Kind, values: Mapping[str, object]) -> str:
    """The id derived from the class's identity fields, or empty where they are empty.

    The summary only counts where there is no title or name: it is corrected too often to tell who a record is.
    """
    names = TYPES[kind].identity
    parts = list(map(_normal, telling({name: values.get(name) for name in names}).values()))
    if not any(parts):
        return ""
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=HEX_DIGITS // 2)
    return f"{PREFIXES[kind]}-{digest.hexdigest()}"


def telling(values: Mapping[str, object]) -> dict[str, object]:
    """Those of the identity fields that count; the first is the title or name."""
    named = bool(_normal(next(iter(values.values()))))
    return {name: value for name, value in values.items() if name != "summary" or not named}


def _normal(value: object) -> str:
    return "" if value is None else " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


def content_of(values: Mapping[str, object], extra: Mapping[str, str]) -> int:
    """A number that two rows share if they say the same. Only for one run: it changes with the process."""
    frozen = ((name, _frozen(value)) for name, value in values.items())
    return hash((frozenset(frozen), frozenset(extra.items())))


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return frozenset(value.items())
    return value


class Registry:
    """The ids of one table met so far, with the place and the content of the first row of each."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Source, int]] = {}

    def check(self, id_: str, place: Source, content: int) -> Remark | None:
        """None for a new id; otherwise what is to be said about the repetition."""
        first, known = self._seen.setdefault(id_, (place, content))
        if first is place:
            return None
        where = f"{first.file} 第 {first.row} 行" if first.file != place.file else f"第 {first.row} 行"
        where_en = f"row {first.row} of {first.file}" if first.file != place.file else f"row {first.row}"
        if known == content:
            return tell(
                "repeated_row",
                (f"与{where}完全相同，只导入一次。", f"The same as {where_en}; it is taken once."),
                ("可以删除重复行。", "The repetition can be deleted."),
            )
        return refuse(
            "duplicate_id",
            (
                f"与{where}编号相同（{id_[:40]}），内容不同；本行没有导入。",
                f"The same id as {where_en} ({id_[:40]}) with other content; refused.",
            ),
            ("请给其中一行换编号，或删除过时的一行。", "Give one of the rows another id, or delete the outdated one."),
        )
