"""Technology contracts before the rules."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts, shown
from api.problems import Text
from api.texts import AsOf
from api.verdicts import AssessmentNoted, VerdictShown
from matcher.domain.matches import State
from matcher.domain.registers import ContractKind
from matcher.plain.contracts import contract_json, contracts_json

router = APIRouter(prefix="/policy/contracts", tags=["policy"], route_class=GuardedRoute)


class ContractHead(BaseModel):
    """A contract, how many rules answer how, and what nobody told."""

    id: str
    name: str
    kind: ContractKind | None
    signed_on: date | None
    registered_on: date | None
    amount: float | None
    currency: str
    states: dict[State, int]
    missing: list[Text]


class ContractListed(ContractHead):
    """A contract in short, with what it fails."""

    failed: list[VerdictShown]


class KindSum(BaseModel):
    """The contracts of a type, and their amounts in yuan; the type by its Chinese name."""

    kind: str | None
    contracts: int
    amount: float
    technology_amount: float


class ContractsShown(BaseModel):
    """All contracts one may see, and sums by type."""

    as_of: date
    rules_version: str
    contracts: list[ContractListed]
    by_kind: list[KindSum]


class FeeShown(VerdictShown):
    """A case of the law on a broker's fee, and what follows."""

    then: Text


class ContractShown(ContractHead):
    """One contract with every verdict."""

    accepted_on: date | None
    as_of: date
    rules_version: str
    aspects: list[AssessmentNoted]
    fees: list[FeeShown]


@router.get("")
def list_contracts(request: Request, parts: Parts, actor: Acting, now: Now, on: AsOf = None) -> ContractsShown:
    """The register of contracts before the rules; a carrier reads its own."""
    day, allowed = on or now.date(), parts.carrier_figures.allowed(actor)
    found = [one for one in parts.contracts.all(actor.viewer, day) if one.contract.carrier_id in allowed]
    shown(request, [one.contract for one in found])
    return ContractsShown.model_validate(contracts_json(parts.rulebook, found, day))


@router.get("/{contract_id:path}")
def read_contract(
    contract_id: Annotated[str, Path(max_length=300)], request: Request, parts: Parts, actor: Acting, now: Now,
    on: AsOf = None,
) -> ContractShown:  # fmt: skip
    """One contract: form, publicity, reward, registration, and the broker's fee."""
    day = on or now.date()
    found = parts.contracts.check(contract_id, actor.viewer, day)
    parts.carrier_figures.require_row(found.contract.carrier_id, contract_id, actor)
    shown(request, [found.contract])
    return ContractShown.model_validate(contract_json(parts.rulebook, found, day))
