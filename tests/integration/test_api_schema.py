"""The OpenAPI document is true: whatever fits it is answered as it says, and nothing breaks the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import checks
from schemathesis.core.result import Ok

from api.app import routed
from api.permissions import PERMISSIONS
from matcher.domain.accounts import Role, Scope
from tests.service import Service, copied, over

EXAMPLES = {Role.ADMINISTRATOR: 6, Role.INCUBATOR: 2}
"""Requests of each sort for each operation, by who sends them; `--hypothesis-profile` or more find rarer things."""
COSTLY = {"download_workbook", "download_page", "read_report", "read_chain_gaps", "chain", "sign_in"}
"""Operations that take their time and hardly differ from one request to the next: two of each are enough."""
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
SHUTTING_OUT = {"erase_user", "change_user", "sign_out", "revoke_token"}
"""Operations by which the one who asks could shut themselves out: each is asked by an administrator made for it."""


@dataclass(frozen=True)
class Walked:
    """A service that these tests may spoil, and its operations by name."""

    service: Service
    operations: Mapping[str, Any]


@pytest.fixture(scope="module")
def walked(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """The operations of the document."""
    installation = copied(served_home, tmp_path_factory.mktemp("schema") / "home")
    installation.warming.run()  # not beside: Python before 3.11.8 has one count of depth for all threads that parse
    operations = {}
    for found in schemathesis.openapi.from_asgi("/openapi.json", routed(installation)).get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        operations[operation.definition.raw["operationId"]] = operation
    yield Walked(over(installation), operations)
    installation.close()


def as_somebody_new(service: Service, case: Any) -> dict[str, str]:
    """The headers of a second administrator, who is whom the request is about."""
    parts, now = service.installation, datetime.now(UTC)
    account = parts.people.create(f"{token_hex(8)}@example.org", "", Role.ADMINISTRATOR, now)
    token, secret = parts.access.add_token(account, "own", Scope, timedelta(days=1), now)
    own = {"user_id": account.id, "token_id": token.id}
    for name in own.keys() & (case.path_parameters or {}).keys():
        case.path_parameters[name] = own[name]
    return {"Authorization": f"Bearer {secret}", "If-Match": "*"}


def require_true(service: Service, role: Role, name: str, operation: Any) -> None:
    """Ask an operation whatever its description allows, and hold the answers to it."""

    @settings(
        max_examples=2 if name in COSTLY else EXAMPLES[role],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @seed(1)
    @given(case=operation.as_strategy())
    def answers_as_it_says(case: Any) -> None:
        own = {"Authorization": f"Bearer {service.tokens[role]}"}
        headers = as_somebody_new(service, case) if name in SHUTTING_OUT else own
        case.call_and_validate(headers=headers, checks=CHECKS)

    answers_as_it_says()


@pytest.mark.parametrize("role", EXAMPLES)
def test_every_operation_answers_as_the_document_says(walked: Walked, role: Role) -> None:
    assert walked.operations.keys() == PERMISSIONS.keys()
    for name, operation in walked.operations.items():
        if role in (PERMISSIONS[name].roles or Role):
            require_true(walked.service, role, name, operation)
