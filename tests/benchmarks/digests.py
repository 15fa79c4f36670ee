"""Compose the digests of one week for many readers; print seconds, memory and how attention is spread as JSON.

`python -m tests.benchmarks.digests --recipients 2000 --records 100000` makes an ecosystem of the sample's sentences.
`python -m tests.benchmarks.digests --folder ../shared/data/raises-web3` takes one that there is, with a reader for each
carrier and fund, and composes the week after its last outcome. What `alone` says is each reader's own best, without
regard to the others. The quick word encoder stands in for the real one unless `--encoder` names another.
`--folder data/sample --cut 2026-01-01` forgets what was decided from that day on and composes the first week after it,
in which everything comes that nobody had decided about, for readers at the carriers and funds that took three or more.
It tells what share of the told pairs came true: of the joint solution, and of each reader's own best.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from matcher.bootstrap import Installation
from matcher.digest.terms import Terms
from matcher.domain.accounts import Organisation, Role
from matcher.domain.records import Kind, Record
from matcher.domain.weeks import Week
from matcher.services.digests.composing import Composed
from matcher.services.importing import Files, import_files
from matcher.settings import Settings
from matcher.store import Outcomes, Records
from tests.benchmarks.hindsight import Hindsight, came_true, hindsight
from tests.benchmarks.region import LONG_AGO, WEEK, made, seat, written

ALL_AT_ONCE = Terms(trial=0.0, exploration=0.0, bulk=10**9)
"""Without drafts of two rankers and without what is tried out, for what is compared is the joint solution; what nobody
had decided about before a cut is news though it comes on one day."""


@dataclass(frozen=True)
class Chosen:
    """What is measured."""

    recipients: int
    records: int
    folder: Path | None
    encoder: str
    seed: int
    train: bool
    cut: date | None


def main() -> int:
    """Run once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--recipients", type=int, default=2000)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--encoder", default="hashing")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--train", action="store_true", help="fit the rankers first")
    arguments.add_argument("--cut", type=date.fromisoformat, help="day from which on nothing is known; needs --folder")
    chosen = Chosen(**vars(arguments.parse_args()))
    if chosen.cut and chosen.folder is None:
        arguments.error("--cut needs a --folder with outcomes, such as data/sample")
    if chosen.folder is not None and not chosen.folder.is_dir():
        sys.stderr.write(f"{chosen.folder} is not there: fetch the data set first, or run without --folder.\n")
        return 1
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(home=Path(place), encoder=chosen.encoder)
        installation = Installation(settings, tell=lambda _: None)
        if chosen.folder and chosen.cut:
            figures = foreseen(installation, hindsight(chosen.folder, chosen.cut), chosen)
        else:
            size = (chosen.records, chosen.recipients, chosen.seed)
            week = taken(installation, chosen) if chosen.folder else made(installation, *size)
            figures = measured(installation, week, chosen)
        json.dump(figures, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    return 0


def measured(installation: Installation, week: Week, chosen: Chosen) -> dict[str, Any]:
    """Index, perhaps train, compose."""
    moment = datetime.combine(week.monday, datetime.min.time(), UTC)
    figures: dict[str, Any] = {"week": str(week), "index_s": _timed(installation.indexer.refresh)}
    if chosen.train:
        figures["train_s"] = _timed(lambda: installation.pairings.train(moment))
    figures["before_peak_mib"] = _peak()
    start, busy = time.perf_counter(), time.process_time()
    composed = installation.composing.compose(week, moment, seed=chosen.seed)
    figures["compose_s"], figures["peak_mib"] = round(time.perf_counter() - start, 1), _peak()
    figures["compose_cpu_s"] = round(time.process_time() - busy, 1)
    digests = composed.week.digests
    figures |= {
        "recipients": len(digests),
        "digests": sum(digest.silence is None for digest in digests),
        "items": sum(len(digest.items) for digest in digests),
        "offers": len(composed.week.material.offers),
        "unmet": len(composed.unmet),
        "solutions": composed.receipt.content["solutions"],
        "spread": composed.receipt.content["spread"],
        "receipt_mib": round(sum(len(json.dumps(part)) for part in composed.parts.values()) / 2**20, 1),
    }
    again = time.perf_counter()
    figures["again_same"] = installation.digests.again(week).same
    figures["again_s"] = round(time.perf_counter() - again, 1)
    return figures


# --- an ecosystem that there is ---


def taken(installation: Installation, chosen: Chosen) -> Week:
    """A folder's records, with somebody at every carrier and fund, in the week after its last outcome."""
    import_files(installation.database, Files([chosen.folder or Path()]), now=LONG_AGO)
    with installation.database.begin() as connection:
        rights = [list(Records(connection).all(kind))[: chosen.recipients] for kind in (Kind.INCUBATORS, Kind.FUNDS)]
        last = max((one.decided_on for one in Outcomes(connection).all()), default=WEEK.monday)
    _seated(installation, [record for some in rights for record in some])
    return Week.of(last + timedelta(days=7))


def foreseen(installation: Installation, known: Hindsight, chosen: Chosen) -> dict[str, Any]:
    """What was known before the cut, with somebody at each carrier and fund that had a past; what came true of it."""
    moment = datetime.combine(known.week.monday, datetime.min.time(), UTC)
    before = moment - timedelta(days=2 * ALL_AT_ONCE.fresh_days)
    written(installation, known.old, before)
    written(installation, known.new, moment)
    with installation.database.begin() as connection:
        Outcomes(connection).upsert(known.outcomes, before)
    _seated(installation, [one for one in known.old if one.id in known.experienced][: chosen.recipients])
    figures: dict[str, Any] = {"week": str(known.week), "index_s": _timed(installation.indexer.refresh)}
    if chosen.train:
        figures["train_s"] = _timed(lambda: installation.pairings.train(moment))
    start = time.perf_counter()
    composed = installation.composing.compose(known.week, moment, seed=chosen.seed, dry_run=True, terms=ALL_AT_ONCE)
    figures["compose_s"] = round(time.perf_counter() - start, 1)
    material, solutions = composed.week.material, composed.receipt.content["solutions"]
    figures |= {"recipients": len(material.readers), "solutions": solutions, "rankers": _rankers(composed)}
    return figures | came_true(material, composed.week.selection.chosen, known.truth, chosen.seed)


def _rankers(composed: Composed) -> dict[str, Any]:
    pairings = composed.receipt.content["made_with"]["pairings"]
    return {pairing: told["rankers"] for pairing, told in pairings.items()}


# --- common ---


def _seated(installation: Installation, rights: Sequence[Record]) -> None:
    """Somebody at each of these carriers and funds."""
    with installation.database.begin() as connection:
        for record in rights:
            fund = record.table is Kind.FUNDS
            own = {"fund_ids" if fund else "incubator_ids": (record.id,)}
            home = Organisation(id=f"{record.table}-{record.id}", name=record.id, **own)  # type: ignore[arg-type]
            seat(connection, home, Role.FUND if fund else Role.INCUBATOR)


def _timed(run: Any) -> float:
    start = time.perf_counter()
    run()
    return round(time.perf_counter() - start, 1)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
