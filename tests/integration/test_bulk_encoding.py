"""Encoding by two workers of Ray on this machine: complete, resumable, and heard by nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from matcher.encoder.bulk import Crew, encode_in_bulk
from matcher.encoder.cache import CachedEncoder
from matcher.encoder.model import HashingEncoder, Role
from matcher.errors import ConfigurationError
from tests import builders
from tests.commandline import DAY, SAMPLE, CommandLine, run, start
from tests.integration.test_indexing import Place, many, wait_for_vectors


@pytest.fixture
def _ray() -> None:
    """Ray is imported by the command's own processes only: here it would bring its warnings along."""
    pytest.importorskip("ray.data", reason="Ray is not installed: pip install 'techtransfer-matcher[ray]'")


def test_without_ray_the_package_to_install_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    cached = CachedEncoder(HashingEncoder(), tmp_path)

    with pytest.raises(ConfigurationError) as caught:
        encode_in_bulk(cached, ["一", "二"], Crew(2, "hashing", tmp_path))

    assert "techtransfer-matcher[ray]" in caught.value.step.en


def test_nothing_to_encode_needs_no_ray_and_blank_texts_are_nothing(tmp_path: Path) -> None:
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    cached.encode(["一", "二"], Role.PASSAGE)
    told: list[int] = []

    assert encode_in_bulk(cached, ["二", " ", "一", "一"], Crew(2, "hashing", tmp_path), told.append) == 0
    assert told == [4]


@pytest.mark.slow
@pytest.mark.usefixtures("_ray")
def test_a_killed_run_is_gone_on_with_and_the_index_has_nothing_left_to_encode(
    matcher: CommandLine, tmp_path: Path
) -> None:
    plain = replace(matcher, home=tmp_path / "plain")
    for line in (matcher, plain):
        place = Place(line.home)
        line.home.mkdir()
        place.write(*(many(number) for number in range(6_000)), *(builders.incubator(f"I{n}") for n in range(5)))
        place.database.close()
    process = start(matcher.home, "encode", "--workers", "2", "--json")
    wait_for_vectors(process, matcher.home / "cache" / "vectors", 0)
    heard = listening(process)
    process.kill()
    process.communicate()

    ran = run(matcher.home, "encode", "--workers", "2", "--json")

    assert (ran.code, heard) == (0, {"127.0.0.1"}), ran.err
    assert 0 < ran_json(ran.out)["encoded"] < ran_json(ran.out)["texts"]
    done = matcher("index", "--json").json
    assert (done["texts_encoded"], done["texts_from_cache"]) == (0, ran_json(ran.out)["texts"])
    plain("index")
    asked = ("match", "A00007", "--today", DAY, "--json")
    assert matcher(*asked) == plain(*asked)


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.usefixtures("_ray")
def test_the_real_encoder_gives_in_bulk_what_it_gives_alone(
    matcher: CommandLine, real_encoder_cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    os.symlink(real_encoder_cache / "encoder", tmp_path / "cache" / "encoder")  # noqa: PTH211
    settings = {"encoder": "default", "cache_dir": str(tmp_path / "cache")}
    one = replace(matcher, settings=settings)
    alone = replace(matcher, home=tmp_path / "alone", settings=settings | {"cache_dir": str(real_encoder_cache)})
    for line in (one, alone):
        line("import", SAMPLE)

    ran = run(one.home, "encode", "--json", **settings)

    assert ran.code == 0, ran.err
    assert ran_json(ran.out)["encoded"] == ran_json(ran.out)["texts"] > 500
    assert one("index", "--json").json["texts_encoded"] == 0
    asked = ("match", "ex-a003", "--today", DAY, "--json")
    assert [each["id"] for each in one(*asked).json] == [each["id"] for each in alone(*asked).json]


def ran_json(out: str) -> dict[str, int]:

    found: dict[str, int] = json.loads(out)
    return found


def listening(process: subprocess.Popen[str]) -> set[str]:
    """Addresses at which a process and all that it started listen."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    found = (each for one in family if one.is_running() for each in one.net_connections("inet"))
    return {each.laddr.ip.removeprefix("::ffff:") for each in found if each.status == psutil.CONN_LISTEN}
