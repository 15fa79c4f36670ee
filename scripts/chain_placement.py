"""How many records of an ecosystem folder are placed in the industry chains, and how well, where labels by hand exist.

python scripts/chain_placement.py data/sample tests/chain_labels.csv
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from matcher.domain.records import RECORD_KINDS
from matcher.intake.issues import RowIssue, Withdrawal
from matcher.intake.reader import read
from matcher.measure.placement import coverage, judge, placements, read_labels
from matcher.policy.chain_file import load_chains
from matcher.policy.chain_places import Placer
from matcher.policy.loading import load_rulebook
from matcher.resources import data_folder, load_fields, load_industries


def main(folder: Path, labels: Path | None) -> None:
    """Print coverage by table, and precision and recall where there are labels."""
    industries, fields = load_industries(), load_fields()
    chains = load_chains(data_folder("taxonomy") / "chains.yaml", industries, fields)
    placer = Placer(chains, industries, fields, load_rulebook(data_folder("policy")), date.max)
    found = placements(
        (row for row in read(folder, kinds=RECORD_KINDS) if not isinstance(row, RowIssue | Withdrawal)), placer
    )
    for kind, count in coverage(found).items():
        print(  # noqa: T201
            f"{kind:13} all {count['all']:5} of the industries {count['told']:5} placed {count['placed']:5} "
            f"at several nodes {count['several']:5}"
        )
    for kind, one in judge(found, read_labels(labels)).items() if labels else ():
        print(  # noqa: T201
            f"{kind:13} labelled {one.records:3} exact {one.exact:3} precision {one.precision:.2f} "
            f"({one.right}/{one.made}) recall {one.recall:.2f} ({one.right}/{one.wanted})"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
