"""The database: tables, migrations and the only SQL."""

from matcher.store.controls import Controls
from matcher.store.database import Database, open_database
from matcher.store.facts import Dangling, Upserted
from matcher.store.history import Replaced
from matcher.store.identities import Decisions
from matcher.store.imports import Import, Imports, ImportState
from matcher.store.jobs import Jobs
from matcher.store.registers import Registers
from matcher.store.repositories import Deleted, Outcomes, Records, Stamp
from matcher.store.schema import check, upgrade
from matcher.store.upserts import Counts

__all__ = [
    "Controls",
    "Counts",
    "Dangling",
    "Database",
    "Decisions",
    "Deleted",
    "Import",
    "ImportState",
    "Imports",
    "Jobs",
    "Outcomes",
    "Records",
    "Registers",
    "Replaced",
    "Stamp",
    "Upserted",
    "check",
    "open_database",
    "upgrade",
]
