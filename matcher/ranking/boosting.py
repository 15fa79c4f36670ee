"""Gradient-boosted trees over standardised evidence, whose say splits into one part for each piece of evidence.

The parts are Shapley values (Lundberg and others, "Consistent individualized feature attribution for tree ensembles",
2018), as LightGBM computes them: together with the constant `base` they sum to the margin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ConfigurationError
from matcher.ranking.corpus import Matrix
from matcher.wording import Said

Values = NDArray[np.float64]

SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.5,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
TREES = 200
SHARE = 0.5
"""How much of their margin counts beside the weights: grown on few windows they are the less stable of the two."""
THREADS = 1
"""The same everywhere, for sums depend on it in the last bit; two would wait for each other on a busy machine."""
CHUNK = 2**17
"""Rows asked at a time; the library copies them in double precision."""


@dataclass(frozen=True)
class Boosting:
    """Trees that were grown, in LightGBM's text format, and the evidence they read, in the order of their columns."""

    kinds: tuple[str, ...]
    model: str
    share: float = SHARE

    def margins(self, values: Matrix) -> Values:
        """What the trees say of each row, without the constant; values are (n, kinds), the answer (n,)."""
        starts = range(0, len(values), CHUNK)
        told = [
            self._trees.predict(values[start : start + CHUNK], raw_score=True, num_threads=THREADS) for start in starts
        ]
        return self.share * (np.concatenate([np.zeros(0), *told]) - self._base)

    def parts(self, values: Matrix) -> Values:
        """What each piece of evidence adds to the margin of each row, (n, kinds)."""
        if not len(values):
            return np.zeros((0, len(self.kinds)))
        told = self._trees.predict(values, pred_contrib=True, num_threads=THREADS)
        return np.asarray(self.share * told[:, :-1], np.float64)

    @cached_property
    def _trees(self) -> Any:
        return _lightgbm().Booster(model_str=self.model)

    @cached_property
    def _base(self) -> float:
        return float(self._trees.predict(np.zeros((1, len(self.kinds))), pred_contrib=True)[0, -1])


def grow(values: Values | Matrix, labels: Values, kinds: tuple[str, ...], seed: int) -> Boosting:
    """Trees that tell the rows labelled one from the others; values are (n, kinds), labels (n,)."""
    library = _lightgbm()
    grown = library.train({**SETTINGS, "seed": seed, "num_threads": THREADS}, library.Dataset(values, labels), TREES)
    return Boosting(kinds, grown.model_to_string())


def _lightgbm() -> Any:
    try:
        import lightgbm  # noqa: PLC0415  # takes a second to import, and few commands need it
    except OSError as error:
        raise ConfigurationError(
            Said(f"无法加载 LightGBM（{error}）。", f"LightGBM cannot be loaded ({error})."),
            Said(
                "请安装系统库 libgomp1（如 apt install libgomp1）。",
                "Install the system library libgomp1 (apt install libgomp1).",
            ),
        ) from error
    return lightgbm
