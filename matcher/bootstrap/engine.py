"""What matching stands on: the database, the encoder, the indexes, the ranking."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from pathlib import Path

from threadpoolctl import threadpool_limits

from matcher import resources
from matcher.bootstrap.checking import vector_server
from matcher.encoder.cache import CachedEncoder
from matcher.encoder.resolve import resolve_encoder
from matcher.errors import ConfigurationError
from matcher.index.shared import SharedVectors
from matcher.index.snapshot import SnapshotFolder
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook
from matcher.ranking.facets import FacetReader
from matcher.ranking.sides import SideBuilder
from matcher.services.ahead import Ahead
from matcher.services.chains import Chaining
from matcher.services.drift import Drifting
from matcher.services.duplicates import Duplicates
from matcher.services.finding import Finding
from matcher.services.identity import Identity
from matcher.services.indexing import Indexer, Progress
from matcher.services.matching import Matching
from matcher.services.models import ModelFolder
from matcher.services.pairings import Pairings
from matcher.services.sharing import Sharing
from matcher.services.wishes import StandingWishes
from matcher.settings import Settings
from matcher.store import Database, check, open_database, upgrade
from matcher.wording import Said


class Engine:
    """What matching stands on: the database, the encoder, the indexes, the ranking."""

    def __init__(self, settings: Settings, *, tell: Callable[[Said], None], progress: Progress | None = None) -> None:
        vector_server(settings)
        # One question is too little work for two threads, which only wait for each other; and sums keep their digits.
        threadpool_limits(1, "blas")
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
        chosen = resolve_encoder(self.settings.encoder, cache / "encoder", self.settings.encoder_backend)
        return CachedEncoder(chosen, cache / "vectors")

    @cached_property
    def builder(self) -> SideBuilder:
        """Records to arrays."""
        facets = FacetReader(resources.load_gazetteer(), resources.load_industries(), resources.load_fields())
        cutter = resources.load_word_cutter()
        return SideBuilder(self.encoder, cutter.words, facets, cutter.telling)

    @cached_property
    def indexer(self) -> Indexer:
        """Keeps the derived files in step with the database."""
        address = vector_server(self.settings)
        return Indexer(
            self.database,
            SnapshotFolder(self.home / "indexes"),
            self.encoder,
            self.builder.terms,
            SharedVectors(address) if address else None,
        )

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules: the shipped ones, or those of the folder that is set."""
        return load_rulebook(self.settings.policy_folder or resources.data_folder("policy"))

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
    def ahead(self) -> Ahead:
        """What a service counts before anybody asks."""
        return Ahead()

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
            ahead=self.ahead,
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
    def chaining(self) -> Chaining:
        """The use cases of whole chains."""
        return Chaining(self.pairings, self.builder)

    @cached_property
    def drifting(self) -> Drifting:
        """The use cases of mandate drift."""
        gazetteer, industries = resources.load_gazetteer(), resources.load_industries()
        return Drifting(self.pairings, self.builder.words, gazetteer, industries)

    @cached_property
    def finding(self) -> Finding:
        """Records by words, facets and likeness."""
        return Finding(self.pairings, self.builder, resources.load_gazetteer())


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
