"""How people call the records that others name by id: by name, and by id too where one name is two records'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from matcher.domain.records import Record, name_of
from matcher.wording import Said

Called = Mapping[str, str]
"""By id; what is not there, the reader does not know or may not see, so that it is not named at all."""


def called(records: Iterable[Record]) -> dict[str, str]:
    """What each of these records is called, so that no two are called the same."""
    named = {record.id: name_of(record) for record in records}
    often = Counter(named.values())
    return {id_: f"{name}（{id_}）" if often[name] > 1 and name != id_ else name for id_, name in named.items()}


def naming(names: Called, id_: str) -> Said:
    """The name in quotes behind a word that says what it is; nothing where it has no name for the reader."""
    name = names.get(id_, "")
    return Said(f"“{name}”", f" “{name}”") if name else Said("", "")
