"""Products of rows that may begin at any byte of a file."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.index import mapped
from matcher.index.mapped import scan


@pytest.mark.parametrize("columns", [0, 1, 3, 9])
@pytest.mark.parametrize("rows", [0, 1, 50])
@pytest.mark.parametrize("shift", [0, 2, 5])
def test_rows_are_multiplied_wherever_they_begin(
    columns: int, rows: int, shift: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped, "AT_ONCE", 16)
    drawn = np.random.default_rng(1)
    plain = drawn.normal(size=(rows, 24)).astype(np.float32)
    aims = drawn.normal(size=(24, columns)).astype(np.float32)
    lying = np.frombuffer(b"\0" * shift + plain.tobytes(), np.uint8)[shift:].view(np.float32).reshape(rows, 24)

    np.testing.assert_allclose(scan(lying, aims), plain @ aims, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(scan(lying[::2], aims), plain[::2] @ aims, rtol=1e-5, atol=1e-5)
