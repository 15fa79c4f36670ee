"""The database: tables, migrations and the only SQL."""

from matcher.store.accounts import Accounts, Organisations
from matcher.store.attachments import AttachmentFolder
from matcher.store.audit import Answered, Answers, Audit
from matcher.store.case_papers import Due, Papers
from matcher.store.case_queries import Mine, Span, Wanted
from matcher.store.cases import Cases
from matcher.store.changes import Changes
from matcher.store.controls import Controls
from matcher.store.database import Database, open_database
from matcher.store.deliveries import Deliveries
from matcher.store.digests import Digests, Receipt, ToldPair
from matcher.store.facts import Dangling, Upserted
from matcher.store.feedback import Circle, FeedbackRows
from matcher.store.history import Replaced
from matcher.store.identities import Decisions
from matcher.store.imports import Import, Imports, ImportState
from matcher.store.jobs import Jobs
from matcher.store.link_keys import LinkKey, LinkKeys
from matcher.store.mandates import Mandates
from matcher.store.outcomes import Outcomes
from matcher.store.personal import Personal
from matcher.store.registers import Registers
from matcher.store.remembered import Remembered
from matcher.store.repositories import Deleted, Records, Stamp
from matcher.store.schema import check, upgrade
from matcher.store.sign_in import Session, SignIns
from matcher.store.suppressions import Suppressions
from matcher.store.undoing import Kept, Left, Taken, taken_back
from matcher.store.units import Unit
from matcher.store.upserts import Counts

__all__ = [
    "Accounts",
    "Answered",
    "Answers",
    "AttachmentFolder",
    "Audit",
    "Cases",
    "Changes",
    "Circle",
    "Controls",
    "Counts",
    "Dangling",
    "Database",
    "Decisions",
    "Deleted",
    "Deliveries",
    "Digests",
    "Due",
    "FeedbackRows",
    "Import",
    "ImportState",
    "Imports",
    "Jobs",
    "Kept",
    "Left",
    "LinkKey",
    "LinkKeys",
    "Mandates",
    "Mine",
    "Organisations",
    "Outcomes",
    "Papers",
    "Personal",
    "Receipt",
    "Records",
    "Registers",
    "Remembered",
    "Replaced",
    "Session",
    "SignIns",
    "Span",
    "Stamp",
    "Suppressions",
    "Taken",
    "ToldPair",
    "Unit",
    "Upserted",
    "Wanted",
    "check",
    "open_database",
    "taken_back",
    "upgrade",
]
