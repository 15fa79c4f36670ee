"""The documentation names a test for every failure that it says we are kept from; each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMED = re.findall(r"`(\w+/\w+\.py)::(\w+)`", (ROOT / "docs" / "digests.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_the_documentation_names_is_there(file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_the_documentation_names_tests() -> None:
    assert len(NAMED) > 20
