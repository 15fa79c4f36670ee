"""The HTTP service over the sample with somebody of every role, for tests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from matcher.bootstrap import Installation
from matcher.domain.accounts import Account, Organisation, Role, Scope
from matcher.services.importing import Files, import_files
from matcher.services.passwords import hashed
from matcher.settings import Settings
from matcher.store import Accounts
from tests.commandline import SAMPLE

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SAMPLE_TIME = datetime(2026, 11, 25, tzinfo=UTC)
PASSWORD = "seven unrelated words"  # noqa: S105  # a test's own
ORGANISATIONS = (
    Organisation(id="org-station", name="示例经纪站"),
    Organisation(id="org-carrier", name="示例孵化器", incubator_ids=("ex-i01",)),
    Organisation(id="org-fund", name="示例基金", fund_ids=("ex-f01",)),
    Organisation(id="org-university", name="示例大学", institutions=("白音温都民族医药大学",)),
)
SIGNING_IN = (Role.BROKER, Role.FUND)
"""Who has a password; the others come with tokens only: hashing one takes its time."""
HOMES = {
    Role.BROKER: "org-station",
    Role.INCUBATOR: "org-carrier",
    Role.FUND: "org-fund",
    Role.UNIVERSITY: "org-university",
}


@dataclass(frozen=True)
class Service:
    """A running service, and the ways into it."""

    installation: Installation
    client: TestClient
    accounts: Mapping[Role, Account]
    tokens: Mapping[Role, str]

    def call(self, role: Role | None, method: str, path: str, **more: Any) -> Any:
        """The answer to a request of somebody of this role, or of a stranger."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        headers |= more.pop("headers", {})
        return self.client.request(method, f"/v1{path}", headers=headers, **more)

    def get(self, role: Role | None, path: str, **more: Any) -> Any:
        """Read something."""
        return self.call(role, "GET", path, **more)

    def post(self, role: Role | None, path: str, body: object, **more: Any) -> Any:
        """Send something."""
        return self.call(role, "POST", path, json=body, **more)


def installed(home: Path, url: str = "") -> Installation:
    """An installation with the quick encoder."""
    settings = Settings(home=home, cache_dir=home / "cache", database_url=url, encoder="hashing")
    return Installation(settings, tell=lambda _: None)


def over(installation: Installation) -> Service:
    """The service with an account and a token of every role."""
    for organisation in ORGANISATIONS:
        installation.people.found(organisation)
    accounts, tokens = {}, {}
    for role in Role:
        accounts[role] = account = installation.people.create(
            f"{role}@example.org", f"示例{role.said.zh}", role, NOW, organisation_id=HOMES.get(role, "")
        )
        if role in SIGNING_IN:
            with installation.database.begin() as connection:
                Accounts(connection).set_password(account.id, _hash_of_password())
        tokens[role] = installation.access.add_token(account, "tests", Scope, timedelta(days=4000), NOW)[1]
    return Service(installation, TestClient(create_app(installation)), accounts, tokens)


@cache
def _hash_of_password() -> str:
    """Hashing takes its time, so it is done once for all tests."""
    return hashed(PASSWORD, "tests@example.org")


def sample_installation(home: Path, now: datetime) -> Installation:
    """An installation with the sample, indexed."""
    installation = installed(home)
    import_files(installation.database, Files([SAMPLE]), now=now)
    installation.indexer.refresh()
    return installation


def copied(sample_home: Path, home: Path) -> Installation:
    """An installation over a copy of the sample that may be changed."""
    shutil.copytree(sample_home, home)
    return installed(home)
