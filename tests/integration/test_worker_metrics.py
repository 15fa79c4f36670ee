"""Several worker processes, one text: figures are added up, and a killed worker serves nothing any more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.workers import FOLDER_VARIABLE, prepare_metrics

WORKER = """
import sys
from api.metrics import Metrics
from api.observing import Handled
metrics = Metrics()
metrics.begun()
metrics.ended(Handled("x", "GET", "/v1/funds", 200, 0.1, ""))
metrics.begun()
print("serving", flush=True)
sys.stdin.readline()
print(metrics.render([]).decode(), flush=True)
"""


def worker() -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "serving\n"
    return process


def test_figures_of_all_workers_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "none")
    folder = tmp_path / "run" / "metrics"
    folder.mkdir(parents=True)
    (folder / "counter_1.db").write_text("of a run before this one")
    prepare_metrics(tmp_path, workers=2)
    assert list(folder.iterdir()) == []
    one, other = worker(), worker()
    other.send_signal(signal.SIGKILL)
    other.communicate()
    text, _ = one.communicate("go\n", timeout=60)
    assert 'matcher_requests_total{method="GET",route="/v1/funds",status="200"} 2.0' in text
    assert "matcher_requests_running 1.0" in text


def test_a_single_worker_needs_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "of another run")
    prepare_metrics(tmp_path, workers=1)
    assert FOLDER_VARIABLE not in os.environ
    assert not (tmp_path / "run" / "metrics").exists()
