"""What is looked at before the service listens."""

from __future__ import annotations

from collections.abc import Callable

from matcher import resources
from matcher.domain.slots import Slot
from matcher.encoder.resolve import resolve_encoder, told_backend
from matcher.errors import ConfigurationError
from matcher.index.server import Address, connected
from matcher.policy.chain_file import load_chains
from matcher.policy.loading import load_rulebook
from matcher.services.checkup import Plan
from matcher.services.delivery.webhook import require_usable
from matcher.settings import Settings
from matcher.wording import Said


def checkup_plan(settings: Settings) -> Plan:
    """What `matcher check`, and the service before it listens, look at."""
    rules = settings.policy_folder or resources.data_folder("policy")
    loads: list[Callable[[], object]] = [lambda: reach_vectors(settings), lambda: load_rulebook(rules)]
    if chains := settings.chains_file:
        loads.append(lambda: load_chains(chains, resources.load_industries(), resources.load_fields()))
    if settings.encoder.strip() not in ("", "default"):  # which is built on its first use
        loads.append(lambda: resolve_encoder(settings.encoder, settings.cache_folder / "encoder"))
    if settings.digest_at:
        loads.append(lambda: slot_of(settings))
    if settings.webhook_url:
        loads.append(lambda: require_usable(settings.webhook_url, settings.webhook_secret))
    return Plan(
        home=settings.home_folder,
        cache=settings.cache_folder,
        database_url=settings.url,
        own_database=not settings.database_url,
        encoder=settings.encoder,
        loads=tuple(loads),
        smtp_url=settings.smtp_url,
        mail_from=settings.mail_from,
        base_url=settings.base_url,
    )


def told_encoding(settings: Settings) -> Said | None:
    """Which backend runs the default encoder and why; None where another encoder serves."""
    if settings.encoder.strip() not in ("", "default"):
        return None
    return told_backend(settings.cache_folder / "encoder", settings.encoder_backend)


def slot_of(settings: Settings) -> Slot:
    """When digests go out by themselves. Raises ConfigurationError for what is no time of the week."""
    try:
        return Slot.parse(settings.digest_at)
    except ValueError as error:
        raise ConfigurationError(
            Said(f"MATCHER_DIGEST_AT 不能使用：{settings.digest_at}。", f"MATCHER_DIGEST_AT cannot be used: {error}."),
            Said(
                "写法如 Mon 08:00 Asia/Shanghai；不写时区即为中国时间。",
                "Write it as Mon 08:00 Asia/Shanghai; without a zone it is the time in China.",
            ),
        ) from None


def vector_server(settings: Settings) -> Address | None:
    """Where vectors are shared; None for files alone. Raises ConfigurationError for a store that there is none of."""
    return None if settings.vector_store == "faiss" else Address.parse(settings.vector_store)


def reach_vectors(settings: Settings) -> None:
    """Raise UnservedError when the server of vectors does not answer, ConfigurationError when it can never."""
    address = vector_server(settings)
    if address and not address.file:  # a file is made on its first use
        with connected(address) as client:
            client.list_collections()
