"""The PostgreSQL server of the contract tests serves the integration tests too."""

from tests.contracts.conftest import postgres_server

__all__ = ["postgres_server"]
