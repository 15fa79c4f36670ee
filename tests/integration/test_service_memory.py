"""What a service that ended leaves behind: nothing."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from matcher.bootstrap import Installation
from matcher.domain.accounts import Role
from tests.service import copied, over


def ended(served_home: Path, home: Path) -> weakref.ref[Installation]:
    """A service that has answered and is gone."""
    service = over(copied(served_home, home))
    answers = [service.post(Role.BROKER, "/match", {"record_id": "ex-a003"}), service.get(Role.BROKER, "/nowhere")]
    assert [answer.status_code for answer in answers] == [200, 404]
    service.installation.close()
    return weakref.ref(service.installation)


def test_a_service_that_ended_is_forgotten_with_all_it_had_in_memory(served_home: Path, tmp_path: Path) -> None:
    gone = ended(served_home, tmp_path / "home")
    gc.collect()
    assert gone() is None
