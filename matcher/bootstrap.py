"""The composition root: the only place where settings become real parts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from functools import cached_property
from pathlib import Path

from matcher import resources
from matcher.domain.visibility import Viewer
from matcher.encoder.cache import CachedEncoder
from matcher.encoder.resolve import resolve_encoder
from matcher.errors import ConfigurationError
from matcher.index.snapshot import SnapshotFolder
from matcher.policy.chain_file import load_chains
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook
from matcher.ranking.corpus import FacetReader
from matcher.ranking.sides import SideBuilder
from matcher.services.access import Access
from matcher.services.accounts import People
from matcher.services.cases.handling import Handling
from matcher.services.cases.introducing import Introducing
from matcher.services.cases.papers import CasePapers
from matcher.services.cases.reading import CaseReading
from matcher.services.cases.undoing import Undoing
from matcher.services.chain_gaps import ChainGaps
from matcher.services.chains import Chaining
from matcher.services.contracts import Contracts
from matcher.services.cooperation import Cooperation
from matcher.services.drift import Drifting
from matcher.services.duplicates import Duplicates
from matcher.services.evaluation import Evaluating
from matcher.services.filings import Filings
from matcher.services.finding import Finding
from matcher.services.granting import Granting
from matcher.services.grants import Grants
from matcher.services.identity import Identity
from matcher.services.indexing import Indexer, Progress
from matcher.services.journal import Journal
from matcher.services.letters import Letters, Outbox
from matcher.services.matching import Matching
from matcher.services.models import ModelFolder
from matcher.services.pairings import Pairings
from matcher.services.policy import Policy
from matcher.services.records import RecordBook
from matcher.services.report.context import UseCases
from matcher.services.reporting import Reporting
from matcher.services.sharing import Sharing
from matcher.services.wishes import StandingWishes
from matcher.settings import Settings
from matcher.store import AttachmentFolder, Database, check, open_database, upgrade
from matcher.wording import Said


class Installation:
    """Everything one set of settings names, built when it is first needed."""

    def __init__(self, settings: Settings, *, tell: Callable[[Said], None], progress: Progress | None = None) -> None:
        if settings.vector_store != "faiss":
            raise ConfigurationError(
                Said(f"未知的向量库 {settings.vector_store}。", f"Unknown vector store {settings.vector_store}."),
                Said("请设 MATCHER_VECTOR_STORE=faiss。", "Set MATCHER_VECTOR_STORE=faiss."),
            )
        self.settings = settings
        self._tell = tell
        self.progress = progress

    @cached_property
    def home(self) -> Path:
        """The home folder, created when missing."""
        return _made(self.settings.home_folder, "MATCHER_HOME")

    @cached_property
    def database(self) -> Database:
        """The database. The default file is created and migrated by itself; a server is not touched without asking."""
        if not self.settings.database_url:
            _ = self.home
        database = open_database(self.settings.url)
        try:
            (check if self.settings.database_url else upgrade)(database)
        except BaseException:
            database.close()
            raise
        return database

    def initialise(self) -> None:
        """Create or migrate the database, and build the encoder."""
        _ = self.home
        with closing(open_database(self.settings.url)) as database:
            upgrade(database)
        _ = self.encoder.dimension

    def close(self) -> None:
        """Give the database's connections back. Nothing else is held open."""
        if "database" in self.__dict__:  # cached_property keeps it there once it was used
            self.database.close()

    @cached_property
    def encoder(self) -> CachedEncoder:
        """The encoder with its cache; the default one is built on its first use."""
        cache = _made(self.settings.cache_folder, "MATCHER_CACHE_DIR")
        return CachedEncoder(resolve_encoder(self.settings.encoder, cache / "encoder"), cache / "vectors")

    @cached_property
    def builder(self) -> SideBuilder:
        """Records to arrays."""
        facets = FacetReader(resources.load_gazetteer(), resources.load_industries(), resources.load_fields())
        return SideBuilder(self.encoder, resources.load_word_cutter().words, facets)

    @cached_property
    def indexer(self) -> Indexer:
        """Keeps the derived files in step with the database."""
        return Indexer(self.database, SnapshotFolder(self.home / "indexes"), self.encoder, self.builder.words)

    @cached_property
    def people(self) -> People:
        """Accounts and organisations."""
        return People(self.database, lambda: secrets.token_hex(8))

    @cached_property
    def access(self) -> Access:
        """Ways in."""
        return Access(self.database, lambda: secrets.token_urlsafe(32), lambda: secrets.token_hex(8))

    @cached_property
    def letters(self) -> Letters:
        """Letters about accounts."""
        return Letters(self.access, Outbox(self.home / "outbox"), "http://127.0.0.1:8000")

    @cached_property
    def journal(self) -> Journal:
        """The audit, and the answers to writing requests."""
        return Journal(self.database)

    @cached_property
    def records(self) -> RecordBook:
        """Records one by one."""
        return RecordBook(self.database)

    @cached_property
    def finding(self) -> Finding:
        """Records by words, facets and likeness."""
        return Finding(self.pairings, self.builder)

    @cached_property
    def identity(self) -> Identity:
        """Who is who."""
        return Identity(self.database)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Near-duplicates among results and among projects."""
        return Duplicates(self.database, self.indexer)

    @cached_property
    def wishes(self) -> StandingWishes:
        """The use cases of standing wishes."""
        return StandingWishes(self.database)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules: the shipped ones, or those of the folder that is set."""
        return load_rulebook(self.settings.policy_folder or resources.data_folder("policy"))

    @cached_property
    def policy(self) -> Policy:
        """The use cases of the rules."""
        return Policy(self.database, self.rulebook, resources.load_gazetteer(), resources.load_industries())

    @cached_property
    def evaluating(self) -> Evaluating:
        """The use cases of the classified evaluation."""
        return Evaluating(self.database, self.rulebook, resources.load_gazetteer())

    @cached_property
    def reporting(self) -> Reporting:
        """The use cases of information reporting."""
        others = UseCases(self.chain_gaps, self.grants, self.filings)
        return Reporting(self.database, self.rulebook, resources.load_gazetteer(), others)

    @cached_property
    def contracts(self) -> Contracts:
        """The use cases of technology contracts."""
        return Contracts(self.database, self.rulebook)

    @cached_property
    def cooperation(self) -> Cooperation:
        """The use cases of how carriers are run and who resides in them."""
        return Cooperation(self.database, self.rulebook, resources.load_gazetteer())

    @cached_property
    def chain_gaps(self) -> ChainGaps:
        """The use case of industry chains and their gaps."""
        industries, subjects = resources.load_industries(), resources.load_fields()
        path = self.settings.chains_file or resources.data_folder("taxonomy") / "chains.yaml"
        return ChainGaps(
            self.database,
            self.rulebook,
            load_chains(path, industries, subjects),
            gazetteer=resources.load_gazetteer(),
            industries=industries,
            subjects=subjects,
        )

    @cached_property
    def grants(self) -> Grants:
        """The ledger of grants."""
        return Grants(self.database, self.rulebook, resources.load_gazetteer(), self.identity)

    @cached_property
    def granting(self) -> Granting:
        """The noting of applications and payments."""
        return Granting(self.database, self.grants)

    @cached_property
    def filings(self) -> Filings:
        """The filings of brand output and managed services."""
        return Filings(self.database, self.rulebook, resources.load_gazetteer())

    @cached_property
    def pairings(self) -> Pairings:
        """What matching needs in memory."""
        return Pairings(
            self.database,
            self.indexer,
            ModelFolder(self.home / "models"),
            self.builder,
            resources.load_gazetteer(),
            resources.load_industries(),
            self.rulebook,
            tell=self._tell,
            progress=self.progress,
        )

    @cached_property
    def sharing(self) -> Sharing:
        """The use cases of shared resources."""
        industries, gazetteer = resources.load_industries(), resources.load_gazetteer()
        return Sharing(self.database, self.pairings, self.builder, self.rulebook, gazetteer, industries)

    @cached_property
    def matching(self) -> Matching:
        """The use cases of matching."""
        return Matching(self.pairings, self.builder)

    @cached_property
    def case_handling(self) -> Handling:
        """The use cases of those who work on cases."""
        return Handling(self.database, self.rulebook, _new_id)

    @cached_property
    def case_reading(self) -> CaseReading:
        """The use cases of reading cases."""
        return CaseReading(self.database, self.case_handling)

    @cached_property
    def case_papers(self) -> CasePapers:
        """The use cases of notes, tasks and attachments."""
        return CasePapers(self.database, AttachmentFolder(self.home / "attachments"), _new_id)

    @cached_property
    def case_undoing(self) -> Undoing:
        """The use case of taking a step of a case back."""
        return Undoing(self.database)

    @cached_property
    def introducing(self) -> Introducing:
        """The use cases of introductions."""
        return Introducing(self.database, self._takers, _new_id)

    def _takers(self, left_id: str, k: int, viewer: Viewer, day: date) -> Sequence[str]:
        answer = self.matching.match(left_id, k, viewer, day)
        return [match.id for match in answer.matches if match.eligible]

    @cached_property
    def chaining(self) -> Chaining:
        """The use cases of whole chains."""
        return Chaining(self.pairings, self.builder)

    @cached_property
    def drifting(self) -> Drifting:
        """The use cases of mandate drift."""
        gazetteer, industries = resources.load_gazetteer(), resources.load_industries()
        return Drifting(self.pairings, self.builder.words, gazetteer, industries)


def _new_id() -> str:
    return secrets.token_hex(8)


def _made(folder: Path, setting: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            Said(
                f"无法创建文件夹 {folder}（{error.strerror}）。",
                f"Cannot create the folder {folder} ({error.strerror}).",
            ),
            Said(f"请把 {setting} 设为可写的位置。", f"Set {setting} to a place that can be written."),
        ) from error
    return folder
