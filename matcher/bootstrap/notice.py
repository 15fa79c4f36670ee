"""The use cases of the notice: rules, evaluation, grants, filings, reports."""

from __future__ import annotations

from functools import cached_property

from matcher import resources
from matcher.bootstrap.engine import Engine
from matcher.policy.chain_file import load_chains
from matcher.services.carrier_figures import CarrierFigures
from matcher.services.chain_gaps import ChainGaps
from matcher.services.contracts import Contracts
from matcher.services.cooperation import Cooperation
from matcher.services.evaluation import Evaluating
from matcher.services.filings import Filings
from matcher.services.granting import Granting
from matcher.services.grants import Grants
from matcher.services.policy import Policy
from matcher.services.report.context import UseCases
from matcher.services.reporting import Reporting


class Notice(Engine):
    """The use cases of the notice: rules, evaluation, grants, filings, reports."""

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
    def carrier_figures(self) -> CarrierFigures:
        """Whose figures somebody may be told."""
        return CarrierFigures(self.database)
