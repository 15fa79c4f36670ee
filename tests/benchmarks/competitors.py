"""From which cosine two companies of one industry are called competitors: quantiles of related and unrelated pairs.

`python -m tests.benchmarks.competitors [FOLDER…]`: ecosystem folders with projects; the sample when none is named.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from matcher.bootstrap import Installation
from matcher.domain.records import PairKind
from matcher.policy.portfolio import portfolio_competitor
from matcher.policy.trees import Compare
from matcher.ranking.knowledge import Knowledge
from matcher.resources import data_folder, load_industries
from matcher.services.folders import read_ecosystem
from matcher.settings import Settings

QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


def main() -> None:
    """Print the quantiles of each folder as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", nargs="*", type=Path, default=[data_folder("sample")])
    installation = Installation(Settings(), tell=lambda _: None)
    found = {}
    for folder in arguments.parse_args().folders:
        if not folder.is_dir():
            sys.exit(f"There is no folder {folder}. Name an ecosystem folder with projects.")
        found[folder.name] = measure(folder, installation)
    json.dump(found, sys.stdout, indent=2)
    sys.stdout.write("\n")


def measure(folder: Path, installation: Installation) -> dict[str, object]:
    """Quantiles of the centred cosine of all pairs of projects that state an industry."""
    corpus = read_ecosystem(folder).corpus(PairKind.PROJECT_FUND, installation.builder, lambda *_: lambda _: None)
    tree = load_industries()
    rule = installation.rulebook.rules[portfolio_competitor.__name__].criterion
    assert isinstance(rule, Compare)
    assert isinstance(rule.value, float)
    limit = rule.value
    leaves = [tree.leaves(getattr(record, "industry", ())) for record in corpus.left.records]
    told = np.flatnonzero([bool(one) for one in leaves])
    vectors = Knowledge(corpus, np.iinfo(np.int64).max).meanings(told)
    rows, columns = np.triu_indices(len(told), 1)
    near = (vectors @ vectors.T)[rows, columns]
    same = np.array([bool(leaves[told[a]] & leaves[told[b]]) for a, b in zip(rows, columns, strict=True)], np.bool_)
    return {
        name: {
            "pairs": int(chosen.sum()),
            "quantiles": {str(part): round(float(np.quantile(near[chosen], part)), 3) for part in QUANTILES},
            f"share from {limit}": round(float((near[chosen] >= limit).mean()), 4),
        }
        for name, chosen in (("same industry", same), ("no industry in common", ~same))
    }


if __name__ == "__main__":
    main()
