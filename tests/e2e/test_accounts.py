"""Who is let in from the command line, and that the audit tells of it."""

from __future__ import annotations

from io import StringIO

import pytest

from matcher.store import Audit, open_database
from tests.commandline import CommandLine


def test_whatever_opens_or_shuts_the_service_from_the_command_line_stands_in_the_audit(
    matcher: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher("init")
    matcher("account", "organisation", "station", "--name", "示例经纪站")
    monkeypatch.setattr("sys.stdin", StringIO("seven unrelated words\n" * 2))
    told = ("li@example.org", "--role", "broker", "--organisation", "station", "--password-stdin")
    li = matcher("account", "create", *told, "--json").json["id"]
    matcher("account", "create", *told, code=1)  # the address has an account: nothing is done, and nothing noted
    matcher("account", "token", "li@example.org", "--name", "同步")
    monkeypatch.setattr("sys.stdin", StringIO("eight other words altogether\n"))
    matcher("account", "password", "li@example.org", "--password-stdin")
    matcher("digest", "links", "--at-once")
    matcher("digest", "suppress", "add", "wu@example.org")
    matcher("digest", "suppress", "remove", "wu@example.org")
    matcher("subject", "export", "li@example.org")
    matcher("subject", "erase", "li@example.org", "--yes")
    database = open_database(f"sqlite:///{matcher.home / 'matcher.db'}")
    with database.read() as connection:
        deeds = list(reversed(Audit(connection).latest()))
    database.close()
    assert {deed.account_id for deed in deeds} == {"local"}
    assert [(deed.operation, deed.target.partition("/tokens/")[0]) for deed in deeds] == [
        ("create_organisation", "/v1/organisations/station"),
        ("create_user", f"/v1/users/{li}"),
        ("create_token", f"/v1/users/{li}"),
        ("set_password", f"/v1/users/{li}"),
        ("rotate_links", ""),
        ("suppress_address", ""),
        ("allow_address", ""),
        ("export_subject", ""),
        ("erase_subject", ""),
    ]
    assert not any("@" in str(deed) for deed in deeds)
