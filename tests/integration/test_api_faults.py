"""The database full, and the database away: clear answers, nothing half-written, and all is well when it is back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from matcher.domain.accounts import Role
from matcher.services.importing import Files, import_files
from matcher.store import open_database, upgrade
from tests.browsing import hidden, visitor
from tests.commandline import SAMPLE
from tests.disks import full, most_bytes
from tests.service import SAMPLE_TIME, Service, installed, over

NEW = {"title": "沙棘果油微胶囊", "institution": "示例大学", "summary": "低温包埋。" * 2000}


def counts(service: Service) -> tuple[int, int]:
    """Results, and lines of the audit."""
    with service.installation.database.engine.connect() as connection:
        one, other = (sa.text(f"SELECT count(*) FROM {table}") for table in ("achievements", "audit"))  # noqa: S608
        return connection.execute(one).scalar_one(), connection.execute(other).scalar_one()


def test_on_a_full_disk_a_request_is_refused_whole_and_reading_goes_on(service: Service) -> None:
    engine = service.installation.database.engine
    with engine.connect() as connection:
        pages = connection.execute(sa.text("PRAGMA page_count")).scalar_one()
    engine.dispose()

    def no_more(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 8}")

    sa.event.listen(engine, "connect", no_more)
    before, kept = counts(service), 0
    for number in range(12):
        answer = service.post(Role.BROKER, "/achievements", NEW | {"id": f"n-{number}"})
        kept += answer.status_code == 201
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "matcher.db" not in answer.text
    assert counts(service) == (before[0] + kept, before[1] + kept)
    assert service.get(Role.BROKER, "/achievements/ex-a001").status_code == 200
    sa.event.remove(engine, "connect", no_more)
    engine.dispose()
    with engine.connect() as connection:
        connection.execute(sa.text("PRAGMA max_page_count = 1073741823"))
    assert service.post(Role.BROKER, "/achievements", NEW | {"id": "n-99"}).status_code == 201


def test_files_that_the_disk_cannot_hold_are_refused_like_any_other_write_and_taken_in_afterwards(
    service: Service,
) -> None:
    case = service.post(Role.BROKER, "/cases", {"left_id": "ex-a003", "right_id": "ex-i02"}).json()["id"]
    rows = {"files": ("achievements.csv", "成果名称,完成单位\n盘上无空间,甲大学\n".encode())}
    browser = visitor(service, Role.BROKER)
    form = hidden(browser, f"/cases/{case}")
    pdf = {"file": ("说明.txt", b"text")}
    with full():
        answers = [
            service.call(Role.BUREAU, "POST", "/imports", files=rows),
            service.call(Role.BROKER, "POST", f"/cases/{case}/attachments", params={"name": "a.txt"}, content=b"text"),
            browser.post(f"/cases/{case}/attachments", data=form, files=pdf),
        ]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert [answer.json()["type"].rpartition(":")[2] for answer in answers[:2]] == ["unavailable"] * 2
    assert not any(word in answer.text for answer in answers for word in ("No space", str(service.installation.home)))
    kept = service.call(Role.BROKER, "POST", f"/cases/{case}/attachments", params={"name": "a.txt"}, content=b"text")
    assert (kept.status_code, service.call(Role.BUREAU, "POST", "/imports", files=rows).status_code) == (201, 202)


def test_a_long_form_for_which_the_disk_has_no_room_is_no_mistake_of_its_sender(reading: Service) -> None:
    files = {"files": ("achievements.csv", b"x" * 3_000_000)}
    browser = visitor(reading, Role.BUREAU)
    form = hidden(browser)
    with most_bytes(2_000_000):
        told = reading.call(Role.BUREAU, "POST", "/imports", files=files)
        page = browser.post("/data/uploads", data=form, files=files)
    assert (told.status_code, told.json()["type"].rpartition(":")[2]) == (503, "unavailable")
    assert page.status_code == 503


@pytest.fixture
def away(postgres_server: Any, tmp_path: Path) -> Iterator[tuple[Service, Any, str]]:
    """The service over the sample on PostgreSQL, the administrator's connection, and the database's name."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        url = postgres_server.get_uri(name, driver="psycopg")
        database = open_database(url)
        upgrade(database)
        database.close()
        installation = installed(tmp_path / "home", url)
        import_files(installation.database, Files([SAMPLE]), now=SAMPLE_TIME)
        yield over(installation), admin, name
        installation.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.postgres
def test_while_the_database_is_away_everybody_is_told_so_and_afterwards_all_is_as_it_was(
    away: tuple[Service, Any, str],
) -> None:
    service, admin, name = away
    assert service.post(Role.BROKER, "/match", {"record_id": "ex-a003", "k": 1}).status_code == 200
    admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    asked = [
        service.get(Role.BROKER, "/achievements/ex-a003"),
        service.post(Role.BROKER, "/match", {"record_id": "ex-a003"}),
        service.post(Role.BROKER, "/achievements", NEW | {"id": "n-1"}, headers={"Idempotency-Key": "k"}),
        service.get(None, "/health/ready"),
    ]
    assert [answer.status_code for answer in asked] == [503] * 4
    assert not any(name in answer.text for answer in asked)
    assert service.get(None, "/health/live").status_code == 200
    admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    assert service.get(Role.BROKER, "/achievements/n-1").status_code == 404
    again = service.post(Role.BROKER, "/achievements", NEW | {"id": "n-1"}, headers={"Idempotency-Key": "k"})
    assert again.status_code == 201
    assert service.post(Role.BROKER, "/match", {"record_id": "n-1", "k": 1}).status_code == 200
