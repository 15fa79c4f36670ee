from __future__ import annotations

import numpy as np
import pytest

from matcher.ranking import later
from matcher.ranking.later import Kept, Later


def test_a_value_is_made_once_and_only_when_it_is_asked_for() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    values = Later(("a", "b"), make)

    assert list(values) == ["a", "b"]
    assert made == []
    assert values["b"] == values["b"] == "B"
    assert made == ["b"]
    with pytest.raises(KeyError):
        values["c"]


def test_what_was_worked_out_is_kept_until_others_need_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "MOST_KEPT", 16)
    kept, asked = Kept(), []

    def ask(name: str) -> float:
        def work_out() -> dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]:
            asked.append(name)
            return {"x": np.full(2, len(name), np.float32)}

        return float(kept.of(name, work_out)["x"][0])

    assert [ask(name) for name in ("a", "bb", "a", "ccc", "a")] == [1, 2, 1, 3, 1]
    assert asked == ["a", "bb", "ccc", "a"]


def test_what_is_kept_cannot_be_changed() -> None:
    found = Kept().of("a", lambda: {"x": np.zeros(2, np.float32)})

    with pytest.raises(ValueError, match="read-only"):
        found["x"][0] = 1
