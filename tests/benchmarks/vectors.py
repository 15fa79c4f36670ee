"""Recall, milliseconds, megabytes and seconds to build of the vector index alone, printed as JSON.

`python -m tests.benchmarks.vectors --rows 100000`. Clustered vectors stand in for those of texts.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from matcher.measure.searching import measure_search


def main() -> None:
    """Measure one size."""
    arguments = argparse.ArgumentParser(description=__doc__)
    for name, value in (("rows", 100_000), ("dimension", 384), ("seed", 0)):
        arguments.add_argument(f"--{name}", type=int, default=value)
    chosen = arguments.parse_args()
    json.dump(asdict(measure_search(chosen.rows, chosen.dimension, chosen.seed)), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
