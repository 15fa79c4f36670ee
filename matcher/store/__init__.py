"""The database: tables, migrations and the only SQL."""

from matcher.store.accounts import Accounts, Organisations
from matcher.store.attachments import AttachmentFolder
from matcher.store.audit import Answered, Answers, Audit
from matcher.store.case_papers import Papers
from matcher.store.case_queries import Due, Mine, Wanted
from matcher.store.cases import Cases
from matcher.store.controls import Controls
from matcher.store.database import Database, open_database
from matcher.store.facts import Dangling, Upserted
from matcher.store.feedback import FeedbackRows
from matcher.store.history import Replaced
from matcher.store.identities import Decisions
from matcher.store.imports import Import, Imports, ImportState
from matcher.store.jobs import Jobs
from matcher.store.mandates import Mandates
from matcher.store.personal import Personal
from matcher.store.registers import Registers
from matcher.store.repositories import Deleted, Outcomes, Records, Stamp
from matcher.store.schema import check, upgrade
from matcher.store.sign_in import Session, SignIns
from matcher.store.upserts import Counts

__all__ = [
    "Accounts",
    "Answered",
    "Answers",
    "AttachmentFolder",
    "Audit",
    "Cases",
    "Controls",
    "Counts",
    "Dangling",
    "Database",
    "Decisions",
    "Deleted",
    "Due",
    "FeedbackRows",
    "Import",
    "ImportState",
    "Imports",
    "Jobs",
    "Mandates",
    "Mine",
    "Organisations",
    "Outcomes",
    "Papers",
    "Personal",
    "Records",
    "Registers",
    "Replaced",
    "Session",
    "SignIns",
    "Stamp",
    "Upserted",
    "Wanted",
    "check",
    "open_database",
    "upgrade",
]
