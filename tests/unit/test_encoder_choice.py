"""Which backend serves, by figures, by wish, and where something is missing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.encoder import choice, resolve
from matcher.encoder.backend import Backend
from matcher.encoder.choice import RECORD, BackendRecord, Speed, measure_backends, packages
from matcher.encoder.model import Encoder, HashingEncoder
from matcher.encoder.resolve import chosen_backend, told_backend
from matcher.errors import EncoderError
from matcher.wording import Said

USUAL = Speed(20, 30, 1)


def record(**others: float) -> BackendRecord:
    """PyTorch as usual, and ONNX Runtime with what a test changes."""
    figures = {"documents_per_second": 40.0, "query_ms": 8.0, "likeness": 0.999} | others
    return BackendRecord(packages(), {Backend.TORCH: USUAL, Backend.ONNX: Speed(**figures)}, {})


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[BackendRecord]:
    """What measuring will find, in turn; taken from the front."""
    found: list[BackendRecord] = []
    monkeypatch.setattr(resolve, "measure_backends", lambda _: found.pop(0))
    return found


def without(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As if the package was not installed."""
    known = {package: version for package, version in packages().items() if package != name}
    monkeypatch.setattr(choice, "packages", lambda: known)


def test_the_fastest_backend_serves() -> None:
    assert record().fastest is Backend.ONNX


@pytest.mark.parametrize("figures", [{"documents_per_second": 21.0}, {"likeness": 0.99}])
def test_pytorch_serves_where_little_is_gained_or_vectors_suffer(figures: dict[str, float]) -> None:
    assert record(**figures).fastest is Backend.TORCH


def test_the_choice_is_measured_once_and_kept(tmp_path: Path, measured: list[BackendRecord]) -> None:
    measured[:] = [record(), record(documents_per_second=1.0)]

    assert [chosen_backend(tmp_path), chosen_backend(tmp_path)] == [Backend.ONNX] * 2
    assert len(measured) == 1
    assert [path.name for path in tmp_path.iterdir()] == [RECORD]


def test_other_packages_or_a_spoilt_record_are_measured_anew(tmp_path: Path, measured: list[BackendRecord]) -> None:
    measured[:] = [record(), record(documents_per_second=1.0), record()]
    chosen_backend(tmp_path)
    raw = json.loads((tmp_path / RECORD).read_text())
    (tmp_path / RECORD).write_text(json.dumps(raw | {"packages": {"onnxruntime": "0.1"}}))

    assert chosen_backend(tmp_path) is Backend.TORCH
    (tmp_path / RECORD).write_text("{")
    assert chosen_backend(tmp_path) is Backend.ONNX


def test_what_is_wanted_serves_whatever_was_measured(tmp_path: Path, measured: list[BackendRecord]) -> None:
    measured[:] = [record(documents_per_second=1.0)]

    assert chosen_backend(tmp_path, "torch") is Backend.TORCH
    assert measured  # nothing had to be measured for that
    assert chosen_backend(tmp_path, "onnx") is Backend.ONNX


@pytest.mark.parametrize("name", ["onnx", "onnxruntime"])
def test_a_missing_package_is_said_and_pytorch_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    without(monkeypatch, name)
    monkeypatch.setattr(resolve, "default_encoder", lambda _cache, _backend: HashingEncoder())

    assert chosen_backend(tmp_path) is Backend.TORCH
    assert not caplog.records
    assert f"{name} not installed" in told_backend(tmp_path).en
    with caplog.at_level(logging.WARNING):
        assert chosen_backend(tmp_path, "onnx") is Backend.TORCH
    assert f"未安装 {name}" in caplog.text


def broken(backend: Backend) -> Encoder:
    if backend is Backend.TORCH:
        return HashingEncoder()
    raise EncoderError(Said("图坏了", "the graph is broken"), Said("", ""))


def unimportable(backend: Backend) -> Encoder:
    if backend is Backend.TORCH:
        return HashingEncoder()
    raise ImportError("libsomething.so: the graph is broken")


@pytest.mark.parametrize("encoder_of", [broken, unimportable])
def test_a_backend_that_fails_is_noted_with_the_reason(encoder_of: Callable[[Backend], Encoder]) -> None:
    found = measure_backends(encoder_of)

    assert found.fastest is Backend.TORCH
    assert "the graph is broken" in found.told(Backend.TORCH).en


def test_pytorch_itself_may_not_fail() -> None:
    def nothing(_backend: Backend) -> Encoder:
        raise EncoderError(Said("坏", "broken"), Said("", ""))

    with pytest.raises(EncoderError):
        measure_backends(nothing)


def test_what_was_measured_is_told_with_its_figures(tmp_path: Path) -> None:
    assert "matcher init" in told_backend(tmp_path).en
    record().write(tmp_path)

    told = told_backend(tmp_path)
    assert told.en.startswith("ONNX Runtime in eight bits encodes")
    assert "40 documents/s" in told.en
    assert "每秒 20 篇" in told.zh
    assert told_backend(tmp_path, "torch").en.startswith("PyTorch encodes")


def test_measuring_counts_what_the_encoders_did() -> None:
    found = measure_backends(lambda _: HashingEncoder())

    assert set(found.speeds) == set(Backend)
    assert all(speed.likeness == pytest.approx(1) for speed in found.speeds.values())
    assert all(speed.documents_per_second > 0 for speed in found.speeds.values())
