"""The receipt of a week: all that its digests were made from, as plain JSON values, and made again from them.

The head holds what the whole week shares, each account's part what is its own. No digest needs anything else: not the
records, not the model, not the solver where its time ran out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from importlib.metadata import version
from typing import Any

from matcher.digest.compose import Recipient, Telling, compose
from matcher.digest.exposure import each_for_themselves, spread
from matcher.digest.offers import Key, Offer, Reader, Shown
from matcher.digest.program import Ended, Solution
from matcher.digest.selection import Material, Selection, select
from matcher.digest.terms import Terms
from matcher.domain.digest_content import line_json, line_of
from matcher.domain.digests import Digest, News, Silence, Topic
from matcher.domain.records import Kind, PairKind
from matcher.domain.weeks import Week
from matcher.wording import Language, Said

FORMAT = 1
Plain = Mapping[str, Any]
COLUMNS = tuple(each.name for each in fields(Offer) if each.name != "reader")
"""Offers are kept as rows of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A composed week."""

    material: Material
    recipients: Sequence[Recipient]
    selection: Selection
    tellings: Mapping[Key, Telling]
    digests: Sequence[Digest]


def composed(
    material: Material,
    recipients: Sequence[Recipient],
    selection: Selection,
    tellings: Mapping[Key, Telling],
    *,
    receipt_id: str,
    composed_at: datetime,
) -> Composition:
    """The week, composed."""
    told = compose(material, recipients, selection, tellings, receipt_id=receipt_id, composed_at=composed_at)
    return Composition(material=material, recipients=recipients, selection=selection, tellings=tellings, digests=told)


def head(week: Composition, made_with: Plain) -> dict[str, Any]:
    """What the whole week shares. `made_with`: the versions of model, index and rules, and what else decided."""
    material, selection = week.material, week.selection
    return {
        "format": FORMAT,
        "seed": material.seed,
        "solver": solver(),
        "made_with": dict(made_with),
        "terms": asdict(material.terms),
        "ranker": material.ranker,
        "rival": material.rival,
        "places": _counted(material.places),
        "showings": _counted(material.showings),
        "on_trial": list(selection.on_trial),
        "unmet": [list(shown) for shown in selection.unmet],
        "spread": {
            "together": asdict(spread(material.offers, selection.chosen)),
            "alone": asdict(spread(material.offers, each_for_themselves(material))),
        },
        "solutions": {
            ranker: {"ended": one.ended.value, "bound": one.bound, "items": len(one.chosen)}
            for ranker, one in selection.solutions.items()
        },
    }


def parts(week: Composition, passed: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, Any]]:
    """What is each account's own. `passed`: the candidates that were passed over, by why."""
    offers: dict[str, list[int]] = {one.account_id: [] for one in week.recipients}
    for number, offer in enumerate(week.material.offers):
        offers[offer.reader].append(number)
    return {
        one.account_id: _part(week, one, offers[one.account_id], passed.get(one.account_id, {}))
        for one in week.recipients
    }


def again(week: Week, receipt_id: str, composed_at: datetime, top: Plain, told: Mapping[str, Plain]) -> Composition:
    """The week made again from its receipt.

    Solved anew where the solver is the one that there was and had ended; else its solutions are taken over.
    """
    readers = {account_id: _reader(account_id, part) for account_id, part in told.items() if "offers" in part}
    rows = [(account_id, row) for account_id, part in sorted(told.items()) for row in part["offers"]]
    material = Material(
        week=week,
        seed=top["seed"],
        terms=Terms(**top["terms"]),
        readers=readers,
        offers=[_offer(account_id, row) for account_id, row in rows],
        places=_uncounted(top["places"]),
        showings=_uncounted(top["showings"]),
        ranker=top["ranker"],
        rival=top["rival"],
    )
    tellings = {key: telling for account_id, part in told.items() for key, telling in _tellings(account_id, part)}
    recipients = [_recipient(account_id, part) for account_id, part in told.items()]
    selection = select(material, _settled(top, told))
    return composed(material, recipients, selection, tellings, receipt_id=receipt_id, composed_at=composed_at)


def solver() -> str:
    """The solver and its version."""
    return f"scipy {version('scipy')}"


def _part(week: Composition, one: Recipient, numbers: Sequence[int], passed: Mapping[str, int]) -> dict[str, Any]:
    material, selection = week.material, week.selection
    reader = material.readers.get(one.account_id)
    return {
        "language": one.language.value,
        "silence": one.silence or "",
        "size": reader.size if reader else 0,
        "left_out": sorted(reader.left_out) if reader else [],
        "lines": [line_json(line) for line in one.lines],
        "spoken": one.spoken,
        "columns": list(COLUMNS),
        "offers": [_row(material.offers[number]) for number in numbers],
        "solved": {
            ranker: [at for at, number in enumerate(numbers) if number in chosen]
            for ranker, chosen in ((name, set(found.chosen)) for name, found in selection.solutions.items())
        },
        "tellings": [
            _told(offer, week.tellings[offer.key])
            for offer in (material.offers[number] for number in numbers)
            if offer.key in week.tellings
        ],
        "passed": dict(passed),
    }


def _row(offer: Offer) -> list[Any]:
    return [getattr(offer, name) for name in COLUMNS]


def _offer(account_id: str, row: Sequence[Any]) -> Offer:
    told = dict(zip(COLUMNS, row, strict=True))
    words = {
        "topic": Topic(told["topic"]),
        "kind": PairKind(told["kind"]),
        "about": Kind(told["about"]),
        "news": News(told["news"]),
    }
    return Offer(reader=account_id, **{**told, **words})


def _told(offer: Offer, telling: Telling) -> dict[str, Any]:
    return {"kind": offer.kind, "left_id": offer.left_id, "right_id": offer.right_id, **asdict(telling)}


def _tellings(account_id: str, part: Plain) -> list[tuple[Key, Telling]]:
    return [
        (
            (account_id, PairKind(told["kind"]), told["left_id"], told["right_id"]),
            Telling(
                name=told["name"],
                for_name=told["for_name"],
                reason=Said(**told["reason"]),
                clause=Said(**told["clause"]) if told["clause"] else None,
                grounds=told["grounds"],
                changed=tuple(told.get("changed", ())),  # older receipts name none
            ),
        )
        for told in part["tellings"]
    ]


def _reader(account_id: str, part: Plain) -> Reader:
    return Reader(account_id=account_id, size=part["size"], left_out=frozenset(map(Topic, part["left_out"])))


def _recipient(account_id: str, part: Plain) -> Recipient:
    return Recipient(
        account_id=account_id,
        language=Language(part["language"]),
        silence=Silence(part["silence"]) if part["silence"] else None,
        lines=tuple(map(line_of, part["lines"])),
        spoken=part["spoken"],
    )


def _settled(top: Plain, told: Mapping[str, Plain]) -> dict[str, Solution]:
    """The solutions that are not to be found anew."""
    found = {}
    for ranker, one in top["solutions"].items():
        if one["ended"] == Ended.OPTIMAL and top["solver"] == solver():
            continue
        chosen, start = [], 0
        for _, part in sorted(told.items()):
            chosen += [start + at for at in part["solved"].get(ranker, [])]
            start += len(part["offers"])
        found[ranker] = Solution(tuple(chosen), Ended(one["ended"]), one["bound"])
    return found


def _counted(counts: Mapping[Shown, int]) -> list[list[Any]]:
    return [[*shown, count] for shown, count in sorted(counts.items())]


def _uncounted(rows: Sequence[Sequence[Any]]) -> dict[Shown, int]:
    return {(Kind(kind), record_id): count for kind, record_id, count in rows}
