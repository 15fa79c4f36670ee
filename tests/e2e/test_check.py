"""`matcher check` names everything that is wrong at once, each with its next step."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.errors import ConfigurationError
from matcher.services.checkup import FULL, NEARLY_FULL, Gravity, Plan, look, require_sound
from matcher.wording import Said
from tests.commandline import CommandLine


def test_a_fresh_machine_is_well(matcher: CommandLine) -> None:
    assert "一切正常" in matcher("check").out
    assert not (matcher.home / "matcher.db").exists()
    assert matcher("check", "--json").json == {"sound": True, "findings": []}


def test_all_that_is_wrong_is_named_at_once(matcher: CommandLine, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "bad.yaml").write_text("nonsense: [", encoding="utf-8")
    found = matcher(
        "check",
        "--json",
        code=1,
        database_url=f"sqlite:///{tmp_path / 'nowhere' / 'm.db'}",
        encoder="no/such-model",
        vector_store="other",
        policy=str(rules),
        chains=str(tmp_path / "none.yaml"),
        smtp_url="smtp://u:geheim@far.example.org",
        mail_from="nobody",
    )
    told = "\n".join(each["message"]["en"] + each["step"]["en"] for each in found.json["findings"])
    for word in (
        "MATCHER_DATABASE_URL",
        "no/such-model",
        "MATCHER_VECTOR_STORE",
        "bad.yaml",
        "none.yaml",
        "MATCHER_SMTP_URL cannot",
        "MATCHER_MAIL_FROM",
        "MATCHER_BASE_URL",
    ):
        assert word in told
    assert "geheim" not in found.out + found.err
    assert all(each["step"]["zh"] and each["message"]["zh"] for each in found.json["findings"])


def test_settings_that_cannot_be_read_are_all_named(matcher: CommandLine) -> None:
    found = matcher("check", "--json", code=1, language="latin")
    assert "MATCHER_LANGUAGE" in found.out


def test_a_home_that_cannot_be_written_is_named(matcher: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = replace(matcher, home=tmp_path / "file" / "home")("check", code=1)
    assert "MATCHER_HOME" in found.out


def test_a_server_that_was_not_initialised_is_named(matcher: CommandLine, tmp_path: Path) -> None:
    found = matcher("check", code=1, database_url=f"sqlite:///{tmp_path / 'm.db'}")
    assert "matcher init" in found.out


def test_a_database_of_a_newer_version_is_named(matcher: CommandLine) -> None:
    matcher("init")
    with sqlite3.connect(matcher.home / "matcher.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "9999" in matcher("check", code=1).out


@pytest.mark.parametrize(
    ("url", "gravity"),
    [
        ("https://match.example.org", None),
        ("http://localhost:8000", None),
        ("http://match.example.org", Gravity.WARNING),
        ("match.example.org", Gravity.ERROR),
        ("https://", Gravity.ERROR),
        ("https://[", Gravity.ERROR),
    ],
)
def test_the_public_address_is_looked_at(tmp_path: Path, url: str, gravity: Gravity | None) -> None:
    found = look(plan(tmp_path, base_url=url))
    assert [each.gravity for each in found] == ([gravity] if gravity else [])


@pytest.mark.parametrize(("left", "gravity"), [(NEARLY_FULL - 1, Gravity.WARNING), (FULL - 1, Gravity.ERROR)])
def test_a_disk_that_is_full_or_nearly_so_is_named(tmp_path: Path, left: int, gravity: Gravity) -> None:
    found = look(plan(tmp_path), free=lambda _: left)
    assert {each.gravity for each in found} == {gravity}
    assert f"{left >> 20} MB" in found[0].message.en


def test_the_service_starts_with_warnings_and_not_with_errors(tmp_path: Path) -> None:
    told: list[Said] = []
    require_sound(look(plan(tmp_path, base_url="http://match.example.org")), told.append)
    assert "https" in told[0].en
    wrong = look(plan(tmp_path, base_url="nowhere", smtp_url="nonsense", mail_from="x"))
    with pytest.raises(ConfigurationError) as refused:
        require_sound(wrong, told.append)
    for name in ("MATCHER_BASE_URL", "MATCHER_SMTP_URL", "MATCHER_MAIL_FROM"):
        assert name in refused.value.message.en
        assert name in refused.value.message.zh


def plan(home: Path, **changes: str) -> Plan:
    """A plan in which nothing is wrong but what a test changes."""
    sound = Plan(home=home, cache=home, database_url="", own_database=True, encoder="hashing")
    return replace(sound, **changes)  # type: ignore[arg-type]  # the fields that tests change are texts
