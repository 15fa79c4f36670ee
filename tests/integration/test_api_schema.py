"""The OpenAPI document is true: whatever fits it is answered as it says, and nothing breaks the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import checks

from api.permissions import PERMISSIONS
from matcher.domain.accounts import Role
from tests.service import Service, copied, over

EXAMPLES = 6
"""Requests of each sort for each operation; `--hypothesis-profile` or more of them find rarer things."""
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


LEFT_OUT = {"erase_user", "change_user", "sign_out", "revoke_token"}
"""Operations by which the one who asks could shut themselves out."""


@pytest.fixture(scope="module")
def written(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that these tests may spoil."""
    installation = copied(served_home, tmp_path_factory.mktemp("schema") / "home")
    yield over(installation)
    installation.close()


def test_every_operation_answers_as_the_document_says(written: Service) -> None:
    headers = {"Authorization": f"Bearer {written.tokens[Role.ADMINISTRATOR]}"}
    document = schemathesis.openapi.from_asgi("/openapi.json", written.client.app)
    asked = set()
    for found in document.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if name in LEFT_OUT:
            continue
        asked.add(name)

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @seed(1)
        @given(case=operation.as_strategy())
        def answers_as_it_says(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        answers_as_it_says()
    assert asked == PERMISSIONS.keys() - LEFT_OUT
