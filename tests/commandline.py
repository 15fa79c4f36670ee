"""The command line as a user meets it, in this process for speed and in one of its own where a signal is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from matcher.cli import main

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
DAY = "2026-10-31"
"""A day after all outcomes of the sample."""


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The printed JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """`matcher` with a home of its own and the hashing encoder, unless told otherwise."""

    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    settings: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: object, code: int = 0, **settings: str) -> Ran:
        """Run a command in this process; fails unless it exits with `code`. Settings are named as in Settings."""
        self.capsys.readouterr()
        with self.monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("MATCHER_")]:
                patch.delenv(name)
            for name, value in environment(self.home, self.settings | settings).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["matcher", *map(str, words)])
            with pytest.raises(SystemExit) as ended:
                main()
        out, err = self.capsys.readouterr()
        ran = Ran(int(ended.value.code or 0), out, err)
        assert ran.code == code, ran
        return ran


def environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of settings; the hashing encoder is the default here."""
    given = {"home": str(home), "encoder": "hashing", **settings}
    return {f"MATCHER_{name.upper()}": value for name, value in given.items()}


def start(home: Path, *words: object, module: str = "matcher.cli", **settings: str) -> subprocess.Popen[str]:
    """Start a console script's function in a process of its own, with both streams piped."""
    code = f"from {module} import main; main()"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        env=clean | environment(home, settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(home: Path, *words: object, **settings: str) -> Ran:
    """Run a command in a process of its own."""
    process = start(home, *words, **settings)
    out, err = process.communicate(timeout=300)
    return Ran(process.returncode, out, err)
